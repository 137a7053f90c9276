/**
 * Files of a comparison that were damaged: what is said of each, done, mends it.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { completeSettings, runComparison } from "../../src/index.ts";
import { unknownName } from "../../src/errors.ts";
import { thisProcess } from "../../src/files/process-identity.ts";
import { taskNamed } from "../../src/tasks/index.ts";
import { filesIn, relpos, workplace } from "../cli/relpos.ts";

const { folder: work, text, remove } = workplace("damaged");
afterAll(remove);

test("a damaged file of costs is measured again; a damaged result is, once it is removed", async () => {
  const folder = path.join(work, "comparison");
  const settings = completeSettings({
    corpus: { text: [text] },
    ...{ encodings: ["none"], seeds: [1], steps: 4, trainLength: 8, testLengths: [8], stride: 8 },
    ...{ width: 8, heads: 2, layers: 1, batch: 2, evaluationTokens: 64 },
  });
  const run = { settings, folder, processes: 1 };
  const whole = (await runComparison(run))!;
  const inTrial = (name: string): string => path.join(folder, "trials", "none-1", name);

  // A trial whose training is over reads its cost from the file: no step is left to measure.
  await fs.writeFile(inTrial("cost.json"), '{"secondsPerStep":"x"}');
  const costs = '{"schema":"relpos-costs/2","of":"x","secondsPerStep":{"none":"x"}}';
  await fs.writeFile(path.join(folder, "costs.json"), costs);
  await fs.writeFile(inTrial("result.json"), '{"schema":"relpos-trial/3","encoding":"none"}');
  await expect(runComparison(run)).rejects.toThrow(
    /result\.json is damaged: .*Remove this file, and the same command measures the trial again/,
  );
  await fs.writeFile(inTrial("result.json"), "");
  await expect(runComparison(run)).rejects.toThrow(
    /result\.json is not JSON: it is empty\. Remove this file, and the same command measures the trial again/,
  );
  await fs.rm(inTrial("result.json"));
  const mended = (await runComparison(run))!;
  expect(mended.trials[0]!.evaluations).toEqual(whole.trials[0]!.evaluations);
  expect(mended.trials[0]!.peakMemoryBytes).toBeGreaterThan(0);
  expect(mended.trials[0]!.secondsPerStep).toBeGreaterThan(0);
  const cost = JSON.parse(await fs.readFile(inTrial("cost.json"), "utf8")) as unknown;
  expect(cost).toMatchObject({ peakMemoryBytes: expect.any(Number) as unknown });

  // What a process leaves that is killed between its result and the release of its folder.
  const dead = { ...thisProcess(), started: "1" };
  await fs.writeFile(inTrial(".relpos-lock-1-0123456789abcdef"), JSON.stringify(dead));
  await fs.writeFile(inTrial(".relpos-lock"), "");
  await fs.writeFile(inTrial(".cost.json.relpos.1-5.tmp"), "half");
  const files = await filesIn(folder);
  await runComparison(run);
  expect(await filesIn(folder)).toEqual(files.filter((file) => !/lock|tmp$/.test(file)));
}, 60_000);

test("a name of a million letters is not repeated whole", async () => {
  const long = "x".repeat(1_000_000);
  expect(unknownName("task", long, ["copy"]).message.length).toBeLessThan(400);
  expect(() => taskNamed(`copy(alphabet=${long}`)).toThrow(/^.{0,600}$/s);
  expect(() => taskNamed(`copy ${long}`)).toThrow(/^.{0,600}$/s);
  const { stderr, code } = await relpos("explain", `rope ${long.slice(0, 100_000)}`);
  expect(code).toBe(2);
  expect(stderr.length).toBeLessThan(1000);
});
