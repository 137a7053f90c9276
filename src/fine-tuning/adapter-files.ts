/**
 * The adapter of a finished run in PEFT's format, in the folder `adapter` of the run: `adapter_config.json` and
 * `adapter_model.safetensors`.
 *
 * Reference:  PEFT 0.21, src/peft/tuners/lora/config.py and src/peft/utils/save_and_load.py
 *
 * @module
 */
import { store, writeSafetensors } from "../checkpoints/safetensors.ts";
import type { ModuleAdapter } from "../families/adapter-layout.ts";
import { moduleAdapters } from "../families/adapter-layout.ts";
import { makeFolder, writeAtomically } from "../files/files.ts";
import { fileIn } from "../files/folder-files.ts";
import type { AdaptedModel } from "../model/low-rank.ts";
import type { Weights } from "../parameters/weights.ts";
import { requireOwnFiles, writeOwnFiles } from "../runs/own-files.ts";
import type { FineTuneSource } from "./source.ts";

/** The folder's name in that of a run. */
export const adapterFolderName = "adapter";

/** Whether an adapter of the model can be written: PEFT's names are those of a pretrained family. */
export function adapterFiles({ layout }: FineTuneSource): boolean {
  return layout !== undefined;
}

/** Writes the adapter that a run ends with. */
export function writeAdapterFiles(
  folder: string,
  { layout, record }: FineTuneSource,
  { layers, config: { alpha, rank } }: AdaptedModel,
): (weights: Weights) => Promise<void> {
  return async (weights) => {
    const modules = moduleAdapters(layout!, layers, weights);
    const place = fileIn(folder, adapterFolderName);
    const config = `${adapterFolderName}/adapter_config.json`;
    await requireOwnFiles(folder, [config]);
    await makeFolder(place);
    await writeAtomically(fileIn(place, "adapter_model.safetensors"), adapterBytes(modules));
    const document = adapterConfig(modules, alpha / rank, record.path);
    await writeOwnFiles(folder, [{ path: config, text: `${JSON.stringify(document, null, 2)}\n` }]);
  };
}

function adapterBytes(modules: readonly ModuleAdapter[]): Uint8Array {
  const tensors = modules.flatMap(({ module, rank, inner, outer, a, b }) => {
    const name = `base_model.model.${module}`;
    return [
      [`${name}.lora_A.weight`, store([rank, inner], a)],
      [`${name}.lora_B.weight`, store([outer, rank], b)],
    ] as const;
  });
  return writeSafetensors(new Map(tensors), { format: "pt" });
}

/** What PEFT's LoraConfig reads. Modules of another rank than the first are named with theirs. */
function adapterConfig(modules: readonly ModuleAdapter[], scale: number, base: string): object {
  const kinds = new Map(modules.map((each) => [kindOf(each), each]));
  const rank = modules[0]!.rank;
  const others = [...kinds].filter(([, each]) => each.rank !== rank);
  return {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: base,
    inference_mode: true,
    r: rank,
    lora_alpha: scale * rank,
    lora_dropout: 0,
    target_modules: [...kinds.keys()],
    fan_in_fan_out: modules[0]!.inOut,
    bias: "none",
    rank_pattern: Object.fromEntries(others.map(([kind, each]) => [kind, each.rank])),
    alpha_pattern: Object.fromEntries(others.map(([kind, each]) => [kind, scale * each.rank])),
    modules_to_save: null,
    use_rslora: false,
    use_dora: false,
  };
}

/** What follows a layer's number in the name of a module: "self_attn.q_proj". */
function kindOf({ module }: ModuleAdapter): string {
  return /\.\d+\.(.+)$/.exec(module)![1]!;
}
