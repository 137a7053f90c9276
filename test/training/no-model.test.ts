/**
 * The trainer trains any objective: nothing in its folder but the language objective knows a model.
 */
import { expect, test } from "vitest";
import { sourceFiles } from "../architecture/source-files.ts";

test("only the language objective imports models, encodings or texts", () => {
  const training = sourceFiles().filter(({ folder }) => folder === "training");
  expect(training.map(({ path }) => path)).toContain("training/trainer.ts");
  const known = training.filter(({ imports }) =>
    imports.some((target) => /^(model|encodings|data|tasks)\//.test(target)),
  );
  expect(known.map(({ path }) => path)).toEqual(["training/language-objective.ts"]);
});
