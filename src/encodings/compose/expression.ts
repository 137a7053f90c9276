/**
 * Encodings written as text: `rope`, `rope(base=500)`, `rope+alibi`, `layers(3*rope,none)`, `heads(alibi,none)`.
 *
 *     encoding = part { "+" part }
 *     part     = id [ "(" name "=" value { "," name "=" value } ")" ]
 *              | "layers" "(" item { "," item } ")" | "heads" "(" item { "," item } ")"
 *     item     = [ count "*" ] encoding
 *     value    = number | true | false | word | "[" value { "," value } "]"
 *              | "{" name "=" value { "," name "=" value } "}"
 *
 * Every encoding takes `scoreScale`, the factor of query · key.
 *
 * @module
 */
import { byHeads } from "./by-heads.ts";
import { byLayer } from "./by-layer.ts";
import type { Choice } from "./composition.ts";
import { nameOf } from "./composition.ts";
import type { EncodingDefinition } from "../position-encoding.ts";
import { combine } from "./combine.ts";

export { splitEncodings } from "./split-encodings.ts";

/** The definition with an id; throws a RangeError for one that is unknown. */
export type Find = (id: string) => EncodingDefinition;

/** Reads an encoding; its id is the text in its shortest form. Throws a RangeError that says where it ends. */
export function readEncoding(text: string, find: Find): EncodingDefinition {
  const reader = new Reader(text, find);
  const choice = reader.sum();
  reader.end();
  return withOptions(choice);
}

/** Options that were written become part of what `create` does and of the id. */
function withOptions(choice: Choice): EncodingDefinition {
  const { definition, options } = choice;
  if (options === undefined) return definition;
  return {
    ...definition,
    id: nameOf(choice),
    create(shape, more) {
      const given: Record<string, unknown> = { ...options, ...more };
      const unread = new Set(Object.keys(given));
      // What `create` does not even look at is no option of this encoding.
      const watched = new Proxy(given, {
        get(target, name) {
          unread.delete(String(name));
          return target[String(name)];
        },
      });
      const encoding = definition.create(shape, watched);
      const scale = unread.delete("scoreScale") ? scaleOf(definition.id, given["scoreScale"]) : {};
      const [unknown] = unread;
      if (unknown !== undefined)
        throw new RangeError(
          `${definition.id}: it has no option "${unknown}". ` +
            `relpos explain ${definition.id} lists those it has.`,
        );
      return { ...encoding, ...scale, id: nameOf(choice) };
    },
  };
}

/** The factor of query · key, which can be chosen for encodings without an option of that name too. */
function scaleOf(id: string, scoreScale: unknown): { readonly scoreScale: number } {
  if (typeof scoreScale !== "number" || !(scoreScale > 0))
    throw new RangeError(
      `${id}: scoreScale must be a number above 0, got ${String(scoreScale)}. T5 has 1.`,
    );
  return { scoreScale };
}

class Reader {
  readonly #text: string;
  readonly #find: Find;
  #at = 0;

  constructor(text: string, find: Find) {
    this.#text = text;
    this.#find = find;
  }

  sum(): Choice {
    const parts = [this.#part()];
    while (this.#take("+")) parts.push(this.#part());
    return parts.length === 1 ? parts[0]! : { definition: combine(parts) };
  }

  end(): void {
    this.#blank();
    if (this.#at < this.#text.length)
      throw this.#misread(`"+" or the end, got "${this.#text.slice(this.#at)}"`);
  }

  #part(): Choice {
    const id = this.#word(/[a-z0-9]+(-[a-z0-9]+)*/y, "the id of an encoding");
    if (id === "layers" || id === "heads") {
      this.#expect("(");
      const items = this.#list(() => this.#item()).flat();
      return { definition: id === "layers" ? byLayer(items) : byHeads(items) };
    }
    const definition = this.#find(id);
    if (!this.#take("(")) return { definition };
    return { definition, options: Object.fromEntries(this.#list(() => this.#option())) };
  }

  #item(): Choice[] {
    const count = /\s*(\d+)\s*\*/y;
    count.lastIndex = this.#at;
    const found = count.exec(this.#text);
    if (found) this.#at = count.lastIndex;
    const times = Number(found?.[1] ?? 1);
    if (times < 1 || times > 1000) throw this.#misread("a count from 1 to 1000");
    return Array<Choice>(times).fill(this.sum());
  }

  #option(): [string, unknown] {
    const name = this.#word(/[A-Za-z]\w*/y, "the name of an option");
    this.#expect("=");
    return [name, this.#value()];
  }

  #value(): unknown {
    if (this.#take("[")) return this.#list(() => this.#value(), "]");
    if (this.#take("{")) return Object.fromEntries(this.#list(() => this.#option(), "}"));
    const word = this.#word(/[^,()[\]{}+\s]+/y, "a value");
    if (word === "true" || word === "false") return word === "true";
    return Number.isNaN(Number(word)) ? word : Number(word);
  }

  #list<Item>(read: () => Item, close = ")"): Item[] {
    const items = [read()];
    while (this.#take(",")) items.push(read());
    this.#expect(close);
    return items;
  }

  #word(pattern: RegExp, what: string): string {
    this.#blank();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw this.#misread(what);
    this.#at += found.length;
    return found;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) throw this.#misread(`"${symbol}"`);
  }

  #take(symbol: string): boolean {
    this.#blank();
    if (this.#text[this.#at] !== symbol) return false;
    this.#at++;
    return true;
  }

  #blank(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #misread(wanted: string): RangeError {
    return new RangeError(
      `encoding "${this.#text}": expected ${wanted} at character ${this.#at + 1}. ` +
        `Write rope, rope(base=500), rope+alibi, layers(3*rope,none) or heads(alibi,none).`,
    );
  }
}
