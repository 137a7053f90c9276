/** The study of longer texts, tiny: what it trains, judges and records, and that it goes on where it was stopped. */
import { mkdtempSync, rmSync } from "node:fs";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { runExtensionStudy } from "../../reproduce/extension/run-study.ts";
import { extensionExperiments } from "../../reproduce/extension/study.ts";
import type { ExperimentRecord } from "../../reproduce/record.ts";
import { filesIn } from "../cli/relpos.ts";

const folder = mkdtempSync(path.join(tmpdir(), "relpos-study-"));
afterAll(() => rmSync(folder, { recursive: true }));

const settings = {
  ...extensionExperiments[0]!.settings,
  ...{ seeds: [1], steps: 2, batch: 1, layers: 1, warmup: 1, testLengths: [128, 256] },
  ...{ evaluationTokens: 300, encodings: ["rope", "pi", "dynamic-ntk"] },
};

async function study(signal = new AbortController().signal): Promise<ExperimentRecord | undefined> {
  const request = { settings, folder, processes: 1, signal, say: () => undefined };
  return await runExtensionStudy("extended", request);
}

test("judges a model as it was trained and extended, and goes on where it was stopped", async () => {
  const stop = new AbortController();
  stop.abort();
  expect(await study(stop.signal)).toBeUndefined();
  const record = (await study())!;
  expect(record.models.map(({ encoding }) => encoding)).toEqual(settings.encodings);
  const [rope, pi, dynamic] = record.models.map(({ scores }) =>
    scores.map(({ bitsPerByte }) => bitsPerByte),
  );
  expect(rope).toHaveLength(2);
  // Interpolation changes every length; a base that follows the text changes those beyond the train length.
  expect(pi![0]).not.toBe(rope![0]);
  expect(dynamic![0]).toBe(rope![0]);
  expect(dynamic![1]).not.toBe(rope![1]);

  const scores = (await filesIn(folder)).filter((name) => name.includes("scores/"));
  expect(scores).toHaveLength(3);
  const times = await Promise.all(
    scores.map(async (name) => (await fs.stat(path.join(folder, name))).mtimeMs),
  );
  expect((await study())!.models).toEqual(record.models);
  for (const [at, name] of scores.entries())
    expect((await fs.stat(path.join(folder, name))).mtimeMs).toBe(times[at]);
});
