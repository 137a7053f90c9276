/**
 * BART and Marian: the blocks of the original Transformer, norms after residual sums. BART has learned positions and a norm
 * after the embedding, Marian has sinusoids. Blenderbot and Pegasus: the same with norms before each part and one behind the
 * last layer, learned positions in Blenderbot, sinusoids in Pegasus.
 *
 * Reference:  transformers 5.23, models/bart, models/marian, models/blenderbot and models/pegasus
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

function halfTensors(half: "encoder" | "decoder", skip: number): TensorMap {
  const layer = `${half}.layers.*`;
  return {
    [`${half}.position.learned.table`]: { ...plain(`${half}.embed_positions.weight`), skip },
    [`${half}.embeddingNorm`]: plain(`${half}.layernorm_embedding`),
    ...attention(half, "attention", "self_attn"),
    [`${half}.blocks.*.norm1`]: plain(`${layer}.self_attn_layer_norm`),
    ...attention(half, "crossAttention", "encoder_attn"),
    [`${half}.blocks.*.crossNorm`]: plain(`${layer}.encoder_attn_layer_norm`),
    [`${half}.blocks.*.feedForward.up`]: linear(`${layer}.fc1`),
    [`${half}.blocks.*.feedForward.down`]: linear(`${layer}.fc2`),
    [`${half}.blocks.*.norm2`]: plain(`${layer}.final_layer_norm`),
    [`${half}.norm`]: plain(`${half}.layer_norm`),
  };
}

/** @param skip rows of a learned table before the first position, which are not used */
function tensorsOf(skip: number): TensorMap {
  return {
    tokens: plain("shared"),
    ...halfTensors("encoder", skip),
    ...halfTensors("decoder", skip),
    head: head(),
    "head.bias": { name: "final_logits_bias", bare: true, row: true, otherwise: "zeros" },
  };
}

/** A key of both halves, which the one model has once. */
function ofBoth(config: Configuration, key: string, otherwise: number): number {
  const [source, target] = ["encoder", "decoder"].map((half) =>
    config.whole(`${half}_${key}`, otherwise),
  ) as [number, number];
  if (source !== target)
    throw config.wrong(`decoder_${key}`, target, `${source}, as that of the encoder is`);
  return source;
}

/** What differs between the classes. */
interface Own {
  readonly vocab: number;
  /** Defaults of sizes, where they are not BART's. */
  readonly sizes?: Partial<typeof bartSizes>;
  /** Whether norms are before each part, with one behind the last layer. Default false. */
  readonly normsBefore?: boolean;
  /** See `tensorsOf`. Default 0. */
  readonly skip?: number;
  readonly positions: EncodingWithOptions;
  readonly embeddingNorm: boolean;
}

const bartSizes = {
  ...{ model: 1024, heads: 16, hidden: 4096, encoderLayers: 12, decoderLayers: 12, length: 1024 },
};

function read(config: Configuration, own: Own): PairDescription {
  const { vocab, positions, embeddingNorm, normsBefore = false, skip = 0 } = own;
  const sizes = { ...bartSizes, ...own.sizes };
  const model = config.whole("d_model", sizes.model);
  const scaled = config.flag("scale_embedding", false);
  const where = normsBefore ? "after each part" : "before each part";
  config.accept("normalize_before", [normsBefore], `so norms are ${where}`);
  const behind = normsBefore ? "no norm follows" : "a norm follows";
  config.accept("add_final_layer_norm", [normsBefore], `so ${behind} the last layer`);
  config.accept("add_bias_logits", [false], "so logits have a bias of their own");
  config.accept("normalize_embedding", [embeddingNorm], "so the embedding's norm is another");
  return {
    model: {
      vocab: config.whole("vocab_size", vocab),
      model,
      heads: ofBoth(config, "attention_heads", sizes.heads),
      hidden: ofBoth(config, "ffn_dim", sizes.hidden),
      encoderLayers: config.whole("encoder_layers", sizes.encoderLayers),
      decoderLayers: config.whole("decoder_layers", sizes.decoderLayers),
      form: normsBefore ? "pre" : "post",
      activation: config.word("activation_function", "gelu", plainActivations),
      headBias: true,
      ...(embeddingNorm && { embeddingNorm }),
      ...(scaled && { embeddingScale: model ** 0.5 }),
      tiedHead: config.flag("tie_word_embeddings", true),
    },
    encoder: positions,
    decoder: positions,
    contextLength: config.whole("max_position_embeddings", sizes.length),
    tensors: tensorsOf(skip),
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
  harmless: [
    ...["num_hidden_layers", "extra_pos_embeddings", "force_bos_token_to_be_generated"],
    "do_blenderbot_90_layernorm",
  ],
  read(config) {
    config.accept("static_position_embeddings", [false], "so positions are sinusoids");
    return read(config, {
      vocab: 50265,
      positions: { definition: learned },
      embeddingNorm: true,
      skip: 2,
    });
  },
};

/** As transformers computes them. */
const waves: EncodingWithOptions = {
  definition: sinusoidal,
  options: { layout: "concat", embedScale: "none" },
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
    return read(config, { vocab, positions: waves, embeddingNorm: false });
  },
};

export const pegasus: PairFamily = {
  ...shared,
  name: "Pegasus",
  modelType: "pegasus",
  architectures: ["PegasusForConditionalGeneration", "PegasusModel"],
  tokenIds: {
    ...{ pad_token_id: 0, eos_token_id: 1, decoder_start_token_id: 0, forced_eos_token_id: 1 },
  },
  buffers: marian.buffers!,
  harmless: ["num_hidden_layers", "extra_pos_embeddings", "force_bos_token_to_be_generated"],
  read(config) {
    config.accept("static_position_embeddings", [true], "so positions are learned");
    const own = { positions: waves, embeddingNorm: false, normsBefore: true };
    return read(config, { vocab: 50265, ...own });
  },
};

export const blenderbot: PairFamily = {
  ...shared,
  name: "Blenderbot",
  modelType: "blenderbot",
  architectures: ["BlenderbotForConditionalGeneration", "BlenderbotModel"],
  tokenIds: {
    ...{ bos_token_id: 1, pad_token_id: 0, eos_token_id: 2 },
    ...{ decoder_start_token_id: 1, forced_eos_token_id: 2 },
  },
  harmless: [
    ...["num_hidden_layers", "extra_pos_embeddings", "extra_layer_norm", "layernorm_variant"],
    ...["force_bos_token_to_be_generated", "do_blenderbot_90_layernorm"],
  ],
  read(config) {
    config.accept("static_position_embeddings", [false], "so positions are sinusoids");
    const sizes = { model: 2560, heads: 32, hidden: 10240, encoderLayers: 2, decoderLayers: 24 };
    const own = { positions: { definition: learned }, embeddingNorm: false, normsBefore: true };
    return read(config, { vocab: 8008, sizes: { ...sizes, length: 128 }, ...own });
  },
};
