/**
 * A finished comparison that is taken up with one more encoding and one more seed.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Results } from "../../src/index.ts";
import { readRunFile } from "../../src/runs/run-file.ts";
import { scaled } from "../../src/sweep/step-costs.ts";
import { isMeasured } from "../../src/comparison/trial-record.ts";
import type { Outcome } from "../cli/relpos.ts";
import { filesIn, relpos, tinyModel, workplace } from "../cli/relpos.ts";

const { folder: work, text, remove } = workplace("extend");
afterAll(remove);
const folder = path.join(work, "comparison");
const compare = async (...further: string[]): Promise<Results> => {
  const { code, stdout, stderr } = await relpos(
    ...["compare", "--text", text, ...tinyModel, "--train-length", "8", "--test-lengths", "8"],
    ...["--steps", "3", "--out", folder, "--json", ...further],
  );
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Results;
};

test("one more encoding and one more seed are trained, and what was there stays as it was", async () => {
  const first = await compare("--encodings", "none", "--seeds", "1");
  const old = await filesIn(path.join(folder, "trials"));
  const bytes = (): Promise<Buffer[]> =>
    Promise.all(old.map((file) => fs.readFile(path.join(folder, "trials", file))));
  const before = await bytes();

  const second = await compare("--encodings", "rope", "--seeds", "2");
  expect(await bytes()).toEqual(before);
  const { encodings, seeds } = second.configuration;
  expect([encodings, seeds]).toEqual([
    ["none", "rope"],
    [1, 2],
  ]);
  expect(second.trials.map(({ encoding, seed }) => `${encoding}-${seed}`)).toEqual([
    "none-1",
    "rope-1",
    "none-2",
    "rope-2",
  ]);
  expect(JSON.stringify(second.trials[0])).toBe(JSON.stringify(first.trials[0]));
  expect(second.trials[1]!.secondsPerStep).toBeGreaterThan(0);
  expect(second.startedAt).toBe(first.startedAt);
  expect(second.command).toContain("--encodings none,rope --seeds 1,2");
  expect((await readRunFile(folder)).changes).toEqual([
    { name: "encodings.1.id", now: "rope" },
    { name: "seeds.1", now: 2 },
  ]);
}, 60_000);

test("after all trials diverged, other rates are taken in the folder, and all begin again", async () => {
  const place = path.join(work, "diverged");
  const run = (...rates: string[]): Promise<Outcome> =>
    relpos(
      ...["compare", "--text", text, ...tinyModel, "--train-length", "8", "--test-lengths", "8"],
      ...[
        "--encodings",
        "none",
        "--seeds",
        "1",
        "--steps",
        "5",
        "--out",
        place,
        "--json",
        ...rates,
      ],
    );
  const failed = await run("--learning-rate", "1e18", "--warmup", "0");
  expect(failed.stderr).toMatch(
    /training diverged in every trial\. Lower --learning-rate .* with --out .*diverged all trials begin again there/,
  );
  const { code, stdout, stderr } = await run("--learning-rate", "1e-3");
  expect(code, stderr).toBe(0);
  const [trial] = (JSON.parse(stdout) as Results).trials;
  expect(trial!.evaluations.every(isMeasured)).toBe(true);
  expect(trial!.trainingLoss.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
  expect((await readRunFile(place)).changes).toEqual([
    { name: "settings.learningRate", before: 1e18, now: 1e-3 },
  ]);
  const again = await run("--learning-rate", "1e-4");
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(
    /differs in settings\.learningRate \(0\.001 there, 0\.0001 given\)\. Choose .* only after training diverged in all trials/,
  );
}, 60_000);

test("the cost of an encoding that is added is told for the machine as it was", () => {
  const before = { none: 2, rope: 3 };
  expect(scaled({ none: 1, alibi: 5, bad: null }, before, "none")).toEqual({
    none: 2,
    alibi: 10,
    bad: null,
  });
  expect(scaled({ none: null, alibi: 5 }, before, "none")).toEqual({ none: null, alibi: 5 });
  expect(scaled({ alibi: 5 }, {}, undefined)).toEqual({ alibi: 5 });
});
