/**
 * Next-token prediction: the objective of a language model, and its batches from rows of tokens.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { batchAt } from "../data/batches.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import { checkTokenIds } from "../model/token-ids.ts";
import { forward } from "../model/transformer.ts";
import { refuseQuantised } from "../model/quantised-model.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { divide, multiply } from "../operators/arithmetic.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { mean, sum } from "../operators/reduction.ts";
import type { Parameters } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { random } from "../random/random.ts";
import type { HostTensor } from "../runtime/session.ts";
import { largestFloat32, smallestFloat32 } from "../tensor/float32.ts";
import { scope } from "../tensor/tensor.ts";
import type { BatchSource } from "./batch-source.ts";
import { objective } from "./define-objective.ts";
import type { Objective, ObjectiveInput } from "./objective.ts";
import type { TrainingPlan } from "./plan.ts";

/** The size of a micro-batch. */
export interface LanguageBatch {
  /** Rows. */
  readonly batch: number;
  /** Tokens in a row. */
  readonly length: number;
}

const sizeNames: NamesOf<LanguageBatch> = { batch: true, length: true };
const objectiveNames = { ...sizeNames, weighted: true, adapted: true } as const;

/** What is trained where that is not a model's own parameters. */
export interface AdaptedObjective {
  /** Those of the model and of its adapters. */
  readonly parameters: Parameters;
  readonly trainable: (spec: ParameterSpec) => boolean;
}

/** How long and on which batches a language model is trained. */
export interface LanguagePlan extends TrainingPlan, LanguageBatch {}

/** Which rows of a step. */
export interface RowRequest {
  readonly batch: number;
  /** Tokens in a row. */
  readonly length: number;
  readonly seed: number;
  readonly step: number;
}

/** Rows of a step, each array `[batch, length]`. */
export interface BatchRows {
  readonly tokens: Int32Array;
  readonly targets: Int32Array;
  /** How much each target counts; present where the source is weighted, and then not all 0. */
  readonly weights?: Float32Array;
}

/** A source of rows. The same request gives the same rows. */
export interface RowSource {
  /** Whether targets count by weights. */
  readonly weighted: boolean;
  at(request: RowRequest): BatchRows;
}

/** Windows of a text at random places; all their targets count. */
export function textRows(tokens: Int32Array): RowSource {
  return { weighted: false, at: (request) => batchAt(tokens, request) };
}

/**
 * What a language model is trained by: objective and batches, from a text or any other source of rows. Of a model with
 * adapters, see `withAdapters`, it is given `adapted` too.
 *
 * @throws {RangeError} an id of the text is outside the model's vocabulary
 */
export function languageTraining(
  model: LanguageModel,
  rows: Int32Array | RowSource,
  { adapted, ...size }: LanguageBatch & { readonly adapted?: AdaptedObjective },
): { readonly objective: Objective; readonly batches: BatchSource } {
  refuseUnknownNames("training", size, sizeNames);
  const source = rows instanceof Int32Array ? textRows(rows) : rows;
  if (rows instanceof Int32Array)
    checkTokenIds(rows, model.config.vocab, (at) => `training text: token ${at}`);
  const { weighted } = source;
  return {
    objective: languageObjective(model, { ...size, weighted, ...(adapted && { adapted }) }),
    batches: languageBatches(model, source, size),
  };
}

/**
 * Mean cross-entropy of the next token, in nats. Inputs: `tokens` and `targets`, int32 `[batch, length]`; where
 * targets count by weights, `weights`, float32 `[batch, length]`, and the mean is the weighted one over all
 * micro-batches; `positions`, int32 `[length]`, or `[layers, length]` where each layer samples its own.
 *
 * @throws {InputError} the model has quantised weights
 * @throws {ShapeError} a size that is no whole number above 0
 */
export function languageObjective(
  model: LanguageModel,
  size: LanguageBatch & { readonly weighted?: boolean; readonly adapted?: AdaptedObjective },
): Objective {
  refuseUnknownNames("training", size, objectiveNames);
  refuseQuantised(model, "training");
  const { batch, length, weighted = false, adapted } = size;
  const { encoding, config } = model;
  const { parameters, trainable } = adapted ?? { ...model, trainable: undefined };
  const rows: ObjectiveInput = { shape: [batch, length], dtype: "int32" };
  const { shape } = sequencePositions(encoding, config.layers, length).input;
  const positions: ObjectiveInput = {
    ...{ shape: shape as number[], dtype: "int32", shared: true },
    optional: true, // not every encoding reads positions
  };
  const weights: ObjectiveInput = { shape: [batch, length] };
  return objective<string>({
    parameters,
    ...(trainable && { trainable }),
    inputs: { tokens: rows, targets: rows, ...(weighted ? { weights } : {}), positions },
    // Weights as shares of their sum, scaled so that the mean over micro-batches is the mean over all targets.
    prepare: (inputs, microBatches) =>
      weighted
        ? {
            ...inputs,
            weights: multiply(divide(inputs["weights"]!, sum(inputs["weights"]!)), microBatches),
          }
        : inputs,
    loss({ tokens, targets, weights: shares, positions }, { dropout }) {
      const places = sequencePositions(encoding, config.layers, length, { tensor: positions });
      const own = { positions: places.positions, layerPositions: places.layerPositions };
      const { logits, stages } = forward(model, { tokens: tokens!, ...own, dropout });
      const loss = scope("loss", () => {
        const losses = crossEntropy(flattenRows(logits), reshape(targets!, [batch * length]));
        return shares ? sum(multiply(losses, reshape(shares, [batch * length]))) : mean(losses);
      });
      return { loss, stages: [...stages, { name: "head", output: logits }] };
    },
  });
}

/**
 * The batches of `languageObjective`. Positions that the encoding samples come from a stream named by the step.
 *
 * @throws {RangeError} (the returned function) an id that the source gives is outside the model's vocabulary, or
 *   weights have no finite sum above 0
 */
export function languageBatches(
  { encoding, config }: LanguageModel,
  source: RowSource,
  size: LanguageBatch,
): BatchSource {
  refuseUnknownNames("training", size, sizeNames);
  const { batch, length } = size;
  return ({ seed, step, microBatches }) => {
    const rows = source.at({ batch: batch * microBatches, length, seed, step });
    checkRows(rows, { vocab: config.vocab, length, step, weighted: source.weighted });
    const shape = microBatches > 1 ? [microBatches, batch, length] : [batch, length];
    const feed = (data: Int32Array | Float32Array): HostTensor => ({ shape, data });
    const stream = random(seed, "step", "positions", step);
    return {
      tokens: feed(rows.tokens),
      targets: feed(rows.targets),
      ...(source.weighted ? { weights: feed(rows.weights!) } : {}),
      positions: positionsFeed(encoding, config.layers, length, stream, true),
    };
  };
}

/** Checks the rows of a step; their sizes are checked with those of all inputs. */
function checkRows(
  rows: BatchRows,
  {
    vocab,
    length,
    step,
    weighted,
  }: { vocab: number; length: number; step: number; weighted: boolean },
): void {
  for (const [part, name] of [
    ["tokens", "token"],
    ["targets", "target"],
  ] as const)
    checkTokenIds(
      rows[part],
      vocab,
      (at) => `batches: ${name} ${at % length} of row ${Math.floor(at / length)} in step ${step}`,
      weighted && part === "targets"
        ? "Give a target that is not to count any id, and the weight 0."
        : "Return ids of the model's own tokenizer.",
    );
  if (!weighted) return;
  const total = rows.weights?.reduce((sum, weight) => sum + weight, 0) ?? 0;
  // The loss divides by their sum.
  if (!(total >= smallestFloat32 && total <= largestFloat32))
    throw new RangeError(
      `batches: the weights of step ${step} have the sum ${total}, and the mean loss divides by it. ` +
        `Give finite weights, at least one of them above 0.`,
    );
}
