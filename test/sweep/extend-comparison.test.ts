/**
 * A finished comparison that is taken up with one more encoding and one more seed.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Results } from "../../src/index.ts";
import { readRunFile } from "../../src/runs/run-file.ts";
import { scaled } from "../../src/sweep/step-costs.ts";
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
