/**
 * The tokenizer of a comparison on pairs is trained once: its trials have the same one, which they read from the comparison's folder.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeSettings, runComparison, withDataChoices } from "../../src/index.ts";
import type { ComparisonSettings } from "../../src/index.ts";
import { loadPairs } from "../../src/data/pairs/load-pairs.ts";
import { readRunFile } from "../../src/runs/run-file.ts";
import { tokenizerOfPairs } from "../../src/runs/pair-tokenizer.ts";
import { runTrials } from "../../src/sweep/pool.ts";
import type { TrialJob } from "../../src/sweep/trial-job.ts";
import { pairsTokenizer } from "../../src/sweep/pairs-tokenizer.ts";
import { loadData } from "../../src/sweep/prepare.ts";
import { workplace } from "../cli/relpos.ts";

const { folder: work, remove } = workplace("pairs-tokenizer");
afterAll(remove);
const file = path.join(work, "pairs.tsv");
const folder = path.join(work, "comparison");
const words = "the cat sat on a mat and the dog ran to the cat again".split(" ");
const lines = Array.from({ length: 60 }, (_, at) => {
  const source = words.slice(at % 7, 4 + (at % 7) + (at % 5)).join(" ");
  return `${source} ${at % 9}\t${source.toUpperCase()}`;
});

let settings: ComparisonSettings;
beforeAll(async () => {
  await fs.writeFile(file, lines.join("\n"));
  settings = completeSettings(
    await withDataChoices({
      pairs: { task: "translate", data: { files: [file] } },
      ...{ encodings: ["none", "rope"], seeds: [1], tokenizer: "bpe:300", measure: "exact" },
      ...{ width: 8, heads: 2, layers: 1, batch: 8, steps: 2, evaluationSamples: 4 },
    }),
  );
});

const bytesOf = async (place: string): Promise<string> =>
  await fs.readFile(path.join(folder, place, "tokenizer.json"), "utf8");

describe("a tokenizer that is trained on pairs", () => {
  test("is trained once for the lengths and the comparison, and again for another name or other pairs", async () => {
    const set = await loadPairs({ files: [file] });
    const first = await pairsTokenizer("bpe:300", set);
    expect((await pairsTokenizer("bpe:300", await loadPairs({ files: [file] }))).tokenizer).toBe(
      first.tokenizer,
    );
    const other = await pairsTokenizer("bpe:280", set);
    expect([first.tokenizer.vocab, other.tokenizer.vocab]).toEqual([300, 280]);
    const fewer = { train: set.train.slice(0, 5), sha256: "another" };
    const trained = await pairsTokenizer("bpe:280", fewer);
    expect(trained.document).toBe((await tokenizerOfPairs("bpe:280", fewer.train)).document);
    expect(trained.document).not.toBe(other.document);
  });

  test("is the same file in the comparison and in all of its trials", async () => {
    expect(await runComparison({ settings, folder, processes: 2 })).toBeDefined();
    const own = await bytesOf(".");
    expect(own).toBe(
      (await tokenizerOfPairs("bpe:300", (await loadPairs({ files: [file] })).train)).document,
    );
    for (const trial of ["none-1", "rope-1"])
      expect(await bytesOf(path.join("trials", trial))).toBe(own);
  }, 300_000);

  test("is read by a trial, which trains none: without the file there is no data", async () => {
    const { tokenizer: config } = await readRunFile(folder);
    const kept = { folder, config };
    const loaded = await loadData(settings, kept);
    expect(loaded.tokenizerDocument).toBe(await bytesOf("."));
    const place = path.join(folder, "tokenizer.json");
    const text = await fs.readFile(place, "utf8");
    await fs.rm(place);
    await expect(loadData(settings, kept)).rejects.toThrow(/tokenizer\.json cannot be read/);
    const run = (await readRunFile(path.join(folder, "trials", "none-1"))) as TrialJob["run"];
    const elsewhere = path.join(work, "elsewhere");
    await fs.mkdir(elsewhere);
    const job = { encoding: "none", seed: 1, settings, run, comparison: folder, folder: elsewhere };
    await expect(runTrials([job], { processes: 1 })).rejects.toThrow(
      /none-1: .*comparison\/tokenizer\.json cannot be read/,
    );
    await fs.writeFile(
      place,
      (await tokenizerOfPairs("bpe:290", (await loadPairs({ files: [file] })).train)).document!,
    );
    await expect(loadData(settings, kept)).rejects.toThrow(/not the tokenizer that the run was/);
    // The same comparison again, with another encoding, writes the file as it was.
    const more = { ...settings, encodings: ["none", "rope", "alibi"] };
    expect(await runComparison({ settings: more, folder, processes: 2 })).toBeDefined();
    expect(await fs.readFile(place, "utf8")).toBe(text);
    expect(await bytesOf("trials/alibi-1")).toBe(text);
  }, 300_000);
});
