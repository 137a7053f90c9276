/**
 * The settings of an encoder-decoder.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { requireWhole, transformerConfig, oneStackNames } from "./config.ts";
import type { TransformerConfig } from "./config.ts";

/** One of the two stacks. */
export type Half = "encoder" | "decoder";

/** Settings of an encoder-decoder; both halves have one width and one kind of block. */
export interface EncoderDecoderConfig extends Omit<TransformerConfig, "layers"> {
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  /** Tokens of the source; with shared embeddings as many as of the target, `vocab`. */
  readonly sourceVocab: number;
  /** Whether both halves read one token table. */
  readonly embeddings: "shared" | "separate";
}

/** The settings that have no default. */
export type EncoderDecoderOptions = Pick<
  EncoderDecoderConfig,
  "vocab" | "model" | "heads" | "encoderLayers" | "decoderLayers"
> &
  Partial<EncoderDecoderConfig>;

const names: NamesOf<EncoderDecoderConfig> = {
  ...oneStackNames,
  ...{ encoderLayers: true, decoderLayers: true, sourceVocab: true, embeddings: true },
};

/**
 * A complete configuration with the defaults of `transformerConfig`; embeddings are shared unless the source has a
 * vocabulary of its own.
 *
 * @throws {RangeError} for a setting that cannot be; the message names it.
 */
export function encoderDecoderConfig(options: EncoderDecoderOptions): EncoderDecoderConfig {
  refuseUnknownNames("model", options, names);
  const { vocab } = options;
  const { encoderLayers, decoderLayers, sourceVocab = vocab, embeddings: given, ...rest } = options;
  const embeddings = given ?? (sourceVocab === vocab ? "shared" : "separate");
  const counts = { encoderLayers, decoderLayers, sourceVocab };
  for (const [name, value] of Object.entries(counts)) requireWhole(name, value);
  // Sizes of the blocks are checked as those of a decoder.
  const { layers, ...config } = transformerConfig({ ...rest, layers: decoderLayers });
  if (embeddings !== "shared" && embeddings !== "separate")
    throw new RangeError(
      `model: embeddings "${String(embeddings)}" is unknown. Choose one of shared, separate.`,
    );
  if (embeddings === "shared" && sourceVocab !== vocab)
    throw new RangeError(
      `model: shared embeddings have one vocabulary, but source and target have ${sourceVocab} and ${vocab} ` +
        `tokens. Set embeddings to "separate", or use one tokenizer.`,
    );
  return { ...config, ...counts, decoderLayers: layers, embeddings };
}

/** The settings of one half's stack; the encoder's vocabulary is the source's. */
export function halfConfig(config: EncoderDecoderConfig, half: Half): TransformerConfig {
  const { encoderLayers, decoderLayers, sourceVocab, ...shared } = config;
  return half === "encoder"
    ? { ...shared, layers: encoderLayers, vocab: sourceVocab }
    : { ...shared, layers: decoderLayers };
}
