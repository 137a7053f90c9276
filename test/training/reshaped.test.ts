/** Batches of several shapes: one state, a program for each shape. */
import { expect, test } from "vitest";
import { Parameters } from "../../src/parameters/parameters.ts";
import { compile } from "../../src/runtime/node.ts";
import type { Compile } from "../../src/runtime/session.ts";
import type { BatchSource } from "../../src/training/batch-source.ts";
import type { Objective } from "../../src/training/objective.ts";
import { batch, fitting, points } from "./small-objective.ts";
import { expectEqual, steps, withTrainer } from "./with-trainer.ts";

/** `fitting`, for batches of any number of rows. */
function anyRows(rows = batch): Objective<"x" | "y"> {
  const whole = fitting();
  const sized = (count: number): Objective<"x" | "y"> => ({
    ...whole,
    inputs: { x: { shape: [count, 3] }, y: { shape: [count, 2] } },
    reshaped: ({ x }) => sized(x[0]!),
  });
  return sized(rows);
}

/** The rows of `points`, of which even steps have the first four. */
const changing: BatchSource = async (request) => {
  const feeds = await points(request);
  if (request.step % 2 === 1) return feeds;
  const first = (name: string, width: number) => ({
    shape: [4, width],
    data: feeds[name]!.data.slice(0, 4 * width),
  });
  return { x: first("x", 3), y: first("y", 2) };
};

test("the declared shapes decide nothing: other shapes train the same state", async () => {
  const trained = await Promise.all(
    [4, batch].map((rows) =>
      withTrainer({ objective: anyRows(rows), batches: changing }, async (trainer) => {
        const metrics = await steps(trainer, 6);
        return { metrics, saved: await trainer.save() };
      }),
    ),
  );
  expectEqual(trained[0]!.saved, trained[1]!.saved);
  expect(trained[0]!.metrics).toEqual(trained[1]!.metrics);
  const other = await withTrainer({}, (trainer) => steps(trainer, 6));
  expect(trained[0]!.metrics[1]!.loss).not.toBe(other[1]!.loss);
});

test("programs of several shapes keep no memory between runs, and one alone does", async () => {
  const kept = async (objective: Objective<"x" | "y">): Promise<unknown[]> => {
    const found: unknown[] = [];
    const watched: Compile = (graph, options) => {
      found.push(graph.keepsMemory ?? true);
      return compile(graph, options);
    };
    const batches = objective.reshaped ? changing : points;
    await withTrainer({ objective, batches, compile: watched }, (trainer) => steps(trainer, 2));
    return found;
  };
  expect(await kept(anyRows())).toEqual([false, false]);
  expect(await kept(fitting())).toEqual([true]);
});

test("without other shapes a batch of another shape is refused", async () => {
  await withTrainer({ batches: changing }, async (trainer) => {
    await expect(trainer.step()).rejects.toThrow(/"x" of step 0 must be Float32Array \[6, 3\]/);
  });
});

test("an objective for another shape must have the same parameters", async () => {
  const objective: Objective<"x" | "y"> = { ...anyRows(), reshaped: () => fitting({}) };
  await withTrainer({ objective, batches: changing }, async (trainer) => {
    await expect(trainer.step()).rejects.toThrow(
      /must return an objective with the same `parameters`/,
    );
  });
  expect(fitting().parameters).toBeInstanceOf(Parameters);
});
