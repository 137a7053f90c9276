/**
 * The cost of a training step: measured after all trials, in turns, once for each encoding; kept, and never in the way.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeSettings, runComparison } from "../../src/index.ts";
import type { ComparisonSettings, Results, Trial } from "../../src/index.ts";
import type { ComparisonRun } from "../../src/index.ts";
import { comparisonDocument } from "../../src/sweep/comparison-document.ts";
import { loadData } from "../../src/sweep/prepare.ts";
import { stepCosts, withStepCosts } from "../../src/sweep/step-costs.ts";
import { workplace } from "../cli/relpos.ts";

const { folder: work, text, remove } = workplace("step-costs");
afterAll(remove);

const folder = path.join(work, "comparison");
const settings: ComparisonSettings = completeSettings({
  corpus: { text: [text] },
  encodings: ["none", "rope"],
  seeds: [1, 2],
  ...{ width: 8, heads: 2, layers: 1, batch: 2, steps: 4, stride: 4 },
  ...{ trainLength: 8, testLengths: [8], evaluationTokens: 64 },
});

const runOf = async (of: ComparisonSettings): Promise<ComparisonRun> =>
  comparisonDocument(of, await loadData(of));

let results: Results;
beforeAll(async () => {
  results = (await runComparison({ settings, folder, processes: 2 }))!;
}, 60_000);

describe("after a comparison", () => {
  test("all trials of an encoding have its cost, which the folder keeps", async () => {
    const kept = JSON.parse(await fs.readFile(path.join(folder, "costs.json"), "utf8")) as {
      secondsPerStep: Record<string, number>;
    };
    expect(Object.keys(kept.secondsPerStep)).toEqual(settings.encodings);
    for (const { encoding, secondsPerStep } of results.trials) {
      expect(secondsPerStep).toBeGreaterThan(0);
      expect(secondsPerStep).toBe(kept.secondsPerStep[encoding]);
    }
  });

  test("the same command measures nothing again", async () => {
    const { mtimeMs } = await fs.stat(path.join(folder, "costs.json"));
    expect(await runComparison({ settings, folder, processes: 2 })).toEqual(results);
    expect((await fs.stat(path.join(folder, "costs.json"))).mtimeMs).toBe(mtimeMs);
  });

  test("a file that is damaged, or of another form, is measured again", async () => {
    for (const written of ["{", JSON.stringify({ schema: "relpos-costs/9", secondsPerStep: {} })]) {
      const place = path.join(work, "damaged");
      await fs.mkdir(place, { recursive: true });
      await fs.writeFile(path.join(place, "costs.json"), written);
      const run = await runOf(settings);
      const costs = await stepCosts({ settings, run, folder: place, trials: results.trials });
      expect(costs!["rope"]).toBeGreaterThan(0);
    }
  });

  test("a file of other settings is measured again, one of somebody's own is not replaced", async () => {
    const place = await fs.mkdtemp(path.join(work, "foreign-"));
    const file = path.join(place, "costs.json");
    const kept = await fs.readFile(path.join(folder, "costs.json"), "utf8");
    await fs.writeFile(file, kept.replace(/"of":"\w+"/, '"of":"01234567"').replace(/0\.\d+/, "77"));
    const request = { settings, run: await runOf(settings), folder: place, trials: results.trials };
    expect((await stepCosts(request))!["none"]).toBeLessThan(70);
    await fs.writeFile(file, '{"gpu": 300}');
    await expect(stepCosts(request)).rejects.toThrow(/costs\.json was not written by relpos/);
    expect(await fs.readFile(file, "utf8")).toBe('{"gpu": 300}');
  });

  test("of a text that was replaced, nothing is measured", async () => {
    const place = await fs.mkdtemp(path.join(work, "replaced-"));
    const other = path.join(work, "other.txt");
    await fs.writeFile(other, (await fs.readFile(text, "utf8")).replaceAll("key", "lock"));
    const request = { settings: { ...settings, corpus: { text: [other] } }, folder: place };
    const costs = await stepCosts({ ...request, run: await runOf(settings), trials: [] });
    expect(costs).toEqual({ none: null, rope: null });
  });
});

describe("without a cost", () => {
  test("stopped: nothing is kept", async () => {
    const place = await fs.mkdtemp(path.join(work, "stopped-"));
    const request = { settings, run: await runOf(settings), folder: place, trials: results.trials };
    expect(await stepCosts({ ...request, signal: AbortSignal.abort() })).toBeUndefined();
    expect(await fs.readdir(place)).toEqual([]);
  });

  test("where the process fails, costs are unknown and results are not lost", async () => {
    const place = await fs.mkdtemp(path.join(work, "failed-"));
    const gone = { ...settings, corpus: { text: [path.join(work, "gone.txt")] } };
    const costs = await stepCosts({
      ...{ settings: gone, run: await runOf(settings) },
      ...{ folder: place, trials: [] },
    });
    expect(costs).toEqual({ none: null, rope: null });
    expect(await fs.readdir(place)).toEqual([]);
    const [trial] = withStepCosts(results.trials, costs!);
    expect(trial!.secondsPerStep).toBeNaN();
  });

  test("an encoding that the model cannot have is unknown, and the others are measured", async () => {
    const place = await fs.mkdtemp(path.join(work, "one-"));
    const changed = { ...settings, encodings: ["none", "rope(rotated=5)"] };
    const costs = await stepCosts({
      ...{ settings: changed, run: await runOf(changed) },
      ...{ folder: place, trials: [] },
    });
    expect(costs!["rope(rotated=5)"]).toBeNull();
    expect(costs!["none"]).toBeGreaterThan(0);
  });
});

test("an encoding without an entry has no cost", () => {
  const trial = { encoding: "alibi", secondsPerStep: 3 } as Trial;
  expect(withStepCosts([trial], { rope: 1 })[0]!.secondsPerStep).toBeNaN();
  expect(withStepCosts([trial], { alibi: 2 })[0]!.secondsPerStep).toBe(2);
});
