/**
 * What `--help` says is the default is what a call without the option gets.
 */
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { compareCommand } from "../../src/cli/compare-options.ts";
import { commands } from "../../src/cli/commands.ts";
import { trainCommand } from "../../src/cli/train-options.ts";
import { completeSettings } from "../../src/comparison/settings.ts";
import { completeSettings as completeTraining } from "../../src/runs/complete-settings.ts";
import { completeFineTuneSettings as completeFurther } from "../../src/fine-tuning/complete-settings.ts";
import { processesFor } from "../../src/sweep/environment.ts";

const compare = compareCommand(() => Promise.resolve());
const train = trainCommand(() => Promise.resolve());
const onText = completeSettings({});
const onTask = completeSettings({ task: "copy" });
const onPairs = completeSettings({ pairs: { task: "translate", data: { name: "dates" } } });

function describedAs(command: Command, long: string): string {
  const option = command.options.find((each) => each.long === `--${long}`);
  if (option === undefined) throw new Error(`there is no --${long}`);
  return option.description;
}

describe("compare", () => {
  const settings = "steps batch width heads layers optimiser seeds device".split(" ");
  const camel = (long: string): string =>
    long.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

  test.each([...settings, "train-length", "learning-rate", "warmup"])("--%s", (long) => {
    const name = camel(long) as keyof typeof onText;
    const [text, task, pairs] = [onText, onTask, onPairs].map((values) =>
      String(values[name] as string | number[]),
    );
    const [, said = ""] = /default: ([^;)]+?)(?:, or|, and|\)|$)/.exec(describedAs(compare, long))!;
    const [first, ...others] = said.split(", on ");
    const of = new Map(others.map((words) => [/^a task |^pairs /.exec(words)?.[0], words]));
    const on = (kind: string): string | undefined => of.get(kind)?.slice(kind.length) ?? first;
    expect([first, on("a task ")]).toEqual([text, task]);
    // Of pairs the data decide it.
    if (long !== "train-length") expect(on("pairs ")).toBe(pairs);
  });

  test("the options of one kind alone", () => {
    if (!("corpus" in onText) || !("task" in onTask)) throw new Error("kinds are mixed up");
    expect(describedAs(compare, "corpus")).toContain(
      `(default: ${"name" in onText.corpus ? onText.corpus.name : ""})`,
    );
    expect(describedAs(compare, "tokenizer")).toContain(`(default: ${onText.tokenizer};`);
    if (!("measure" in onPairs)) throw new Error("kinds are mixed up");
    expect(describedAs(compare, "measure")).toContain(`(default: ${onPairs.measure} for built-in`);
    expect(onPairs.tokenizer).toBe("char");
    expect(describedAs(compare, "encodings")).toContain(`(default: ${onText.encodings.join()})`);
    expect(describedAs(compare, "evaluation-tokens")).toContain(
      `(default: ${onText.evaluationTokens})`,
    );
    expect(describedAs(compare, "evaluation-samples")).toContain(
      `(default: on a task ${onTask.evaluationSamples}, on pairs ${onPairs.evaluationSamples})`,
    );
    expect([onTask.encodings, onPairs.encodings]).toEqual([onText.encodings, onText.encodings]);
    expect(onText.stride).toBe(onText.trainLength);
    expect(describedAs(compare, "stride")).toContain("(default: the train length)");
    expect(describedAs(compare, "threads")).toContain(`(default: ${onText.threads})`);
  });

  test("the test lengths", () => {
    const [text, task, pairs] = [onText, onTask, onPairs].map(({ testLengths, trainLength }) =>
      testLengths
        .map((length) => length / trainLength)
        .join(", ")
        .replace(/, ([^,]*)$/, " and $1 times the train length"),
    );
    expect(describedAs(compare, "test-lengths")).toContain(
      `(default: ${text}; on a task ${task}; on pairs ${pairs}, as far`,
    );
  });

  test("a tenth of fewer steps is the warm-up", () => {
    expect(completeSettings({ steps: 50 }).warmup).toBe(5);
    expect(describedAs(compare, "warmup")).toContain("at most a tenth of the steps");
  });

  test("one process per core", () => {
    expect(processesFor({ ...onText, threads: 1 })).toBeGreaterThan(0);
    expect(describedAs(compare, "processes")).toContain("(default: one per core)");
  });
});

test("train --from has defaults of its own", () => {
  const { steps, batch, learningRate, weightDecay } = completeFurther({ from: "a" });
  const { learningRate: muon } = completeFurther({ from: "a", optimiser: "muon" });
  expect(weightDecay).toBe(0);
  expect(describedAs(train, "from")).toContain(
    `by default ${steps} steps, batch ${batch}, rate ${learningRate} (with muon ${muon}), no weight decay`,
  );
  const { learningRate: ofAdapters } = completeFurther({ from: "a", loraRank: 2 });
  expect(describedAs(train, "lora-rank")).toContain(
    `at ${ofAdapters / learningRate} times the rate`,
  );
});

describe("train, where a default depends on other settings", () => {
  const settings = completeTraining({});

  test("the warm-up", () => {
    expect(describedAs(train, "warmup")).toContain(
      `(default: ${settings.warmup}, or a tenth of fewer steps)`,
    );
    expect(completeTraining({ steps: 50 }).warmup).toBe(5);
  });

  test("the last rate, the hidden layer and the corpus", () => {
    expect(describedAs(train, "min-learning-rate")).toContain("(default: a tenth)");
    expect(settings.minLearningRate).toBeCloseTo(settings.learningRate / 10);
    expect(describedAs(train, "hidden")).toContain("(default: 4 × width)");
    expect(settings.hidden).toBe(4 * settings.width);
    expect(describedAs(train, "corpus")).toContain(
      `(default: ${"name" in settings.corpus ? settings.corpus.name : ""})`,
    );
  });
});

test("every option with a value of every command states its default, or needs none", async () => {
  // What is chosen, where it goes, and what has no value unless it is given.
  const needsNone = /^--(task|text|source|html|svg|png|out|corpus|encoding-file|model)$/;
  const silent: string[] = [];
  for (const { name, load } of commands)
    for (const { long, required, defaultValue, description } of (await load()).options) {
      const states = defaultValue !== undefined || /default: /.test(description);
      if (required && !states && !needsNone.test(long!)) silent.push(`${name} ${long}`);
    }
  expect(silent).toEqual([]);
});
