/**
 * The tokenizer of a run of pairs: by name, from a file, or trained on the training pairs.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { piecesOf } from "../data/bpe/pieces.ts";
import { defaultTokenizerSettings } from "../data/bpe/settings.ts";
import { trainingOfTokenizer } from "../data/bpe/train-tokenizer.ts";
import { WordCounts } from "../data/bpe/word-counts.ts";
import { fileTokenizer } from "../data/file-tokenizer.ts";
import type { TextPair } from "../data/pairs/pair.ts";
import { chooseTokenizer } from "../data/tokenizer-files.ts";
import type { ChosenTokenizer } from "../data/tokenizer-files.ts";
import { wordTokenizer } from "../data/word-tokenizer.ts";
import { InputError } from "../errors.ts";
import { tokenizerFileName } from "./run-tokenizer.ts";

const trainedName = /^bpe(?::(.*))?$/;

/** Whether the tokenizer of that name is trained on the pairs. */
export function isTrainedOnPairs(name: string): boolean {
  return trainedName.test(name);
}

/**
 * The tokenizer of that name for both sides of pairs. `bpe:8000` is trained on them: byte-pair tokens of bytes, 8,000 in all.
 *
 * @throws {InputError} there is none of that name, the file cannot be read, or the vocabulary has no room for the bytes
 */
export async function tokenizerOfPairs(
  name: string,
  pairs: readonly TextPair[],
): Promise<ChosenTokenizer> {
  if (!isTrainedOnPairs(name)) {
    const texts = pairs.flatMap(({ source, target }) => [source, target]);
    if (name === "word") return { tokenizer: wordTokenizer(texts) };
    return await chooseTokenizer(name, name === "char" ? texts.join("") : "");
  }
  const [, digits = ""] = trainedName.exec(name)!;
  const vocab = digits === "" ? defaultTokenizerSettings.vocab : Number(digits);
  if (!Number.isSafeInteger(vocab) || vocab < 1)
    throw new InputError(
      `the tokenizer ${name} must have a number of tokens after the colon, such as bpe:8000.`,
    );
  const settings = { ...defaultTokenizerSettings, vocab };
  const counts = new WordCounts(piecesOf[settings.kind]);
  for (const { source, target } of pairs) {
    counts.add(source);
    counts.add(target);
  }
  const training = trainingOfTokenizer(counts.words(), settings);
  for (;;) {
    const { done, value } = training.next();
    if (!done) continue;
    const document = value.text;
    const sha256 = createHash("sha256").update(document).digest("hex");
    const config = { id: "file", path: tokenizerFileName, sha256 } as const;
    return { tokenizer: fileTokenizer(document, config), document };
  }
}
