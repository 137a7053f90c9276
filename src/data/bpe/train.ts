/**
 * Byte-pair training: the most frequent pair of neighbouring tokens becomes a token, again and again.
 *
 * Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL 2016.
 * https://arxiv.org/abs/1508.07909
 *
 * Counts are kept for each pair and corrected where a merge changed them; a pair's words are known, so that a merge
 * visits no others.
 *
 * Reference:  huggingface/tokenizers 0.23, tokenizers/src/models/bpe/trainer.rs
 * Differs:    nothing in the result. Between pairs of equal count the one with the smaller ids is merged first. A merged
 *             pair keeps its count, as in the reference; nothing forms it again.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { MergeQueue } from "./merge-queue.ts";
import { Words } from "./words.ts";

/** What a byte-pair model is trained for. */
export interface BpeOptions {
  /** Tokens in all. Fewer are made where no pair is left that is frequent enough. */
  readonly vocab: number;
  /** Pairs that are rarer are not merged. */
  readonly minFrequency: number;
  /** Tokens with the first ids, which no word needs to have. */
  readonly reserved: readonly string[];
  /** Characters that are tokens whether or not a word has them. */
  readonly alphabet: readonly string[];
}

/** A trained byte-pair model. */
export interface BpeModel {
  /** The tokens in the order of their ids: reserved ones, single characters by code point, merged ones. */
  readonly tokens: readonly string[];
  /** Pairs of ids, in the order in which they are merged. */
  readonly merges: readonly (readonly [left: number, right: number])[];
  /** Tokens of the whole training text. */
  readonly length: number;
}

/** Ids are below this, so that a pair of them is one exact number. */
const MOST_TOKENS = 2 ** 24;

/**
 * Trains a model on words and how often each occurs.
 *
 * @throws {InputError} the vocabulary has no room for the reserved tokens and the single characters
 */
export function trainBpe(words: ReadonlyMap<string, number>, options: BpeOptions): BpeModel {
  const training = trainingOfBpe(words, options);
  for (;;) {
    const { done, value } = training.next();
    if (done) return value;
  }
}

/**
 * The training, which yields the number of tokens after each merge, so that others may work in between.
 *
 * @throws {InputError} the vocabulary has no room for the reserved tokens and the single characters
 */
export function* trainingOfBpe(
  counted: ReadonlyMap<string, number>,
  options: BpeOptions,
): Generator<number, BpeModel> {
  const tokens = firstTokens(counted, options);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const words = new Words([...counted.keys()].map((word) => Array.from(word, (c) => ids.get(c)!)));
  const frequencies = Float64Array.from(counted.values());
  const pairs = new PairCounts();
  for (let word = 0; word < words.count; word++)
    words.pairs(word, (left, right) => pairs.change(left, right, frequencies[word]!, word));
  const queue = new MergeQueue();
  pairs.queueChanged(queue);

  const merges: [number, number][] = [];
  while (tokens.length < options.vocab) {
    const top = queue.pop();
    if (top === undefined) break;
    const { left, right } = top;
    const count = pairs.of(left, right);
    if (top.count !== count) {
      queue.push({ ...top, count });
      continue;
    }
    if (count < Math.max(1, options.minFrequency)) break;
    // A merged token may be one that was reserved.
    const token = tokens[left]! + tokens[right]!;
    const merged = ids.get(token) ?? tokens.length;
    if (merged === tokens.length) {
      tokens.push(token);
      ids.set(token, merged);
    }
    merges.push([left, right]);
    for (const word of top.words) {
      const frequency = frequencies[word]!;
      words.merge(word, left, right, merged, (a, b, change) =>
        pairs.change(a, b, change * frequency, word),
      );
    }
    pairs.queueChanged(queue);
    yield tokens.length;
  }
  let length = 0;
  for (let word = 0; word < words.count; word++)
    length += words.lengthOf(word) * frequencies[word]!;
  return { tokens, merges, length };
}

/** Reserved tokens, then the characters of the alphabet and the words by code point. */
function firstTokens(
  words: ReadonlyMap<string, number>,
  { reserved, alphabet, vocab }: BpeOptions,
): string[] {
  const characters = new Set(alphabet);
  for (const word of words.keys()) for (const character of word) characters.add(character);
  const sorted = [...characters].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  const tokens = [...new Set([...reserved, ...sorted])];
  if (tokens.length > vocab || vocab > MOST_TOKENS)
    throw new InputError(
      `the vocabulary must have ${tokens.length} tokens or more for this text, and at most ${MOST_TOKENS}, got ${vocab}: ` +
        `it has ${reserved.length} reserved tokens and ${characters.size} single characters. Change --vocab.`,
    );
  return tokens;
}

/** How often each pair occurs, and in which words the pairs are whose counts have grown. */
class PairCounts {
  readonly #counts = new Map<number, number>();
  #grown = new Map<number, number[]>();

  of(left: number, right: number): number {
    return this.#counts.get(keyOf(left, right)) ?? 0;
  }

  change(left: number, right: number, change: number, word: number): void {
    const key = keyOf(left, right);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + change);
    if (change < 0) return;
    const words = this.#grown.get(key);
    if (words === undefined) this.#grown.set(key, [word]);
    else if (words.at(-1) !== word) words.push(word); // words come one after the other
  }

  /** Queues the pairs that have grown since the last call. */
  queueChanged(queue: MergeQueue): void {
    for (const [key, words] of this.#grown) {
      const count = this.#counts.get(key)!;
      const left = Math.floor(key / MOST_TOKENS);
      if (count > 0) queue.push({ left, right: key - left * MOST_TOKENS, count, words });
    }
    this.#grown = new Map();
  }
}

function keyOf(left: number, right: number): number {
  return left * MOST_TOKENS + right;
}
