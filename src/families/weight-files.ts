/**
 * The safetensors files of a folder: one, or several with an index.
 *
 * @module
 */
import { joinShards, readIndex, tensorsOf } from "../checkpoints/tensor-store.ts";
import type { TensorStore } from "../checkpoints/tensor-store.ts";
import { InputError, RunError } from "../errors.ts";
import { openBytes } from "../files/byte-source.ts";
import type { ByteSource } from "../files/byte-source.ts";
import { readBytes } from "../files/files.ts";
import { fileIn } from "../files/folder-files.ts";

/** Tensors whose files are open. */
export interface OpenTensors {
  readonly store: TensorStore;
  close(): Promise<void>;
}

const weightsName = "model.safetensors";
const indexName = `${weightsName}.index.json`;

/**
 * Opens the weights of a folder and checks the headers of all files. Close them after use.
 *
 * @param names what the folder has
 * @throws {InputError} the folder has no weights as safetensors
 * @throws {RunError} a file is damaged, or a shard is missing
 */
export async function openTensors(
  folder: string,
  names: ReadonlySet<string>,
): Promise<OpenTensors> {
  const open: ByteSource[] = [];
  const close = async (): Promise<void> => {
    for (const source of open) await source.close();
  };
  const tensors = async (name: string): Promise<TensorStore> => {
    const source = await openBytes(fileIn(folder, name));
    open.push(source);
    return await tensorsOf(source);
  };
  try {
    if (names.has(weightsName)) return { store: await tensors(weightsName), close };
    if (!names.has(indexName)) throw withoutWeights(folder, names);
    const file = fileIn(folder, indexName);
    const index = readIndex(new TextDecoder().decode(await readBytes(file)), file);
    const missing = [...index.keys()].filter((shard) => !names.has(shard));
    if (missing.length > 0)
      throw new RunError(
        `${folder} has not all files of its weights: ${missing[0]} is missing` +
          `${missing.length > 1 ? ` and ${missing.length - 1} more` : ""} of ${index.size}. ` +
          `Copy or download it.`,
      );
    const shards = new Map<string, TensorStore>();
    for (const shard of index.keys()) shards.set(shard, await tensors(shard));
    return { store: joinShards(index, shards, file), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function withoutWeights(folder: string, names: ReadonlySet<string>): InputError {
  const other = [...names].find((name) => /\.(bin|pt|pth|ckpt|h5|msgpack|gguf)$/.test(name));
  const single = [...names].find((name) => name.endsWith(".safetensors"));
  if (single !== undefined)
    return new InputError(
      `${folder} has ${single}, and no ${weightsName} or ${indexName}. Rename the file, or add the index of its parts.`,
    );
  if (other === undefined)
    return new InputError(
      `${folder} has no weights: no ${weightsName} and no ${indexName}. Copy or download them.`,
    );
  const pickle = /\.(bin|pt|pth|ckpt)$/.test(other);
  return new InputError(
    `${folder} has its weights as ${other}, which relpos does not read` +
      (pickle ? ": such a file can run any program when it is opened" : "") +
      `. Save it as safetensors with transformers: model.save_pretrained(folder).`,
  );
}
