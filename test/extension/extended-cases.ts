/** Tiny models of families that are extended by methods which transformers reads: for the tests, and for oracle/extended.py. */
import { rmSync } from "node:fs";
import path from "node:path";
import { extendFolder } from "../../src/extension/extend-folder.ts";
import { familyFolder } from "./checkpoint.ts";

/** One extension. */
export interface ExtendedCase {
  /** A case of `families.json`. */
  readonly family: string;
  readonly method: string;
}

/** What is changed in their configurations: texts of training of 64 tokens, and half a head rotates in GPT-NeoX. */
const changed = (family: string): Readonly<Record<string, unknown>> => ({
  max_position_embeddings: 64,
  ...(family === "gpt-neox" && { rope_parameters: null, rotary_pct: 0.5, rotary_emb_base: 5000 }),
});

/** By which factor. */
export const extensionFactor = 4;

const ofLlama = [
  ...["pi", "ntk-aware", "abf(base=500000)", "dynamic-ntk", "ntk-by-parts", "yarn"],
  ...["yarn(fast=4,slow=0.5,truncate=false)", "yarn(attentionFactor=1.5)"],
  ...["yarn(mscale=1,mscaleAllDim=0.5)", "longrope(short=[1,1.1,1.2],long=[1,2,4])"],
  ...["longrope(attentionFactor=1.25,short=[1,1,1],long=[1,2,4])", "llama3(low=0.5,high=2)"],
];

/** All of them. */
export const extendedCases: readonly ExtendedCase[] = [
  ...ofLlama.map((method) => ({ family: "llama", method })),
  ...["qwen2", "gemma3", "gpt-neox", "phi", "falcon-7b", "smollm3", "mistral"].flatMap((family) =>
    ["ntk-aware", "yarn(fast=4)", "dynamic-ntk"].map((method) => ({ family, method })),
  ),
];

/** The name of a case, also of its folder. */
export function nameOfCase({ family, method }: ExtendedCase): string {
  return `${family} ${method}`;
}

/** Writes the model of a case, extended; gives its folder. */
export async function writeExtended(place: string, each: ExtendedCase): Promise<string> {
  const { family, method } = each;
  const model = familyFolder(place, family, changed(family));
  rmSync(path.join(model, "tokenizer.json"));
  const out = path.join(place, nameOfCase(each));
  await extendFolder({ model, out, method, factor: extensionFactor });
  return out;
}
