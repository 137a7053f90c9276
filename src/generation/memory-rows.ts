/**
 * The memory of the sources that targets are decoded for: a row for each row of the batch.
 *
 * It stays on the host and is an input of every run, which copies nothing on the processor. Rows of one source, the beams of a
 * search, have equal memories, so a search that only exchanges beams changes nothing here.
 *
 * @module
 */
import type { HostTensor } from "../runtime/session.ts";

/** Tensors whose first axis is that of the batch, by the names of the inputs. */
export type MemoryTensors = Readonly<Record<string, HostTensor>>;

/** A memory, and how it is chosen from. */
export interface MemoryRows {
  /** For each row of the batch, the source it is of. */
  readonly sources: readonly number[];
  /** The inputs of a run. */
  readonly tensors: MemoryTensors;
  /** The memory of a batch whose row `r` continues what is now row `origins[r]`. */
  choose(origins: readonly number[]): MemoryRows;
}

/** The memory as it was computed, a row for each source. */
export function memoryRows(all: MemoryTensors): MemoryRows {
  const [first] = Object.values(all);
  return rowsOf(
    all,
    all,
    Array.from({ length: first!.shape[0]! }, (_, row) => row),
  );
}

function rowsOf(
  all: MemoryTensors,
  tensors: MemoryTensors,
  sources: readonly number[],
): MemoryRows {
  return {
    sources,
    tensors,
    choose(origins) {
      const chosen = origins.map((row) => sources[row]!);
      if (
        chosen.length === sources.length &&
        chosen.every((source, row) => source === sources[row])
      )
        return this;
      const entries = Object.entries(all).map(([name, tensor]) => [name, taken(tensor, chosen)]);
      return rowsOf(all, Object.fromEntries(entries) as MemoryTensors, chosen);
    },
  };
}

function taken({ shape, data }: HostTensor, rows: readonly number[]): HostTensor {
  const size = data.length / shape[0]!;
  const Data = data.constructor as new (length: number) => typeof data;
  const result = new Data(rows.length * size);
  rows.forEach((row, at) => result.set(data.subarray(row * size, (row + 1) * size), at * size));
  return { shape: [rows.length, ...shape.slice(1)], data: result };
}
