/**
 * T5 and mT5: a table of biases by distance in each half, RMS norms, no scale of scores; a tied head reads the decoder's
 * output times model^−½ in T5.
 *
 * Reference:  transformers 5.23, models/t5 and models/mt5
 *
 * @module
 */
import { none } from "../encodings/none.ts";
import { t5 as t5Bias } from "../encodings/t5.ts";
import { activations } from "../model/activations.ts";
import type { Activation } from "../model/activations.ts";
import type { Configuration } from "./configuration.ts";
import type { PairDescription, PairFamily } from "./family.ts";
import { head, linear, plain } from "./tensor-source.ts";
import type { TensorMap } from "./tensor-source.ts";

const words: Readonly<Record<string, Activation>> = {
  ...{ relu: "relu", gelu: "gelu", gelu_new: "gelu-tanh", silu: "silu" },
  "gated-gelu": "geglu-tanh",
  "gated-silu": "swiglu",
};

/** One attention of a half: its layer is the place of the sub-layer in a block. */
function attention(half: string, ours: string, theirs: string): TensorMap {
  const name = (part: string): string => `${half}.block.*.${theirs}.${part}`;
  return {
    [`${half}.blocks.*.${ours}.query`]: linear(name("q")),
    [`${half}.blocks.*.${ours}.key`]: linear(name("k")),
    [`${half}.blocks.*.${ours}.value`]: linear(name("v")),
    [`${half}.blocks.*.${ours}.output`]: linear(name("o")),
  };
}

function halfTensors(half: "encoder" | "decoder", gated: boolean): TensorMap {
  const last = half === "encoder" ? 1 : 2;
  const forward = `${half}.block.*.layer.${last}.DenseReluDense`;
  return {
    [`${half}.position.t5.table`]: plain(
      `${half}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`,
    ),
    [`${half}.blocks.*.norm1`]: plain(`${half}.block.*.layer.0.layer_norm`),
    ...attention(half, "attention", "layer.0.SelfAttention"),
    ...(half === "decoder" && {
      "decoder.blocks.*.crossNorm": plain("decoder.block.*.layer.1.layer_norm"),
      ...attention("decoder", "crossAttention", "layer.1.EncDecAttention"),
    }),
    [`${half}.blocks.*.norm2`]: plain(`${half}.block.*.layer.${last}.layer_norm`),
    [`${half}.blocks.*.feedForward.gate`]: linear(`${forward}.wi_0`),
    [`${half}.blocks.*.feedForward.up`]: linear(`${forward}.${gated ? "wi_1" : "wi"}`),
    [`${half}.blocks.*.feedForward.down`]: linear(`${forward}.wo`),
    [`${half}.norm`]: plain(`${half}.final_layer_norm`),
  };
}

interface Defaults {
  readonly vocab: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly activation: string;
}

function read(config: Configuration, defaults: Defaults): PairDescription {
  const model = config.whole("d_model", 512);
  const encoderLayers = config.whole("num_layers", defaults.layers);
  const activation = config.word("feed_forward_proj", defaults.activation, words);
  const bias = {
    definition: t5Bias,
    options: {
      buckets: config.whole("relative_attention_num_buckets", 32),
      maxDistance: config.whole("relative_attention_max_distance", 128),
    },
  };
  const tiedHead = config.flag("tie_word_embeddings", true);
  return {
    model: {
      vocab: config.whole("vocab_size", defaults.vocab),
      model,
      heads: config.whole("num_heads", defaults.heads),
      headDim: config.whole("d_kv", 64),
      hidden: config.whole("d_ff", defaults.hidden),
      encoderLayers,
      decoderLayers: config.whole("num_decoder_layers", encoderLayers),
      ...{ norm: "rms", bias: false, activation, tiedHead },
      normEpsilon: config.positive("layer_norm_epsilon", 1e-6),
    },
    encoder: bias,
    decoder: bias,
    cross: { definition: none, options: { scoreScale: 1 } },
    contextLength: Infinity,
    tensors: {
      tokens: plain("shared"),
      ...halfTensors("encoder", activations[activation].gated),
      ...halfTensors("decoder", activations[activation].gated),
      head: head(),
    },
  };
}

const shared = {
  prefix: "",
  // A target begins with padding, which the class leaves to the file.
  tokenIds: { pad_token_id: 0, eos_token_id: 1, decoder_start_token_id: 0 },
  copies: ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"],
  // Version 1.0 kept a table in the cross-attention that nothing reads.
  buffers: /^decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight$/,
  // Derived from feed_forward_proj; the length of texts in training, which bounds nothing.
  harmless: ["dense_act_fn", "is_gated_act", "n_positions"],
} as const;

export const t5: PairFamily = {
  ...shared,
  name: "T5",
  modelType: "t5",
  architectures: ["T5ForConditionalGeneration", "T5WithLMHeadModel"],
  read(config) {
    const sizes = { vocab: 32128, hidden: 2048, layers: 6, heads: 8, activation: "relu" };
    const found = read(config, sizes);
    const { model, tiedHead = true } = found.model;
    const scaled = config.flag("scale_decoder_outputs", tiedHead);
    return scaled ? { ...found, model: { ...found.model, headScale: model ** -0.5 } } : found;
  },
};

export const mt5: PairFamily = {
  ...shared,
  name: "mT5",
  modelType: "mt5",
  architectures: ["MT5ForConditionalGeneration"],
  read: (config) =>
    read(config, { vocab: 250112, hidden: 1024, layers: 8, heads: 6, activation: "gated-gelu" }),
};
