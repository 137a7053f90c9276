/**
 * A span head on an encoder: for each token the score that an answer begins there, and that it ends there.
 *
 *     start, end = encoded · W + b,   W [model, 2]
 *
 * Source:    Devlin et al. 2019, https://arxiv.org/abs/1810.04805, section 4.2
 * Reference: transformers, models/bert/modeling_bert.py, BertForQuestionAnswering
 * Differs:   tokens that cannot belong to an answer (the question, padding) can be left out of the softmax
 *
 * Parameters are those of the encoder, `span.weight [model, 2]` and `span.bias [2]`.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { add } from "../operators/arithmetic.ts";
import { reshape } from "../operators/movement.ts";
import { slice } from "../operators/slicing.ts";
import { scalar } from "../operators/source.ts";
import { where } from "../operators/where.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { encodeTokens, encoderModel } from "./encoder-model.ts";
import type { EncoderInputs, EncoderModel, EncoderModelConfig } from "./encoder-model.ts";
import { linear, linearSpecs } from "./layers.ts";
import { requireMask } from "./masks.ts";
import type { Stage } from "./stack.ts";

/** Added to the score of a token that cannot be chosen: its probability is exactly 0 beside any that can. */
const excluded = -1e28;

/** An encoder with a span head, trained at `trainLength`; see `encoderModel` for the errors. */
export function spanModel(
  config: EncoderModelConfig,
  definition: EncodingDefinition,
  trainLength: number,
): EncoderModel {
  // As the reference: its head is a linear map with a bias, whatever the blocks have.
  return encoderModel(config, definition, trainLength, linearSpecs("span", config.model, 2, true));
}

/** A batch of texts in which answers are looked for. */
export interface SpanInputs extends EncoderInputs {
  /** True where an answer may begin or end, bool `[batch, length]`. Default: everywhere. */
  readonly answerable?: Tensor | undefined;
}

/** The scores of a batch. */
export interface SpanScores {
  /** That an answer begins at a token, `[batch, length]`. */
  readonly start: Tensor;
  /** That an answer ends with a token, `[batch, length]`. */
  readonly end: Tensor;
  /** The embedding and each block's output, in order. */
  readonly stages: readonly Stage[];
}

const names: NamesOf<SpanInputs> = {
  ...{ tokens: true, positions: true, segments: true, keyMask: true },
  ...{ layerPositions: true, dropout: true, answerable: true },
};

/**
 * Scores of the beginnings and ends of answers.
 *
 * @throws {RangeError} for a mask that does not fit the tokens, or segments that the model has not or is not given.
 */
export function spanScores(model: EncoderModel, given: SpanInputs): SpanScores {
  refuseUnknownNames("spanScores", given, names);
  const { answerable, ...inputs } = given;
  const [batch, length] = inputs.tokens.shape;
  requireMask("answerable", answerable, batch!, length!);
  const { encoded, stages } = encodeTokens(model, inputs);
  return scope("head", () => {
    const both = linear(model.parameters, "span", encoded);
    const [start, end] = [0, 1].map((at) => {
      const scores = reshape(slice(both, 2, at, 1), [batch!, length!]);
      return answerable ? add(scores, where(answerable, scalar(0), scalar(excluded))) : scores;
    });
    return { start: start!, end: end!, stages };
  });
}
