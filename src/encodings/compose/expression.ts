/**
 * Encodings written as text: `rope`, `rope(base=500)`, `rope+alibi`, `layers(3*rope,none)`, `heads(alibi,none)`,
 * `./mine.ts(length=3)+rope`.
 *
 *     encoding = part { "+" part }
 *     part     = ( id | file ) [ "(" options ")" ]
 *              | "layers" "(" item { "," item } ")" | "heads" "(" item { "," item } ")"
 *     item     = [ count "*" ] encoding
 *
 * with options as text-reader.ts reads them. A file is the path of a module, such as `./mine.ts`; one with spaces, commas,
 * brackets, `+`, `*` or `=` in it is written in quotes.
 *
 * @module
 */
import { orderedOptions } from "../../options/ordered.ts";
import { TextReader } from "../../options/text-reader.ts";
import { checkOptions, defineEncoding } from "../define-encoding.ts";
import { none } from "../none.ts";
import { byHeads } from "./by-heads.ts";
import { byLayer } from "./by-layer.ts";
import type { Choice } from "./composition.ts";
import { nameOf } from "./composition.ts";
import type { EncodingDefinition } from "../position-encoding.ts";
import { combine } from "./combine.ts";

/** The definition with an id. A RangeError is thrown where there is none. */
export type Find = (id: string) => EncodingDefinition;

/** A path of a module as it stands in an expression, up to what follows it. */
const barePath = /[^\s()+,*[\]{}="']+\.[cm]?[jt]s(?=$|[\s()+,])/y;
const quotedPath = /"([^"]+)"|'([^']+)'/y;

/**
 * Reads an encoding; its id is the text in its shortest form.
 *
 * @throws {RangeError} for a text that cannot be read, with the place, and for options that cannot be
 */
export function readEncoding(
  text: string,
  find: Find,
  findFile: Find = refuseFile,
): EncodingDefinition {
  return withOptions(readChoice(text, find, findFile));
}

/**
 * Reads an encoding and its options apart.
 *
 * @throws as `readEncoding` does
 */
export function readChoice(text: string, find: Find, findFile: Find = refuseFile): Choice {
  return new ExpressionReader(text, { find, findFile }).whole();
}

/**
 * The paths of files in an expression, each once, in their order.
 *
 * @throws {RangeError} for a text that cannot be read, with the place
 */
export function pathsIn(text: string): readonly string[] {
  const paths = new Set<string>();
  const findFile = (path: string): EncodingDefinition => {
    paths.add(path);
    return none;
  };
  new ExpressionReader(text, { find: () => none, findFile, readsOptions: false }).whole();
  return [...paths];
}

function refuseFile(path: string): never {
  throw new RangeError(
    `encoding "${path}" is a file, which is loaded first: loadEncodingFile gives its definition, and combine, byLayer and ` +
      `byHeads join it with others.`,
  );
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

/** Where definitions come from, and whether options are read by their declarations. */
interface ReaderOptions {
  readonly find: Find;
  readonly findFile: Find;
  /** Default true. */
  readonly readsOptions?: boolean;
}

/** Reads the grammar above. */
class ExpressionReader {
  readonly #text: TextReader;
  readonly #given: ReaderOptions;
  /** How many encodings a composition comes to; any other definition is one. */
  readonly #sizes = new WeakMap<EncodingDefinition, number>();

  constructor(text: string, given: ReaderOptions) {
    this.#given = given;
    this.#text = new TextReader(
      text,
      (wanted, place) =>
        new RangeError(
          `encoding "${text.length <= 200 ? text : `${text.slice(0, 199)}…`}": expected ${wanted} at character ${place}. ` +
            (/[\\/"']|\.[cm]?[jt]s\b/.test(text)
              ? `Write a file as ./mine.ts, ./mine.ts(length=3) or ./mine.ts+rope; put a path with spaces, commas, brackets, ` +
                `+, * or = in quotes, as in '"./my file.ts"+rope'.`
              : `Write rope, rope(base=500), rope+alibi, layers(3*rope,none) or heads(alibi,none).`),
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
    const path = this.#path();
    if (path !== undefined) return this.#choice(this.#given.findFile(path));
    const id = this.#text.word(/\w+(-\w+)*/y, "the id of an encoding or a file");
    if (id === "layers" || id === "heads") {
      this.#text.expect("(");
      const items = this.#text.nested(() => this.#text.list(() => this.#item(), ")")).flat();
      return { definition: this.#sized(items, id === "layers" ? byLayer : byHeads) };
    }
    return this.#choice(this.#given.find(id));
  }

  #path(): string | undefined {
    const quoted = this.#text.match(quotedPath);
    return quoted ? (quoted[1] ?? quoted[2]) : this.#text.match(barePath)?.[0];
  }

  #choice(definition: EncodingDefinition): Choice {
    if (!this.#text.take("(")) return { definition };
    const options = this.#text.options(")");
    if (this.#given.readsOptions !== false) checkOptions(definition, options);
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
