/**
 * The parameters of a model from the tensors of a family's file, each tensor read once and in the order of the file, so
 * that little more than the model itself is in memory.
 *
 * @module
 */
import { float32Of } from "../checkpoints/stored-tensor.ts";
import type { StoredEntry, TensorStore } from "../checkpoints/tensor-store.ts";
import { InputError, RunError } from "../errors.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { notFinite } from "../parameters/finite.ts";
import type { Weights } from "../parameters/weights.ts";
import { printShape } from "../tensor/shape.ts";
import type { Family } from "./family.ts";
import { sourceOf, storedShape, valuesFrom } from "./tensor-source.ts";
import type { TensorMap, TensorSource } from "./tensor-source.ts";

/** What is read. */
export interface WeightsRequest {
  readonly family: Pick<Family<unknown>, "name" | "prefix" | "buffers" | "copies">;
  readonly specs: readonly ParameterSpec[];
  readonly tensors: TensorMap;
  readonly tiedHead: boolean;
  readonly store: TensorStore;
  /** The folder, for messages. */
  readonly folder: string;
}

interface Target {
  readonly spec: ParameterSpec;
  readonly source: TensorSource;
}

/**
 * Reads the values of all parameters.
 *
 * @throws {InputError} tensors are missing, have another shape, or are of no parameter; the first of each is named
 * @throws {RunError} a value is no finite number, or a file cannot be read
 */
export async function readWeights(request: WeightsRequest): Promise<Weights> {
  const { specs, store } = request;
  const targets = targetsOf(request);
  refuseMisfits(request, targets);
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const entry of store.values()) {
    const own = targets.get(entry.name);
    if (own === undefined) continue;
    const stored = await finiteValues(entry);
    for (const { spec, source } of own)
      weights.set(spec.name, { shape: spec.shape, data: valuesFrom(stored, spec.shape, source) });
  }
  for (const name of copiesOf(request)) await refuseOtherCopy(request, name, weights);
  return new Map(
    specs.map(({ name, shape }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return [name, weights.get(name) ?? { shape, data: new Float32Array(size) }];
    }),
  );
}

/** What is read from each tensor of the file, by its name. */
function targetsOf({ family, specs, tensors, store }: WeightsRequest): Map<string, Target[]> {
  const prefix = prefixOf(family, store);
  const targets = new Map<string, Target[]>();
  for (const spec of specs) {
    const source = sourceOf(spec.name, tensors);
    if (source === undefined)
      throw new Error(`${family.name}: its declaration has no tensor for ${spec.name}.`);
    const names = [source.name, ...(source.others ?? [])];
    const inFile = names.map((each) => (source.bare ? each : `${prefix}${each}`));
    const name = inFile.find((each) => store.has(each)) ?? inFile[0]!;
    targets.set(name, [...(targets.get(name) ?? []), { spec, source }]);
  }
  return targets;
}

/** Files of a model without its head have names without the prefix. */
function prefixOf({ prefix }: WeightsRequest["family"], store: TensorStore): string {
  return [...store.keys()].some((name) => name.startsWith(prefix)) ? prefix : "";
}

function refuseMisfits(request: WeightsRequest, targets: ReadonlyMap<string, Target[]>): void {
  const { family, store, folder } = request;
  const copies = copiesOf(request);
  const missing: string[] = [];
  const reshaped: string[] = [];
  for (const [name, [target]] of targets) {
    const wanted = storedShape(target!.spec.shape, target!.source);
    const found = store.get(name);
    if (found === undefined) {
      if (target!.source.otherwise === undefined) missing.push(`${name} ${printShape(wanted)}`);
    } else if (found.shape.join() !== wanted.join())
      reshaped.push(`${name} is ${printShape(found.shape)} and must be ${printShape(wanted)}`);
  }
  const prefix = prefixOf(family, store);
  const extra = [...store.values()]
    .filter(({ name }) => !targets.has(name) && !copies.includes(name))
    .filter(({ name }) => !family.buffers?.test(withoutPrefix(name, prefix)))
    .map(({ name, shape }) => `${name} ${printShape(shape)}`);
  const faults = [
    sentence("Missing", missing),
    sentence("Of another shape", reshaped),
    sentence("Of no parameter", extra),
  ].filter((each) => each !== undefined);
  if (faults.length > 0)
    throw new InputError(
      `${folder}: its tensors are not those of the ${family.name} model in its config.json. ${faults.join(" ")} ` +
        `Give the weights and the config.json of one model.`,
    );
}

function withoutPrefix(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function sentence(what: string, [first, ...more]: readonly string[]): string | undefined {
  if (first === undefined) return undefined;
  return `${what}: ${first}${more.length === 0 ? "" : ` and ${more.length} more`}.`;
}

const headName = "lm_head.weight";

/** Names of tensors that must be the table of tokens, where they are in the file. */
function copiesOf({ family, store, tiedHead }: WeightsRequest): readonly string[] {
  const prefix = prefixOf(family, store);
  return [
    ...(tiedHead ? [headName] : []),
    ...(family.copies ?? []).map((name) => `${prefix}${name}`),
  ];
}

async function refuseOtherCopy(
  { store, folder }: WeightsRequest,
  name: string,
  weights: Weights,
): Promise<void> {
  const entry = store.get(name);
  const table = weights.get("tokens.weight")?.data;
  if (entry === undefined || table === undefined) return;
  const own = float32Of(await entry.read());
  if (own.length !== table.length || own.some((value, at) => value !== table[at]))
    throw new InputError(
      `${folder}: ${name} differs from the table of tokens, and config.json says that they are one. ` +
        (name === headName
          ? `Set "tie_word_embeddings" to false there, or remove the tensor.`
          : `relpos loads this family with one table.`),
    );
}

/** A tensor as float32; @throws {RunError} a value is no finite number */
export async function finiteValues(entry: StoredEntry): Promise<Float32Array> {
  const values = float32Of(await entry.read());
  const { name, shape, file } = entry;
  const fault = notFinite(values, shape);
  if (fault === undefined) return values;
  throw new RunError(
    `${file}: the tensor ${name} has ${fault}. ` +
      `The weights are damaged, or their training diverged; copy or download the file again.`,
  );
}
