/**
 * Tensors in files, of which each is read when it is asked for: one safetensors file, or several with an index.
 *
 *     model.safetensors.index.json   { "metadata": { "total_size": … }, "weight_map": { "<tensor>": "<file>", … } }
 *
 * The headers of all files are checked before any tensor is read. An index names files beside it, nothing else; its list
 * and the files' headers must have the same tensors.
 *
 * @module
 */
import { RunError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { firstDuplicateKey } from "./duplicate-keys.ts";
import { dataStartOf, LENGTH_BYTES, readHeader } from "./safetensors-header.ts";
import type { TensorEntry } from "./safetensors-header.ts";
import type { StoredTensor } from "./stored-tensor.ts";

/** What is read piece by piece: a file. */
export interface Readable {
  readonly file: string;
  readonly size: number;
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** A tensor of a store. */
export interface StoredEntry extends Omit<TensorEntry, "begin" | "end"> {
  /** The path of its file, for messages. */
  readonly file: string;
  /** Reads its bytes. */
  read(): Promise<StoredTensor>;
}

/** Tensors by name, in the order of their bytes in the files. */
export type TensorStore = ReadonlyMap<string, StoredEntry>;

/**
 * The tensors of one file. Only its header is read.
 *
 * @throws {RunError} the file does not follow the format, or a dtype is not supported
 */
export async function tensorsOf(source: Readable): Promise<TensorStore> {
  const { file, size } = source;
  const first = await source.read(0, Math.min(LENGTH_BYTES, size));
  const head = await source.read(0, dataStartOf(first, size, file));
  const { entries, dataStart } = readHeader(head, file, size);
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  return new Map(
    ordered.map(({ name, dtype, shape, begin, end }) => [
      name,
      {
        ...{ name, dtype, shape, file },
        read: async () => ({
          ...{ dtype, shape },
          bytes: await source.read(dataStart + begin, dataStart + end),
        }),
      },
    ]),
  );
}

/** The files of an index, and the tensors that it says each has. */
export type ShardIndex = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Reads the text of a `model.safetensors.index.json`.
 *
 * @param file its path, for messages
 * @throws {RunError} it is no such index, or names a file that is not beside it
 */
export function readIndex(text: string, file: string): ShardIndex {
  const corrupt = (fault: string): RunError =>
    new RunError(`${file} is no index of safetensors files: ${fault}. Copy or download it again.`);
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    throw corrupt((error as Error).message);
  }
  const map = isRecord(json) ? json["weight_map"] : undefined;
  if (!isRecord(map)) throw corrupt('it has no "weight_map"');
  const twice = firstDuplicateKey(text);
  if (twice !== undefined) throw corrupt(`it has the name ${JSON.stringify(twice)} twice`);
  const shards = new Map<string, Set<string>>();
  for (const [tensor, shard] of Object.entries(map)) {
    const place = `the file of tensor ${JSON.stringify(tensor)}`;
    if (typeof shard !== "string") throw corrupt(`${place} is ${JSON.stringify(shard)}`);
    if (!isPlainName(shard))
      throw corrupt(
        `${place} is ${JSON.stringify(shard)}, and an index may only name safetensors files beside it`,
      );
    const known = shards.get(shard) ?? new Set();
    shards.set(shard, known.add(tensor));
  }
  if (shards.size === 0) throw corrupt('its "weight_map" is empty');
  return shards;
}

/** A name that cannot leave the folder, on any system. */
function isPlainName(name: string): boolean {
  return /^[^/\\:\0]+\.safetensors$/.test(name) && !name.startsWith(".");
}

/**
 * The tensors of several files.
 *
 * @param shards each file's name in the index, and its tensors
 * @throws {RunError} a file has other tensors than the index says
 */
export function joinShards(
  index: ShardIndex,
  shards: ReadonlyMap<string, TensorStore>,
  file: string,
): TensorStore {
  const joined = new Map<string, StoredEntry>();
  for (const [shard, named] of index) {
    const store = shards.get(shard)!;
    const lacking = [...named].find((name) => !store.has(name));
    const extra = [...store.keys()].find((name) => !named.has(name));
    if (lacking !== undefined || extra !== undefined)
      throw new RunError(
        `${file} and ${shard} do not belong together: ` +
          (lacking === undefined
            ? `the file has the tensor ${JSON.stringify(extra)}, which the index does not have there`
            : `the index says that the file has the tensor ${JSON.stringify(lacking)}, and it has not`) +
          `. Copy or download both again.`,
      );
    for (const [name, entry] of store) joined.set(name, entry);
  }
  return joined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
