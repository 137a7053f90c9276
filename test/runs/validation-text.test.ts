/**
 * Validation text of one's own, in training and in comparisons, and characters that the training text lacks.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completeSettings, evaluateRun, loadCorpus, openRun, trainRun } from "../../src/index.ts";
import { commandOf } from "../../src/comparison/command.ts";
import { loadData } from "../../src/sweep/prepare.ts";
import { comparisonDocument } from "../../src/sweep/comparison-document.ts";
import { relpos, tinyModel, workplace } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("validation-text");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const [other, strange] = [at("other.txt"), at("strange.txt")];
const settings = {
  ...{ corpus: { text: [text] }, encoding: "alibi", length: 16, width: 16, heads: 2, layers: 1 },
  ...{ batch: 2, threads: 1, evaluationTokens: 256, steps: 3, tokenizer: "char" },
};

beforeAll(async () => {
  await fs.writeFile(other, "the key rotates a query and the bias of a distance.\n".repeat(20));
  await fs.writeFile(strange, `${"the key of the query ".repeat(20)}ß, œ and ß again.`);
});

describe("a run with a validation text of its own", () => {
  beforeAll(async () => {
    await trainRun({ folder: at("run"), settings: { ...settings, validation: [other] } });
  });

  test("trains on the whole text, and is judged on the other", async () => {
    const opened = await openRun(at("run"));
    const { sha256 } = await loadCorpus({ text: [other] });
    expect(opened.configuration.validation).toEqual({ from: { paths: [other] }, sha256 });
    const recorded = JSON.parse(await fs.readFile(path.join(at("run"), "evaluation.json"), "utf8")) as {
      readonly validationLoss: number;
    };
    const own = await evaluateRun(opened);
    expect(own.text).toContain("validation text other.txt");
    expect(own.lengths).toMatchObject([{ nats: recorded.validationLoss }]);
    const given = await evaluateRun(opened, { corpus: { text: [other] } });
    expect(given.lengths).toEqual(own.lengths);
    const held = await trainRun({ folder: at("held"), settings });
    expect(held.evaluation!.validationLoss).not.toBeCloseTo(recorded.validationLoss, 3);
    expect(held.weights).not.toEqual(opened.weights);
  });

  test("goes on with the same texts only", async () => {
    const without = trainRun({ folder: at("run"), settings });
    await expect(without).rejects.toThrow(/holds a run that differs in validation\.sha256 \("\w+… there, nothing by default\)\. Choose/);
    const bytes = await fs.readFile(other);
    await fs.appendFile(other, "more\n");
    await expect(evaluateRun(await openRun(at("run")))).rejects.toThrow(
      /other\.txt is not the text that .*run was validated on \(its SHA-256 differs\)/,
    );
    await fs.writeFile(other, bytes);
  });

  test("refuses the training text, and names every unknown character", async () => {
    const same = trainRun({ folder: at("same"), settings: { ...settings, validation: [text] } });
    await expect(same).rejects.toThrow(/the validation text text\.txt is the training text/);
    const unknown = trainRun({ folder: at("unknown"), settings: { ...settings, validation: [strange] } });
    await expect(unknown).rejects.toThrow(
      /^strange\.txt: char: "ß" \(U\+00DF\), character 421 of this text, is not among the \d+ characters of the training text, nor are "," \(U\+002C\), "œ" \(U\+0153\), "g" \(U\+0067\)\. Use the "byte" tokenizer, .* that has these characters\.$/,
    );
    const evaluated = evaluateRun(await openRun(at("run")), { corpus: { text: [strange] } });
    await expect(evaluated).rejects.toThrow(/^strange\.txt: char: "ß" \(U\+00DF\)/);
  });
});

describe("a comparison with a validation text of its own", () => {
  const chosen = completeSettings({
    corpus: { text: [text] },
    validation: [other],
    ...{ trainLength: 8, testLengths: [8], encodings: ["none"], seeds: [1] },
  });

  test("records it, and says so", async () => {
    const data = await loadData(chosen);
    const { bytes } = await loadCorpus({ text: [other] });
    const whole = await loadCorpus({ text: [text] });
    expect(data.subject).toMatchObject({
      corpus: {
        trainBytes: whole.bytes,
        validationBytes: bytes,
        bytes: whole.bytes + bytes,
        split: "a text of its own, other.txt",
      },
    });
    const document = comparisonDocument(chosen, data);
    expect(document.validation!.from.paths).toEqual([other]);
    expect(document.settings).not.toHaveProperty("validation");
    expect(commandOf(chosen)).toContain(`--text ${text} --validation ${other} `);
    const without = await loadData({ ...chosen, validation: undefined });
    expect(comparisonDocument(chosen, without)).not.toHaveProperty("validation");
  });

  test("is no setting of a task", async () => {
    const { code, stderr } = await relpos(
      ...["compare", "--task", "copy", "--validation", other, ...tinyModel],
    );
    expect(code).toBe(2);
    expect(stderr).toContain('option "--task <name>" cannot be used with option "--validation <files...>"');
  });
});
