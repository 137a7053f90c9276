/**
 * The distinct words of a text as sequences of token ids, in which pairs are merged in place.
 *
 * @module
 */

/** Called for a pair that became more frequent (+1) or less (−1) by a merge in one word. */
export type PairChange = (left: number, right: number, change: 1 | -1) => void;

/** Words of token ids. */
export class Words {
  readonly #ids: Int32Array;
  /** Where each word begins; a last entry says where the last one ends. */
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;

  constructor(words: readonly (readonly number[])[]) {
    this.#lengths = Int32Array.from(words, (word) => word.length);
    this.#starts = new Int32Array(words.length);
    let total = 0;
    for (let word = 0; word < words.length; word++) {
      this.#starts[word] = total;
      total += words[word]!.length;
    }
    this.#ids = new Int32Array(total);
    for (let word = 0; word < words.length; word++) this.#ids.set(words[word]!, this.#starts[word]);
  }

  /** How many words there are. */
  get count(): number {
    return this.#starts.length;
  }

  /** How many tokens a word has now. */
  lengthOf(word: number): number {
    return this.#lengths[word]!;
  }

  /** Calls `visit` for each pair of neighbours in a word. */
  pairs(word: number, visit: (left: number, right: number) => void): void {
    const start = this.#starts[word]!;
    const end = start + this.#lengths[word]!;
    for (let at = start + 1; at < end; at++) visit(this.#ids[at - 1]!, this.#ids[at]!);
  }

  /** Replaces each pair (left, right) of a word by one token, from the left. */
  merge(word: number, left: number, right: number, merged: number, onChange: PairChange): void {
    const ids = this.#ids;
    const start = this.#starts[word]!;
    const end = start + this.#lengths[word]!;
    let to = start;
    for (let from = start; from < end; from++) {
      if (ids[from] !== left || from + 1 >= end || ids[from + 1] !== right) {
        ids[to++] = ids[from]!;
        continue;
      }
      if (to > start) {
        const before = ids[to - 1]!;
        onChange(before, left, -1);
        onChange(before, merged, 1);
      }
      if (from + 2 < end) {
        const after = ids[from + 2]!;
        onChange(right, after, -1);
        onChange(merged, after, 1);
      }
      ids[to++] = merged;
      from++;
    }
    this.#lengths[word] = to - start;
  }
}
