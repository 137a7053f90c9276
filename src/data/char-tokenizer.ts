/**
 * One token for each character (Unicode code point) of the training text.
 *
 * Ids are in the order of the code points, as in nanoGPT's character models, so equal texts give equal ids. There
 * is no token for unknown characters: the number of bytes it stands for would be unknown, and bits per byte would
 * not be exact. A character outside the vocabulary is an error that names it.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { unknownToken } from "./tokenizer.ts";

/**
 * The tokenizer whose vocabulary is the characters of a text.
 *
 * @throws {InputError} for an empty text; in `encode`, for a character outside the vocabulary; in `decode`, `bytes`
 *   and `byteLength`, for an id outside it
 */
export function charTokenizer(trainingText: string): Tokenizer {
  const characters = [...new Set(trainingText)].sort(
    (a, b) => a.codePointAt(0)! - b.codePointAt(0)!,
  );
  return charTokenizerOf(characters.join(""));
}

/**
 * The tokenizer of a vocabulary, whose characters are given in the order of their ids.
 *
 * @throws {InputError} for an empty vocabulary, or one that has a character twice
 */
export function charTokenizerOf(vocabulary: string): Tokenizer {
  const characters = [...vocabulary];
  const ids = new Map(characters.map((character, id) => [character, id]));
  if (characters.length === 0)
    throw new InputError("char: the training text is empty, so there are no characters to learn.");
  if (ids.size !== characters.length)
    throw new InputError(
      "char: the vocabulary has a character twice; each must have one id. " +
        "Use the vocabulary that the model was trained with.",
    );
  const utf8 = new TextEncoder();
  const sizes = Uint8Array.from(characters, (character) => utf8.encode(character).length);
  const decode = (tokens: ArrayLike<number>): string =>
    Array.from(tokens, (id) => {
      const character = characters[id];
      if (character === undefined) throw unknownToken("char", id, characters.length);
      return character;
    }).join("");

  return {
    id: "char",
    vocab: characters.length,
    config: { id: "char", characters: vocabulary },
    lossless: true,
    leadingSpace: false,
    encode(text) {
      const source =
        typeof text === "string"
          ? text
          : new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
      const encoded = new Int32Array(source.length); // at most one token for each UTF-16 unit
      let count = 0;
      for (const character of source) {
        const id = ids.get(character);
        if (id === undefined) throw unknownCharacters(source, ids, count);
        encoded[count++] = id;
      }
      return encoded.slice(0, count);
    },
    decode,
    bytes: (tokens) => utf8.encode(decode(tokens)),
    byteLength(tokens) {
      let total = 0;
      for (let i = 0; i < tokens.length; i++) {
        const size = sizes[tokens[i]!];
        if (size === undefined) throw unknownToken("char", tokens[i]!, characters.length);
        total += size;
      }
      return total;
    },
  };
}

/** The first unknown character with its place, and the others, each once. */
function unknownCharacters(
  text: string,
  ids: ReadonlyMap<string, number>,
  index: number,
): InputError {
  const unknown = new Set([...text].filter((character) => !ids.has(character)));
  const [first, ...others] = [...unknown].map(named);
  const shown = others.slice(0, mostNamed - 1);
  const left = others.length - shown.length;
  const also =
    shown.length === 0
      ? ""
      : `, nor ${others.length === 1 ? "is" : "are"} ${shown.join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
  return new InputError(
    `char: ${first}, character ${index + 1} of this text, is not among the ` +
      `${ids.size} characters of the training text${also}. Use the "byte" tokenizer, which encodes every text, ` +
      `or train on a text that has ${others.length === 0 ? "this character" : "these characters"}.`,
  );
}

/** How many unknown characters a message names. */
const mostNamed = 10;

function named(character: string): string {
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return `${JSON.stringify(character)} (U+${code})`;
}
