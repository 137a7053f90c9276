/**
 * Finding answers in texts: the objective of an encoder with a span head.
 *
 *     loss = (crossEntropy(start scores, first token) + crossEntropy(end scores, last token)) / 2,  mean over the batch
 *
 * Source:    Devlin et al. 2019, https://arxiv.org/abs/1810.04805, section 4.2
 * Reference: transformers, models/bert/modeling_bert.py, BertForQuestionAnswering
 *
 * A text without its answer has the answer's place at its first token, which is a separator, as in the reference.
 *
 * @module
 */
import { LikeWindows } from "../data/spans/like-windows.ts";
import { spanRows, windowsOfStep } from "../data/spans/span-rows.ts";
import type { SpanWindow } from "../data/spans/span-windows.ts";
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { EncoderModel } from "../model/encoder-model.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import { spanScores } from "../model/span-model.ts";
import { checkTokenIds } from "../model/token-ids.ts";
import { add, multiply } from "../operators/arithmetic.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { mean } from "../operators/reduction.ts";
import { random } from "../random/random.ts";
import type { HostTensor } from "../runtime/session.ts";
import { scope } from "../tensor/tensor.ts";
import type { BatchSource } from "./batch-source.ts";
import { objective } from "./define-objective.ts";
import type { LanguageBatch } from "./language-objective.ts";
import type { Objective, ObjectiveInput } from "./objective.ts";

const sizeNames: NamesOf<LanguageBatch> = { batch: true, length: true };
const batchingNames: NamesOf<SpanBatching> = { ...sizeNames, shapes: true };

/**
 * Mean cross-entropy of the answer's first and last token, in nats. Inputs, each `[batch, length]`: int32 `tokens` and, where
 * the model has them, `segments`; bool `keyMask`, true for text, and `answerable`, true where an answer may be; int32 `first`
 * and `last`, `[batch]`; `positions`, int32 `[length]`, or `[layers, length]` where each layer samples its own.
 *
 * @throws {ShapeError} a size that is no whole number above 0
 */
export function spanObjective(model: EncoderModel, size: LanguageBatch): Objective {
  refuseUnknownNames("training", size, sizeNames);
  const { batch, length } = size;
  const { parameters, encoding, config } = model;
  const rows: ObjectiveInput = { shape: [batch, length], dtype: "int32" };
  const mask: ObjectiveInput = { shape: [batch, length], dtype: "bool" };
  const place: ObjectiveInput = { shape: [batch], dtype: "int32" };
  const { shape } = sequencePositions(encoding, config.layers, length).input;
  const positions: ObjectiveInput = {
    ...{ shape: shape as number[], dtype: "int32", shared: true },
    optional: true, // not every encoding reads positions
  };
  return objective<string>({
    parameters,
    reshaped: ({ tokens }) => spanObjective(model, { batch: tokens![0]!, length: tokens![1]! }),
    inputs: {
      tokens: rows,
      ...(config.segments > 0 ? { segments: rows } : {}),
      ...{ keyMask: mask, answerable: mask, first: place, last: place, positions },
    },
    loss({ tokens, segments, keyMask, answerable, first, last, positions }, { dropout }) {
      const places = sequencePositions(encoding, config.layers, length, { tensor: positions });
      const { start, end, stages } = spanScores(model, {
        ...{ tokens: tokens!, segments, keyMask, answerable, dropout },
        positions: places.positions,
        layerPositions: places.layerPositions,
      });
      const loss = scope("loss", () =>
        multiply(add(mean(crossEntropy(start, first!)), mean(crossEntropy(end, last!))), 0.5),
      );
      return { loss, stages: [...stages, { name: "start", output: start }] };
    },
  });
}

/** How windows make batches. */
export interface SpanBatching extends LanguageBatch {
  /**
   * Lengths that rows have, at most: with more than one, windows of like length are in a batch, and each length is compiled when it is first
   * met. Default 1: all rows have `length`.
   */
  readonly shapes?: number;
}

/**
 * The batches of `spanObjective`: all windows once in an order of its own for each pass through them, padded to `length` or, with
 * `shapes`, to the smallest of a few lengths. Positions that the encoding samples come from a stream named by the step.
 *
 * @throws {InputError} (the returned function) there are no windows, or one is longer than the rows
 * @throws {RangeError} an id is outside the model's vocabulary
 */
export function spanBatches(
  { encoding, config }: EncoderModel,
  windows: readonly SpanWindow[],
  batching: SpanBatching,
): BatchSource {
  refuseUnknownNames("training", batching, batchingNames);
  const { batch, length: most, shapes = 1 } = batching;
  const like = shapes > 1 ? new LikeWindows(windows, shapes) : undefined;
  windows.forEach(({ tokens }, number) =>
    checkTokenIds(tokens, config.vocab, (at) => `span batches: token ${at} of window ${number}`),
  );
  return ({ seed, step, microBatches }) => {
    const draw = { batch: batch * microBatches, seed, step };
    const drawn = like?.at(draw) ?? { windows: windowsOfStep(windows, draw), length: most };
    const { windows: chosen, length } = drawn;
    const { first, last, ...rows } = spanRows(chosen, length);
    const outer = microBatches > 1 ? [microBatches, batch] : [batch];
    const feed = (data: Int32Array | Uint8Array, ...rest: number[]): HostTensor => ({
      shape: [...outer, ...rest],
      data,
    });
    const stream = random(seed, "step", "positions", step);
    return {
      tokens: feed(rows.tokens, length),
      ...(config.segments > 0 ? { segments: feed(rows.segments, length) } : {}),
      keyMask: feed(rows.keyMask, length),
      answerable: feed(rows.answerable, length),
      ...{ first: feed(first), last: feed(last) },
      positions: positionsFeed(encoding, config.layers, length, stream, true),
    };
  };
}
