/**
 * A head for tokens that were masked, on an encoder: what each token of a text probably is.
 *
 *     logits = norm(activation(encoded · W + b)) · headᵀ + c,   W [model, model], head: the table of tokens, or its own
 *
 * Source:    Devlin et al. 2019, https://arxiv.org/abs/1810.04805, section 3.1
 * Reference: transformers 5.23, models/bert/modeling_bert.py, BertLMPredictionHead
 *
 * Parameters are those of the encoder, `maskedHead.weight`, `maskedHead.bias`, `maskedHead.norm.*`, `head.weight [model, vocab]` where
 * it is not the table of tokens, and `head.bias [vocab]`.
 *
 * @module
 */
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { add } from "../operators/arithmetic.ts";
import { matmul } from "../operators/matmul.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { activations } from "./activations.ts";
import type { Activation } from "./activations.ts";
import { encoderModel } from "./encoder-model.ts";
import type { EncoderModel, EncoderModelConfig } from "./encoder-model.ts";
import { linear, linearSpecs, norm, normSpecs, weightDeviation } from "./layers.ts";
import { requirePlainTable } from "./token-embedding.ts";

/** A head for masked tokens. */
export interface MaskedHead {
  readonly activation: Activation;
  /** Whether its linear map has a bias. */
  readonly bias: boolean;
  /** Whether logits have one. */
  readonly logitBias: boolean;
  /** Whether the table of tokens makes the logits. */
  readonly tied: boolean;
}

/** An encoder with such a head, trained at `trainLength`; see `encoderModel` for the errors. */
export function maskedModel(
  config: EncoderModelConfig,
  given: {
    readonly definition: EncodingDefinition;
    readonly options?: object;
    readonly trainLength: number;
    readonly head: MaskedHead;
  },
): EncoderModel {
  const { definition, options, trainLength, head } = given;
  const model = encoderModel(config, definition, trainLength, headSpecs(config, head), options);
  if (head.tied) requirePlainTable(model.encoding, "the head", "Give the head a table of its own.");
  return model;
}

function headSpecs(
  config: EncoderModelConfig,
  { bias, logitBias, tied }: MaskedHead,
): ParameterSpec[] {
  const { model, vocab } = config;
  const initial = { kind: "normal", deviation: weightDeviation } as const;
  const own: ParameterSpec = { name: "head.weight", shape: [model, vocab], initial, decays: true };
  const zeros = { kind: "zeros" } as const;
  return [
    ...linearSpecs("maskedHead", model, model, bias),
    ...normSpecs("maskedHead.norm", config),
    ...(tied ? [] : [own]),
    ...(logitBias ? [{ name: "head.bias", shape: [vocab], initial: zeros, decays: false }] : []),
  ];
}

/** Logits `[batch, length, vocab]` of vectors `[batch, length, model]`. */
export function maskedLogits(
  { config, parameters }: Pick<EncoderModel, "config" | "parameters">,
  { activation, tied }: MaskedHead,
  encoded: Tensor,
): Tensor {
  return scope("head", () => {
    const hidden = activations[activation].apply(linear(parameters, "maskedHead", encoded));
    const normed = norm(parameters, "maskedHead.norm", hidden, config);
    const product = tied
      ? matmul(normed, parameters.get("tokens.weight"), { transposeB: true })
      : matmul(normed, parameters.get("head.weight"));
    const bias = parameters.find("head.bias");
    return bias === undefined ? product : add(product, bias);
  });
}
