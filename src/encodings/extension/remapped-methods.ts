/**
 * Self-Extend, Jet-Long, ReRoPE, Leaky ReRoPE, dual chunk attention, StreamingLLM and LM-Infinite as encodings of a trained RoPE; the
 * distances that each gives are those of remapped-distances.ts.
 *
 * @module
 */
import { add, divide, maximum, minimum, multiply, subtract } from "../../operators/arithmetic.ts";
import { cast } from "../../operators/cast.ts";
import { max } from "../../operators/reduction.ts";
import { option } from "../../options/option.ts";
import type { OptionFields, ReadOptions } from "../../options/option.ts";
import { number, whole, word } from "../../options/value.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { defineEncoding } from "../define-encoding.ts";
import { baseOption } from "../parts/angles.ts";
import { checkRotated, layoutOption, rotatedOption } from "../parts/rotation.ts";
import type { EncodingDefinition } from "../position-encoding.ts";
import { remappedRope } from "./remapped-rope.ts";
import type { FarRule, Places, RemappedRope } from "./remapped-rope.ts";

const ropeOptions = { base: baseOption, layout: layoutOption, rotated: rotatedOption };
const positive = whole({ least: 1 });
const window = option("Distances below it are as trained.", positive, { required: true });
const logLength = option(
  "L, the length of training: queries beyond it grow with ln(i + 1) / ln L.",
  whole({ least: 2 }),
  { otherwise: "queries do not grow" },
);

/** What a method declares beside what all have. */
interface Declared<Fields extends OptionFields> {
  readonly id: string;
  readonly summary: string;
  readonly formula: string;
  readonly paper: NonNullable<EncodingDefinition["paper"]>;
  readonly options: Fields;
  readonly make: (options: ReadOptions<Fields>) => Pick<RemappedRope, "far" | "sees" | "logLength">;
}

function remapped<const Fields extends OptionFields>(given: Declared<Fields>): EncodingDefinition {
  const { id, summary, formula, paper, options, make } = given;
  return defineEncoding({
    ...{ id, family: "rotary", summary, formula, paper },
    options: { ...ropeOptions, ...options },
    create({ headDim }, read) {
      const { base, layout, rotated = headDim } = read as ReadOptions<typeof ropeOptions>;
      checkRotated(id, rotated, headDim);
      const own = make(read);
      return remappedRope({ id, base: base, rotated: rotated, layout: layout, ...own });
    },
  });
}

const remainder = (x: Tensor, by: number): Tensor => subtract(x, multiply(divide(x, by), by));
const fixed =
  (position: number) =>
  (x: Tensor): Tensor =>
    add(multiply(x, 0), position);
/** Distances of `window` or more. */
const beyond =
  (window: number): FarRule["holds"] =>
  ({ distance }: Places) =>
    subtract(distance, window);
/** How many chunks of a length lie between query and key. */
const chunksApart = ({ queries, keys }: Places, length: number): Tensor =>
  cast(subtract(divide(queries, length), divide(keys, length)), "float32");

/**
 * G = max(1, ⌈N/L⌉) of each text of a pass, `[1]` or `[batch, 1]`: N, its tokens up to now, follow from its last query.
 * The authors' code has one G for a batch; here a text has the same one in company and alone.
 */
function groupOf(queries: Tensor, length: number): Tensor {
  return divide(add(max(queries, { axes: [-1], keep: true }), length), length);
}

/** All of them. */
export const remappedMethods: readonly EncodingDefinition[] = [
  remapped({
    id: "self-extend",
    summary: "Far positions are counted in groups, so that a trained RoPE meets no new distance.",
    formula: "rel(i,j) = i − j if i − j < W, else ⌊i/G⌋ − ⌊j/G⌋ + W − W/G",
    paper: {
      title: "LLM Maybe LongLM: Self-Extend LLM Context Window Without Tuning",
      year: 2024,
      url: "https://arxiv.org/abs/2401.01325",
    },
    options: {
      window,
      group: option("Positions in a group; it divides the window.", positive, { required: true }),
      logLength,
    },
    make({ window, group, logLength }) {
      if (window % group !== 0)
        throw new RangeError(
          `self-extend: a group of ${group} does not divide the window of ${window}, so near and far distances would not ` +
            `meet. Give a window of ${Math.max(1, Math.floor(window / group)) * group}.`,
        );
      const shift = window - window / group;
      const far: FarRule = {
        query: (x) => add(divide(x, group), shift),
        key: (x) => divide(x, group),
        holds: beyond(window),
      };
      return { far: [far], ...(logLength !== undefined && { logLength }) };
    },
  }),
  remapped({
    id: "jet-long",
    summary: "Far positions are counted in groups, which grow with the text.",
    formula:
      "rel(i,j) = i − j if i − j ≤ W, else ⌊i/G⌋ − ⌊j/G⌋, with G = max(1, ⌈N/L⌉) in a text of N tokens",
    paper: {
      title: "Jet-Long: Efficient Long-Context Extension with Dynamic Bifocal RoPE",
      year: 2026,
      url: "https://github.com/jet-ai-projects/Jet-Long",
    },
    options: {
      near: option("W, distances up to it are as trained.", positive, { required: true }),
      length: option("L, the length of training.", positive, { required: true }),
    },
    make({ near, length }) {
      const group = (queries: Tensor): Tensor => groupOf(queries, length);
      const far: FarRule = {
        query: (x) => divide(x, group(x)),
        key: (x, queries) => divide(x, group(queries)),
        holds: beyond(near + 1),
      };
      return { far: [far] };
    },
  }),
  remapped({
    id: "rerope",
    summary: "No distance is larger than a window.",
    formula: "rel(i,j) = min(i − j, W)",
    paper: { title: "ReRoPE", year: 2023, url: "https://github.com/bojone/rerope" },
    options: { window, logLength },
    make: ({ window, logLength }) => ({
      far: [{ query: fixed(window), key: fixed(0), holds: beyond(window) }],
      ...(logLength !== undefined && { logLength }),
    }),
  }),
  remapped({
    id: "leaky-rerope",
    summary: "Distances beyond a window grow more slowly.",
    formula: "rel(i,j) = i − j if i − j < W, else W + (i − j − W)/k",
    paper: { title: "ReRoPE", year: 2023, url: "https://github.com/bojone/rerope" },
    options: {
      window,
      slower: option("k, how many times slower.", number({ least: 1 }), { required: true }),
      logLength,
    },
    make: ({ window, slower, logLength }) => ({
      far: [
        {
          query: (x) => x,
          key: (x) => x,
          slower: { by: slower, from: window * (slower - 1) },
          holds: beyond(window),
        },
      ],
      ...(logLength !== undefined && { logLength }),
    }),
  }),
  remapped({
    id: "dca",
    summary: "Dual chunk attention: positions within chunks, and no distance beyond a cap.",
    formula:
      "rel(i,j) = i − j in one chunk of s; min(i mod s + s, c) − j mod s to the chunk before; min(2s − 1, c) − j mod s to older ones",
    paper: {
      title: "Training-Free Long-Context Scaling of Large Language Models",
      year: 2024,
      url: "https://arxiv.org/abs/2402.17463",
    },
    options: {
      chunk: option("s, positions in a chunk.", positive, { required: true }),
      size: option("c, no distance is larger; s or more.", positive, { required: true }),
      cap: option(
        "The largest position of queries: c as in the authors' code, or c − 1.",
        word("code", "paper"),
        {
          default: "code",
        },
      ),
    },
    make({ chunk, size, cap }) {
      if (chunk > size)
        throw new RangeError(
          `dca: chunks of ${chunk} hold distances beyond ${size}. Give a size of ${chunk} or more.`,
        );
      const most = cap === "code" ? size : size - 1;
      const key = (x: Tensor): Tensor => remainder(x, chunk);
      const before: FarRule = {
        query: (x) => minimum(add(remainder(x, chunk), chunk), most),
        key,
        holds: (places) => subtract(chunksApart(places, chunk), 1),
      };
      const older: FarRule = {
        query: fixed(Math.min(2 * chunk - 1, most)),
        key,
        holds: (places) => subtract(chunksApart(places, chunk), 2),
      };
      return { far: [before, older] };
    },
  }),
  remapped({
    id: "streaming-llm",
    summary:
      "A window of the last tokens and the first few, at the distances of their places in a cache.",
    formula:
      "rel(i,j) = i − j for the last R tokens; min(i, S + R − 1) − j for the first S; others are not seen",
    paper: {
      title: "Efficient Streaming Language Models with Attention Sinks",
      year: 2023,
      url: "https://arxiv.org/abs/2309.17453",
    },
    options: {
      sinks: option("S, first tokens that are always seen.", positive, { default: 4 }),
      recent: option("R, last tokens that are seen.", positive, { required: true }),
    },
    make({ sinks, recent }) {
      const first = ({ keys }: Places): Tensor => subtract(sinks - 1, cast(keys, "float32"));
      return {
        far: [{ query: (x) => minimum(x, sinks + recent - 1), key: (x) => x, holds: first }],
        sees: (places) => maximum(first(places), subtract(recent - 1, places.distance)),
      };
    },
  }),
  remapped({
    id: "lm-infinite",
    summary:
      "A window of the length of training and the first tokens, none farther than the window.",
    formula: "rel(i,j) = min(i − j, L) for i − j < L or j < G; others are not seen",
    paper: {
      title: "LM-Infinite: Zero-Shot Extreme Length Generalization for Large Language Models",
      year: 2023,
      url: "https://arxiv.org/abs/2308.16137",
    },
    options: {
      global: option("G, first tokens that are always seen.", positive, { default: 10 }),
      length: option("L, tokens of the window.", positive, { required: true }),
    },
    make: ({ global, length }) => ({
      far: [{ query: fixed(length), key: fixed(0), holds: beyond(length) }],
      sees: ({ distance, keys }) =>
        maximum(subtract(length - 1, distance), subtract(global - 1, cast(keys, "float32"))),
    }),
  }),
];
