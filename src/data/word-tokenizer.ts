/**
 * One token for each word of the training text: a run of characters that are no white space, with the space before it.
 *
 *     "jump left twice"     " jump", " left", " twice"
 *     "one\ntwo"            " one", "\n", "two"
 *
 * White space that is no single space before a word is a token of its own, so that the tokens give the text back. Ids are in
 * the order of JavaScript's strings. There is no token for unknown words, as in `char-tokenizer.ts`. For texts of few
 * different words, such as commands or questions that a program made.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { unknownToken } from "./tokenizer.ts";

/**
 * The tokenizer whose vocabulary is the words of texts.
 *
 * @throws {InputError} where the texts have no word; in `encode`, for a word outside the vocabulary; in `decode`, `bytes`
 *   and `byteLength`, for an id outside it
 */
export function wordTokenizer(texts: Iterable<string>): Tokenizer {
  const words = new Set<string>();
  for (const text of texts) for (const word of wordsOf(text)) words.add(word);
  return wordTokenizerOf([...words].sort());
}

/**
 * The tokenizer of a vocabulary, whose words are given in the order of their ids.
 *
 * @throws {InputError} for an empty vocabulary, or one that has a word twice or what is no word
 */
export function wordTokenizerOf(vocabulary: readonly string[]): Tokenizer {
  const ids = new Map(vocabulary.map((word, id) => [word, id]));
  if (vocabulary.length === 0)
    throw new InputError("word: the training text is empty, so there are no words to learn.");
  if (ids.size !== vocabulary.length || vocabulary.some((word) => !oneWord.test(word)))
    throw new InputError(
      "word: the vocabulary has a word twice, or what is no word; each must have one id. " +
        "Use the vocabulary that the model was trained with.",
    );
  const utf8 = new TextEncoder();
  const sizes = vocabulary.map((word) => utf8.encode(word).length);
  const decode = (tokens: ArrayLike<number>): string =>
    Array.from(tokens, (id) => {
      const word = vocabulary[id];
      if (word === undefined) throw unknownToken("word", id, vocabulary.length);
      return word;
    }).join("");

  return {
    id: "word",
    vocab: vocabulary.length,
    config: { id: "word", words: vocabulary },
    lossless: true,
    leadingSpace: true,
    encode(text) {
      const source =
        typeof text === "string"
          ? text
          : new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
      const words = wordsOf(source);
      return Int32Array.from(words, (word, place) => {
        const id = ids.get(word);
        if (id === undefined) throw unknownWords(words, ids, place);
        return id;
      });
    },
    decode: (tokens) => decode(tokens).replace(/^ /, ""),
    bytes: (tokens) => utf8.encode(decode(tokens)),
    byteLength(tokens) {
      let total = 0;
      for (let at = 0; at < tokens.length; at++) {
        const size = sizes[tokens[at]!];
        if (size === undefined) throw unknownToken("word", tokens[at]!, vocabulary.length);
        total += size;
      }
      return total;
    },
  };
}

const oneWord = /^(?: ?\S+|\s)$/u;

/** The words of a text, which is read as if a space were before it. */
function wordsOf(text: string): readonly string[] {
  return text === "" ? [] : (` ${text}`.match(/ ?\S+|\s/gu) ?? []);
}

/** The first unknown word with its place, and how many others there are. */
function unknownWords(
  words: readonly string[],
  ids: ReadonlyMap<string, number>,
  place: number,
): InputError {
  const unknown = new Set(words.filter((word) => !ids.has(word)));
  const others = unknown.size - 1;
  const also = others === 0 ? "" : `, nor ${others === 1 ? "is 1 other" : `are ${others} others`}`;
  return new InputError(
    `word: ${JSON.stringify(words[place]!.trim() || words[place])}, word ${place + 1} of this text, is not among the ` +
      `${ids.size} words of the training text${also}. Use the "byte" tokenizer, which encodes every text, ` +
      `or train on a text that has ${others === 0 ? "this word" : "these words"}.`,
  );
}
