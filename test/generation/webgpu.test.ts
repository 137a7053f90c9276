/**
 * Decoding on WebGPU, in software: the processor's logits, and weights and cache stay in device memory.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { noDriver, runWithDriver } from "../webgpu-training/software-driver.ts";
import type { DecodingReport, StateReport } from "./webgpu-child.ts";

const encodings = ["rope", "path", "randomized"];
/** WGSL promises sin and cos to 2⁻¹¹ and no better. */
const tolerance = 2 ** -9;

describe.skipIf(noDriver)(`decoding on WebGPU${noDriver ? ` (skipped: ${noDriver})` : ""}`, () => {
  let report: { decoding: Record<string, DecodingReport>; state: StateReport };
  beforeAll(async () => {
    const script = new URL("./webgpu-child.ts", import.meta.url);
    report = JSON.parse(await runWithDriver(script, encodings)) as typeof report;
  }, 10 * 60_000);

  test.each(encodings)("%s gives the processor's logits", (encoding) => {
    expect(report.decoding[encoding]!.difference).toBeLessThan(tolerance);
  });

  test.each(encodings)(
    "%s keeps weights and cache on the device, and frees what it replaces",
    (encoding) => {
      const { locations, largestMade, open } = report.decoding[encoding]!;
      expect(locations).toEqual(["freed", "gpu-buffer"]);
      // Eight tokens so far in two rows and two layers at most; the smallest weights have 16 numbers, all 5,000.
      expect(largestMade).toBeLessThanOrEqual(8 * 2 * 2);
      expect(open).toBe(0);
    },
  );

  test("state of each kind is read, written, rolled back and reset", () => {
    expect(report.state).toEqual({
      text: [10, 20, 30],
      rolledBack: [10, 20, 30],
      written: [7, 2],
      scale: [2],
      counts: [2, 2, 0],
      totals: [30, 60, 100, 110, 9, 2],
      open: 0,
    });
  });
});
