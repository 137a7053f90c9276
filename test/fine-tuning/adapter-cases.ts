/** Adapters of tiny families, their values made by a rule, in the files that PEFT reads. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { writeAdapterFiles } from "../../src/fine-tuning/adapter-files.ts";
import { openSource } from "../../src/fine-tuning/source.ts";
import type { FineTuneSource } from "../../src/fine-tuning/source.ts";
import { withAdapters } from "../../src/model/low-rank.ts";
import type { AdaptedModel, AdapterConfig } from "../../src/model/low-rank.ts";
import { languageModel } from "../../src/model/transformer.ts";
import type { Weights } from "../../src/parameters/weights.ts";
import { familyFolder } from "../extension/checkpoint.ts";
import { madeWeights } from "../families/made-weights.ts";

/** A family of `families.json` with adapters. */
export interface AdapterCase extends AdapterConfig {
  readonly name: string;
}

/** Whole projections, thirds of one tensor, groups of one tensor, and tensors that are stored `[in, out]`. */
export const adapterCases: readonly AdapterCase[] = [
  { name: "llama", rank: 3, alpha: 6, targets: ["query", "value"] },
  { name: "gemma2", rank: 2, alpha: 1, targets: ["key", "output", "gate", "down"] },
  { name: "gpt2", rank: 2, alpha: 3, targets: ["query", "value"] },
  { name: "gpt2-untied", rank: 2, alpha: 3, targets: ["query", "value", "output", "up", "down"] },
  { name: "gpt-neox", rank: 1, alpha: 2, targets: ["query", "key", "output"] },
  { name: "falcon-40b", rank: 2, alpha: 2, targets: ["key", "value"] },
];

/** A case as it is written, and as it is in memory. */
export interface WrittenAdapter {
  readonly source: FineTuneSource;
  readonly adapted: AdaptedModel;
  /** Of the model and of the adapters. */
  readonly weights: Weights;
  /** The folder with PEFT's files. */
  readonly folder: string;
}

/** Writes a case below a folder. */
export async function writeAdapterCase(
  place: string,
  { name, ...config }: AdapterCase,
): Promise<WrittenAdapter> {
  const source = await openSource(familyFolder(place, name), undefined);
  const model = languageModel(source.config, source.definition, source.record.encodingLength);
  const adapted = withAdapters(model, config);
  const own = adapted.parameters.specs.filter(adapted.trainable).map(({ name: each, shape }) => {
    return [each, { shape, data: madeWeights([each, shape]) }] as const;
  });
  const weights: Weights = new Map([...source.weights, ...own]);
  const run = path.join(place, `run-${name}`);
  mkdirSync(run, { recursive: true });
  await writeAdapterFiles(run, source, adapted)(weights);
  return { source, adapted, weights, folder: path.join(run, "adapter") };
}
