/**
 * Positions of the tokens of a text that grows.
 *
 * @module
 */
import { longestText, UnsupportedLength } from "../model/length-limit.ts";
import { positionsFeed } from "../model/positions.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { random } from "../random/random.ts";

/** The position of each token of a text. */
export interface TextPositions {
  /** How many layers have positions of their own; 1 if all share them. */
  readonly layers: number;
  /** The position of token `index` of a text, in a layer. */
  at(layer: number, index: number): number;
}

/**
 * 0, 1, 2, …, or what the encoding samples for a text of `maxLength` tokens: all at once, as in evaluation.
 *
 * @throws {RangeError} the encoding samples positions and no length is known
 */
export function textPositions(model: LanguageModel, maxLength: number | undefined): TextPositions {
  const { encoding, config } = model;
  if (encoding.sampling === undefined) return { layers: 1, at: (_, index) => index };
  const length = maxLength ?? encoding.limit?.length;
  if (length === undefined)
    throw new RangeError(
      `decoder: ${encoding.id} chooses the positions of a whole text before its first token. ` +
        `Give the most tokens a text will have: compileDecoder(trained, { maxLength: 512 }).`,
    );
  const stream = random(0, "generation", "positions", length);
  const { shape, data } = positionsFeed(encoding, config.layers, length, stream, false);
  return {
    layers: shape.length === 2 ? config.layers : 1,
    at: (layer, index) => data[layer * length + index]!,
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
