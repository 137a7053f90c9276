/** The real data, where it is there: the counts that its sources state. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readPairs, readSpanExamples } from "../../../src/data/pairs/pair-files.ts";
import { leadOf } from "../../../src/data/pairs/simple-answers.ts";
import { answersOf } from "../../../src/data/pairs/pair.ts";
import { rouge, rougeKinds } from "../../../src/measures/text/rouge.ts";
import { scoreTexts } from "../../../src/measures/text/text-measure.ts";
import type { TextPair } from "../../../src/data/pairs/pair.ts";
import { collected } from "./collected.ts";

const data = path.resolve(import.meta.dirname, "../../../../shared/data");

async function pairsOf(...files: readonly string[]): Promise<readonly TextPair[]> {
  const paths = files.map((file) => path.join(data, file));
  return (await collected(readPairs(paths))).map(({ pair }) => pair);
}

describe.skipIf(!fs.existsSync(data))("real data", () => {
  test("Multi30k", async () => {
    const pairs = await pairsOf(...["de", "en"].map((side) => `multi30k-de-en/val.${side}.gz`));
    expect(pairs).toHaveLength(1014);
    expect(pairs[0]?.source).toBe("Eine Gruppe von Männern lädt Baumwolle auf einen Lastwagen");
  });

  test("SCAN's cut by length: trained outputs have 1 to 22 actions, others 24 to 48", async () => {
    const actions = (pairs: readonly TextPair[]): readonly number[] =>
      pairs.map(({ target }) => target.split(" ").length);
    const [train, judged] = [
      actions(await pairsOf("scan/tasks_train_length.txt.gz")),
      actions(await pairsOf("scan/tasks_test_length.txt.gz")),
    ];
    expect([train.length, Math.min(...train), Math.max(...train)]).toEqual([16_990, 1, 22]);
    expect([judged.length, Math.min(...judged), Math.max(...judged)]).toEqual([3_920, 24, 48]);
  });

  test("SciTLDR has several summaries of one paper", async () => {
    const pairs = await pairsOf("scitldr/dev.jsonl.gz");
    const summaries = pairs.map(({ references = [] }) => 1 + references.length);
    expect(pairs).toHaveLength(619);
    expect(summaries.reduce((sum, count) => sum + count)).toBe(1453);
  });

  test("ROUGE of SciTLDR's first sentences is rouge-score's (oracle/lead_rouge.py)", async () => {
    const pairs = await pairsOf("scitldr/test.jsonl.gz");
    const reached = rougeKinds.map(
      (kind) => scoreTexts(rouge(kind), pairs.map(leadOf), pairs.map(answersOf)).value,
    );
    const reference = [
      0.28236004794559927, 0.11272277976944482, 0.230886417911531, 0.23084018582646396,
    ];
    reference.forEach((value, at) => {
      expect(reached[at]).toBeCloseTo(value, 12);
    });
  });

  test("bAbI", async () => {
    expect(await pairsOf("babi-en/qa3_three-supporting-facts_test.txt.gz")).toHaveLength(1000);
  });

  test("XQuAD: every answer is where it is said to be", async () => {
    for (const language of ["de", "ru"]) {
      const examples = await readSpanExamples(path.join(data, `xquad/xquad.${language}.json`));
      expect(examples).toHaveLength(1190);
    }
  });
});
