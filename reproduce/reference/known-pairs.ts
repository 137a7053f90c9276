/**
 * The pairs of a test that a run's tokenizer can encode: a tokenizer of words has those of the training alone, and `relpos evaluate`
 * refuses others.
 *
 * @module
 */
import fs from "node:fs/promises";
import path from "node:path";
import { loadTestPairs } from "../../src/data/pairs/load-pairs.ts";
import { encodePairs } from "../../src/data/pairs/pair-tokens.ts";
import type { TextPair } from "../../src/data/pairs/pair.ts";
import type { Tokenizer } from "../../src/data/tokenizer.ts";
import { InputError } from "../../src/errors.ts";
import { writeAtomically } from "../../src/files/files.ts";

/** The files to judge with, and the pairs that are not in them. */
export interface KnownPairs {
  readonly files: readonly string[];
  readonly unknown: readonly TextPair[];
}

/**
 * The files as they are, or a file of the pairs that can be encoded.
 *
 * @param file where that file is written, if it is needed
 */
export async function knownPairs(
  tokenizer: Tokenizer,
  files: readonly string[],
  file: string,
): Promise<KnownPairs> {
  const { pairs } = await loadTestPairs({ files });
  const [known, unknown]: [TextPair[], TextPair[]] = [[], []];
  for (const pair of pairs) (encodes(tokenizer, pair) ? known : unknown).push(pair);
  if (unknown.length === 0) return { files, unknown };
  const lines = known.map(({ source, target, references = [] }) =>
    JSON.stringify({ source, target: [target, ...references] }),
  );
  await fs.mkdir(path.dirname(file), { recursive: true });
  await writeAtomically(file, `${lines.join("\n")}\n`);
  return { files: [file], unknown };
}

function encodes(tokenizer: Tokenizer, pair: TextPair): boolean {
  try {
    encodePairs({ source: tokenizer, target: tokenizer }, [pair], "test");
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
