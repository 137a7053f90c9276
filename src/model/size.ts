/**
 * The least memory that a model takes, by its settings and by its parameters, and what is refused before anything of
 * that size is allocated.
 *
 * @module
 */
import type { PositionEncoding } from "../encodings/position-encoding.ts";
import { countInWords, gigabytes, howToRaise, memoryLimit } from "../memory.ts";
import { bytesPerNumber, countOf, largestInWords } from "../parameters/size.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { rowPlan } from "./attention-rows.ts";
import type { TransformerConfig } from "./config.ts";

type Sizes = Pick<TransformerConfig, "model" | "hidden" | "layers"> &
  Partial<Pick<TransformerConfig, "vocab" | "heads" | "headDim">>;

/** A lower bound on the parameters of a stack without its encoding: table, queries and output, feed-forward. */
export function leastParameters(sizes: Sizes): number {
  const { model, hidden, layers, vocab = 0, heads = 0, headDim = 0 } = sizes;
  return vocab * model + layers * 2 * model * (hidden + heads * headDim);
}

/**
 * Refuses settings whose weights alone do not fit in memory, before their parameters are listed.
 *
 * @throws {RangeError} naming width, layers and vocabulary, what they need and the limit
 */
export function refuseLargeSettings(sizes: Sizes): void {
  const count = leastParameters(sizes);
  const bytes = count * bytesPerNumber;
  if (bytes <= memoryLimit()) return;
  const { model, layers, vocab, heads = 0, headDim = 0 } = sizes;
  throw new RangeError(
    `model: a model of width ${countInWords(model)} with ${countInWords(layers)} layers` +
      `${vocab ? ` and ${countInWords(vocab)} tokens` : ""}` +
      `${heads * headDim > model ? ` and ${countInWords(heads)} heads of width ${countInWords(headDim)}` : ""} has at least ${countInWords(count)} ` +
      `parameters; they take ${gigabytes(bytes)}, and this machine has ${gigabytes(memoryLimit())}. ` +
      `Choose a smaller width${heads * headDim > model ? " of heads" : ""}, fewer layers or a smaller vocabulary. ${howToRaise}`,
  );
}

/**
 * Refuses parameters that do not fit in memory.
 *
 * @param who the encoding's id, in which the options are written
 * @throws {RangeError} naming the largest, what all need, the limit and what to lower
 */
export function refuseLargeParameters(specs: readonly ParameterSpec[], who: string): void {
  const bytes = bytesPerNumber * countOf(specs);
  if (bytes <= memoryLimit()) return;
  throw new RangeError(
    `${who}: the model's parameters take ${gigabytes(bytes)}, and this machine has ${gigabytes(memoryLimit())}. ` +
      `${largestInWords(specs, who)} ${howToRaise}`,
  );
}

/**
 * Refuses parameters that a quick look at an encoding would spend minutes and gigabytes on.
 *
 * @param purpose who looks, as the beginning of a sentence: "check runs a small model of at most"
 * @throws {RangeError} naming the largest parameter and what to lower
 */
export function refuseManyParameters(
  specs: readonly ParameterSpec[],
  who: string,
  { most, purpose }: { readonly most: number; readonly purpose: string },
): void {
  const count = countOf(specs);
  if (count > most)
    throw new RangeError(
      `${who}: ${purpose} ${countInWords(most)} parameters, and this one has ${countInWords(count)}. ` +
        largestInWords(specs, who),
    );
}

/** What the scores of one layer need at least. */
export interface ScoreSize {
  readonly encoding: Pick<PositionEncoding, "rowwise">;
  readonly heads: number;
  readonly length: number;
  readonly batch: number;
}

/** Bytes of the scores of one layer that are held at once: whole matrices, or blocks of rows where the length permits. */
export function leastScores({ encoding, heads, length, batch }: ScoreSize): number {
  const plan = encoding.rowwise === false ? undefined : rowPlan(length);
  const rows = plan?.kind === "mapped" ? length / plan.blocks : length;
  // Two unrolled blocks leave the upper right quarter out.
  const share = plan?.kind === "unrolled" ? 0.75 : 1;
  return batch * heads * rows * length * share * bytesPerNumber;
}
