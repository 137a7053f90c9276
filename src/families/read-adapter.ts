/**
 * An adapter in PEFT's format, added to the weights of the model that it was trained for: `adapter_config.json` and
 * `adapter_model.safetensors`.
 *
 *     W′ = W + (alpha / rank) · B · A,   A [rank, in],   B [out, rank];   with rank-stabilised LoRA alpha / √rank
 *
 * Reference:  PEFT 0.21, src/peft/tuners/lora/layer.py and src/peft/utils/other.py (get_pattern_key)
 *
 * @module
 */
import { tensorsOf } from "../checkpoints/tensor-store.ts";
import type { TensorStore } from "../checkpoints/tensor-store.ts";
import { InputError } from "../errors.ts";
import { openBytes } from "../files/byte-source.ts";
import { readJson } from "../files/files.ts";
import { fileIn, namesIn } from "../files/folder-files.ts";
import type { Parameters } from "../parameters/parameters.ts";
import type { Weights } from "../parameters/weights.ts";
import { notFinite } from "../parameters/finite.ts";
import { printShape } from "../tensor/shape.ts";
import type { AdapterLayout } from "./adapter-layout.ts";
import { finiteValues } from "./read-weights.ts";
import { sourceOf, storedShape, valuesFrom } from "./tensor-source.ts";

const configName = "adapter_config.json";
const weightsName = "adapter_model.safetensors";
const wrapper = "base_model.model.";

/**
 * The weights of a model with an adapter.
 *
 * @throws {InputError} the folder has no adapter, one of another kind than LoRA, or one of another model
 * @throws {RunError} a file is damaged, or a value is no finite number
 */
export async function withAdapterOf(
  folder: string,
  { parameters, layout }: { readonly parameters: Parameters; readonly layout: AdapterLayout },
  weights: Weights,
): Promise<Weights> {
  const names = await namesIn(folder);
  for (const name of [configName, weightsName])
    if (!names.has(name))
      throw new InputError(
        `${folder} has no ${name}, so it is no adapter of PEFT. Give the folder that save_pretrained or relpos train wrote.`,
      );
  const scaleOf = scalesOf(
    await readJson(fileIn(folder, configName), "Copy it again."),
    fileIn(folder, configName),
  );
  const bytes = await openBytes(fileIn(folder, weightsName));
  try {
    const store = await tensorsOf(bytes);
    const used = new Set<string>();
    const result = new Map(weights);
    for (const { name, shape } of parameters.specs) {
      const source = sourceOf(name, layout.tensors);
      if (source === undefined || shape.length !== 2 || !name.endsWith(".weight")) continue;
      const module = `${source.bare ? "" : layout.prefix}${source.name}`.replace(/\.weight$/, "");
      const pair = ["A", "B"].map((which) => `${wrapper}${module}.lora_${which}.weight`);
      if (!pair.some((each) => store.has(each))) continue;
      for (const each of pair) used.add(each);
      const [rows, columns] = storedShape(shape, source) as [number, number];
      const [outer, inner] = source.transposed ? [rows, columns] : [columns, rows];
      const product = await productOf(store, pair, { inner, outer, folder });
      const scale = scaleOf(module, product.rank);
      const delta = source.transposed ? product.values : turned(product.values, outer, inner);
      const own = valuesFrom(delta, shape, { ...source, plus: 0 });
      const { data } = weights.get(name)!;
      const sum = data.map((value, at) => value + scale * own[at]!);
      const fault = notFinite(sum, shape);
      if (fault !== undefined)
        throw new InputError(
          `${folder}: with this adapter the parameter ${name} has ${fault}. Its factor ${scale} is too large or no number; ` +
            `see lora_alpha and alpha_pattern in its configuration, or copy it again.`,
        );
      result.set(name, { shape, data: sum });
    }
    const other = [...store.keys()].find((name) => !used.has(name));
    if (other !== undefined)
      throw new InputError(
        `${folder}: ${other} is of no linear layer of the model. Give an adapter that was trained for this model.`,
      );
    return result;
  } finally {
    await bytes.close();
  }
}

/** `B · A` as `[out, in]`. */
async function productOf(
  store: TensorStore,
  [nameA, nameB]: readonly string[],
  { inner, outer, folder }: { inner: number; outer: number; folder: string },
): Promise<{ readonly values: Float32Array; readonly rank: number }> {
  const [a, b] = [store.get(nameA!), store.get(nameB!)];
  if (a === undefined || b === undefined)
    throw new InputError(
      `${folder} is not whole: it has no ${a === undefined ? nameA : nameB}. Copy or download it again.`,
    );
  const rank = a.shape[0]!;
  if (a.shape.join() !== `${rank},${inner}` || b.shape.join() !== `${outer},${rank}`)
    throw new InputError(
      `${folder} is of another model: ${a.name} is ${printShape(a.shape)} and ${b.name} ${printShape(b.shape)}, where the layer ` +
        `has ${inner} inputs and ${outer} outputs. Give an adapter that was trained for this model.`,
    );
  const [down, up] = [await finiteValues(a), await finiteValues(b)];
  const sum = new Float64Array(inner);
  const values = new Float32Array(outer * inner);
  for (let row = 0; row < outer; row++) {
    sum.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = up[row * rank + k]!;
      for (let column = 0; column < inner; column++)
        sum[column]! += factor * down[k * inner + column]!;
    }
    values.set(sum, row * inner);
  }
  return { values, rank };
}

/** `[rows, columns]` → `[columns, rows]` */
function turned(values: Float32Array, rows: number, columns: number): Float32Array {
  return values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
}

/** What an adapter's configuration says of its products' factor; other kinds of adapters are refused. */
function scalesOf(values: unknown, file: string): (module: string, rank: number) => number {
  if (typeof values !== "object" || values === null || Array.isArray(values))
    throw new InputError(`${file} is no configuration: it is no object. Copy it again.`);
  const config = values as Readonly<Record<string, unknown>>;
  const refuse = (what: string): never => {
    throw new InputError(
      `${file}: ${what}, which relpos does not load. Merge it into its model with PEFT: merge_and_unload().`,
    );
  };
  const { peft_type: type, lora_alpha: alpha, init_lora_weights: initial } = config;
  if (type !== "LORA") refuse(`peft_type is ${JSON.stringify(type)}`);
  if (typeof alpha !== "number" || !Number.isFinite(alpha))
    throw new InputError(`${file}: lora_alpha must be a number, got ${JSON.stringify(alpha)}.`);
  for (const key of ["use_dora", "use_qalora", "lora_bias", "alora_invocation_tokens"])
    if (config[key]) refuse(`${key} is ${JSON.stringify(config[key])}`);
  for (const key of [
    "modules_to_save",
    "trainable_token_indices",
    "target_parameters",
    "layer_replication",
  ])
    if (config[key] != null && Object.keys(config[key]).length > 0)
      refuse(`${key} is ${JSON.stringify(config[key])}`);
  if (config["bias"] != null && config["bias"] !== "none")
    refuse(`bias is ${JSON.stringify(config["bias"])}`);
  if (typeof initial === "string" && /pissa|olora|corda|loftq/i.test(initial))
    refuse(`init_lora_weights is "${initial}", so that the weights of the model were changed too`);
  const patterns = Object.entries((config["alpha_pattern"] ?? {}) as Record<string, number>);
  return (module, rank) => {
    const own = patterns.find(([key]) => matches(key, module, file))?.[1] ?? alpha;
    return own / (config["use_rslora"] ? Math.sqrt(rank) : rank);
  };
}

function matches(key: string, module: string, file: string): boolean {
  try {
    return new RegExp(`^(.*\\.)?(${key})$`).test(module);
  } catch {
    throw new InputError(
      `${file}: alpha_pattern has "${key}", which is no pattern. Copy it again.`,
    );
  }
}
