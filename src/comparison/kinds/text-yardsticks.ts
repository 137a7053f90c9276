/**
 * What counting and compressing reach on the tokens that models on text are judged on.
 *
 * @module
 */
import type { Tokenizer } from "../../data/tokenizer.ts";
import { evaluationSpans } from "../../data/windows.ts";
import { countNgrams } from "../../evaluation/ngrams.ts";
import { grouped } from "../../format.ts";
import type { Items } from "../../measures/items.ts";
import type { Measures } from "../../measures/measure.ts";
import { valuesOf } from "../../measures/measure.ts";
import type { Compressor, Yardstick, YardstickTools } from "../yardstick.ts";

/** Orders that are counted, from 1. */
export const orders = 5;
/** The most tokens that are counted, and the most bytes that are compressed: the end of a longer training text. */
export const mostCounted = 2_000_000;

/** A text in tokens, and how models are judged on it. */
export interface TextToMeasure {
  readonly tokenizer: Tokenizer;
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly testLengths: readonly number[];
  readonly evaluationTokens: number;
  readonly protocols: readonly string[];
  readonly measures: Measures;
}

/**
 * n-grams of the orders 1 to 5, trained on the training part and judged on the tokens that models are judged on; and how
 * many bytes a general compressor adds for these tokens, once it has read the training part. Neither depends on the
 * length: both read the judged text on from its first token.
 */
export function textYardsticks(
  text: TextToMeasure,
  { compressor }: YardstickTools,
): readonly Yardstick[] {
  const { tokenizer, training, validation, testLengths, evaluationTokens } = text;
  const { spans } = evaluationSpans(validation.length, {
    longest: Math.max(...testLengths),
    limit: evaluationTokens,
  });
  const judged = spans.map(({ start, targets }) => validation.subarray(start, start + targets + 1));
  const read = training.subarray(Math.max(0, training.length - mostCounted));
  const part =
    read.length < training.length
      ? `, of the last ${grouped(mostCounted)} tokens of the training part`
      : "";
  const yardstick = (id: string, name: string, bits: number): Yardstick => {
    const targets = judged.map((span) => span.subarray(1));
    const values = valuesOf(text.measures, {
      bits: [bits],
      bytes: [sum(targets.map((span) => tokenizer.byteLength(span)))],
      tokens: [sum(targets.map((span) => span.length))],
    } satisfies Items);
    const reached = text.protocols.flatMap((protocol) =>
      testLengths.map((length) => ({ length, protocol, values })),
    );
    return { id, name: `${name}${part}`, reached };
  };
  const counts = countNgrams(read, tokenizer.vocab, orders);
  const surprises = judged.map((span) => counts.bits(span));
  const ngrams = Array.from({ length: orders }, (_, at) =>
    yardstick(
      `${at + 1}-gram`,
      `${at + 1}-gram, interpolated Kneser-Ney`,
      sum(surprises.flatMap((ofOrders) => [...ofOrders[at]!])),
    ),
  );
  if (compressor === undefined) return ngrams;
  const added = compressedBytes(compressor, tokenizer, read, judged);
  return [...ngrams, yardstick(compressor.id, compressor.name, 8 * added)];
}

/** Bytes by which the compressed training part grows when the judged text follows it. */
function compressedBytes(
  { size }: Compressor,
  tokenizer: Tokenizer,
  training: Int32Array,
  judged: readonly Int32Array[],
): number {
  const before = tokenizer.bytes(training);
  const after = judged.map((span) => tokenizer.bytes(span.subarray(1)));
  const both = new Uint8Array(before.length + sum(after.map((bytes) => bytes.length)));
  both.set(before);
  let at = before.length;
  for (const bytes of after) {
    both.set(bytes, at);
    at += bytes.length;
  }
  return size(both) - size(before);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
