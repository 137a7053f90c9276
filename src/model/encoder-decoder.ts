/**
 * The encoder-decoder: its halves, their encodings and their parameters.
 *
 * The encoder sees the whole source, padding apart. The decoder sees the target up to each token and, by
 * cross-attention in every layer, the encoder's output. With `form: "post"` and `finalNorm: true` it equals
 * PyTorch's `nn.Transformer` between two token tables and a head. `encode-decode.ts` has its passes.
 *
 * Translation, summarising and answering train and decode this model; families of encoder-decoders such as T5 and
 * Marian are declared over it.
 *
 * Parameters are `encoder.…` and `decoder.…` with the names of a stack behind, `tokens.weight` or one table for
 * each half, and `head.weight`.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { none } from "../encodings/none.ts";
import type { EncodingDefinition, PositionEncoding } from "../encodings/position-encoding.ts";
import { Parameters } from "../parameters/parameters.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { createCrossEncoding, createEncoding } from "./encoding-of-model.ts";
import { halfConfig } from "./encoder-decoder-config.ts";
import type { EncoderDecoderConfig, Half } from "./encoder-decoder-config.ts";
import { withoutPrefix, withPrefix } from "./scoped-parameters.ts";
import { refuseLargeParameters } from "./size.ts";
import { stackSpecs } from "./stack.ts";
import { embeddingNormSpecs, requirePlainTable, tokenSpecs } from "./token-embedding.ts";
import { headSpecs } from "./transformer.ts";

/** A model of two halves: settings, encodings, parameters as graph inputs. */
export interface EncoderDecoder {
  readonly config: EncoderDecoderConfig;
  /** Of the encoder's self-attention. */
  readonly encoder: PositionEncoding;
  /** Of the decoder's self-attention. */
  readonly decoder: PositionEncoding;
  /** Of the decoder's attention to the memory. */
  readonly cross: PositionEncoding;
  readonly parameters: Parameters;
}

/** An encoding with its options. */
export interface EncodingWithOptions {
  readonly definition: EncodingDefinition;
  readonly options?: object;
}

/** The encodings of an encoder-decoder and the lengths that it trains at. */
export interface EncoderDecoderParts {
  readonly encoder: EncodingWithOptions;
  readonly decoder: EncodingWithOptions;
  /**
   * In cross-attention: its hooks are given the target's positions as queries and the source's as keys.
   * Default: none, as in the original Transformer, T5 and BART.
   */
  readonly cross?: EncodingWithOptions;
  /** The longest source of training. */
  readonly sourceLength: number;
  /** The longest target of training. */
  readonly targetLength: number;
}

const partNames: NamesOf<EncoderDecoderParts> = {
  encoder: true,
  decoder: true,
  cross: true,
  sourceLength: true,
  targetLength: true,
};
const encodingNames: NamesOf<EncodingWithOptions> = { definition: true, options: true };

/**
 * An encoder-decoder with any encoding in each half.
 *
 * @throws {RangeError} where settings and encodings exclude each other.
 */
export function encoderDecoder(
  config: EncoderDecoderConfig,
  parts: EncoderDecoderParts,
): EncoderDecoder {
  refuseUnknownNames("encoderDecoder", parts, partNames);
  for (const each of [parts.encoder, parts.decoder, ...(parts.cross ? [parts.cross] : [])])
    refuseUnknownNames("encoderDecoder", each, encodingNames);
  const { sourceLength, targetLength } = parts;
  const [source, target] = [halfConfig(config, "encoder"), halfConfig(config, "decoder")];
  const sourceSizes = { vocab: source.vocab, trainLength: sourceLength, causal: false };
  const targetSizes = { vocab: target.vocab, trainLength: targetLength, causal: true };
  const crossSizes = {
    vocab: target.vocab,
    trainLength: Math.max(sourceLength, targetLength),
    causal: false,
  };
  const encoder = createEncoding({ ...parts.encoder, config: source, sizes: sourceSizes });
  const decoder = createEncoding({ ...parts.decoder, config: target, sizes: targetSizes });
  const crossParts = parts.cross ?? { definition: none };
  const cross = createCrossEncoding({ ...crossParts, config: target, sizes: crossSizes });
  const specs: ParameterSpec[] = [
    ...tableSpecs(config, encoder, decoder),
    ...withPrefix(embeddingNormSpecs(source), "encoder."),
    ...withPrefix(stackSpecs({ config: source, encoding: encoder }), "encoder."),
    ...withPrefix(embeddingNormSpecs(target), "decoder."),
    ...withPrefix(stackSpecs({ config: target, encoding: decoder, cross }), "decoder."),
    ...headSpecs(target),
  ];
  const ids = new Set([encoder.id, decoder.id, cross.id]);
  refuseLargeParameters(specs, [...ids].join(", "));
  return { config, encoder, decoder, cross, parameters: new Parameters(specs) };
}

function tableSpecs(
  config: EncoderDecoderConfig,
  encoder: PositionEncoding,
  decoder: PositionEncoding,
): ParameterSpec[] {
  const [source, target] = [halfConfig(config, "encoder"), halfConfig(config, "decoder")];
  if (config.tiedHead) requirePlainTable(decoder, "the head", "Set tiedHead to false.");
  if (config.embeddings === "separate")
    return [
      ...withPrefix(tokenSpecs(source, encoder), "encoder."),
      ...withPrefix(tokenSpecs(target, decoder), "decoder."),
    ];
  for (const encoding of [encoder, decoder])
    requirePlainTable(encoding, "both halves' table", 'Set embeddings to "separate".');
  return tokenSpecs(target, decoder);
}

/** Parameters of one half under the names of a stack, and where its token table is. */
export function parametersOf(
  { config, parameters }: EncoderDecoder,
  half: Half,
): { readonly layers: ParameterLookup; readonly table: ParameterLookup } {
  const layers = withoutPrefix(parameters, `${half}.`);
  return { layers, table: config.embeddings === "shared" ? parameters : layers };
}
