import { readFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseResults } from "../../src/comparison/parse-results.ts";
import type { Results } from "../../src/comparison/results.ts";
import { Hold } from "../cli/hold.ts";
import { filesIn, relpos, start, tinyModel, workplace } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("interruption");
afterAll(remove);

const encodings = ["none", "rope", "alibi", "t5"];
const command = (out: string): string[] => [
  ...["compare", "--text", text, ...tinyModel, "--encodings", encodings.join(","), "--seeds", "1"],
  ...["--train-length", "16", "--test-lengths", "16,32", "--steps", "160", "--processes", "2"],
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

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(5);
}

/** How many trials have a result. */
async function finished(out: string): Promise<number> {
  return (await filesIn(out)).filter((file) => file.endsWith("result.json")).length;
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

describe("a comparison that is interrupted", () => {
  const whole = path.join(folder, "whole");
  let files: string[];
  beforeAll(async () => {
    const { code, stderr } = await relpos(...command(whole));
    expect(code, stderr).toBe(0);
    files = await filesIn(whole);
  }, 240_000);

  test("killed: its trials stop by themselves, the same command goes on at once", async () => {
    const out = path.join(folder, "killed");
    const waiting: number[] = [];
    for (let death = 0; death < 3; death++) {
      const hold = new Hold(path.join(folder, `hold-${death}`), { at: "step", count: 40 });
      const { child, outcome } = start(command(out), { env: hold.env });
      const trials = await hold.held(2);
      expect(await holders(out)).toEqual(expect.arrayContaining([...trials, child.pid]));
      child.kill("SIGKILL");
      hold.release();
      // Its standard error is closed when the trials have ended, too.
      expect((await outcome).code).toBeNull();
      waiting.push(...trials);
      // The last death is followed by the next start while the trials still end their step.
      if (death < 2) await until(() => !trials.some(runs));
    }

    const { code, stderr } = await relpos(...command(out));
    expect(code, stderr).toBe(0);
    expect(await numbers(out)).toEqual(await numbers(whole));
    expect(await filesIn(out)).toEqual(files);
    expect(waiting.some(runs)).toBe(false);
  }, 240_000);

  test.runIf(process.platform === "linux")(
    "by Ctrl-C while its processes start: it stops as cleanly",
    async () => {
      const out = path.join(folder, "starting");
      const { child, outcome } = start(command(out));
      const children = `/proc/${child.pid}/task/${child.pid}/children`;
      await until(async () => (await fs.readFile(children, "utf8")) !== "");
      const pids = (await fs.readFile(children, "utf8")).trim().split(" ").map(Number);
      for (const pid of [...pids, child.pid!]) process.kill(pid, "SIGINT");
      const { code, stderr } = await outcome;
      expect(stderr).toMatch(/relpos: stopped; .* keeps what is done\. The same command goes/);
      expect(code).toBe(1);
    },
  );

  test("by a signal that reaches all of its processes: it stops cleanly and goes on", async () => {
    const out = path.join(folder, "stopped");
    const hold = new Hold(path.join(folder, "hold-stopped"), { at: "step", count: 70 });
    const { child, outcome } = start(command(out), { env: hold.env });
    const first = await hold.held(2);
    hold.release(...first);
    // Two trials are finished, and the other two have done 70 steps.
    const last = (await hold.held(4)).filter((pid) => !first.includes(pid));
    const group = await holders(out);
    expect(group.sort()).toEqual([child.pid!, ...last].sort());
    for (const pid of group) process.kill(pid, "SIGTERM");
    hold.release();
    const { code, stdout, stderr } = await outcome;
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("stopping after the current step; once more to stop at once");
    expect(stderr).toMatch(/relpos: stopped; .*stopped keeps what is done\. The same command goes/);
    expect(await holders(out)).toEqual([]);
    expect(await finished(out)).toBe(2);
    // A trial that was cut short keeps the step it had reached, and not only every fiftieth.
    const steps = await stepsOfOpenTrials(out);
    expect(steps).toHaveLength(2);
    for (const count of steps) expect(count).toBeGreaterThanOrEqual(70);
    for (const count of steps) expect(count).toBeLessThan(100);
    const results = (await filesIn(out)).filter((file) => file.endsWith("result.json"));
    const written = await Promise.all(results.map((file) => fs.stat(path.join(out, file))));

    const again = await relpos(...command(out));
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain("2 of 4 trials were finished before");
    for (const [place, file] of results.entries())
      expect((await fs.stat(path.join(out, file))).mtimeMs).toBe(written[place]!.mtimeMs);
    expect(await numbers(out)).toEqual(await numbers(whole));
    expect(await filesIn(out)).toEqual(files);
  }, 240_000);

  test("a trial that dies is named, with what to do, and the others are kept", async () => {
    const out = path.join(folder, "died");
    const hold = new Hold(path.join(folder, "hold-died"), { at: "step", count: 2 });
    const { outcome } = start(command(out), { env: hold.env });
    process.kill((await hold.held())[0]!, "SIGKILL");
    hold.release();
    const { code, stderr } = await outcome;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /relpos: \w+-1: its process \d+ was killed by SIGKILL\. Run the same command again to go on/,
    );
    const again = await relpos(...command(out));
    expect(again.code, again.stderr).toBe(0);
    expect(await numbers(out)).toEqual(await numbers(whole));
  }, 240_000);
});
