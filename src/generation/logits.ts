/**
 * What a decoder gives.
 *
 * @module
 */
import type { HostTensor } from "../runtime/session.ts";

/** Scores of the next token before the softmax. */
export interface Logits {
  /** `[batch, vocab]` after each row's last token; with `logits: "all"`, `[batch, tokens, vocab]` after each new token. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Whether these are log-probabilities, as a step gives them that is asked for them. Default false. */
  readonly logProbabilities?: boolean;
  /** Where only the likeliest tokens were asked for: their ids, `[batch, count]` as the data, likeliest first. */
  readonly ids?: Int32Array;
}

/** What a run of a decoding graph gave: the output `logits`, and `ids` where there are any. */
export function logitsOf(
  { logits, ids }: Readonly<Record<string, HostTensor>>,
  logProbabilities: boolean,
): Logits {
  const { shape, data } = logits!;
  return {
    shape,
    data: data as Float32Array,
    ...(logProbabilities && { logProbabilities }),
    ...(ids && { ids: ids.data as Int32Array }),
  };
}

/** Logits of the pieces of a prompt, `[batch, tokens, vocab]`, one after the other. */
export function joinLogits(parts: readonly Logits[]): Logits {
  const [batch, , vocab] = parts[0]!.shape as [number, number, number];
  const total = parts.reduce((sum, { shape }) => sum + shape[1]!, 0);
  const data = new Float32Array(batch * total * vocab);
  let before = 0;
  for (const part of parts) {
    const size = part.shape[1]! * vocab;
    for (let row = 0; row < batch; row++)
      data.set(part.data.subarray(row * size, (row + 1) * size), row * total * vocab + before);
    before += size;
  }
  return { shape: [batch, total, vocab], data };
}

/** The last `count` tokens of logits `[batch, tokens, vocab]`. */
export function lastLogits({ shape, data, ...rest }: Logits, count: number): Logits {
  const [batch, tokens, vocab] = shape as [number, number, number];
  const rows = Array.from({ length: batch }, (_, row) =>
    data.subarray(((row + 1) * tokens - count) * vocab, (row + 1) * tokens * vocab),
  );
  const kept = new Float32Array(batch * count * vocab);
  rows.forEach((row, at) => kept.set(row, at * count * vocab));
  return { ...rest, shape: [batch, count, vocab], data: kept };
}

/**
 * Checks what a step is asked for.
 *
 * @throws {RangeError} it is no number of tokens that there are, or the decoder gives the logits of every token
 */
export function checkLikeliest(
  asked: "all" | number | undefined,
  vocab: number,
  logits: "all" | "last" | undefined,
): void {
  if (asked === undefined || asked === "all") return;
  if (!Number.isInteger(asked) || asked < 1 || asked > vocab)
    throw new RangeError(
      `decoder: logProbabilities must be "all" or a whole number from 1 to ${vocab}, the size of the vocabulary, ` +
        `got ${String(asked)}.`,
    );
  if (logits === "all")
    throw new RangeError(
      'decoder: the likeliest tokens are given after the last token only. Leave logits: "all" out.',
    );
}
