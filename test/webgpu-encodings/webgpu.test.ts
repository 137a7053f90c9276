/**
 * Every encoding in a model on WebGPU, in software: logits, loss and all gradients are those of `evaluate`.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { encodings } from "../../src/encodings/index.ts";
import { noDriver, runWithDriver } from "../webgpu-training/software-driver.ts";
import type { WebgpuResult } from "./child.ts";

/** WGSL promises sin and cos to 2⁻¹¹ and no better, and gradients add several up. */
const trigonometric = 2 ** -9;

/** Where float32 itself leaves less than the contract asks on the processor, and why. */
const allowances: Readonly<Record<string, number>> = {
  // Rows with a single key should add nothing to θ_β's gradient; in float32 their rounding is left.
  bam: 2e-4,
};

describe.skipIf(noDriver)(`encodings on WebGPU${noDriver ? ` (skipped: ${noDriver})` : ""}`, () => {
  let results: Readonly<Record<string, WebgpuResult>>;
  beforeAll(async () => {
    const output = await runWithDriver(new URL("./child.ts", import.meta.url), []);
    results = JSON.parse(output) as typeof results;
  }, 15 * 60_000);

  test.each(encodings)("$id", ({ id }) => {
    const { measures, faults, waves } = results[id]!;
    // Faults explain measures that are beyond the processor's limits, which are not those of WebGPU.
    expect(measures.length, faults.join(" ")).toBeGreaterThan(2);
    const allowed = Math.max(allowances[id] ?? 0, waves ? trigonometric : 0);
    for (const { what, value, must, limit } of measures)
      if (must === "above") expect(value, what).toBeGreaterThan(limit);
      else expect(value, what).toBeLessThan(Math.max(limit, allowed));
  });
});
