/**
 * Encodings written as text: `rope`, `rope(base=500)`, `rope+alibi`, `layers(3*rope,none)`, `heads(alibi,none)`.
 *
 *     encoding = part { "+" part }
 *     part     = id [ "(" options ")" ]
 *              | "layers" "(" item { "," item } ")" | "heads" "(" item { "," item } ")"
 *     item     = [ count "*" ] encoding
 *
 * with options as text-reader.ts reads them.
 *
 * @module
 */
import { orderedOptions } from "../../options/ordered.ts";
import { TextReader } from "../../options/text-reader.ts";
import { checkOptions, defineEncoding } from "../define-encoding.ts";
import { byHeads } from "./by-heads.ts";
import { byLayer } from "./by-layer.ts";
import type { Choice } from "./composition.ts";
import { nameOf } from "./composition.ts";
import type { EncodingDefinition } from "../position-encoding.ts";
import { combine } from "./combine.ts";

/** The definition with an id. A RangeError is thrown where there is none. */
export type Find = (id: string) => EncodingDefinition;

/**
 * Reads an encoding; its id is the text in its shortest form.
 *
 * @throws {RangeError} for a text that cannot be read, with the place, and for options that cannot be
 */
export function readEncoding(text: string, find: Find): EncodingDefinition {
  return withOptions(new ExpressionReader(text, find).whole());
}

/** Options that are written become part of the id and of what `create` makes; no others can be given then. */
function withOptions(choice: Choice): EncodingDefinition {
  const { definition, options } = choice;
  if (options === undefined) return definition;
  const id = nameOf(choice);
  return defineEncoding({
    ...definition,
    id,
    options: {},
    create: (shape) => ({ ...definition.create(shape, options), id }),
  });
}

/** How many encodings an expression may come to when its counts are multiplied out. */
const mostParts = 10_000;

/** Reads the grammar above. */
class ExpressionReader {
  readonly #text: TextReader;
  readonly #find: Find;
  /** How many encodings a composition comes to; any other definition is one. */
  readonly #sizes = new WeakMap<EncodingDefinition, number>();

  constructor(text: string, find: Find) {
    this.#find = find;
    this.#text = new TextReader(
      text,
      (wanted, place) =>
        new RangeError(
          `encoding "${text.length <= 200 ? text : `${text.slice(0, 199)}…`}": expected ${wanted} at character ${place}. ` +
            `Write rope, rope(base=500), rope+alibi, layers(3*rope,none) or heads(alibi,none).`,
        ),
    );
  }

  whole(): Choice {
    const choice = this.#sum();
    this.#text.end(`"+" or `);
    return choice;
  }

  #sum(): Choice {
    const parts = [this.#part()];
    while (this.#text.take("+")) parts.push(this.#part());
    if (parts.length === 1) return parts[0]!;
    return { definition: this.#sized(parts, combine) };
  }

  #part(): Choice {
    const id = this.#text.word(/[a-z0-9]+(-[a-z0-9]+)*/y, "the id of an encoding");
    if (id === "layers" || id === "heads") {
      this.#text.expect("(");
      const items = this.#text.nested(() => this.#text.list(() => this.#item(), ")")).flat();
      return { definition: this.#sized(items, id === "layers" ? byLayer : byHeads) };
    }
    const definition = this.#find(id);
    if (!this.#text.take("(")) return { definition };
    const options = this.#text.options(")");
    checkOptions(definition, options);
    const names = Object.keys(definition.options ?? {});
    return { definition, options: orderedOptions(options, names) };
  }

  #item(): Choice[] {
    const times = Number(this.#text.match(/(\d+)\s*\*/y)?.[1] ?? 1);
    if (times < 1 || times > 1000) throw this.#text.wrong("a count from 1 to 1000");
    return Array<Choice>(times).fill(this.#sum());
  }

  /** A composition, unless its parts, counts multiplied out, are too many to make. */
  #sized(
    parts: readonly Choice[],
    compose: (parts: readonly Choice[]) => EncodingDefinition,
  ): EncodingDefinition {
    const sizes = parts.map(({ definition }) => this.#sizes.get(definition) ?? 1);
    const size = sizes.reduce((sum, each) => sum + each, 0);
    if (size > mostParts)
      throw this.#text.wrong(
        `at most ${mostParts} encodings in all, and these counts make ${size}; lower them,`,
      );
    const definition = compose(parts);
    this.#sizes.set(definition, size);
    return definition;
  }
}
