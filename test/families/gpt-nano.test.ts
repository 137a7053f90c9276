/** A real, trained GPT-2 of three layers, with the logits that were recorded beside it: ../shared/data/gpt-nano-sort. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { expect, test } from "vitest";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { generate } from "../../src/generation/generator.ts";
import { compile } from "../../src/runtime/node.ts";

const folder = fileURLToPath(new URL("../../../shared/data/gpt-nano-sort/hf", import.meta.url));
const there = existsSync(folder);

test.skipIf(!there)("gives the recorded logits, and sorts", async () => {
  const recorded = JSON.parse(readFileSync(path.join(folder, "golden.json"), "utf8")) as {
    readonly idx: readonly (readonly number[])[];
    readonly logits: readonly (readonly (readonly number[])[])[];
  };
  const model = await loadCheckpoint(folder);
  expect([model.family, model.contextLength]).toEqual(["GPT-2", 11]);
  const decoder = await compileDecoder(model, { compile, logits: "all", threads: 1 });
  const { data } = await decoder.prefill(recorded.idx);
  const golden = recorded.logits.flat(2);
  expect(data).toHaveLength(golden.length);
  const worst = Math.max(...golden.map((value, at) => Math.abs(value - data[at]!)));
  expect(worst).toBeLessThan(2e-5);
  await decoder.dispose();

  const numbers = [2, 0, 1, 1, 0, 2];
  const sorted: number[] = [];
  const pieces = generate(model, [numbers], { maxTokens: 5 }, { compile, threads: 1 });
  for await (const { ids } of pieces) sorted.push(...ids);
  expect(sorted).toEqual([0, 0, 1, 1, 2]);
});
