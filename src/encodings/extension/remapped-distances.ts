/**
 * Distances that a trained RoPE is given in a longer text, none of which is new to it.
 * Functions of two positions of the text, `i` of the query and `j ≤ i` of the key. Attention with them is in
 * remapped-methods.ts: each takes two or three products of queries and keys.
 *
 *     selfExtend      i − j if i − j < W, else ⌊i/G⌋ − ⌊j/G⌋ + W − W/G                Jin et al. 2024
 *     jetLong         i − j if i − j ≤ W, else ⌊i/G⌋ − ⌊j/G⌋, G = max(1, ⌈N/L⌉)      Jet-Long 2026
 *     rerope          min(i − j, W)                                                  Su 2023
 *     leakyRerope     i − j if i − j < W, else W + (i − j − W)/k                      Su 2023
 *     dualChunk       i − j in the query's own chunk of s; min(i mod s + s, cap) − j mod s in the chunk
 *                     before; min(2s − 1, cap) − j mod s in older ones                An et al. 2024
 *     streaming       distance between slots of a cache of S first and R last tokens Xiao et al. 2024
 *     lmInfinite      min(i − j, L) for i − j < L or j < G                            Han et al. 2024
 *
 * A result is undefined where the key is not attended.
 *
 * Reference:  LongLM, self_extend_patch; Jet-Long, modeling_qwen3_jetlong.py; bojone/rerope; ChunkLlama, chunkllama_attn_replace.py; streaming-llm,
 *             kv_cache.py; LM-Infinite, models/lambda_attention.py
 * Differs:    the paper's cap of dualChunk is c − 1, its code's c; `cap` chooses. Self-Extend's code
 *             does not group while the whole text is shorter than W, which changes no distance it uses
 *
 * @module
 */

/** The distance that the rotation sees between a query and a key at or before it. */
export type RemappedDistance = (i: number, j: number) => number | undefined;

/** Groups of `group` beyond a window of `window`. W/G is not rounded, so G had better divide W. */
export function selfExtend(window: number, group: number): RemappedDistance {
  checkWhole("selfExtend", { window, group });
  const shift = window - window / group;
  return (i, j) => (i - j < window ? i - j : Math.floor(i / group) - Math.floor(j / group) + shift);
}

/** Groups beyond distances of `near`, in a text of `tokens` with a length of training of `length`. */
export function jetLong(near: number, length: number, tokens: number): RemappedDistance {
  checkWhole("jetLong", { near, length, tokens });
  const group = Math.max(1, Math.ceil(tokens / length));
  return (i, j) => (i - j <= near ? i - j : Math.floor(i / group) - Math.floor(j / group));
}

/** One distance beyond the window. */
export function rerope(window: number): RemappedDistance {
  checkWhole("rerope", { window });
  return (i, j) => Math.min(i - j, window);
}

/** Distances beyond the window grow `slower` times slower. */
export function leakyRerope(window: number, slower: number): RemappedDistance {
  checkWhole("leakyRerope", { window });
  if (!(slower >= 1)) throw new RangeError(`leakyRerope: slower must be 1 or more, got ${slower}.`);
  return (i, j) => (i - j < window ? i - j : window + (i - j - window) / slower);
}

/** Chunks of `length`, and no distance beyond `size`, or `size − 1` with the paper's cap. */
export function dualChunk(
  length: number,
  size: number,
  cap: "code" | "paper" = "code",
): RemappedDistance {
  checkWhole("dualChunk", { length, size });
  if (length > size)
    throw new RangeError(
      `dualChunk: chunks of ${length} hold distances beyond ${size}. Give a size of ${length} or more.`,
    );
  const most = cap === "code" ? size : size - 1;
  return (i, j) => {
    const apart = Math.floor(i / length) - Math.floor(j / length);
    if (apart === 0) return i - j;
    const from = apart === 1 ? (i % length) + length : 2 * length - 1;
    return Math.min(from, most) - (j % length);
  };
}

/** Where a cache of the first `sinks` and the last `recent` tokens has token j when i is its last. */
export function streamingSlot(
  sinks: number,
  recent: number,
): (i: number, j: number) => number | undefined {
  checkWhole("streaming", { sinks, recent });
  return (i, j) => {
    const dropped = Math.max(i + 1 - sinks - recent, 0);
    if (j < sinks) return j;
    return j - dropped < sinks ? undefined : j - dropped;
  };
}

/** Distances between slots. */
export function streaming(sinks: number, recent: number): RemappedDistance {
  const slot = streamingSlot(sinks, recent);
  return (i, j) => {
    const at = slot(i, j);
    return at === undefined ? undefined : slot(i, i)! - at;
  };
}

/** A window of `length` and the first `global` tokens, none farther than `length`. */
export function lmInfinite(global: number, length: number): RemappedDistance {
  checkWhole("lmInfinite", { global, length });
  return (i, j) => (i - j < length || j < global ? Math.min(i - j, length) : undefined);
}

function checkWhole(speaker: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(
        `${speaker}: ${name} must be a whole number of 1 or more, got ${value}.`,
      );
}
