/**
 * Where a training run's batches come from: a function of seed and step, without memory, so that a run
 * resumes exactly.
 *
 * @module
 */
import type { HostTensor } from "../runtime/session.ts";
import { batchAt } from "../data/batches.ts";

/** What a step asks for. */
export interface BatchRequest {
  readonly batch: number;
  /** Tokens in a row. */
  readonly length: number;
  readonly seed: number;
  readonly step: number;
}

/** Rows of a step, each `[batch, length]`. */
export interface BatchRows {
  readonly tokens: Int32Array;
  readonly targets: Int32Array;
  /** How much each target counts; present where the source is weighted, and then not all 0. */
  readonly weights?: Float32Array;
}

/** A source of batches. The same request gives the same rows. */
export interface BatchSource {
  /** Whether targets count by weights. */
  readonly weighted: boolean;
  at(request: BatchRequest): BatchRows;
}

/** Windows of a text, all of whose targets count. */
export function textBatches(tokens: Int32Array): BatchSource {
  return { weighted: false, at: (request) => batchAt(tokens, request) };
}

/** The feeds of a step; with accumulation, micro-batches along a leading axis. */
export function batchFeeds(
  source: BatchSource,
  plan: {
    readonly batch: number;
    readonly length: number;
    readonly accumulate: number;
    readonly seed: number;
  },
  step: number,
): Record<"tokens" | "targets", HostTensor> & { weights?: HostTensor } {
  const { batch, length, accumulate, seed } = plan;
  const rows = source.at({ batch: batch * accumulate, length, seed, step });
  const shape = accumulate > 1 ? [accumulate, batch, length] : [batch, length];
  return {
    tokens: { shape, data: rows.tokens },
    targets: { shape, data: rows.targets },
    ...(source.weighted ? { weights: { shape, data: rows.weights! } } : {}),
  };
}
