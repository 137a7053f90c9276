/**
 * Every encoding in a model on WebGPU, in software: logits, loss and all gradients are those of `evaluate`.
 */
import { beforeAll, describe, expect, test } from "vitest";
import type { ContractResult } from "../../src/contract/run-contract.ts";
import { encodings } from "../../src/encodings/index.ts";
import { noDriver, runWithDriver } from "../webgpu-training/software-driver.ts";

describe.skipIf(noDriver)(`encodings on WebGPU${noDriver ? ` (skipped: ${noDriver})` : ""}`, () => {
  let results: Readonly<Record<string, ContractResult>>;
  beforeAll(async () => {
    const output = await runWithDriver(new URL("./child.ts", import.meta.url), []);
    results = JSON.parse(output) as typeof results;
  }, 15 * 60_000);

  test.each(encodings)("$id", ({ id }) => {
    const { passed, measures, faults } = results[id]!;
    expect(passed, JSON.stringify({ measures, faults }, null, 1)).toBe(true);
    expect(measures?.length).toBeGreaterThan(2);
  });
});
