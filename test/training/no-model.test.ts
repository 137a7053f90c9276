/**
 * The trainer trains any objective: nothing in its folder but the objectives of models and their batches knows one.
 */
import { expect, test } from "vitest";
import { sourceFiles } from "../architecture/source-files.ts";

test("only the objectives of models, and their batches, import models, encodings or texts", () => {
  const training = sourceFiles().filter(({ folder }) => folder === "training");
  expect(training.map(({ path }) => path)).toContain("training/trainer.ts");
  const known = training.filter(({ imports }) =>
    imports.some((target) => /^(model|encodings|data|tasks)\//.test(target)),
  );
  expect(known.map(({ path }) => path)).toEqual([
    "training/language-objective.ts",
    "training/pair-batches.ts",
    "training/pair-objective.ts",
    "training/sequence-objective.ts",
    "training/span-objective.ts",
  ]);
});
