/**
 * Training and validation text: the end of a text is for validation.
 *
 * It is the end and not a random sample, because sentences near one another have much in common. By default, the
 * validation text begins at the first paragraph at or after 90 % of the characters, so not within a sentence.
 * `cut: "exact"` trains on the first int(0.9 n) characters, as nanoGPT does, for comparison with its published
 * losses.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";

/** Which part of a text is for validation. */
export interface SplitOptions {
  /** The share of the characters for validation, between 0 and 1. Default 0.1. */
  readonly validation?: number;
  /**
   * Where the text may be cut. Default "paragraph", after an empty line. Where the next hundredth of the text has
   * no such position, it is cut at a "line", or else at the "exact" character.
   */
  readonly cut?: Cut;
}

const names: NamesOf<SplitOptions> = { validation: true, cut: true };

/** A position to cut at: after an empty line, after a line, or at the exact share of characters. */
export type Cut = "paragraph" | "line" | "exact";

/** The two parts of a text. */
export interface TextSplit {
  readonly train: string;
  readonly validation: string;
  /** The kind of position at which the text was cut. */
  readonly cut: Cut;
  /** The split as text, for reports. */
  readonly description: string;
}

const CUTS: readonly Cut[] = ["paragraph", "line", "exact"];
const BOUNDARY = { paragraph: /\n[ \t\r]*\n+/g, line: /\n/g };
const WHERE = {
  paragraph: "at a paragraph",
  line: "at a line",
  exact: "at exactly that character",
};

/**
 * Splits a text into training and validation text, which together are the whole text.
 *
 * @throws {InputError} for a share outside 0 … 1, or where a part would be empty
 */
export function splitText(text: string, options: SplitOptions = {}): TextSplit {
  refuseUnknownNames("splitText", options, names, (message) => new InputError(message));
  const { validation: share = 0.1, cut: preferred = "paragraph" } = options;
  if (!(share > 0 && share < 1))
    throw new InputError(
      `the validation share must lie between 0 and 1, got ${share}. The usual share is 0.1.`,
    );
  const { at: exact, characters } = exactCut(text, share);
  const latest = exact + Math.ceil(text.length / 100);

  let at = exact;
  let cut: Cut = "exact";
  for (const kind of CUTS.slice(CUTS.indexOf(preferred))) {
    const found = kind === "exact" ? exact : nextBoundary(text, exact, BOUNDARY[kind]);
    if (found === undefined || found > latest || found >= text.length) continue;
    at = found;
    cut = kind;
    break;
  }
  const train = text.slice(0, at);
  const validation = text.slice(at);
  if (train === "" || validation === "")
    throw new InputError(
      `a text of ${characters} characters cannot be split with ${percent(share)} for validation: ` +
        `one part would be empty. Give more text, or another share.`,
    );
  return { train, validation, cut, description: describe(train, validation, cut) };
}

/** The index, in UTF-16 units, after the first ⌊(1 − share) n⌋ of n code points. */
function exactCut(text: string, share: number): { at: number; characters: number } {
  const characters = characterCount(text);
  let left = Math.floor((1 - share) * characters);
  let at = 0;
  while (left > 0) {
    at += isSecondHalf(text, at + 1) ? 2 : 1;
    left--;
  }
  return { at, characters };
}

function characterCount(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (!isSecondHalf(text, i)) count++;
  return count;
}

/** Whether the UTF-16 unit at i is the second of a surrogate pair. */
function isSecondHalf(text: string, i: number): boolean {
  return (text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;
}

/** The first end of a boundary at or after `from`; undefined where there is none. */
function nextBoundary(text: string, from: number, boundary: RegExp): number | undefined {
  boundary.lastIndex = Math.max(0, from - 2); // a boundary may begin before `from` and end at it
  for (let match = boundary.exec(text); match !== null; match = boundary.exec(text))
    if (boundary.lastIndex >= from) return boundary.lastIndex;
  return undefined;
}

function describe(train: string, validation: string, cut: Cut): string {
  const held = characterCount(validation);
  const all = characterCount(train) + held;
  return (
    `validation on the last ${percent(held / all)} of the text ` +
    `(${count(held)} of ${count(all)} characters, cut ${WHERE[cut]})`
  );
}

/**
 * Checks that each part of a text has the tokens of one window and its last target.
 *
 * @param parts by name, such as `{ training, validation }`: the number of tokens and the length of its longest window
 * @throws {InputError} for a part that is shorter
 */
export function checkWindowsFit(
  parts: Readonly<Record<string, { readonly tokens: number; readonly length: number }>>,
): void {
  for (const [name, { tokens, length }] of Object.entries(parts))
    if (tokens < length + 1)
      throw new InputError(
        `the ${name} text has ${count(tokens)} tokens; a window of ${count(length)} needs ` +
          `${count(length + 1)}, one more for the last target. Give more text or a shorter length` +
          (name === "validation" ? ", or keep a larger share for validation." : "."),
      );
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

function count(n: number): string {
  return n.toLocaleString("en-GB");
}
