/**
 * A trained model whose linear layers have quantised weights, for inference.
 *
 *     const model = quantised(await loadCheckpoint("models/llama"), "int4")
 *     for await (const { text } of generate(model, ["Call me"])) process.stdout.write(text)
 *
 * The weights of attention, of feed-forward layers and of the head are quantised in blocks of 32 (`quantised-matrix.ts`); the
 * head of a tied model is a quantised copy of the table. Tables, norms, biases and what encodings learn stay float32.
 *
 * @module
 */
import { asInputError, InputError, unknownName } from "../errors.ts";
import { quantisedWeight } from "../operators/quantised-matmul.ts";
import { quantiseMatrix } from "../operators/quantised-matrix.ts";
import type { QuantisedBits, QuantisedMatrix } from "../operators/quantised-matrix.ts";
import { Parameters } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import type { Weights } from "../parameters/weights.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { TrainedModel } from "./trained-model.ts";
import type { LanguageModel } from "./transformer.ts";

/** Types of weights in few bits. */
export type QuantisedType = "int8" | "int4";

const bitsOf: Readonly<Record<QuantisedType, QuantisedBits>> = { int8: 8, int4: 4 };

/** Names of the types of weights in few bits. */
export const quantisedTypes = Object.keys(bitsOf) as readonly QuantisedType[];

const headName = "head.weight";
const tableName = "tokens.weight";

/**
 * The same model with quantised weights. It runs on the processor (`cpu`) and cannot be trained.
 *
 * @param trained a decoder; what else it has is kept
 * @throws {InputError} the type is unknown, the model is quantised already, or a weight is no finite number
 */
export function quantised<Trained extends TrainedModel>(
  trained: Trained,
  type: QuantisedType,
): Trained {
  if (!quantisedTypes.includes(type))
    throw unknownName("type of weights", String(type), ["float32", ...quantisedTypes]);
  const { model, weights } = trained;
  if (model.parameters.constants.size > 0)
    throw new InputError(
      `quantised: the weights are quantised already, and again they would be rounded twice. Give the model as it was loaded.`,
    );
  const bits = bitsOf[type];
  const constants = new Map<string, Tensor>();
  const add = (name: string, matrix: QuantisedMatrix): void => {
    constants.set(name, quantisedWeight(matrix));
  };
  const few = (name: string, shape: readonly number[], transposed = false): QuantisedMatrix => {
    const { data } = weights.get(name)!;
    return asInputError(
      () => quantiseMatrix(data, shape as [number, number], bits, { transposed }),
      `${name}: `,
    );
  };
  for (const spec of model.parameters.specs)
    if (isLinear(spec)) add(spec.name, few(spec.name, spec.shape));
  const { tiedHead, vocab, model: width } = model.config;
  if (tiedHead) add(headName, few(tableName, [width, vocab], true));
  const kept: Weights = new Map([...weights].filter(([name]) => !constants.has(name)));
  return { ...trained, model: withConstants(model, constants), weights: kept };
}

/** @throws {InputError} the model has quantised weights, which have no gradients */
export function refuseQuantised({ parameters }: LanguageModel, speaker: string): void {
  if (parameters.constants.size === 0) return;
  throw new InputError(
    `${speaker}: the weights are quantised, which is for inference. Train the model as it was loaded.`,
  );
}

/** Weights of linear layers, `[inputs, outputs]`. */
function isLinear({ name, shape }: ParameterSpec): boolean {
  const ofLayer = /^blocks\.\d+\.(?:attention|feedForward)\.\w+\.weight$/.test(name);
  return (ofLayer || name === headName) && shape.length === 2;
}

/** A model whose parameters of these names are constants of its graph. */
export function withConstants(
  model: LanguageModel,
  constants: ReadonlyMap<string, Tensor>,
): LanguageModel {
  if (constants.size === 0) return model;
  const { parameters, config } = model;
  const specs = parameters.specs.filter(({ name }) => !constants.has(name));
  const tensors = specs.map(({ name }) => parameters.get(name));
  return {
    ...model,
    parameters: new Parameters(specs, tensors, constants),
    config: { ...config, tiedHead: config.tiedHead && !constants.has(headName) },
  };
}
