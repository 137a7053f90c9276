/** Models with quantised weights: the same numbers as the model whose weights they stand for. */
import { expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { forTexts, loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import type { LoadedCheckpoint } from "../../src/families/load-checkpoint.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { withAdapters } from "../../src/model/low-rank.ts";
import { quantised, quantisedTypes } from "../../src/model/quantised-model.ts";
import type { QuantisedType } from "../../src/model/quantised-model.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import { dequantised } from "../../src/operators/quantised-matrix.ts";
import { quantisedMatrixOf } from "../../src/operators/quantised-matmul.ts";
import "../../src/runtime/node.ts";
import { extend } from "../../src/extension/extend.ts";
import { languageObjective } from "../../src/training/language-objective.ts";
import { weightsTypes } from "../../src/cli/weights-types.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { familyFolder } from "../extension/checkpoint.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-quantised-"));
afterAll(() => rmSync(place, { recursive: true }));
/** Loaded models with the logits of their own weights, each once. */
interface Loaded {
  readonly trained: LoadedCheckpoint;
  readonly exact: readonly number[];
}
const opened = new Map<string, Promise<Loaded>>();
function open(name: string): Promise<Loaded> {
  const known = opened.get(name) ?? load(name);
  opened.set(name, known);
  return known;
}
async function load(name: string): Promise<Loaded> {
  const trained = await loadCheckpoint(familyFolder(place, name));
  return { trained, exact: await logitsOf(trained) };
}

const tokens = Array.from({ length: 23 }, (_, n) => (n * n * 5 + 3) % 50);

/** Logits of a prompt's last token, then of each of three tokens from the cache. */
async function logitsOf(trained: TrainedModel): Promise<number[]> {
  const decoder = await compileDecoder(trained, { threads: 1 });
  const found = [...(await decoder.prefill([tokens.slice(0, 20)])).data];
  for (const token of tokens.slice(20)) found.push(...(await decoder.step([token])).data);
  await decoder.dispose();
  return found;
}

/** The largest difference as a share of the largest number. */
function difference(a: readonly number[], b: readonly number[]): number {
  const largest = Math.max(...b.map(Math.abs));
  return Math.max(...a.map((value, at) => Math.abs(value - b[at]!))) / largest;
}

/** The model as it was, with the values that its quantised weights stand for. */
function plain(trained: LoadedCheckpoint, few: LoadedCheckpoint): TrainedModel {
  const { constants } = few.model.parameters;
  const weights = new Map(
    [...trained.weights].map(([name, value]) => {
      const matrix = constants.get(name) && quantisedMatrixOf(constants.get(name)!);
      return [
        name,
        matrix ? { ...value, data: Float32Array.from(dequantised(matrix)) } : value,
      ] as const;
    }),
  );
  return { model: trained.model, weights };
}

test.each<[string, QuantisedType, number]>([
  ["llama", "int8", 0.03],
  ["llama", "int4", 0.03],
  ["gpt2", "int4", 0.03],
  ["gemma2", "int8", 0.03],
])("%s in %s has the logits of its rounded weights", async (name, type, tolerance) => {
  const { trained, exact } = await open(name);
  const few = quantised(trained, type);
  const { constants } = few.model.parameters;
  expect([...constants.keys()]).toContain("head.weight");
  expect([...few.weights.keys()]).toContain("tokens.weight");
  expect([...few.weights.keys()].filter((each) => constants.has(each))).toEqual([]);
  const found = await logitsOf(few);
  // The head of a tied model is rounded, its table is not.
  const rounded = trained.model.config.tiedHead ? undefined : await logitsOf(plain(trained, few));
  if (rounded) expect(difference(found, rounded)).toBeLessThan(tolerance);
  expect(difference(found, exact)).toBeLessThan(0.3);
  expect(difference(found, exact)).toBeGreaterThan(1e-4);
  // Windows of another length build the model anew, with the same weights.
  expect(forTexts(few, 12).model.parameters.constants).toBe(constants);
});

test("what cannot be is refused, and the command has the same types", async () => {
  const { trained: llama } = await open("llama");
  expect(() => quantised(llama, "int3" as "int4")).toThrow(/type of weights "int3" is unknown/);
  expect(() => quantised(quantised(llama, "int8"), "int4")).toThrow(InputError);
  const adapters = { rank: 1, alpha: 1, targets: ["query"] } as const;
  const { model } = quantised(llama, "int8");
  expect(() => withAdapters(model, adapters)).toThrow(/adapters: the weights are quantised/);
  const size = { batch: 1, length: 8 };
  expect(() => languageObjective(model, size)).toThrow(/training: the weights are quantised/);
  expect(weightsTypes).toEqual(["float32", ...quantisedTypes]);
});

test("an extended model keeps quantised weights, in either order", async () => {
  const { trained } = await open("llama");
  const request = { method: "yarn", factor: 2 } as const;
  const first = extend(quantised(trained, "int8"), request);
  const last = quantised(extend(trained, request), "int8");
  expect([...first.model.parameters.constants.keys()]).toContain("head.weight");
  expect(await logitsOf(first)).toEqual(await logitsOf(last));
});
