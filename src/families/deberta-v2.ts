/**
 * DeBERTa 2 and 3: BERT's blocks with disentangled attention, a table of distances for all layers and logarithmic buckets.
 *
 * Reference:  transformers 5.23, models/deberta_v2
 *
 * @module
 */
import { deberta } from "../encodings/deberta.ts";
import type { MaskedHead } from "../model/masked-model.ts";
import { bertHeadTensors, bertModel, hasMaskedHead } from "./bert.ts";
import type { Configuration } from "./configuration.ts";
import type { EncoderFamily } from "./family.ts";
import { linear, plain } from "./tensor-source.ts";
import type { TensorMap } from "./tensor-source.ts";

const tensors: TensorMap = {
  tokens: plain("embeddings.word_embeddings"),
  segments: plain("embeddings.token_type_embeddings"),
  embeddingNorm: plain("embeddings.LayerNorm"),
  "position.deberta.table": plain("encoder.rel_embeddings.weight"),
  "position.deberta.norm": plain("encoder.LayerNorm"),
  "blocks.*.attention.query": linear("encoder.layer.*.attention.self.query_proj"),
  "blocks.*.attention.key": linear("encoder.layer.*.attention.self.key_proj"),
  "blocks.*.attention.value": linear("encoder.layer.*.attention.self.value_proj"),
  "blocks.*.attention.output": linear("encoder.layer.*.attention.output.dense"),
  "blocks.*.norm1": plain("encoder.layer.*.attention.output.LayerNorm"),
  "blocks.*.feedForward.up": linear("encoder.layer.*.intermediate.dense"),
  "blocks.*.feedForward.down": linear("encoder.layer.*.output.dense"),
  "blocks.*.norm2": plain("encoder.layer.*.output.LayerNorm"),
  ...bertHeadTensors,
};

/** The products of content and position, as a list or joined by |. */
function termsOf(config: Configuration): readonly string[] {
  const given = config.value("pos_att_type") ?? [];
  const terms = typeof given === "string" ? given.toLowerCase().split("|") : given;
  if (!Array.isArray(terms) || !terms.every((term) => term === "c2p" || term === "p2c"))
    throw config.wrong("pos_att_type", given, 'c2p and p2c, as a list or as "p2c|c2p"');
  if (terms.length === 0)
    throw config.wrong(
      "pos_att_type",
      given,
      "c2p, p2c or both: without them nothing is of position",
    );
  return terms as string[];
}

/** @throws {InputError} the key is not there, or has another value */
function required(config: Configuration, key: string, value: unknown, otherwise: string): void {
  if (config.value(key) !== value)
    throw config.wrong(key, config.value(key), `${JSON.stringify(value)}: otherwise ${otherwise}`);
}

export const debertaV2: EncoderFamily = {
  name: "DeBERTa-v2",
  modelType: "deberta-v2",
  architectures: ["DebertaV2ForMaskedLM", "DebertaV2Model"],
  prefix: "deberta.",
  buffers:
    /^(embeddings\.position_ids$|cls\.predictions\.decoder\.(weight|bias)$|lm_predictions\.|mask_predictions\.)/,
  harmless: ["pooler_dropout", "pooler_hidden_act", "pooler_hidden_size"],
  read(config) {
    const sizes = { hidden: 6144, model: 1536, layers: 24, heads: 24 };
    const model = bertModel(config, { vocab: 128100, epsilon: 1e-7, sizes });
    // The norm of the table has it, too.
    config.accept("layer_norm_eps", [1e-7], "and the norm of distances has 1e-7 here");
    // The class has none of these by default.
    required(config, "relative_attention", true, "distances do not act on scores");
    required(config, "norm_rel_ebd", "layer_norm", "the table of distances has no norm");
    required(config, "share_att_key", true, "positions have projections of their own");
    required(config, "position_biased_input", false, "positions are added to tokens, too");
    config.accept("conv_kernel_size", [0], "so the first layer has a convolution");
    config.accept("legacy", [true], "so its head is another");
    config.accept("embedding_size", [model.model], "so the embedding is projected");
    config.accept(
      "attention_head_size",
      [model.model / model.heads],
      "so heads have another width",
    );
    const contextLength = config.whole("max_position_embeddings", 512);
    const relative = config.value("max_relative_positions") ?? -1;
    const maxDistance = relative === -1 ? contextLength : config.whole("max_relative_positions", 1);
    const buckets = config.whole("position_buckets", 256);
    const tied = config.flag("tie_word_embeddings", true);
    const head: MaskedHead = { activation: model.activation!, bias: true, logitBias: true, tied };
    const segments = config.count("type_vocab_size", 0);
    return {
      model: { ...model, segments },
      encoding: {
        definition: deberta,
        options: { version: 2, terms: termsOf(config), maxDistance, buckets },
      },
      contextLength,
      ...(hasMaskedHead(config) && { head }),
      tensors,
    };
  },
};
