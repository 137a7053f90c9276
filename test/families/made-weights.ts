/**
 * Weights and tokens that a rule makes, the same as in oracle/families.py, and folders of checkpoints with them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { store, writeSafetensors } from "../../src/checkpoints/safetensors.ts";

/** A tensor of a file. */
export type NamedShape = readonly [name: string, shape: readonly number[]];

const vocab = 53;

/** FNV-1a of a name's UTF-8. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/** Numbers from 0 to 65535: the finaliser of MurmurHash3 of the name's hash plus the place. */
function noise(name: string, count: number): Uint16Array {
  const start = hash(name);
  return Uint16Array.from({ length: count }, (_, at) => {
    let x = (start + at) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 16;
  });
}

/** From −1/4 to 1/4 in matrices, 7/8 to 9/8 in vectors of weights, −1/8 to 1/8 in other vectors. */
export function madeWeights([name, shape]: NamedShape): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const matrix = shape.filter((size) => size > 1).length > 1;
  const middle = !matrix && name.endsWith("weight") ? 1 : 0;
  return Float32Array.from(
    noise(name, count),
    (value) => (value - 32768) / 32768 / (matrix ? 4 : 8) + middle,
  );
}

/** The tokens of the text of a length. */
export function madeTokens(length: number): number[] {
  return Array.from(noise(`tokens ${length}`, length), (value) => value % vocab);
}

/** The bytes of a safetensors file with these tensors. */
export function madeFile(tensors: readonly NamedShape[]): Uint8Array {
  return writeSafetensors(
    new Map(tensors.map((each) => [each[0], store(each[1], madeWeights(each))])),
    { format: "pt" },
  );
}

/** The same with matrices four times as large, so that a model does not write one token again and again. */
export function livelyFile(tensors: readonly NamedShape[]): Uint8Array {
  const values = tensors.map(([name, shape]) => {
    const factor = shape.filter((size) => size > 1).length > 1 ? 4 : 1;
    const data = madeWeights([name, shape]).map((value) => factor * value);
    return [name, store(shape, data)] as const;
  });
  return writeSafetensors(new Map(values), { format: "pt" });
}

/** Writes a checkpoint. */
export function writeCheckpoint(
  folder: string,
  config: unknown,
  tensors: readonly NamedShape[],
): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "config.json"), JSON.stringify(config));
  writeFileSync(path.join(folder, "model.safetensors"), madeFile(tensors));
  return folder;
}
