/**
 * The trials of a comparison are runs: each opens as a trained model, with the figures of results.json.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { evaluateRun, openRun, parseResults, trialsOf } from "../../src/index.ts";
import { relpos, workplace } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("open-comparison");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const tiny = ["--width", "16", "--heads", "2", "--layers", "1", "--batch", "2", "--steps", "4"];

test("a trial on text, by its name and from a folder that was moved", async () => {
  const data = ["--text", text, "--train-length", "16", "--test-lengths", "16,32"];
  const { code, stderr } = await relpos(
    ...["compare", ...data, ...tiny, "--evaluation-tokens", "512"],
    ...["--encodings", "none,rope(base=500)", "--seeds", "1,2", "--out", at("made")],
  );
  expect(code, stderr).toBe(0);
  await fs.rename(at("made"), at("moved"));
  const names = ["none-1", "none-2", "rope(base=500)-1", "rope(base=500)-2"];
  expect(await trialsOf(at("moved"))).toEqual(names);

  const run = await openRun(at("moved"), { trial: "rope(base=500)-2" });
  expect(run.configuration).toMatchObject({ kind: "trial", seed: 2, trainLength: 16 });
  expect([run.model.encoding.id, run.step, run.metrics.length]).toEqual(["rope(base=500)", 4, 4]);
  const results = parseResults(await fs.readFile(path.join(at("moved"), "results.json"), "utf8"));
  const trial = results.trials.find(({ encoding, seed }) => encoding !== "none" && seed === 2)!;
  const { lengths } = await evaluateRun(run, { lengths: [16, 32] });
  expect(lengths).toHaveLength(2);
  for (const loss of lengths) {
    const { length, bitsPerByte } = loss as { length: number; bitsPerByte: number };
    const recorded = trial.evaluations.find(
      (entry) => entry.length === length && entry.protocol === "windows",
    );
    expect(recorded).toMatchObject({ length });
    const { values } = recorded as unknown as { values: { readonly bitsPerByte: number } };
    expect(bitsPerByte).toBeCloseTo(values.bitsPerByte, 6);
  }

  const whole = await relpos("evaluate", at("moved"));
  expect(whole.code).toBe(2);
  expect(whole.stderr).toContain(`moved is a comparison with the trials ${names.join(", ")}. Open`);
});

test("a trial on a task has a model and no tokenizer", async () => {
  const { code, stderr } = await relpos(
    ...["compare", "--task", "copy", "--encodings", "alibi", "--train-length", "4"],
    ...[...tiny, "--evaluation-samples", "2", "--out", at("task")],
  );
  expect(code, stderr).toBe(0);
  const { model, tokenizer, configuration } = await openRun(at("task"), { trial: "alibi-1" });
  expect(tokenizer).toBeUndefined();
  expect(configuration.settings).toMatchObject({ task: "copy", trainLength: 4 });
  expect(model.config.vocab).toBe(configuration.model.vocab);
});
