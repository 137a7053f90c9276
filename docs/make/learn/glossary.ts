/**
 * The glossary of the learning page: the field's terms, one or two sentences each.
 *
 * @module
 */

/** Term and meaning, in alphabetical order. */
export const glossary: readonly (readonly [term: string, meaning: string])[] = [
  [
    "absolute encoding",
    "One in which a token gets numbers of its own position, such as `learned` or `sinusoidal`. Shifting all positions changes the scores.",
  ],
  [
    "attention",
    "The part of a Transformer in which each token computes a weighted sum of the values of all tokens it may attend to. The weights come from products of queries and keys.",
  ],
  [
    "base (of frequencies)",
    "The number whose powers are the frequencies of `rope` and `sinusoidal`, 10,000 unless said otherwise. A larger base makes slow pairs slower.",
  ],
  [
    "bias",
    "A number that is added to a score. A relative bias depends on the distance of query and key.",
  ],
  [
    "bits per byte",
    "The loss on text: the mean number of bits that the model needs for one byte. It does not depend on how text is cut into tokens.",
  ],
  [
    "block",
    "One layer of a Transformer: attention and a feed-forward network, each with a norm and a residual connection.",
  ],
  ["bucket", "A range of distances that share one learned number."],
  [
    "cache",
    "Keys and values of earlier tokens, kept while a text is generated so that they are not computed again. An encoding decides whether keys can be kept after rotation.",
  ],
  [
    "causal",
    "With a mask that lets a token attend to itself and to earlier tokens only. Decoders are causal.",
  ],
  ["context length", "How many tokens a model reads at once."],
  ["decoder", "A causal Transformer that predicts the next token, such as GPT or Llama."],
  [
    "distance",
    "The position of the query minus that of the key. In a causal model it is 0 or more.",
  ],
  ["embedding", "The table that gives each token its vector, and that vector itself."],
  [
    "encoder",
    "A bidirectional Transformer, in which every token attends to all others, such as BERT.",
  ],
  ["exact match", "The share of samples of a task of which every scored token is right."],
  [
    "extension (of context)",
    "Changing a trained model, mostly its rotary frequencies, so that it works on longer texts. Position interpolation, NTK-aware scaling and YaRN are such rules.",
  ],
  [
    "extrapolation",
    "Working on texts longer than those of training without any change. Also called length generalisation.",
  ],
  [
    "frequency",
    "By how many radians a pair of `rope` turns from one position to the next. The wavelength, 2π over the frequency, is the number of positions of a whole turn.",
  ],
  [
    "head",
    "One of several attentions that run side by side in a layer, each with queries, keys and values of its own.",
  ],
  [
    "interpolation (of positions)",
    "Dividing positions, or frequencies, so that those of a long text lie between those of training.",
  ],
  [
    "interval (of confidence)",
    "A range computed from several seeds that contains the true difference in 95 of 100 such experiments. If it contains zero, the difference is not decided.",
  ],
  ["key", "The vector by which a token is found. Its product with a query is the score."],
  [
    "layout (of pairs)",
    "Which components of a head rotate together: m and m + d/2 (halves), or 2m and 2m + 1 (interleaved). Weights trained with one do not fit the other.",
  ],
  [
    "mask",
    "What forbids a query to attend to some keys: those after it, those of padding, those outside a window.",
  ],
  ["NoPE", "No position encoding: only the causal mask gives order."],
  [
    "perplexity",
    "e to the power of the mean loss of a token. It depends on how text is cut into tokens.",
  ],
  ["position", "The number of a token in its text, from 0."],
  [
    "position encoding",
    "Whatever brings positions into a Transformer: vectors added at the input, numbers added to scores, or rotations of queries and keys.",
  ],
  ["query", "The vector by which a token asks. Its product with each key gives the scores."],
  [
    "relative encoding",
    "One in which only the distance of query and key counts. In the strict sense it is shift-invariant.",
  ],
  [
    "rotary",
    "Of encodings that rotate pairs of components of queries and keys by angles proportional to the position. Partial rotary rotates only some of them.",
  ],
  [
    "score",
    "The product of a query and a key, scaled, with a bias where there is one. The softmax of a query's scores gives its weights.",
  ],
  [
    "seed",
    "The number from which first values and batches are drawn. Models with the same seed share both, so that what these contribute cancels in the difference of the two.",
  ],
  ["shift-invariant", "Unchanged when all positions are moved by the same number."],
  [
    "sink (of attention)",
    "A token, mostly the first, that gets much weight though its content does not matter. Removing it from the cache harms many models.",
  ],
  ["slope", "By how much a head of `alibi` lowers a score for each token of distance."],
  [
    "softmax",
    "e to the power of each of some numbers, divided by the sum of all these. The results are positive and sum to 1.",
  ],
  [
    "token",
    "A piece of text that the model treats as one: a byte, a character, a word or a part of one.",
  ],
  [
    "train length",
    "The number of tokens in a training sequence. Distances in training are smaller than that.",
  ],
  [
    "Transformer",
    "A network of blocks of attention and feed-forward networks, over a list of token vectors.",
  ],
  ["value", "The vector that a token contributes to the outputs of those that attend to it."],
  [
    "weight (of attention)",
    "What a value is multiplied by in the output: the softmax of the scores. Learned numbers of a network are called parameters here.",
  ],
  [
    "window",
    "A stretch of text that is read at once; as a mask, the nearest keys that a query may attend to.",
  ],
];
