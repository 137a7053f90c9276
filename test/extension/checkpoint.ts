/** Tiny checkpoints of families, random, with a tokenizer of their 53 tokens. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { readGolden } from "../golden/golden.ts";
import type { FamilyCase } from "../families/decoder-logits.ts";
import { writeCheckpoint } from "../families/made-weights.ts";

const casesOf = (golden: string): readonly FamilyCase[] =>
  readGolden(golden).cases as unknown as readonly FamilyCase[];

/** A tokenizer of the words `[UNK]`, `<s>`, `</s>`, `w0` … `w49`. */
const words = ["[UNK]", "<s>", "</s>", ...Array.from({ length: 50 }, (_, n) => `w${n}`)];
const tokenizer = {
  version: "1.0",
  ...{ truncation: null, padding: null, normalizer: null, decoder: null, post_processor: null },
  added_tokens: [],
  pre_tokenizer: { type: "Whitespace" },
  model: {
    type: "WordPiece",
    ...{ unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
    vocab: Object.fromEntries(words.map((word, id) => [word, id])),
  },
};

/**
 * Writes the checkpoint of a case of `families.json`, with other keys; undefined removes one.
 *
 * @param golden the name of another golden file with families
 */
export function familyFolder(
  place: string,
  name: string,
  changed: Readonly<Record<string, unknown>> = {},
  golden = "families",
): string {
  const { config, tensors } = casesOf(golden).find((each) => each.name === name)!.options;
  const values = { ...config, ...changed };
  const folder = writeCheckpoint(
    path.join(place, `${name}-${Object.keys(changed).length}`),
    values,
    tensors,
  );
  writeFileSync(path.join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  return folder;
}

/** A text of so many of its words. */
export function wordsOf(length: number): string {
  return Array.from({ length }, (_, n) => `w${(n * n * 7 + n) % 50}`).join(" ");
}
