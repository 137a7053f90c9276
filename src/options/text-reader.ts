/**
 * Reads options that are written as text: `base=500,layout=half,scaling={type=yarn,factor=4},digits=[1,2]`.
 *
 *     options  = name "=" value { "," name "=" value }
 *     value    = number | true | false | word | "[" value { "," value } "]" | "{" options "}"
 *
 * @module
 */

import { shortened } from "../format.ts";

/** What is wanted at a place of the text, as the rest of "expected …", and the place, from 1. */
export type Misread = (wanted: string, place: number) => Error;

/** How deep brackets may lie within brackets: the reader calls itself for each, and the call stack is finite. */
const deepestNesting = 64;

/** Reads a text from its beginning, symbol by symbol; spaces between symbols do not count. */
export class TextReader {
  readonly #text: string;
  readonly #misread: Misread;
  #at = 0;
  #depth = 0;

  constructor(text: string, misread: Misread) {
    this.#text = text;
    this.#misread = misread;
  }

  /** The text that is not read yet. */
  get rest(): string {
    return this.#text.slice(this.#at);
  }

  /** Whether the symbol comes next; if so it is read. */
  take(symbol: string): boolean {
    this.#skipSpaces();
    if (!this.rest.startsWith(symbol)) return false;
    this.#at += symbol.length;
    return true;
  }

  /** Reads a symbol that must come next. */
  expect(symbol: string): void {
    if (!this.take(symbol)) throw this.wrong(`"${symbol}"`);
  }

  /** Reads what matches a pattern, or undefined where the text goes on otherwise. The pattern is sticky. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    this.#skipSpaces();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  /** Reads a word that must come next; `what` names it in the error. */
  word(pattern: RegExp, what: string): string {
    const found = this.match(pattern);
    if (found === undefined) throw this.wrong(what);
    return found[0];
  }

  /** Reads what lies within brackets, which may hold brackets in their turn, up to `deepestNesting`. */
  nested<Inner>(read: () => Inner): Inner {
    if (this.#depth === deepestNesting)
      throw this.wrong(`at most ${deepestNesting} brackets within one another, and one more began`);
    this.#depth++;
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  /** Reads items between commas, up to the closing symbol. */
  list<Item>(read: () => Item, close: string): Item[] {
    const items = [read()];
    while (this.take(",")) items.push(read());
    this.expect(close);
    return items;
  }

  /** Reads options up to the closing symbol; none is given twice. */
  options(close: string): Readonly<Record<string, unknown>> {
    const options: Record<string, unknown> = {};
    this.list(() => {
      const name = this.word(/[A-Za-z]\w*/y, "the name of an option");
      if (Object.hasOwn(options, name)) throw this.wrong(`another option, ${name} is given twice`);
      this.expect("=");
      options[name] = this.#value();
    }, close);
    return options;
  }

  /** The text must end here; `or` is what could follow. */
  end(or = ""): void {
    this.#skipSpaces();
    if (this.rest !== "") throw this.wrong(`${or}the end, got "${shortened(this.rest, 200)}"`);
  }

  /** The error for a text that does not go on as it must. */
  wrong(wanted: string): Error {
    return this.#misread(wanted, this.#at + 1);
  }

  #value(): unknown {
    if (this.take("[")) return this.nested(() => this.list(() => this.#value(), "]"));
    if (this.take("{")) return this.nested(() => this.options("}"));
    const word = this.word(/[^,()[\]{}+\s]+/y, "a value");
    if (word === "true" || word === "false") return word === "true";
    const value = Number(word);
    if (Number.isNaN(value)) return word;
    if (!Number.isFinite(value)) {
      this.#at -= word.length;
      throw this.wrong(`a finite number, got ${word},`);
    }
    return value;
  }

  #skipSpaces(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }
}
