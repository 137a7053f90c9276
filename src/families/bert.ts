/**
 * BERT and RoBERTa: learned positions, segments, norms after the embedding and after residual sums.
 *
 * RoBERTa's positions begin after that of padding: rows up to it are not used. A padding token counts as no position, so tokens behind
 * padding have the positions of a text without it.
 *
 * Reference:  transformers 5.23, models/bert and models/roberta
 *
 * @module
 */
import { learned } from "../encodings/learned.ts";
import type { EncoderModelOptions } from "../model/encoder-model.ts";
import type { MaskedHead } from "../model/masked-model.ts";
import { plainActivations } from "./activation.ts";
import type { Configuration } from "./configuration.ts";
import type { EncoderFamily } from "./family.ts";
import { linear, plain } from "./tensor-source.ts";
import type { TensorMap, TensorSource } from "./tensor-source.ts";

/** The blocks of BERT, which others have too. */
export const bertBlocks: TensorMap = {
  "blocks.*.attention.query": linear("encoder.layer.*.attention.self.query"),
  "blocks.*.attention.key": linear("encoder.layer.*.attention.self.key"),
  "blocks.*.attention.value": linear("encoder.layer.*.attention.self.value"),
  "blocks.*.attention.output": linear("encoder.layer.*.attention.output.dense"),
  "blocks.*.norm1": plain("encoder.layer.*.attention.output.LayerNorm"),
  "blocks.*.feedForward.up": linear("encoder.layer.*.intermediate.dense"),
  "blocks.*.feedForward.down": linear("encoder.layer.*.output.dense"),
  "blocks.*.norm2": plain("encoder.layer.*.output.LayerNorm"),
};

/** The embedding, with so many rows of positions before the first that is used. */
export function bertEmbedding(skip: number): TensorMap {
  return {
    tokens: plain("embeddings.word_embeddings"),
    segments: plain("embeddings.token_type_embeddings"),
    "position.learned.table": { ...plain("embeddings.position_embeddings.weight"), skip },
    embeddingNorm: plain("embeddings.LayerNorm"),
  };
}

/** A head whose tensors have these names, without the prefix of the model. */
export function maskedHeadTensors(names: {
  readonly dense: string;
  readonly norm: string;
  readonly decoder: string;
  readonly bias: string;
}): TensorMap {
  const bare = (source: TensorSource): TensorSource => ({ ...source, bare: true });
  return {
    maskedHead: bare(linear(names.dense)),
    "maskedHead.norm": bare(plain(names.norm)),
    "head.weight": bare(linear(`${names.decoder}.weight`)),
    // Some files have it under the decoder's name.
    "head.bias": { ...bare(plain(names.bias)), others: [`${names.decoder}.bias`] },
  };
}

export const bertHeadTensors = maskedHeadTensors({
  dense: "cls.predictions.transform.dense",
  norm: "cls.predictions.transform.LayerNorm",
  decoder: "cls.predictions.decoder",
  bias: "cls.predictions.bias",
});

/** Sizes of a class. */
interface BertSizes {
  readonly model: number;
  readonly heads: number;
  readonly hidden: number;
  readonly layers: number;
}

const bertBase: BertSizes = { model: 768, heads: 12, hidden: 3072, layers: 12 };

/** Settings by BERT's keys. */
export function bertModel(
  config: Configuration,
  defaults: { readonly vocab: number; readonly epsilon: number; readonly sizes?: BertSizes },
): EncoderModelOptions {
  const { vocab, epsilon, sizes = bertBase } = defaults;
  return {
    vocab: config.whole("vocab_size", vocab),
    model: config.whole("hidden_size", sizes.model),
    heads: config.whole("num_attention_heads", sizes.heads),
    hidden: config.whole("intermediate_size", sizes.hidden),
    layers: config.whole("num_hidden_layers", sizes.layers),
    form: "post",
    embeddingNorm: true,
    activation: config.word("hidden_act", "gelu", plainActivations),
    normEpsilon: config.positive("layer_norm_eps", epsilon),
  };
}

/** Whether the file's architecture has a head for masked tokens. */
export function hasMaskedHead(config: Configuration): boolean {
  const architecture: unknown = [config.values["architectures"]].flat()[0];
  return typeof architecture === "string" && /For(MaskedLM|PreTraining)$/.test(architecture);
}

function bertHead(config: Configuration, activation: MaskedHead["activation"]): MaskedHead {
  const tied = config.flag("tie_word_embeddings", true);
  return { activation, bias: true, logitBias: true, tied };
}

/** What is no part of hidden states and of masked tokens: the vector of a whole text, and which of two texts follows. */
export const bertOthers =
  /^(pooler\.|embeddings\.position_ids$|embeddings\.token_type_ids$|cls\.seq_relationship\.)|^(cls\.predictions|lm_head)\.decoder\.(weight|bias)$/;

function refuseOtherPositions(config: Configuration): void {
  config.accept("position_embedding_type", ["absolute"], "so positions act on scores");
  config.accept("is_decoder", [false], "so tokens do not see those after them");
  config.accept("add_cross_attention", [false], "so blocks attend to another text");
}

export const bert: EncoderFamily = {
  name: "BERT",
  modelType: "bert",
  architectures: ["BertForMaskedLM", "BertForPreTraining", "BertModel"],
  prefix: "bert.",
  buffers: bertOthers,
  harmless: [
    "pooler_fc_size",
    "pooler_num_attention_heads",
    "pooler_num_fc_layers",
    "pooler_size_per_head",
    "pooler_type",
    "directionality",
  ],
  read(config) {
    const model = bertModel(config, { vocab: 30522, epsilon: 1e-12 });
    refuseOtherPositions(config);
    const contextLength = config.whole("max_position_embeddings", 512);
    const head = bertHead(config, model.activation!);
    return {
      model: { ...model, segments: config.whole("type_vocab_size", 2) },
      encoding: { definition: learned },
      contextLength,
      ...(hasMaskedHead(config) && { head }),
      tensors: { ...bertEmbedding(0), ...bertBlocks, ...bertHeadTensors },
    };
  },
};

export const roberta: EncoderFamily = {
  name: "RoBERTa",
  modelType: "roberta",
  architectures: ["RobertaForMaskedLM", "RobertaModel"],
  prefix: "roberta.",
  buffers: bertOthers,
  read(config) {
    const model = bertModel(config, { vocab: 50265, epsilon: 1e-12 });
    refuseOtherPositions(config);
    const padding = config.count("pad_token_id", 1);
    const rows = config.whole("max_position_embeddings", 512);
    const contextLength = rows - padding - 1;
    if (contextLength < 1)
      throw config.wrong("max_position_embeddings", rows, `above pad_token_id + 1, ${padding + 1}`);
    const head = bertHead(config, "gelu");
    return {
      model: { ...model, segments: config.whole("type_vocab_size", 2) },
      encoding: { definition: learned },
      contextLength,
      ...(hasMaskedHead(config) && { head }),
      tensors: {
        ...bertEmbedding(padding + 1),
        ...bertBlocks,
        ...maskedHeadTensors({
          dense: "lm_head.dense",
          norm: "lm_head.layer_norm",
          decoder: "lm_head.decoder",
          bias: "lm_head.bias",
        }),
      },
    };
  },
};
