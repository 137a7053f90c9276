/**
 * The texts of a decoder: a batch of rows that end together, the shorter ones padded on the left.
 *
 * @module
 */
import type { HostTensor } from "../runtime/session.ts";
import type { TextPositions } from "./text-positions.ts";

/** Columns `from … from + size − 1` of the batch are read now; earlier ones are cached. */
export interface Piece {
  readonly from: number;
  readonly size: number;
}

/** How a batch is made of another one. */
export interface TextChanges {
  /** The row that each row continues. */
  readonly origins: readonly number[];
  /** Tokens that are forgotten behind the first `forgetsAfter`. */
  readonly forget: number;
  readonly forgetsAfter: number;
}

/** The inputs of a decoding graph; see decodingGraph. */
export type TextInput =
  "tokens" | "pastTokens" | "positions" | "keyPositions" | "keyMask" | "origins" | "forgotten";

/** Token ids and padding of a batch. */
export class DecodedText {
  /** Ids of each row, padding included; all rows have equally many. */
  readonly #rows: number[][];
  readonly #padding: readonly number[];
  readonly #positions: TextPositions;
  /** The prompt that each row began with, which decides the positions that are sampled for it. */
  readonly #prompts: readonly number[];
  /** The row of the batch before that each row continues. */
  readonly #origins: readonly number[];
  /** Tokens of it that the next run forgets. */
  readonly #forgotten: number;
  /** Whether rows have padding, or positions of their own. */
  readonly byRow: boolean;

  /** A batch of prompts, or another batch with rows chosen and tokens forgotten. */
  constructor(prompts: readonly (readonly number[])[], positions: TextPositions);
  constructor(text: DecodedText, changes: TextChanges);
  constructor(
    given: readonly (readonly number[])[] | DecodedText,
    more: TextPositions | TextChanges,
  ) {
    if (given instanceof DecodedText) {
      const { origins, forget, forgetsAfter } = more as TextChanges;
      this.#rows = origins.map((row) => given.#rows[row]!.toSpliced(forgetsAfter, forget));
      this.#padding = origins.map((row) => given.#padding[row]!);
      this.#prompts = origins.map((row) => given.#prompts[row]!);
      this.#positions = given.#positions;
      this.#origins = origins;
      this.#forgotten = forget;
    } else {
      const columns = Math.max(...given.map(({ length }) => length));
      this.#padding = given.map(({ length }) => columns - length);
      // Padding has an id of the vocabulary, which nothing reads.
      this.#rows = given.map((ids) => [
        ...Array.from({ length: columns - ids.length }, () => 0),
        ...ids,
      ]);
      this.#prompts = [...given.keys()];
      this.#positions = more as TextPositions;
      this.#origins = [];
      this.#forgotten = 0;
    }
    this.byRow =
      this.#padding.some((count) => count > 0) || (this.#positions.byRow && this.batch > 1);
  }

  /** Rows of the batch. */
  get batch(): number {
    return this.#rows.length;
  }

  /** Tokens of each row, padding included. */
  get columns(): number {
    return this.#rows[0]!.length;
  }

  /** Tokens of each row without padding. */
  lengths(): number[] {
    return this.#padding.map((count) => this.columns - count);
  }

  /** Appends equally many tokens to every row. */
  append(rows: readonly (readonly number[])[]): void {
    this.#rows.forEach((ids, row) => ids.push(...rows[row]!));
  }

  /** Removes the last `count` tokens of every row. */
  remove(count: number): void {
    for (const ids of this.#rows) ids.length -= count;
  }

  /** One input of a run that reads a piece; `rows` says whether positions have rows. */
  feed(name: TextInput, { from, size }: Piece, rows: boolean): HostTensor {
    const end = from + size;
    switch (name) {
      case "tokens":
        return this.#tokens(from, end);
      case "pastTokens":
        return this.#tokens(0, from);
      case "positions":
        return this.#places(from, end, rows);
      case "keyPositions":
        return this.#places(0, end, rows);
      case "keyMask":
        return this.#mask(end);
      case "origins":
        return { shape: [this.batch], data: Int32Array.from(this.#origins) };
      case "forgotten":
        return { shape: [this.#forgotten], data: new Int32Array(this.#forgotten) };
    }
  }

  #tokens(from: number, end: number): HostTensor {
    const ids = this.#rows.flatMap((row) => row.slice(from, end));
    return { shape: [this.batch, end - from], data: Int32Array.from(ids) };
  }

  /** Padding has the position of a text's first token. */
  #places(from: number, end: number, rows: boolean): HostTensor {
    const { layers } = this.#positions;
    const size = end - from;
    const paddings = rows ? this.#padding : [0];
    const data = new Int32Array(layers * paddings.length * size);
    let at = 0;
    for (let layer = 0; layer < layers; layer++)
      paddings.forEach((padding, row) => {
        for (let column = from; column < end; column++)
          data[at++] = this.#positions.at(
            this.#prompts[row]!,
            layer,
            Math.max(0, column - padding),
          );
      });
    const shape = rows ? [this.batch, size] : [size];
    return { shape: layers > 1 ? [layers, ...shape] : shape, data };
  }

  /** 1 for text, 0 for padding. */
  #mask(end: number): HostTensor {
    const data = new Uint8Array(this.batch * end);
    this.#padding.forEach((padding, row) => data.fill(1, row * end + padding, (row + 1) * end));
    return { shape: [this.batch, end], data };
  }
}
