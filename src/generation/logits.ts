/**
 * What a decoder gives.
 *
 * @module
 */

/** Scores of the next token before the softmax. */
export interface Logits {
  /** `[batch, vocab]` after each row's last token; with `logits: "all"`, `[batch, tokens, vocab]` after each new token. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
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
export function lastLogits({ shape, data }: Logits, count: number): Logits {
  const [batch, tokens, vocab] = shape as [number, number, number];
  const rows = Array.from({ length: batch }, (_, row) =>
    data.subarray(((row + 1) * tokens - count) * vocab, (row + 1) * tokens * vocab),
  );
  const kept = new Float32Array(batch * count * vocab);
  rows.forEach((row, at) => kept.set(row, at * count * vocab));
  return { shape: [batch, count, vocab], data: kept };
}
