/**
 * Running experiments: in folders that are taken up again, with what there is, within a budget.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { experiments } from "../../reproduce/experiments.ts";
import { reproduce } from "../../reproduce/run.ts";
import type { ExperimentRecord } from "../../reproduce/record.ts";
import { readRecords } from "../../reproduce/record.ts";
import { Hold } from "../cli/hold.ts";
import { filesIn } from "../cli/relpos.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "relpos-reproduce-"));
afterAll(() => fs.rm(folder, { recursive: true, force: true }));
const small = fileURLToPath(new URL("./small.ts", import.meta.url));
const main = fileURLToPath(new URL("../../reproduce/main.ts", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly printed: string;
}

function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { kill: () => void; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [file, ...args], {
    ...{ stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (piece: string) => (printed += piece));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, printed }));
  return { kill: () => child.kill("SIGKILL"), ended };
}

/** Records without what the clock decides. */
function numbers(place: string): unknown {
  return [...readRecords(path.join(place, "results")).values()].map((record: ExperimentRecord) => ({
    ...record,
    models: record.models.map((model) => ({ ...model, secondsPerStep: 0 })),
  }));
}

describe("a reproduction", () => {
  const whole = path.join(folder, "whole");

  test("writes a record of each experiment, leaves out what is not there and says so", async () => {
    const { code, printed } = await run(small, [whole]).ended;
    expect(code, printed).toBe(0);
    expect(printed).toContain("first: this version has no no-such; it is left out.");
    expect(printed).toContain(
      "first: this version has no randomized(base=unheard); it is left out.",
    );
    expect(printed).toContain("written: first, second");
    const records = readRecords(path.join(whole, "results"));
    const first = records.get("first")!;
    expect(first.skipped).toEqual(["no-such", "randomized(base=unheard)"]);
    expect(first.command).toBe(
      "npx relpos compare --task 'copy(alphabet=4)' --encodings 'none,rope(rotated=4)' --seeds 1,2 " +
        "--train-length 4 --test-lengths 4,6 --steps 120 --batch 4 --width 16 --heads 2 --layers 1 " +
        "--learning-rate 0.003 --optimiser adamw --warmup 2 --evaluation-samples 30",
    );
    expect(first.models.map(({ encoding, seed }) => `${encoding} ${seed}`)).toEqual(
      [1, 2].flatMap((seed) => [`none ${seed}`, `rope(rotated=4) ${seed}`]),
    );
    const learned = records.get("second")!.models.find(({ encoding }) => encoding === "learned")!;
    expect(learned.scores.at(-1)).toMatchObject({ length: 6, unsupported: /its table has/ });
  }, 300_000);

  test("out of time, then killed in the middle: it keeps what is done, and ends with the same records", async () => {
    const place = path.join(folder, "late");
    const first = await run(small, [place, "50"]).ended;
    expect(first.code).toBe(0);
    expect(first.printed).toContain("written: \n");

    const hold = new Hold(path.join(folder, "hold"), { at: "step", count: 60 });
    const { kill, ended } = run(small, [place], hold.env);
    await hold.held();
    kill();
    hold.release();
    expect((await ended).code).toBeNull();
    const files = await filesIn(place);
    expect(files.some((file) => file.endsWith("checkpoint.safetensors"))).toBe(true);

    const { code, printed } = await run(small, [place]).ended;
    expect(code, printed).toBe(0);
    expect(printed).toContain("written: first, second");
    expect(numbers(place)).toEqual(numbers(whole));
  }, 300_000);
});

test("a file of something else in the place of a record is not replaced, and nothing is trained", async () => {
  const place = path.join(folder, "foreign");
  const results = path.join(place, "results");
  const [experiment] = experiments;
  await fs.mkdir(results, { recursive: true });
  const file = path.join(results, `${experiment!.id}.json`);
  for (const own of ['{"schema":"mine/1"}', "notes"]) {
    await fs.writeFile(file, own);
    const running = reproduce({
      ...{ experiments: [experiment!], folder: path.join(place, "trials"), results },
      ...{ signal: new AbortController().signal, say: () => undefined },
    });
    await expect(running).rejects.toThrow(/\.json is no record of an experiment.*Move it away/);
    expect(await fs.readFile(file, "utf8")).toBe(own);
  }
  expect(await fs.readdir(place)).toEqual(["results"]);
});

describe("npm run reproduce", () => {
  test("--list names every experiment with its size", async () => {
    const { code, printed } = await run(main, ["--list"]).ended;
    expect(code).toBe(0);
    expect(printed).toMatch(/^text: \d+ trials of 600 steps on text/m);
    expect(printed).toMatch(/^copy-nope: 15 trials of \d+ steps on copy$/m);
  });

  test("--only chooses the experiments of rows", async () => {
    const { printed } = await run(main, ["--list", "--only", "nope,kerple"]).ended;
    const listed = printed
      .trim()
      .split("\n")
      .map((line) => line.split(":")[0]);
    expect(listed[0]).toBe("text");
    expect(listed.slice(1).every((id) => /^\w+-nope$/.test(id!))).toBe(true);
    expect(listed).toHaveLength(4);
  });

  test.each([
    [["--only", "kerpel"], /^reproduce: row "kerpel" is unknown\. Did you mean "kerple"/],
    [["--budget", "soon"], /^reproduce: --budget must be a number above 0, got "soon"/],
    [["--budget", "0"], /--budget must be a number above 0/],
    [["--processes", "1.5"], /--processes must be a number above 0/],
    [["--bugdet", "3"], /^reproduce: Unknown option '--bugdet'/],
  ])("%j is refused", async (args, message) => {
    const { code, printed } = await run(main, args).ended;
    expect(printed).toMatch(message);
    expect(code).toBe(2);
  });
});
