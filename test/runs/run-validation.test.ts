import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { compile, evaluateRun, openRun, trainRun } from "../../src/index.ts";
import { RunValidation } from "../../src/runs/run-validation.ts";
import { filesIn, workplace } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("validation");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const settings = {
  ...{ corpus: { text: [text] }, encoding: "alibi", length: 16, width: 16, heads: 2, layers: 1 },
  ...{ batch: 2, threads: 1, evaluationTokens: 256, steps: 7 },
};

describe("the validation loss while training", () => {
  test("is measured when it is due and after the last step, and changes nothing", async () => {
    const often = await trainRun({ folder: at("often"), settings: { ...settings, validateEvery: 3 } });
    const seldom = await trainRun({ folder: at("seldom"), settings: { ...settings, validateEvery: 9 } });
    const { metrics, ...opened } = await openRun(at("often"));
    const measured = metrics.filter(({ validationLoss }) => validationLoss !== undefined);
    expect(measured.map(({ step }) => step + 1)).toEqual([3, 6, 7]);
    expect(measured.at(-1)!.validationLoss).toBe(often.evaluation!.validationLoss);
    const [again] = (await evaluateRun({ ...opened, metrics })).lengths;
    expect(again).toMatchObject({ nats: often.evaluation!.validationLoss });
    expect(often.weights).toEqual(seldom.weights);
    expect(measured[0]!.validationLoss).not.toBe(measured[1]!.validationLoss);
  });

  test("is compiled once, before the first step: a signal is not heard meanwhile", async () => {
    const events: string[] = [];
    await trainRun({
      folder: at("prepared"),
      settings: { ...settings, validateEvery: 3 },
      compile: async (graph, options) => {
        events.push("compile");
        return await compile(graph, options);
      },
      onStep: ({ step, validationLoss }) => events.push(validationLoss ? "validated" : `${step}`),
    });
    expect(events.join(" ")).toBe("compile compile 0 1 validated 3 4 validated validated");
    // A finished run compiles no evaluation, and measures nothing again.
    const again: string[] = [];
    await trainRun({
      folder: at("prepared"),
      settings: { ...settings, validateEvery: 3 },
      compile: async (graph, options) => {
        again.push(Object.keys(graph.outputs).join());
        return await compile(graph, options);
      },
    });
    expect(again).toHaveLength(1);
    expect(again[0]).toContain("gradientNorm");
  });

  test("is due five times by default", async () => {
    await trainRun({ folder: at("default"), settings: { ...settings, steps: 10 } });
    const { metrics } = await openRun(at("default"));
    expect(metrics.flatMap(({ step, validationLoss }) => (validationLoss ? [step + 1] : []))).toEqual(
      [2, 4, 6, 8, 10],
    );
  });
});

describe("patience", () => {
  test.each([
    [1, [3, 2, 2.5], 3],
    [2, [3, 2, 2.5, 2.4], 4],
    [2, [3, 3, 3], 3],
    [2, [3, 2, 2.5, 1.9, 2, 1.9], 6],
  ])("of %i with losses %j: enough after %i", async (patience, losses, stops) => {
    const place = at(`made-up-${patience}-${losses.join("-")}`);
    await fs.mkdir(place);
    let done = 0;
    const lossOf = (): Promise<number> => Promise.resolve(losses[done - 1]!);
    const validation = new RunValidation({ folder: place, every: 1, patience, lossOf });
    while (!(await validation.enough())) await validation.measure(new Map(), ++done);
    expect(done).toBe(stops);
  });

  // So high a rate that the loss rises again soon.
  const hasty = { ...settings, steps: 40, learningRate: 0.3, validateEvery: 2, patience: 2 };

  test("ends a training whose validation loss rises, with the best weights", async () => {
    const { evaluation, step, weights } = await trainRun({ folder: at("hasty"), settings: hasty });
    const { steps, bestStep, validationLoss } = evaluation!;
    expect(steps).toBeLessThan(40);
    expect(bestStep).toBe(steps - 4);
    expect(step).toBe(bestStep);
    const opened = await openRun(at("hasty"));
    expect(opened.step).toBe(bestStep);
    expect(opened.weights).toEqual(weights);
    const [judged] = (await evaluateRun(opened)).lengths;
    expect(judged).toMatchObject({ nats: validationLoss });
  });

  test("is kept over an interruption, and a finished run is not trained on", async () => {
    const stopped = new AbortController();
    const first = await trainRun({
      folder: at("interrupted"),
      settings: hasty,
      signal: stopped.signal,
      onStep: ({ step }) => step === 3 && stopped.abort(),
    });
    expect(first.evaluation).toBeUndefined();
    for (const steps of ["the rest", "none"]) {
      let done = 0;
      await trainRun({ folder: at("interrupted"), settings: hasty, onStep: () => done++ });
      expect(done > 0).toBe(steps === "the rest");
      expect(await filesIn(at("interrupted"))).toEqual(await filesIn(at("hasty")));
      for (const name of await filesIn(at("hasty"))) {
        const [a, b] = [at("interrupted"), at("hasty")].map((place) => fs.readFile(path.join(place, name)));
        expect((await a!).equals(await b!), name).toBe(true);
      }
    }
  });

  test("needs its best weights: another file in their place is refused", async () => {
    await fs.cp(at("hasty"), at("exchanged"), { recursive: true });
    await fs.cp(path.join(at("exchanged"), "checkpoint.safetensors"), path.join(at("exchanged"), "best.safetensors"));
    await expect(trainRun({ folder: at("exchanged"), settings: hasty })).rejects.toThrow(
      /best\.safetensors is not of step \d+, whose validation loss is the lowest/,
    );
  });

  test("a loss that is no number is not remembered, and its weights are not kept", async () => {
    const place = at("no-number");
    await fs.mkdir(place);
    const lossOf = (): Promise<number> => Promise.resolve(NaN);
    const validation = new RunValidation({ folder: place, every: 1, patience: 1, lossOf });
    expect(await validation.measure(new Map(), 8)).toBeNaN();
    expect(await validation.losses()).toEqual([]);
    expect(await fs.readdir(place)).toEqual([]);
  });
});
