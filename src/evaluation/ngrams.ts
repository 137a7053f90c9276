/**
 * n-gram language models by counting: what a text gives away without any model.
 *
 * Interpolated Kneser-Ney smoothing with one discount for each order:
 *
 *     p_n(w | h) = max(c(hw) − D, 0) / c(h·) + D · N(h·) / c(h·) · p(w | h'),      h' is h without its first token
 *     p_0(w)     = 1 / vocab
 *     D          = n₁ / (n₁ + 2 n₂)
 *
 * c(hw) is how often hw occurs for the highest order, and for the lower ones the number of different tokens before hw;
 * c(h·) is its sum over w, N(h·) the number of w for which it is above 0, n₁ and n₂ the number of hw for which it is 1
 * and 2. Where h never occurs, p(w | h) = p(w | h').
 *
 * Source: Kneser and Ney, "Improved backing-off for m-gram language modeling", ICASSP 1995; in the interpolated form of
 *         Chen and Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling", Harvard TR-10-98,
 *         1998
 * Differs: the lowest order is interpolated with 1 / vocab, so that tokens that were never counted have a probability.
 *          D is 1/2 where n₁ or n₂ is 0, as in very short texts
 *
 * @module
 */

/** Counts of the n-grams of a text, from 1 to an order. */
export interface NgramCounts {
  /** The longest n-grams that were counted. */
  readonly order: number;
  /**
   * Surprise in bits at each token of another text but its first, by the orders 1 … `order`: `[order − 1][token − 1]`.
   * Each token is predicted from the order − 1 tokens before it in that text; where there are fewer, by a lower order.
   *
   * @throws {RangeError} a token is outside the vocabulary
   */
  bits(tokens: Int32Array): readonly Float64Array[];
}

/**
 * Counts the n-grams of a text.
 *
 * @param vocab kinds of tokens; they are 0 … vocab − 1
 * @throws {RangeError} a vocabulary or an order that is no whole number of 1 or more, or a token outside the vocabulary
 */
export function countNgrams(tokens: Int32Array, vocab: number, order: number): NgramCounts {
  for (const [name, value] of Object.entries({ vocab, order }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`ngrams: ${name} must be a whole number of 1 or more, got ${value}.`);
  checkTokens(tokens, vocab);
  const tree = new Tree(vocab);
  // By length: the n-grams of the tokens before this one, and those that end with it.
  const contexts = new Int32Array(order + 1);
  const found = new Int32Array(order);
  tokens.forEach((token, at) => {
    const longest = Math.min(order - 1, at);
    for (let length = 0; length <= longest; length++) {
      const before = tree.size;
      const node = tree.childOrNew(contexts[length]!, token);
      tree.occurs(contexts[length]!, node);
      // An n-gram that is new has a first token that never stood before the rest.
      if (node === before && length > 0) tree.continues(contexts[length - 1]!, found[length - 1]!);
      found[length] = node;
    }
    contexts.set(found, 1);
  });
  const discounts = tree.discounts(order);
  return {
    order,
    bits(text) {
      checkTokens(text, vocab);
      return bitsOf(tree, { order, vocab, discounts }, text);
    },
  };
}

function checkTokens(tokens: Int32Array, vocab: number): void {
  const at = tokens.findIndex((token) => token < 0 || token >= vocab);
  if (at >= 0)
    throw new RangeError(
      `ngrams: token ${at} is ${tokens[at]}; the vocabulary has the ids 0 to ${vocab - 1}. ` +
        `Encode the text with the tokenizer of that vocabulary.`,
    );
}

/** Discounts by length of an n-gram, from 1: of counts, and of the numbers of different tokens before it. */
interface Discounts {
  readonly occurring: readonly number[];
  readonly continuing: readonly number[];
}

function bitsOf(
  tree: Tree,
  {
    order,
    vocab,
    discounts,
  }: { readonly order: number; readonly vocab: number; readonly discounts: Discounts },
  text: Int32Array,
): Float64Array[] {
  const bits = Array.from({ length: order }, () => new Float64Array(Math.max(0, text.length - 1)));
  let contexts: (number | undefined)[] = [0];
  text.forEach((token, at) => {
    const found: (number | undefined)[] = [];
    let lower = 1 / vocab;
    let highest = lower;
    for (let length = 0; length < order; length++) {
      const context = contexts[length];
      const node = context === undefined ? undefined : tree.child(context, token);
      found.push(node);
      const place = { context, node, lower };
      if (length <= at)
        highest = tree.probability(tree.occurring, discounts.occurring[length]!, place);
      if (at > 0) bits[length]![at - 1] = -Math.log2(highest);
      lower = tree.probability(tree.continuing, discounts.continuing[length]!, place);
    }
    contexts = [0, ...found.slice(0, order - 1)];
  });
  return bits;
}

/** One kind of count: of each n-gram, and over all n-grams that continue it by one token. */
interface Counts {
  readonly own: number[];
  /** Sum of the counts of its continuations. */
  readonly total: number[];
  /** Continuations whose count is above 0. */
  readonly kinds: number[];
}

/** The n-grams of a text as a tree: a node for each, whose children continue it by one token. Node 0 is empty. */
class Tree {
  /** How often each n-gram occurs. */
  readonly occurring: Counts = { own: [0], total: [0], kinds: [0] };
  /** How many different tokens stand before each n-gram. */
  readonly continuing: Counts = { own: [0], total: [0], kinds: [0] };
  readonly #vocab: number;
  readonly #children = new Map<number, number>();
  readonly #lengths: number[] = [0];

  constructor(vocab: number) {
    this.#vocab = vocab;
  }

  get size(): number {
    return this.#lengths.length;
  }

  child(node: number, token: number): number | undefined {
    return this.#children.get(node * this.#vocab + token);
  }

  childOrNew(node: number, token: number): number {
    const known = this.child(node, token);
    if (known !== undefined) return known;
    const child = this.size;
    this.#children.set(node * this.#vocab + token, child);
    this.#lengths.push(this.#lengths[node]! + 1);
    for (const { own, total, kinds } of [this.occurring, this.continuing])
      for (const numbers of [own, total, kinds]) numbers.push(0);
    return child;
  }

  /** The n-gram `node`, which continues `context`, occurs once more. */
  occurs(context: number, node: number): void {
    add(this.occurring, context, node);
  }

  /** Another token stands before the n-gram `node`, which continues `context`. */
  continues(context: number, node: number): void {
    add(this.continuing, context, node);
  }

  /** The probability of a token after a context, `lower` being that after a shorter one. */
  probability(
    { own, total, kinds }: Counts,
    discount: number,
    {
      context,
      node,
      lower,
    }: {
      readonly context: number | undefined;
      readonly node: number | undefined;
      readonly lower: number;
    },
  ): number {
    const all = context === undefined ? 0 : total[context]!;
    if (all === 0) return lower;
    const count = node === undefined ? 0 : own[node]!;
    return (Math.max(count - discount, 0) + discount * kinds[context!]! * lower) / all;
  }

  discounts(order: number): Discounts {
    const of = ({ own }: Counts): number[] => {
      const [ones, twos] = [new Float64Array(order + 1), new Float64Array(order + 1)];
      this.#lengths.forEach((length, node) => {
        if (own[node] === 1) ones[length]!++;
        if (own[node] === 2) twos[length]!++;
      });
      return Array.from({ length: order }, (_, at) => {
        const [one, two] = [ones[at + 1]!, twos[at + 1]!];
        return one > 0 && two > 0 ? one / (one + 2 * two) : 1 / 2;
      });
    };
    return { occurring: of(this.occurring), continuing: of(this.continuing) };
  }
}

function add({ own, total, kinds }: Counts, context: number, node: number): void {
  if (own[node] === 0) kinds[context]!++;
  own[node]!++;
  total[context]!++;
}
