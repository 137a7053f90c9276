/**
 * The tokenizer of a comparison on pairs of texts. One that is trained on them is trained by the process that the comparison begins in,
 * which keeps it in the comparison's folder; the processes of its trials read it there.
 *
 * @module
 */
import type { PairSet } from "../data/pairs/pair.ts";
import type { ChosenTokenizer } from "../data/tokenizer-files.ts";
import type { TokenizerConfig } from "../data/tokenizer.ts";
import { isTrainedOnPairs, tokenizerOfPairs } from "../runs/pair-tokenizer.ts";
import { keptTokenizer } from "../runs/run-tokenizer.ts";

/** Where a comparison keeps the tokenizer that it trained. */
export interface TrainedTokenizer {
  /** The comparison's own. */
  readonly folder: string;
  /** As the comparison's `run.json` has it; absent where the data bring their own symbols. */
  readonly config: TokenizerConfig | undefined;
}

/** What this process trained last: for the choice of lengths, and then for the comparison. */
let last: { readonly of: string; readonly tokenizer: ChosenTokenizer } | undefined;

/**
 * The tokenizer of that name, see `tokenizerOfPairs`.
 *
 * @param trained where one that is trained on the pairs is read from. Default: it is trained
 * @throws {InputError} there is none of that name, or it cannot be trained or read
 * @throws {RunError} the one that the comparison keeps is missing or is another one
 */
export async function pairsTokenizer(
  name: string,
  { train, sha256 }: Pick<PairSet, "train" | "sha256">,
  trained?: TrainedTokenizer,
): Promise<ChosenTokenizer> {
  if (!isTrainedOnPairs(name)) return await tokenizerOfPairs(name, train);
  if (trained?.config !== undefined) return await keptTokenizer(trained.folder, trained.config);
  const of = `${name} ${sha256}`; // the pairs and the name decide it
  if (last?.of !== of) last = { of, tokenizer: await tokenizerOfPairs(name, train) };
  return last.tokenizer;
}
