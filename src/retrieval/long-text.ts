/**
 * The long part of a prompt, as long as asked: a piece of a text with sentences put into it.
 *
 * @module
 */
import type { Draft, Insertion } from "./task.ts";

const noise =
  "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";

/** A text from which pieces are cut, and the places at which its words begin. */
export interface Filler {
  readonly text: string;
  /** Ascending; the last is the length of the text and one more, as if a word followed. */
  readonly words: readonly number[];
}

/** A filler of a text, whose spaces and line breaks become single spaces. */
export function fillerOf(text: string): Filler {
  const plain = text.replace(/\s+/g, " ").trim();
  const words = [0];
  for (let at = plain.indexOf(" "); at >= 0; at = plain.indexOf(" ", at + 1)) words.push(at + 1);
  return { text: plain, words: [...words, plain.length + 1] };
}

/** The five sentences that say nothing, for pieces of up to so many words. */
export function noiseFiller(words: number): Filler {
  const each = noise.split(" ").length;
  return fillerOf(Array.from({ length: Math.ceil(words / each) + 1 }, () => noise).join(" "));
}

/** How long the long part is. */
export interface Size {
  /** Words of the text, or further items of the list. */
  readonly words: number;
  /** Characters before the first of these words. */
  readonly letters: number;
}

/** The prompt of a draft at a size. Its piece of the filler ends before word `end`, and grows at its beginning. */
export function promptOf(draft: Draft, size: Size, filler: Filler, end: number): string {
  const { introduction, long, question } = draft;
  const body =
    long.kind === "list"
      ? long.list(size.words)
      : inserted(pieceOf(filler, size, end), long.insertions);
  return `${introduction}${body}${question}`;
}

function pieceOf({ text, words }: Filler, size: Size, end: number): string {
  const from = words[end - size.words]! - size.letters;
  return text.slice(Math.max(0, from), words[end]! - 1);
}

/** From so many sentences on a piece is cut between sentences, below between words. */
const enough = 8;

function inserted(piece: string, insertions: readonly Insertion[]): string {
  const sentences = placesAfter(piece, /[.!?]["'”’)]* /g);
  const places = sentences.length >= enough ? sentences : placesAfter(piece, / /g);
  const all = [0, ...places, piece.length];
  const sorted = [...insertions].sort((a, b) => a.depth - b.depth);
  const parts: string[] = [];
  let from = 0;
  for (const { text, depth } of sorted) {
    const place = all[Math.round(depth * (all.length - 1))]!;
    parts.push(piece.slice(from, place).trimEnd(), text);
    from = place;
  }
  // A piece may begin with a space: one letter more than the words.
  parts.push(piece.slice(from).trimEnd());
  return parts.filter((part) => part !== "").join(" ");
}

function placesAfter(text: string, pattern: RegExp): number[] {
  const found = [...text.matchAll(pattern)].filter(({ index }) => index > 0);
  return found.map(({ index, 0: { length } }) => index + length);
}
