/**
 * BART and Marian: the blocks of the original Transformer, norms after residual sums. BART has learned positions and a norm
 * after the embedding, Marian has sinusoids.
 *
 * Reference:  transformers 5.23, models/bart and models/marian
 *
 * @module
 */
import { learned } from "../encodings/learned.ts";
import { sinusoidal } from "../encodings/sinusoidal.ts";
import type { EncodingWithOptions } from "../model/encoder-decoder.ts";
import { plainActivations } from "./activation.ts";
import type { Configuration } from "./configuration.ts";
import type { PairDescription, PairFamily } from "./family.ts";
import { head, linear, plain } from "./tensor-source.ts";
import type { TensorMap } from "./tensor-source.ts";

function attention(half: string, ours: string, theirs: string): TensorMap {
  const name = (part: string): string => `${half}.layers.*.${theirs}.${part}_proj`;
  return {
    [`${half}.blocks.*.${ours}.query`]: linear(name("q")),
    [`${half}.blocks.*.${ours}.key`]: linear(name("k")),
    [`${half}.blocks.*.${ours}.value`]: linear(name("v")),
    [`${half}.blocks.*.${ours}.output`]: linear(name("out")),
  };
}

function halfTensors(half: "encoder" | "decoder"): TensorMap {
  const layer = `${half}.layers.*`;
  return {
    // Two rows before the first position are not used.
    [`${half}.position.learned.table`]: { ...plain(`${half}.embed_positions.weight`), skip: 2 },
    [`${half}.embeddingNorm`]: plain(`${half}.layernorm_embedding`),
    ...attention(half, "attention", "self_attn"),
    [`${half}.blocks.*.norm1`]: plain(`${layer}.self_attn_layer_norm`),
    ...attention(half, "crossAttention", "encoder_attn"),
    [`${half}.blocks.*.crossNorm`]: plain(`${layer}.encoder_attn_layer_norm`),
    [`${half}.blocks.*.feedForward.up`]: linear(`${layer}.fc1`),
    [`${half}.blocks.*.feedForward.down`]: linear(`${layer}.fc2`),
    [`${half}.blocks.*.norm2`]: plain(`${layer}.final_layer_norm`),
  };
}

const tensors: TensorMap = {
  tokens: plain("shared"),
  ...halfTensors("encoder"),
  ...halfTensors("decoder"),
  head: head(),
  "head.bias": { name: "final_logits_bias", bare: true, row: true, otherwise: "zeros" },
};

/** A key of both halves, which the one model has once. */
function ofBoth(config: Configuration, key: string, otherwise: number): number {
  const [source, target] = ["encoder", "decoder"].map((half) =>
    config.whole(`${half}_${key}`, otherwise),
  ) as [number, number];
  if (source !== target)
    throw config.wrong(`decoder_${key}`, target, `${source}, as that of the encoder is`);
  return source;
}

interface Own {
  readonly vocab: number;
  readonly positions: EncodingWithOptions;
  readonly embeddingNorm: boolean;
}

function read(config: Configuration, { vocab, positions, embeddingNorm }: Own): PairDescription {
  const model = config.whole("d_model", 1024);
  const scaled = config.flag("scale_embedding", false);
  config.accept("normalize_before", [false], "so norms are before each part");
  config.accept("add_final_layer_norm", [false], "so a norm follows the last layer");
  config.accept("add_bias_logits", [false], "so logits have a bias of their own");
  config.accept("normalize_embedding", [embeddingNorm], "so the embedding's norm is another");
  return {
    model: {
      vocab: config.whole("vocab_size", vocab),
      model,
      heads: ofBoth(config, "attention_heads", 16),
      hidden: ofBoth(config, "ffn_dim", 4096),
      encoderLayers: config.whole("encoder_layers", 12),
      decoderLayers: config.whole("decoder_layers", 12),
      form: "post",
      activation: config.word("activation_function", "gelu", plainActivations),
      headBias: true,
      ...(embeddingNorm && { embeddingNorm }),
      ...(scaled && { embeddingScale: model ** 0.5 }),
      tiedHead: config.flag("tie_word_embeddings", true),
    },
    encoder: positions,
    decoder: positions,
    contextLength: config.whole("max_position_embeddings", 1024),
    tensors,
  };
}

const shared = {
  prefix: "model.",
  copies: ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"],
} as const;

export const bart: PairFamily = {
  ...shared,
  name: "BART",
  modelType: "bart",
  architectures: ["BartForConditionalGeneration", "BartModel"],
  tokenIds: {
    ...{ bos_token_id: 0, pad_token_id: 1, eos_token_id: 2 },
    ...{ decoder_start_token_id: 2, forced_eos_token_id: 2 },
  },
  harmless: ["num_hidden_layers", "extra_pos_embeddings", "force_bos_token_to_be_generated"],
  read(config) {
    config.accept("static_position_embeddings", [false], "so positions are sinusoids");
    return read(config, {
      vocab: 50265,
      positions: { definition: learned },
      embeddingNorm: true,
    });
  },
};

export const marian: PairFamily = {
  ...shared,
  name: "Marian",
  modelType: "marian",
  architectures: ["MarianMTModel", "MarianModel"],
  tokenIds: {
    ...{ pad_token_id: 58100, eos_token_id: 0 },
    ...{ decoder_start_token_id: 58100, forced_eos_token_id: 0 },
  },
  // Sinusoids, which some files hold.
  buffers: /^(encoder|decoder)\.embed_positions\.weight$/,
  harmless: ["num_hidden_layers", "extra_pos_embeddings"],
  read(config) {
    config.accept("static_position_embeddings", [true], "so positions are learned");
    config.accept("share_encoder_decoder_embeddings", [true], "so each half has a table");
    const vocab = config.whole("vocab_size", 58101);
    config.accept("decoder_vocab_size", [vocab], "so the halves have vocabularies of their own");
    const options = { layout: "concat", embedScale: "none" };
    return read(config, {
      vocab,
      positions: { definition: sinusoidal, options },
      embeddingNorm: false,
    });
  },
};
