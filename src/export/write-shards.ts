/**
 * Tensors as `model.safetensors`, or as several files with an index where they are many.
 *
 * @module
 */
import path from "node:path";
import { safetensorsLayout } from "../checkpoints/safetensors.ts";
import { dtypeBytes } from "../checkpoints/stored-tensor.ts";
import { writeAtomically } from "../files/files.ts";
import type { MadeTensor } from "./stored-weights.ts";
import { json } from "./tokenizer-files.ts";
import { writeParts } from "./write-parts.ts";
import type { FilePart } from "./write-parts.ts";

type Tensors = ReadonlyMap<string, MadeTensor>;

/**
 * Writes the files of a folder.
 *
 * @param most bytes of tensors in a file, but for a larger tensor
 * @throws {RunError} the disk is full or fails
 */
export async function writeShards(
  folder: string,
  tensors: Tensors,
  most: number,
  signal?: AbortSignal,
): Promise<void> {
  const shards = shardsOf(tensors, most);
  const name = (at: number): string => {
    const number = (value: number): string => String(value).padStart(5, "0");
    return shards.length === 1
      ? "model.safetensors"
      : `model-${number(at + 1)}-of-${number(shards.length)}.safetensors`;
  };
  for (const [at, shard] of shards.entries())
    await writeParts(path.join(folder, name(at)), partsOf(shard), signal);
  if (shards.length === 1) return;
  const places = shards.flatMap((shard, at) =>
    [...shard.keys()].map((key) => [key, name(at)] as const),
  );
  const total = [...tensors.values()].reduce((sum, tensor) => sum + sizeOf(tensor), 0);
  const index = { metadata: { total_size: total }, weight_map: Object.fromEntries<string>(places) };
  await writeAtomically(path.join(folder, "model.safetensors.index.json"), json(index));
}

function* partsOf(shard: Tensors): Iterable<FilePart> {
  // Programs ask for it before they read a file.
  const { head, entries } = safetensorsLayout(shard, { format: "pt" });
  yield { offset: 0, bytes: head };
  for (const { name, begin } of entries)
    yield { offset: head.length + begin, bytes: shard.get(name)!.bytes() };
}

function shardsOf(tensors: Tensors, most: number): Tensors[] {
  const shards = [new Map<string, MadeTensor>()];
  let size = 0;
  for (const [name, tensor] of tensors) {
    const own = sizeOf(tensor);
    if (size + own > most && size > 0) {
      shards.push(new Map<string, MadeTensor>());
      size = 0;
    }
    shards.at(-1)!.set(name, tensor);
    size += own;
  }
  return shards;
}

function sizeOf({ dtype, shape }: MadeTensor): number {
  return shape.reduce((product, size) => product * size, dtypeBytes[dtype]);
}
