/**
 * Positions of the tokens of a text that grows.
 *
 * @module
 */
import { longestText, UnsupportedLength } from "../model/length-limit.ts";
import { positionsFeed, samplesEachText } from "../model/positions.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { random } from "../random/random.ts";

/** The position of each token of a text. */
export interface TextPositions {
  /** How many layers have positions of their own; 1 if all share them. */
  readonly layers: number;
  /** Whether each row of a batch has positions of its own. */
  readonly byRow: boolean;
  /** The position of token `index` of the text in a row, in a layer. */
  at(row: number, layer: number, index: number): number;
}

/**
 * 0, 1, 2, …, or what the encoding samples for a text of `maxLength` tokens: all at once, so that a text keeps its
 * positions while it grows. The sample depends on the seed and on the text's row.
 *
 * @throws {RangeError} the encoding samples positions and no length is known
 */
export function textPositions(
  model: LanguageModel,
  maxLength: number | undefined,
  seed = 0,
): TextPositions {
  const { encoding, config } = model;
  if (encoding.sampling === undefined)
    return { layers: 1, byRow: false, at: (_, __, index) => index };
  const length = maxLength ?? encoding.limit?.length;
  if (length === undefined)
    throw new RangeError(
      `decoder: ${encoding.id} chooses the positions of a whole text before its first token. ` +
        `Give the most tokens a text will have: compileDecoder(trained, { maxLength: 512 }).`,
    );
  const stream = random(seed, "generation", "positions", length);
  const rows = new Map<number, Int32Array>();
  const ofRow = (row: number): Int32Array => {
    const known = rows.get(row);
    if (known !== undefined) return known;
    const { data } = positionsFeed(encoding, config.layers, length, stream.split(row), false);
    rows.set(row, data);
    return data;
  };
  return {
    layers: encoding.sampling.per === "layer" ? config.layers : 1,
    byRow: samplesEachText(encoding),
    at: (row, layer, index) => ofRow(row)[layer * length + index]!,
  };
}

/**
 * Checks the length that texts would have.
 *
 * @throws {UnsupportedLength} it is beyond `maxLength` or the encoding's limit
 */
export function checkLengths(
  model: LanguageModel,
  maxLength: number | undefined,
  lengths: readonly number[],
): void {
  lengths.forEach((length, row) => {
    const most = longestText(model);
    if (length > most.length)
      throw new UnsupportedLength(
        `decoder: row ${row} would have ${length} tokens, and ${model.encoding.id} ends at ` +
          `${most.length}: ${most.reason}. Give it a shorter text.`,
      );
    if (maxLength !== undefined && length > maxLength)
      throw new UnsupportedLength(
        `decoder: row ${row} would have ${length} tokens, and maxLength is ${maxLength}. ` +
          `Compile the decoder with a larger maxLength.`,
      );
  });
}
