/**
 * Token ids as they are given to a decoder, checked.
 *
 * @module
 */
import { checkTokenIds } from "../model/token-ids.ts";

/** Token ids of each row of a batch. */
export type TokenRows = ArrayLike<ArrayLike<number>>;

/**
 * The prompts of a batch.
 *
 * @throws {RangeError} there is no row, a row is empty, or an id is not in the vocabulary
 * @throws {TypeError} a row is no array
 */
export function promptRows(prompts: TokenRows, vocab: number): number[][] {
  if (prompts.length === 0)
    throw new RangeError("decoder: there are no prompts. Give one row of token ids or more.");
  return Array.from(prompts, (ids, row) => checkedRow(ids, row, vocab));
}

/**
 * The next tokens of each row: one id a row, or equally many for each.
 *
 * @throws {RangeError} there are not as many rows as prompts, rows differ in length or are empty, or an id is
 * not in the vocabulary
 */
export function stepRows(
  tokens: ArrayLike<number> | TokenRows,
  rows: number,
  vocab: number,
): number[][] {
  if (tokens.length !== rows)
    throw new RangeError(
      `decoder: step() was given ${tokens.length} rows; there are ${rows}. ` +
        `Give each row its next token: rows that have ended may be given any.`,
    );
  const checked = Array.from(tokens as ArrayLike<number | ArrayLike<number>>, (ids, row) =>
    checkedRow(typeof ids === "number" ? [ids] : ids, row, vocab),
  );
  const uneven = checked.findIndex(({ length }) => length !== checked[0]!.length);
  if (uneven > 0)
    throw new RangeError(
      `decoder: step() takes equally many tokens for every row; row 0 has ${checked[0]!.length}, ` +
        `row ${uneven} has ${checked[uneven]!.length}. Texts of different lengths begin with prefill().`,
    );
  return checked;
}

/**
 * The rows that the rows of a new batch continue.
 *
 * @throws {RangeError} there are none, or one of them is not there
 */
export function originRows(origins: ArrayLike<number>, rows: number): number[] {
  const checked = Array.from(origins);
  const wrong = checked.find((row) => !Number.isInteger(row) || row < 0 || row >= rows);
  if (checked.length === 0 || wrong !== undefined)
    throw new RangeError(
      `decoder: step() continues ${checked.length === 0 ? "no rows" : `row ${String(wrong)}`}; ` +
        `there are rows 0 … ${rows - 1}. Give the row that each new row continues.`,
    );
  return checked;
}

function checkedRow(ids: ArrayLike<number>, row: number, vocab: number): number[] {
  if (typeof ids !== "object" || ids === null)
    throw new TypeError(
      `decoder: row ${row} is ${String(ids)}, not an array of token ids. ` +
        `Give one array for each text, as in prefill([[1, 2, 3]]).`,
    );
  if (ids.length === 0)
    throw new RangeError(
      `decoder: row ${row} has no tokens. Give it one at least, such as the token that begins a text.`,
    );
  const checked = Array.from(ids);
  checkTokenIds(checked, vocab, (at) => `decoder: token ${at} of row ${row}`);
  return checked;
}
