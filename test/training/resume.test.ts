import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCheckpoint } from "../../src/runs/run-storage.ts";
import { random } from "../../src/random/random.ts";
import { Hold } from "../cli/hold.ts";
import { filesIn, relpos, start, tinyModel, workplace } from "../cli/relpos.ts";
import type { Call } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("resume");
afterAll(remove);
const runFiles = [
  ".relpos",
  "checkpoint.safetensors",
  "evaluation.json",
  "metrics.jsonl",
  "run.json",
];

function command(out: string, steps: number): string[] {
  const times = ["--length", "16", "--steps", `${steps}`, "--checkpoint-every", "3"];
  const decisive = ["--dropout", "0.2", "--encoding", "t5", "--seed", "7", "--accumulate", "2"];
  return ["train", "--text", text, ...tinyModel, ...times, ...decisive, "--out", out];
}

async function expectEqualRuns(actual: string, expected: string): Promise<void> {
  for (const file of runFiles) {
    const [a, b] = [actual, expected].map((run) => fs.readFile(path.join(run, file)));
    expect((await a!).equals(await b!), file).toBe(true);
  }
  expect(await filesIn(actual)).toEqual(runFiles);
}

/** Starts the command; its process waits before it replaces the second checkpoint. */
async function startedAndHeld(run: string, steps: number): Promise<Call & { readonly hold: Hold }> {
  const hold = new Hold(`${run}-hold`, { at: "replace", name: "checkpoint.safetensors", count: 2 });
  const call = start(command(run, steps), { env: hold.env });
  await Promise.race([hold.held(), call.outcome]);
  return { ...call, hold };
}

describe("a run that is killed and started again", () => {
  const steps = 600;

  test("ends byte for byte as one that was not, after 6 deaths at random moments", async () => {
    const run = path.join(folder, "killed");
    const moments = random(20, "deaths");
    const reached: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      const place = `${run}-hold-${attempt}`;
      if (attempt % 3 === 0) {
        // Right at the start, before and while the folder is claimed and the graph is compiled.
        const { child, outcome } = start(command(run, steps));
        await wait(moments.uniform() * 450);
        child.kill("SIGKILL");
        await outcome;
      } else {
        // While a checkpoint is written, and before any change of a file while steps are done.
        const hold = new Hold(
          place,
          attempt % 3 === 1
            ? { at: "replace", name: "checkpoint.safetensors", count: 2 }
            : { at: "file", count: 40 + moments.integer(60) },
        );
        const { child, outcome } = start(command(run, steps), { env: hold.env });
        await hold.held();
        child.kill("SIGKILL");
        expect((await outcome).code).toBeNull();
      }
      // Whatever the moment, what is there is whole.
      const kept = await readCheckpoint(path.join(run, "checkpoint.safetensors"));
      reached.push(kept?.step ?? 0);
      expect(reached).toEqual([...reached].sort((a, b) => a - b));
    }
    expect(reached.at(-1)).toBeGreaterThan(10);
    expect(reached.at(-1)).toBeLessThan(steps);

    const whole = path.join(folder, "whole");
    for (const out of [run, whole]) {
      const { code, stderr } = await relpos(...command(out, steps));
      expect(code, stderr).toBe(0);
    }
    await expectEqualRuns(run, whole);
  }, 300_000);
});

describe("a run that is stopped, met twice or changed", () => {
  const steps = 240;
  const whole = path.join(folder, "short");
  beforeAll(async () => {
    const { code, stderr } = await relpos(...command(whole, steps));
    expect(code, stderr).toBe(0);
  }, 60_000);

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s stops it after a step, and it goes on",
    async (signal) => {
      const run = path.join(folder, signal);
      const { child, outcome, hold } = await startedAndHeld(run, steps);
      child.kill(signal);
      hold.release();
      const { code, stdout, stderr } = await outcome;
      expect(code).toBe(1);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/relpos: stopped after \d+ of 240 steps; the same command goes on/);
      expect(await filesIn(run)).toEqual(runFiles.filter((file) => file !== "evaluation.json"));
      const { step } = (await readCheckpoint(path.join(run, "checkpoint.safetensors")))!;
      expect(stderr).toContain(`stopped after ${step} of`);

      expect((await relpos(...command(run, steps))).code).toBe(0);
      await expectEqualRuns(run, whole);
    },
  );

  test("two at once: the second is turned away and harms nothing", async () => {
    const run = path.join(folder, "twice");
    const first = await startedAndHeld(run, steps);
    const second = await relpos(...command(run, steps));
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(
      new RegExp(`relpos: process ${first.child.pid} is writing to .*twice\\. Wait until it ends`),
    );
    first.hold.release();
    expect((await first.outcome).code).toBe(0);
    await expectEqualRuns(run, whole);
  });

  test("a finished run is left as it is", async () => {
    const { code, stdout } = await relpos(...command(whole, steps));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^240 steps, /);
    expect(await filesIn(whole)).toEqual(runFiles);
  });

  test("another seed, dropout or text is another run", async () => {
    const other = await relpos(...command(whole, steps), "--seed", "8", "--dropout", "0.1");
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /holds a run that differs in model\.dropout \(0\.2 there, 0\.1 given\), seed \(7 there, 8 given\)/,
    );
  });
});
