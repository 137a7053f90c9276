import { readFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseResults } from "../../src/comparison/parse-results.ts";
import type { Results } from "../../src/comparison/results.ts";
import { filesIn, relpos, start, tinyModel, workplace } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("interruption");
afterAll(remove);

const encodings = ["none", "rope", "alibi", "t5"];
const command = (out: string): string[] => [
  ...["compare", "--text", text, ...tinyModel, "--encodings", encodings.join(","), "--seeds", "1"],
  ...["--train-length", "16", "--test-lengths", "16,32", "--steps", "260", "--processes", "2"],
  ...["--out", out, "--json"],
];

/** Results without what depends on the clock, the folder and the machine's memory. */
async function numbers(out: string): Promise<unknown> {
  const results = parseResults(await fs.readFile(path.join(out, "results.json"), "utf8"));
  const { configuration, trials, comparison }: Results = results;
  return {
    configuration,
    comparison,
    trials: trials.map((trial) => ({ ...trial, secondsPerStep: 0, peakMemoryBytes: 0 })),
  };
}

/** Processes that hold a lock somewhere below the folder. */
async function holders(out: string): Promise<number[]> {
  const files = await filesIn(out).catch(() => []);
  return files.flatMap((file) => {
    const pid = /\.relpos-lock-(\d+)-/.exec(file)?.[1];
    return pid === undefined ? [] : [Number(pid)];
  });
}

/** Whether a process still does anything; one that ended but was not yet waited for does not. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return process.platform !== "linux";
  }
}

async function until(holds: () => Promise<boolean>, milliseconds: number): Promise<boolean> {
  for (const end = performance.now() + milliseconds; performance.now() < end; await wait(5))
    if (await holds()) return true;
  return false;
}

/** How many trials have a result, and how many a checkpoint. */
async function progress(out: string): Promise<{ results: number; checkpoints: number }> {
  const files = await filesIn(out).catch(() => []);
  const count = (end: string): number => files.filter((file) => file.endsWith(end)).length;
  return { results: count("result.json"), checkpoints: count("checkpoint.safetensors") };
}

/** Steps in the metrics of trials that have no result. */
async function stepsOfOpenTrials(out: string): Promise<number[]> {
  const files = await filesIn(out);
  const open = files.filter(
    (file) =>
      file.endsWith("metrics.jsonl") &&
      !files.includes(path.join(path.dirname(file), "result.json")),
  );
  const texts = await Promise.all(open.map((file) => fs.readFile(path.join(out, file), "utf8")));
  return texts.map((text) => text.split("\n").length - 1);
}

/** Starts a comparison and stops it when one trial has a result and another is between steps 50 and 200 of 260. */
async function stopAmidTrial(out: string): Promise<void> {
  const { child, outcome } = start(command(out));
  const midway = async (): Promise<boolean> =>
    (await progress(out)).results >= 1 &&
    (await stepsOfOpenTrials(out)).some((count) => count >= 50 && count <= 150);
  expect(await until(midway, 30_000)).toBe(true);
  const group = await holders(out);
  expect(group).toContain(child.pid);
  for (const pid of group) process.kill(pid, "SIGTERM");
  const { code, stdout, stderr } = await outcome;
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("stopping after the current step; once more to stop at once");
  expect(stderr).toMatch(
    /relpos: stopped; .*stopped-\d keeps what is done\. The same command goes/,
  );
  expect(await holders(out)).toEqual([]);
  const { results } = await progress(out);
  expect(results).toBeGreaterThanOrEqual(1);
  expect(results).toBeLessThan(encodings.length);
  expect(await stepsOfOpenTrials(out)).not.toEqual([]);
}

describe("a comparison that is interrupted", () => {
  const whole = path.join(folder, "whole");
  let files: string[];
  beforeAll(async () => {
    const { code, stderr } = await relpos(...command(whole));
    expect(code, stderr).toBe(0);
    files = await filesIn(whole);
  }, 60_000);

  test("killed: its trials stop by themselves, the same command goes on at once", async () => {
    const out = path.join(folder, "killed");
    const waiting: number[] = [];
    for (let death = 0; death < 3; death++) {
      const before = await progress(out);
      const { child, outcome } = start(command(out));
      const further = async (): Promise<boolean> => {
        const now = await progress(out);
        return now.checkpoints > before.checkpoints || now.results > before.results;
      };
      expect(await until(further, 20_000)).toBe(true);
      const orphans = (await holders(out)).filter((pid) => pid !== child.pid);
      child.kill("SIGKILL");
      expect((await outcome).code).toBeNull();
      waiting.push(...orphans);
      // The last death is followed by the next start while the trials still end their step.
      if (death < 2)
        expect(await until(() => Promise.resolve(!orphans.some(runs)), 20_000)).toBe(true);
    }
    expect(waiting.length).toBeGreaterThan(0);

    const { code, stderr } = await relpos(...command(out));
    expect(code, stderr).toBe(0);
    expect(await numbers(out)).toEqual(await numbers(whole));
    expect(await filesIn(out)).toEqual(files);
    expect(waiting.some(runs)).toBe(false);
  }, 90_000);

  test.runIf(process.platform === "linux")(
    "by Ctrl-C while its processes start: it stops as cleanly",
    async () => {
      const out = path.join(folder, "starting");
      const { child, outcome } = start(command(out));
      const children = `/proc/${child.pid}/task/${child.pid}/children`;
      const begun = async (): Promise<boolean> => (await fs.readFile(children, "utf8")) !== "";
      expect(await until(begun, 20_000)).toBe(true);
      const pids = (await fs.readFile(children, "utf8")).trim().split(" ").map(Number);
      for (const pid of [...pids, child.pid!]) process.kill(pid, "SIGINT");
      const { code, stderr } = await outcome;
      expect(stderr).toMatch(/relpos: stopped; .* keeps what is done\. The same command goes/);
      expect(code).toBe(1);
    },
  );

  test("by a signal that reaches all of its processes: it stops cleanly and goes on", async () => {
    // A signal may come just as a checkpoint was written, which shows nothing of other steps: then another is sent.
    let [out, attempt] = ["", 0];
    do {
      out = path.join(folder, `stopped-${attempt}`);
      await stopAmidTrial(out);
    } while (!(await stepsOfOpenTrials(out)).some((count) => count % 50 !== 0) && ++attempt < 5);
    // A trial that was cut short keeps the step it had reached, and not only every fiftieth.
    expect(attempt).toBeLessThan(5);
    const kept = await progress(out);
    const results = (await filesIn(out)).filter((file) => file.endsWith("result.json"));
    const written = await Promise.all(results.map((file) => fs.stat(path.join(out, file))));

    const again = await relpos(...command(out));
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain(`${kept.results} of 4 trials were finished before`);
    for (const [place, file] of results.entries())
      expect((await fs.stat(path.join(out, file))).mtimeMs).toBe(written[place]!.mtimeMs);
    expect(await numbers(out)).toEqual(await numbers(whole));
    expect(await filesIn(out)).toEqual(files);
  }, 120_000);

  test("a trial that dies is named, with what to do, and the others are kept", async () => {
    const out = path.join(folder, "died");
    const { child, outcome } = start(command(out));
    const trialProcess = async (): Promise<number | undefined> =>
      (await holders(out)).find((pid) => pid !== child.pid);
    expect(await until(async () => (await trialProcess()) !== undefined, 20_000)).toBe(true);
    process.kill((await trialProcess())!, "SIGKILL");
    const { code, stderr } = await outcome;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /relpos: \w+-1: its process \d+ was killed by SIGKILL\. Run the same command again to go on/,
    );
    const again = await relpos(...command(out));
    expect(again.code, again.stderr).toBe(0);
    expect(await numbers(out)).toEqual(await numbers(whole));
  }, 60_000);
});
