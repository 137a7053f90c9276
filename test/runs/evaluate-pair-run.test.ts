/** Runs of pairs judged: what is written for sources, its measures, ranges of lengths, and values that need no model. */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bleu, evaluatePairRun, exactText, openPairRun, scoreTexts } from "../../src/index.ts";
import { summarise, trainPairRun, translate } from "../../src/index.ts";
import type { JudgedPart, OpenedPairRun, PairRunSettings } from "../../src/index.ts";
import { workplace } from "../cli/relpos.ts";

const { folder, remove } = workplace("evaluate-pair-run");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);

const words = ["ab", "cd", "ef", "gh", "ij"];
const pair = (line: number): readonly [source: string, target: string] => {
  const chosen = Array.from({ length: 1 + (line % 4) }, (_, word) => words[(line + word * 3) % 5]!);
  return [`${chosen.join(" ")} ${line}`, chosen.toReversed().join(" ")];
};
const settings: Partial<PairRunSettings> = {
  data: { files: [at("train.src"), at("train.tgt")] },
  ...{ tokenizer: "byte", width: 16, heads: 2, encoderLayers: 1, decoderLayers: 1, batch: 8 },
  ...{ steps: 120, shapes: 1, threads: 1, learningRate: 0.02 },
};
const test1 = { files: [at("test.src"), at("test.tgt")] };
const generation = { maxTokens: 12 };

async function writePairs(name: string, pairs: readonly (readonly [string, string])[]): Promise<void> {
  for (const [side, end] of ["src", "tgt"].entries())
    await fs.writeFile(at(`${name}.${end}`), pairs.map((texts) => `${texts[side]!}\n`).join(""));
}

let run: OpenedPairRun;
beforeAll(async () => {
  await writePairs("train", Array.from({ length: 60 }, (_, line) => pair(line)));
  // Sources of the training have 5 to 15 tokens, its end symbol among them.
  await writePairs("test", [["ab cd ef gh ij 99", "ij"], ["ab 7", "ab"], ["cd ab ef ab 61", "ab"]]);
  await trainPairRun({ folder: at("run"), settings });
  run = await openPairRun(at("run"));
});

describe("what a run writes", () => {
  let judged: JudgedPart[];
  let result: Awaited<ReturnType<typeof evaluatePairRun>>;
  beforeAll(async () => {
    judged = [];
    const onPart = (part: JudgedPart): void => void judged.push(part);
    result = await evaluatePairRun(run, { data: test1, generation, onPart });
  });

  test("is what translate writes, in the order of the files, and has its values", async () => {
    const sources = ["ab cd ef gh ij 99", "ab 7", "cd ab ef ab 61"];
    const texts: string[] = [];
    for await (const { text } of translate(run, sources, generation)) texts.push(text);
    const { written } = judged[0]!;
    expect(written.map((one) => one.pair.source)).toEqual(sources);
    expect(written.map(({ text }) => text)).toEqual(texts);
    expect(new Set(texts).size).toBeGreaterThan(1);
    const right = [["ij"], ["ab"], ["ab"]];
    const { value, signature } = scoreTexts(bleu(), texts, right);
    expect(result.parts[0]!.measures!["bleu"]).toBe(value);
    expect(result.parts[0]!.measures!["exactText"]).toBe(scoreTexts(exactText, texts, right).value);
    expect(result.signatures["all"]!["bleu"]).toBe(signature);
    const short = result.parts.find(({ sources: range }) => range === "short")!;
    expect(short.measures!["bleu"]).toBe(scoreTexts(bleu(), [texts[1]!], [["ab"]]).value);
  });

  test("is divided by the length of the source beside the training", () => {
    const { median, parts } = result;
    expect(parts.map(({ sources, pairs }) => [sources, pairs])).toEqual([
      ["all", 3],
      ["short", 1],
      ["seen", 1],
      ["longer", 1],
    ]);
    expect(median).toBeGreaterThan(5);
    expect(median).toBeLessThan(15);
    const tokens = parts.slice(1).reduce((total, part) => total + part.nats * part.tokens, 0);
    expect(parts[0]!.nats * parts[0]!.tokens).toBeCloseTo(tokens, 9);
  });

  test("stands beside the source itself and the most frequent target", () => {
    const exact = result.yardsticks.map(({ id, measures }) => [id, measures["exactText"]]);
    expect(exact).toEqual([
      ["copy", 0],
      ["most frequent", 2 / 3],
    ]);
  });

  test("does not depend on the batch", async () => {
    const alone = await evaluatePairRun(run, { data: test1, generation, batchSize: 1 });
    expect(alone).toEqual(result);
  });

  test("of the first examples alone", async () => {
    const { parts } = await evaluatePairRun(run, { data: test1, generation, examples: 1 });
    expect(parts.map(({ sources, pairs }) => [sources, pairs])).toEqual([
      ["all", 1],
      ["longer", 1],
    ]);
  });

  test("not at all", async () => {
    const loss = await evaluatePairRun(run, { data: test1, generation: false });
    expect(loss.parts.map(({ nats }) => nats)).toEqual(result.parts.map(({ nats }) => nats));
    expect([loss.yardsticks, loss.parts[0]!.measures]).toEqual([[], undefined]);
  });
});

test("training pairs that are gone leave one range and a note", async () => {
  await writePairs("gone", Array.from({ length: 30 }, (_, line) => pair(line)));
  const data = { files: [at("gone.src"), at("gone.tgt")] };
  await trainPairRun({ folder: at("alone"), settings: { ...settings, data, steps: 1 } });
  await fs.rm(at("gone.src"));
  const opened = await openPairRun(at("alone"));
  const { parts, notes, yardsticks } = await evaluatePairRun(opened, { data: test1, generation });
  expect(parts.map(({ sources }) => sources)).toEqual(["all"]);
  expect(notes.join("\n")).toMatch(/alone was trained on cannot be read, so sources are not divided/);
  expect(yardsticks.map(({ id }) => id)).toEqual(["copy"]);
  await expect(evaluatePairRun(opened)).rejects.toThrow(/cannot be read/);
});

test("pairs longer than the encodings are counted and not judged; a stop ends the evaluation", async () => {
  const learned = { ...settings, encoding: "learned", steps: 1 };
  await trainPairRun({ folder: at("learned"), settings: learned });
  const opened = await openPairRun(at("learned"));
  const { parts, notes } = await evaluatePairRun(opened, { data: test1, generation });
  expect(parts[0]!.pairs).toBe(2);
  expect(notes.join("\n")).toMatch(/all: 1 of 3 pairs are not judged, because they have more tokens/);
  const stop = new AbortController();
  const stopped = evaluatePairRun(opened, {
    ...{ data: test1, generation, batchSize: 1, signal: stop.signal },
    onWritten: () => stop.abort(),
  });
  await expect(stopped).rejects.toThrow(/aborted/);
});

test("summaries have ROUGE against every reference, and the first sentence beside them", async () => {
  const lines = Array.from({ length: 12 }, (_, line) => {
    const [source, target] = pair(line);
    return JSON.stringify({ source: [`${source} .`, "ij ij"], target: [target, `${target} ij`] });
  });
  await fs.writeFile(at("papers.jsonl"), `${lines.join("\n")}\n`);
  const data = { files: [at("papers.jsonl")] };
  await trainPairRun({ folder: at("papers"), settings: { ...settings, task: "summarise", data, steps: 1 } });
  const opened = await openPairRun(at("papers"));
  const { parts, signatures, yardsticks } = await evaluatePairRun(opened, { data, generation });
  const ids = ["rouge1", "rouge2", "rougeL", "rougeLsum", "exactText"];
  expect(Object.keys(parts[0]!.measures!)).toEqual(ids);
  expect(signatures["all"]!["rouge1"]).toMatch(/^nrefs:2\|/);
  const [copy, , lead] = yardsticks.map(({ measures }) => measures["rouge1"]!);
  expect(lead).toBeGreaterThan(copy!);
  const texts = summarise(opened, ["ab"], generation);
  expect((await texts.next()).done).toBe(false);
});

test.each([
  [{ examples: 0 }, /examples must be a whole number of 1 or more, got 0/],
  [{ batchSize: 1.5 }, /batchSize must be a whole number of 1 or more, got 1\.5/],
  [{ generation: { beams: 1, lengthPenalty: 2 } }, /lengthPenalty has an effect only with 2 or more beams/],
  [{ generation: { temprature: 2 } }, /temprature/],
  [{ data: { ...test1, tests: [{ id: "t", files: ["a", "b"] }] } }, /validation and tests are of pairs to train on/],
])("%o is refused", async (options, message) => {
  await expect(evaluatePairRun(run, { data: test1, ...options })).rejects.toThrow(message);
});
