/**
 * Trained tokenizers against Hugging Face's: the same vocabulary, merges and document, and the same ids of 2,000 lines.
 */
import { describe, expect, test } from "vitest";
import { piecesOf } from "../../../src/data/bpe/pieces.ts";
import { trainingOfTokenizer } from "../../../src/data/bpe/train-tokenizer.ts";
import type { TokenizerSettings } from "../../../src/data/bpe/settings.ts";
import { WordCounts } from "../../../src/data/bpe/word-counts.ts";
import { fileTokenizer } from "../../../src/data/file-tokenizer.ts";
import { ruleText } from "./rule-text.ts";
import { digest, golden } from "./tokenizers-golden.ts";

const lines = ruleText();
const config = { id: "file", path: "tokenizer.json", sha256: "" } as const;

function documentOf(settings: TokenizerSettings): string {
  const counts = new WordCounts(piecesOf[settings.kind]);
  for (const line of lines.slice(0, golden.text.trained)) counts.add(line);
  const training = trainingOfTokenizer(counts.words(), settings);
  for (;;) {
    const { done, value } = training.next();
    if (done) return value.text;
  }
}

interface Model {
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly string[][];
}

test("the text is that of the golden file, with what splitting goes wrong on", () => {
  const text = lines.join("");
  expect(digest(text)).toBe(golden.text.sha256);
  for (const piece of [
    "e\u0301",
    "👩‍🚀",
    "\r\n",
    "\t",
    "\u0085",
    "\ufeff",
    "'s",
    "日",
    "ก",
    "ש\u05c1",
  ])
    expect(text).toContain(piece);
});

describe.each(golden.cases)("$name", ({ options, answer }) => {
  const document = documentOf(options);
  const { model, ...frame } = JSON.parse(document) as { model: Model };
  const { vocab, merges, ...rest } = model;

  test("merges are equal, ties included", () => {
    expect(merges.slice(0, 5)).toEqual(answer.merges.first);
    expect(merges.slice(-5)).toEqual(answer.merges.last);
    expect({ count: merges.length, sha256: digest(merges) }).toEqual({
      count: answer.merges.count,
      sha256: answer.merges.sha256,
    });
  });

  test("the vocabulary and the rest of the document are equal", () => {
    const tokens = Object.keys(vocab).sort((a, b) => vocab[a]! - vocab[b]!);
    expect({ count: tokens.length, sha256: digest(tokens) }).toEqual(answer.tokens);
    expect({ ...frame, model: rest }).toEqual(answer.document);
  });

  test("each line has the same ids and decodes to the same text, and so does the whole text", () => {
    const tokenizer = fileTokenizer(document, config);
    const ids = lines.map((line) => [...tokenizer.encode(line)]);
    for (const { line, ids: expected } of answer.lines) expect(ids[line]).toEqual(expected);
    expect({ count: ids.flat().length, sha256: digest(ids) }).toEqual(answer.ids);
    const whole = [...tokenizer.encode(lines.join(""))];
    expect({ count: whole.length, sha256: digest(whole) }).toEqual(answer.whole);
    expect(digest(ids.map((each) => tokenizer.decode(each)))).toBe(answer.decoded.sha256);
  });
});

describe.each(golden.others)("a tokenizer.json of $name", ({ document, outputs }) => {
  const tokenizer = fileTokenizer(JSON.stringify(document), config);
  test.each(outputs)("encodes and decodes $text", ({ text, ids, decoded }) => {
    expect([...tokenizer.encode(text)]).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });
});
