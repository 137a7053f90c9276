/**
 * Tasks from the command line: their list, comparisons on them, interruption, wrong calls.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseResults } from "../../src/comparison/parse-results.ts";
import type { Results } from "../../src/comparison/results.ts";
import { isMeasured } from "../../src/comparison/trial-record.ts";
import { tasks } from "../../src/tasks/index.ts";
import { filesIn, relpos, start, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("tasks");
afterAll(remove);

const tiny = [
  ...["--width", "16", "--heads", "2", "--layers", "1", "--batch", "4", "--threads", "1"],
  ...["--evaluation-samples", "40"],
];

describe("relpos tasks", () => {
  test("lists every task with its worked example", async () => {
    const { code, stdout, stderr } = await relpos("tasks");
    expect([code, stderr]).toEqual([0, ""]);
    for (const { id, summary, example } of tasks) {
      expect(stdout).toContain(`${id}: ${summary}\n`);
      expect(stdout).toContain(`example     ${example.text}\n`);
    }
    expect(stdout).toContain(
      "option      variables: How many variables there are. A whole number from 1 to 26. Default: 3.",
    );
    expect(stdout).toContain("judged too  sparse: Reads and writes are ten times as rare.");
  });

  test("--json is the list as data", async () => {
    const { stdout } = await relpos("tasks", "--json");
    const list = JSON.parse(stdout) as Record<string, unknown>[];
    expect(list.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id));
    expect(list[0]).toMatchObject({
      id: "copy",
      length: "symbols to copy",
      options: [{ name: "alphabet", kind: "integer", default: 26, least: 2, most: 100 }],
      training: "up to",
      shortest: 1,
      conditions: [{ id: "trained" }],
    });
    expect((list[0]!["vocabulary"] as string[]).slice(0, 6)).toEqual([
      "_",
      ">",
      "=",
      ".",
      "a",
      "b",
    ]);
  });
});

describe("a comparison on a task", () => {
  const out = path.join(folder, "comparison");
  const chosen = ["none", "learned", "rope(rotated=4,scoreScale=1)"];
  const args = [
    ...["compare", "--task", "selective-copy(alphabet=3)", ...tiny, "--seeds", "1,2"],
    ...["--encodings", chosen.join(","), "--train-length", "4", "--test-lengths", "6,4"],
    ...["--steps", "12", "--out", out],
  ];
  let results: Results;
  beforeAll(async () => {
    const { code, stdout, stderr } = await relpos(...args, "--json");
    expect(code, stderr).toBe(0);
    results = parseResults(stdout);
    expect(await fs.readFile(path.join(out, "results.json"), "utf8")).toBe(stdout);
  }, 60_000);

  test("says what was run", () => {
    expect(results.command).toContain("npx relpos compare --task 'selective-copy(alphabet=3)' ");
    expect(results.configuration).toMatchObject({
      encodings: chosen,
      seeds: [1, 2],
      task: {
        name: "selective-copy(alphabet=3)",
        length: "symbols to copy",
        samples: 40,
        rowTokens: 4 + 4 + 4 + 3 - 1,
      },
      vocab: 4 + 3 + 1,
      trainLength: 4,
      testLengths: [4, 6],
      steps: 12,
    });
    const { configuration } = results;
    if (!("task" in configuration)) throw new Error("not a comparison on a task");
    expect(configuration.task.conditions.map(({ id }) => id)).toEqual([
      "trained",
      "dense",
      "sparse",
    ]);
  });

  test("has every trial at every length and condition, and says why where it has not", () => {
    expect(results.trials).toHaveLength(6);
    for (const { encoding, evaluations, trainingLoss, parameters } of results.trials) {
      expect(parameters).toBeGreaterThan(1000);
      expect(trainingLoss).toHaveLength(12);
      expect(evaluations).toHaveLength(6);
      for (const entry of evaluations) {
        const sparse = entry.protocol === "sparse" ? 2 : entry.protocol === "dense" ? 0.5 : 1;
        const row = (2 + sparse) * entry.length + 2;
        if (encoding === "learned" && row > 14) {
          expect(entry).toMatchObject({ unsupported: "its table has 14 rows, one a position" });
          continue;
        }
        if (!isMeasured(entry)) throw new Error(`${encoding} at ${entry.length}: not measured`);
        expect(entry.tokens).toBe(40 * (entry.length + 1));
        const { correct, right, scored } = entry.items;
        const { exactMatch, tokenAccuracy } = entry.values;
        const total = (numbers: readonly number[] = []): number => numbers.reduce((a, b) => a + b);
        expect(correct).toHaveLength(40);
        expect(exactMatch).toBe(total(correct) / 40);
        expect(total(scored)).toBe(entry.tokens);
        expect(tokenAccuracy).toBe(total(right) / entry.tokens);
        expect(tokenAccuracy).toBeGreaterThanOrEqual(exactMatch!);
      }
    }
    // Untrained as good as it is, a model has a loss near that of guessing among three symbols and the end.
    expect(results.trials[0]!.trainingLoss[0]!.loss).toBeCloseTo(Math.log(8), 0);
  });

  test("again: nothing is trained, the table is printed", async () => {
    const again = await relpos(...args);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("6 of 6 trials were finished before");
    expect(again.stdout).toContain(
      "Exact match on selective-copy(alphabet=3), samples drawn sparse",
    );
    expect(await fs.readFile(path.join(out, "report.html"), "utf8")).toContain("The task");
  });

  test("with other settings, or on text, the same folder is refused", async () => {
    const other = await relpos(...args, "--steps", "13", "--evaluation-samples", "41");
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /differs in settings\.steps \(12 there, 13 given\), settings\.evaluationSamples \(40 there, 41 given\)\. Choose/,
    );
    const onText = await relpos("compare", "--text", text, "--steps", "12", "--out", out);
    expect(onText.code).toBe(2);
    expect(onText.stderr).toMatch(/holds a run that differs in corpus\./);
  });
});

test("the default is the NoPE study's five", async () => {
  const { code, stdout, stderr } = await relpos(
    ...["compare", "--task", "parity", ...tiny, "--train-length", "4", "--test-lengths", "4"],
    ...["--steps", "1", "--out", path.join(folder, "few"), "--json"],
  );
  expect(code, stderr).toBe(0);
  expect(parseResults(stdout).configuration.encodings).toEqual([
    ...["none", "sinusoidal", "rope", "alibi"],
    "t5(form=scaled,maxDistance=32)",
  ]);
});

test("killed in the middle and started again, it ends with the same numbers", async () => {
  const command = (out: string): string[] => [
    ...["compare", "--task", "copy(alphabet=4)", ...tiny, "--encodings", "none,rope"],
    ...[
      "--train-length",
      "5",
      "--steps",
      "300",
      "--processes",
      "2",
      "--out",
      path.join(folder, out),
    ],
    "--json",
  ];
  const whole = await relpos(...command("whole"));
  expect(whole.code, whole.stderr).toBe(0);

  let deaths = 0;
  for (let attempt = 0; attempt < 3; attempt++) {
    const { child, outcome } = start(command("killed"));
    // Until a checkpoint of this run is there, so that something is taken up.
    for (const end = performance.now() + 15_000; performance.now() < end;) {
      const files = await filesIn(path.join(folder, "killed")).catch(() => []);
      if (files.filter((file) => file.endsWith("checkpoint.safetensors")).length > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill("SIGKILL");
    if ((await outcome).code === null) deaths++;
  }
  expect(deaths).toBeGreaterThan(0);
  const rest = await relpos(...command("killed"));
  expect(rest.code, rest.stderr).toBe(0);
  const [a, b] = [whole, rest].map(({ stdout }) => parseResults(stdout));
  const numbers = ({ trials, comparison }: Results): unknown => ({
    comparison,
    trials: trials.map((trial) => ({ ...trial, secondsPerStep: 0, peakMemoryBytes: 0 })),
  });
  expect(numbers(b!)).toEqual(numbers(a!));
}, 240_000);

describe("wrong calls", () => {
  const compare = ["compare", "--task", "copy", ...tiny, "--encodings", "none", "--steps", "2"];
  test.each<[string, readonly string[], RegExp]>([
    [
      "an unknown task",
      ["compare", "--task", "copie"],
      /task "copie" is unknown\. Did you mean "copy"/,
    ],
    [
      "a task on pairs that is misspelt",
      ["compare", "--task", "tranlate"],
      /task "tranlate" is unknown\. Did you mean "translate"/,
    ],
    ["no task", ["compare", "--task", ""], /task "" is unknown/],
    [
      "an unknown option of a task",
      ["compare", "--task", "copy(size=3)"],
      /task copy: it has no option "size"\. Its only option is alphabet/,
    ],
    [
      "an option out of its range",
      ["compare", "--task", "counting(variables=27)"],
      /variables must be a whole number from 1 to 26, got 27/,
    ],
    [
      "a task and a text",
      [...compare, "--text", text],
      /--task <name>" cannot be used with option/,
    ],
    [
      "a task and a corpus",
      [...compare, "--corpus", "sotu"],
      /cannot be used with option "--corpus/,
    ],
    [
      "a task and a tokenizer",
      [...compare, "--tokenizer", "char"],
      /--tokenizer is for texts, and the task copy has symbols of its own\. Leave it out/,
    ],
    ["a task and a stride", [...compare, "--stride", "3"], /"--stride <tokens>"/],
    [
      "a task and tokens to judge",
      [...compare, "--evaluation-tokens", "9"],
      /"--evaluation-tokens/,
    ],
    [
      "samples of a text",
      ["compare", "--text", text, "--evaluation-samples", "9"],
      /--evaluation-samples counts the samples or pairs of a task\. Give --task/,
    ],
    [
      "no samples",
      [...compare, "--evaluation-samples", "0"],
      /must be a whole number of 1 or more/,
    ],
    [
      "a length that the task has not",
      ["compare", "--task", "missing-duplicate", "--train-length", "1"],
      /task missing-duplicate: a length must be a whole number of 2 or more, got 1/,
    ],
    [
      "a test length below the train length",
      [...compare, "--train-length", "8", "--test-lengths", "4"],
      /test length 4 is shorter than the train length 8/,
    ],
    [
      "an option that an encoding has not",
      [...compare, "--encodings", "rope(rotate=4)"],
      /rope: it has no option "rotate"/,
    ],
    [
      "an impossible option of an encoding",
      [...compare, "--encodings", "rope(rotated=5)"],
      /rope: rotated must be an even number from 2 to 16777216, got 5\. Leave it out for all\.\n$/,
    ],
    [
      "one encoding twice",
      [...compare, "--encodings", "rope(rotated=4),rope(rotated=4)"],
      /encoding rope\(rotated=4\) is given twice/,
    ],
    ["a model too large", [...compare, "--width", "100000"], /has at least [\d,]+ parameters/],
    ["more than a list", ["tasks", "copy"], /too many arguments/],
  ])("%s", async (_, args, message) => {
    const { code, stdout, stderr } = await relpos(...args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^relpos: [^\n]*[.?]\n$/);
    expect([code, stdout]).toEqual([2, ""]);
  });
});
