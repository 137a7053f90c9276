/**
 * Sources as token ids, checked, and how long they may be.
 *
 * @module
 */
import type { PositionEncoding } from "../encodings/position-encoding.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { longestText, UnsupportedLength } from "../model/length-limit.ts";
import { checkTokenIds } from "../model/token-ids.ts";
import type { TokenRows } from "./token-rows.ts";

/** The most tokens of a text, the encoding that ends there, and why. */
export interface LengthLimit {
  readonly length: number;
  readonly encoding: string;
  readonly reason: string;
}

/** The most tokens of a source: of the encoder, and of the attention to sources. */
export function longestSource({ encoder, cross }: EncoderDecoder): LengthLimit {
  return shorter(encoder, cross);
}

/** The most tokens of a target: of the decoder, and of its attention to sources. */
export function longestTarget({ decoder, cross }: EncoderDecoder): LengthLimit {
  return shorter(decoder, cross);
}

function shorter(own: PositionEncoding, cross: PositionEncoding): LengthLimit {
  const limitOf = (encoding: PositionEncoding): LengthLimit => ({
    ...longestText({ encoding }),
    encoding: encoding.id,
  });
  const [first, second] = [limitOf(own), limitOf(cross)];
  return second.length < first.length ? second : first;
}

/**
 * The token ids of each source.
 *
 * @throws {RangeError} there is no source, one is empty, or an id is not in the vocabulary
 * @throws {TypeError} a source is no array
 * @throws {UnsupportedLength} a source is longer than the encodings allow
 */
export function sourceRows(sources: TokenRows, model: EncoderDecoder): number[][] {
  if (sources.length === 0)
    throw new RangeError("decoder: there are no sources. Give one row of token ids or more.");
  const most = longestSource(model);
  return Array.from(sources, (ids, row) => {
    if (typeof ids !== "object" || ids === null)
      throw new TypeError(
        `decoder: source ${row} is ${String(ids)}, not an array of token ids. Give one array for each source.`,
      );
    if (ids.length === 0)
      throw new RangeError(`decoder: source ${row} has no tokens. Give it one at least.`);
    if (ids.length > most.length)
      throw new UnsupportedLength(
        `decoder: source ${row} has ${ids.length} tokens, and ${most.encoding} ends at ${most.length}: ` +
          `${most.reason}. Give it in shorter pieces.`,
      );
    const checked = Array.from(ids);
    checkTokenIds(
      checked,
      model.config.sourceVocab,
      (at) => `decoder: token ${at} of source ${row}`,
    );
    return checked;
  });
}
