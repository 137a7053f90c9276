/**
 * A learning rate for each encoding: which is chosen, on which data, and how the report shows it.
 */
import { describe, expect, test } from "vitest";
import { commandOf } from "../../src/comparison/command.ts";
import { textKind } from "../../src/comparison/kinds/text.ts";
import type { TextSettings } from "../../src/comparison/kinds/text-settings.ts";
import { taskKind } from "../../src/comparison/kinds/task.ts";
import type { TaskSettings } from "../../src/comparison/kinds/task-settings.ts";
import { parseResults } from "../../src/comparison/parse-results.ts";
import type { Results } from "../../src/comparison/results.ts";
import { checkSettings, completeSettings, modelConfig } from "../../src/comparison/settings.ts";
import { chosenRate, edgeOf, tuningSeed } from "../../src/comparison/tuning.ts";
import type { Corpus } from "../../src/data/corpus.ts";
import { none } from "../../src/encodings/none.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { renderReport, reportFiles } from "../../src/report/node-report.ts";
import { lossUnit } from "../../src/report/unit.ts";
import { renderTable } from "../../src/report/table.ts";
import { warningTexts } from "../../src/report/warning-texts.ts";
import { compile } from "../../src/runtime/node.ts";
import { fixture, seven } from "./fixture.ts";

describe("the rate that is chosen", () => {
  const rates = [0.001, 0.01, 0.1];

  test("has the lowest loss; of two the lower rate; one that diverged never", () => {
    expect(chosenRate(rates, [3, 2, 2.5])).toBe(0.01);
    expect(chosenRate(rates, [2, 2, 2.5])).toBe(0.001);
    expect(chosenRate(rates, [3, 2.9, NaN])).toBe(0.01);
    expect(chosenRate(rates, [NaN, NaN, 9])).toBe(0.1);
    expect(chosenRate(rates, [NaN, NaN, NaN])).toBe(0.001);
  });

  test("is at an edge, or is not", () => {
    expect(rates.map((rate) => edgeOf({ rates }, { rate }))).toEqual([
      "lowest",
      undefined,
      "highest",
    ]);
  });
});

describe("settings", () => {
  const chosen = completeSettings({ learningRates: [0.1, 0.001], encodings: ["none"] });

  test("have the rates in order, whatever the order they were given in", () => {
    expect(chosen.learningRates).toEqual([0.001, 0.1]);
    expect(completeSettings({ learningRates: [0.001, 0.1], encodings: ["none"] })).toEqual(chosen);
    expect(commandOf(chosen)).toContain(" --learning-rates 0.001,0.1 ");
    expect(commandOf(chosen)).not.toContain("--learning-rate ");
  });

  test("without them are what they were", () => {
    expect(completeSettings({})).not.toHaveProperty("learningRates");
  });

  test.each([
    [{ learningRates: [0.1] }, "chooses from two rates or more, got 0.1"],
    [{ learningRates: [0.1, 0] }, "each learning rate must be above 0, got 0"],
    [{ learningRates: [0.1, 0.1] }, "learning rate 0.1 is given twice"],
    [{ learningRates: [0.1, 0.2], seeds: [tuningSeed] }, "Choose another seed"],
  ])("%j is refused", (choices, message) => {
    expect(() => checkSettings(completeSettings({ ...choices, encodings: ["none"] }))).toThrow(
      message,
    );
  });
});

describe("the text that it is chosen on", () => {
  const paragraphs = Array.from({ length: 300 }, (_, at) => `Paragraph ${at} of this text.\n\n`);
  const corpus = {
    name: "made",
    text: paragraphs.join(""),
    bytes: 1,
    notes: [],
  } as unknown as Corpus;
  const sizes = { trainLength: 16, testLengths: [16], width: 8, heads: 2, layers: 1 };
  const settings = completeSettings({ ...sizes, learningRates: [0.1, 0.2] }) as TextSettings;
  const { data, subject, tunedOn } = textKind.prepare(settings, { corpus });
  const one = completeSettings(sizes) as TextSettings;
  const whole = textKind.prepare(one, { corpus });

  test("is between what is trained on and what is judged on, and in neither", () => {
    const [training, before] = [data.training as Int32Array, whole.data.training as Int32Array];
    expect(training.length).toBeLessThan(before.length);
    expect(before.subarray(0, training.length)).toEqual(training);
    expect(subject.corpus.trainBytes).toBe(training.length);
    expect(subject.corpus.validationBytes).toBe(whole.subject.corpus.validationBytes);
    const held = before.length - training.length;
    expect(held / (before.length + subject.corpus.validationBytes)).toBeCloseTo(0.1, 1);
    expect(tunedOn.replace(",", "")).toContain(`${held} bytes of the text between`);
    expect(whole.data.validate).toBeUndefined();
  });

  test("judges a model by its loss there, for a task by samples that the seed makes", async () => {
    const model = languageModel(modelConfig(settings, 256), none, 16);
    const weights = new Map(
      model.parameters.specs.map((spec) => [
        spec.name,
        { shape: spec.shape, data: initialValues(spec, 1) },
      ]),
    );
    const request = { trained: { model, weights }, seed: tuningSeed, compile };
    expect(await data.validate!(request)).toBeCloseTo(Math.log(256), 1);

    const task = completeSettings({ task: "copy", ...sizes, evaluationSamples: 8 }) as TaskSettings;
    const prepared = taskKind.prepare({ ...task, trainLength: 10 });
    const small = languageModel(modelConfig(task, prepared.vocab), none, 21);
    const values = new Map(
      small.parameters.specs.map((spec) => [
        spec.name,
        { shape: spec.shape, data: initialValues(spec, 1) },
      ]),
    );
    const asked = { trained: { model: small, weights: values }, compile };
    const loss = await prepared.data.validate!({ ...asked, seed: tuningSeed });
    expect(loss).toBeCloseTo(Math.log(prepared.vocab), 1);
    expect(await prepared.data.validate!({ ...asked, seed: tuningSeed })).toBe(loss);
    expect(await prepared.data.validate!({ ...asked, seed: 1 })).not.toBe(loss);
  });
});

describe("how the report shows it", () => {
  const rates = [0.001, 0.01, 0.1];
  const { configuration, ...rest } = fixture({ characters: [seven[0]!, seven[5]!] });
  const without: Partial<Results["configuration"]> = { ...configuration };
  Reflect.deleteProperty(without, "learningRate");
  const results = {
    ...rest,
    configuration: without,
    tuning: {
      seed: tuningSeed,
      judgedOn: "1,000 bytes",
      rates,
      encodings: [
        { encoding: "none", rate: 0.1, losses: [3, 2.9, 2.8] },
        { encoding: "alibi", rate: 0.01, losses: [3, 2.25, NaN] },
      ],
    },
  } as Results;

  test("results.json keeps it; losses that are not finite are null", () => {
    const text = JSON.stringify(results);
    expect(text).toContain("2.25,null]");
    expect(parseResults(text)).toEqual(results);
    const short = text.replace("2.25,null]", "2.25]");
    expect(() => parseResults(short)).toThrow("tuning.encodings[1].losses must be as long as");
    const other = text.replace('"encoding":"alibi","rate"', '"encoding":"other","rate"');
    expect(() => parseResults(other)).toThrow("tuning.encodings[1].encoding must be one of");
  });

  // A token of the fixture has 2.6 bytes, so 3 nats are 3 / (2.6 ln 2) bits per byte.
  test("the table has all losses, the chosen rate marked", () => {
    const lines = renderTable(results).split("\n");
    const at = lines.findIndex((line) => line.startsWith("Validation loss in bits per byte"));
    expect(lines.slice(at + 1, at + 5).map((line) => line.replace(/ +/g, " ").trim())).toEqual([
      "encoding 0.001 0.01 0.1",
      lines[at + 2],
      "none 1.665 1.609 1.554 *",
      "alibi 1.665 1.249 * diverged",
    ]);
    expect(lines[at + 5]).toContain("with the seed 1000000, which no trial has");
    expect(renderTable(fixture({ characters: [seven[0]!] }))).not.toContain("learning rate");
  });

  test("a rate at the edge is warned of, one within is not", () => {
    const warnings = warningTexts(results).filter((text) => text.includes("--learning-rates"));
    expect(warnings).toEqual([
      "Warning: the learning rate of none (0.1) is the highest that was tried; a higher one may be better. " +
        "Add one above to --learning-rates.",
    ]);
  });

  test("report and its tables have it", () => {
    const page = renderReport(results);
    expect(page).toContain("<h2>Learning rates</h2>");
    expect(page).toContain("learning rates by encoding");
    expect(page).not.toContain("undefined");
    const table = reportFiles(results).find(({ path }) => path.endsWith("learning-rates.csv"))!;
    expect(table.text.split(/\r?\n/)).toContain(`alibi,0.01,${lossUnit(results).perNat * 2.25},1`);
  });
});
