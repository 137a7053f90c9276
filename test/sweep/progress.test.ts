/**
 * The time left: whatever the width of the terminal, and after a run or comparison was interrupted. The clock and the
 * terminal are the test's own.
 */
import { describe, expect, test } from "vitest";
import { StepProgress } from "../../src/cli/step-progress.ts";
import { ComparisonProgress } from "../../src/sweep/comparison-progress.ts";
import { liveLine } from "../../src/sweep/live-line.ts";
import type { TrialJob } from "../../src/sweep/trial-job.ts";

/** A terminal that keeps its last line. */
function terminal(columns: number | undefined) {
  const stream = { isTTY: true, columns, line: "", write };
  function write(text: string): void {
    stream.line = text.replace("\r\x1b[K", "");
  }
  return stream as { isTTY: boolean; columns: number; line: string; write: typeof write };
}

const job = (encoding: string): TrialJob => ({ encoding, seed: 1 }) as TrialJob;

describe("one line", () => {
  const parts = ["layers(3*rope,none)-1 step 12/600 loss 5.43", "alibi-2 step 10/600 loss 5.51"];

  test.each([80, 60, 40, 20])("%i columns show the time left, and are not filled", (columns) => {
    const line = liveLine(185, parts, columns);
    expect(line.startsWith("about 3 min 05 s l")).toBe(true);
    expect(line.length).toBeLessThan(columns);
  });

  test("nothing is cut where all fits, and a terminal without a width counts as 80 columns", () => {
    expect(liveLine(9, ["step 1/2"], 80)).toBe("about 9 s left · step 1/2");
    expect(liveLine(undefined, ["step 1/2"], 80)).toBe("step 1/2");
    for (const unknown of [undefined, 0]) expect(liveLine(185, parts, unknown)).toHaveLength(79);
  });
});

describe("a training run", () => {
  /** The line after steps of one second each, the first of which ends after `loading` seconds. */
  function lineAfter(first: number, last: number, loading: number): string {
    const stream = terminal(80);
    let time = 0;
    const progress = new StepProgress(1000, stream, () => time);
    time += 1000 * loading;
    for (let step = first; step <= last; step++, time += 1000)
      progress.update({ step, loss: 2.5 } as Parameters<StepProgress["update"]>[0]);
    return stream.line;
  }

  test("from the start", () => {
    expect(lineAfter(0, 9, 1)).toBe("about 16 min 30 s left · step 10/1000 · loss 2.5000");
  });

  test("after an interruption, and however long loading takes", () => {
    expect(lineAfter(900, 909, 60)).toBe("about 1 min 30 s left · step 910/1000 · loss 2.5000");
  });

  test("no time before two steps were seen, and none left at the end", () => {
    expect(lineAfter(900, 900, 1)).toBe("step 901/1000 · loss 2.5000");
    expect(lineAfter(999, 999, 1)).toBe("about 0 s left · step 1000/1000 · loss 2.5000");
  });
});

describe("a comparison of steps that take one second, 75 % of a trial's time", () => {
  /** The line when two trials at once, of four, went from step `from` to step `to` of 300. */
  function lineAt(from: number, to: number, columns = 80): string {
    const stream = terminal(columns);
    let time = 0;
    const progress = new ComparisonProgress({
      ...{ trials: 4, open: 4, steps: 300, processes: 2, stream },
      now: () => time,
    });
    for (let step = from; step < to; step++) {
      time += 1000;
      for (const name of ["rope", "alibi"])
        progress.update(job(name), { kind: "step", step, loss: 5 });
    }
    time += 200;
    progress.update(job("rope"), { kind: "step", step: to - 1, loss: 5 });
    return stream.line;
  }

  /** "about 10 min 30 s left" in seconds. */
  function secondsOf(line: string): number {
    const [, minutes = "0", seconds] = /^about (?:(\d+) min )?(\d+) s left/.exec(line) ?? [];
    return 60 * Number(minutes) + Number(seconds);
  }

  test("from the start: two rounds of 400 s, less what is done", () => {
    expect(Math.abs(secondsOf(lineAt(0, 30)) - (800 - 30))).toBeLessThan(8);
  });

  // What was done before took no time now: it once made the estimate five times too low.
  test("after an interruption at step 150", () => {
    expect(Math.abs(secondsOf(lineAt(150, 180)) - (800 - 180))).toBeLessThan(8);
  });

  test("in 80 columns, with compositions whose names are long", () => {
    expect(lineAt(0, 30, 80).length).toBeLessThan(80);
    expect(lineAt(0, 30, 30)).toMatch(/^about 1\d min \d\d s left/);
  });

  test("the last trial alone: the other processes are idle", () => {
    const stream = terminal(80);
    let time = 0;
    const progress = new ComparisonProgress({
      ...{ trials: 3, open: 3, steps: 300, processes: 3, stream },
      now: () => time,
    });
    for (const name of ["rope", "alibi", "t5"])
      progress.update(job(name), { kind: "step", step: 0, loss: 5 });
    time = 400_000;
    for (const name of ["rope", "alibi"]) progress.update(job(name), { kind: "done" });
    time += 1000;
    progress.update(job("t5"), { kind: "step", step: 2, loss: 5 });
    expect(secondsOf(stream.line)).toBeGreaterThan(300);
  });

  // It once said "training loss NaN".
  test("a trial that was interrupted while it was evaluated says that it is measured", () => {
    const stream = terminal(80);
    const lines: string[] = [];
    const write = (text: string): void => void lines.push(text);
    const progress = new ComparisonProgress({
      ...{ trials: 1, open: 1, steps: 300, processes: 1 },
      stream: { ...stream, isTTY: true, write },
    });
    progress.update(job("rope"), { kind: "evaluate", length: 16, protocol: "windows" });
    progress.update(job("rope"), { kind: "done" });
    expect(lines.join("")).toMatch(/\[1\/1\] rope-1 {2}measured {2}0 s\n/);
    expect(lines.join("")).not.toContain("NaN");
  });
});
