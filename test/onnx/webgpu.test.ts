/**
 * The operator table and a training step on WebGPU, in software.
 *
 * Debian's chromium package brings a Vulkan loader and a driver that needs no graphics card; without
 * the package the tests are skipped.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { operatorCases } from "../operators/cases.ts";
import type { WebgpuReport } from "./webgpu-child.ts";

const folder = "/usr/lib/chromium";
const driver = `${folder}/vk_swiftshader_icd.json`;
const present = existsSync(driver);
const title = present ? "WebGPU" : `WebGPU: skipped, there is no software driver at ${driver}`;

describe.skipIf(!present)(title, () => {
  let report: WebgpuReport;
  beforeAll(async () => {
    const child = fileURLToPath(new URL("./webgpu-child.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [child], {
      env: { ...process.env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: folder },
      maxBuffer: 2 ** 26,
    });
    report = JSON.parse(stdout) as WebgpuReport;
  }, 180_000);

  test.each(operatorCases)("$name agrees with evaluate()", ({ name }) => {
    const own = report.cases.filter((each) => each.name === name);
    expect(own.length).toBeGreaterThan(0);
    for (const { what, error, tolerance } of own)
      expect(error, what).toBeLessThanOrEqual(tolerance);
  });

  test("the provider has a kernel of its own for all but a few operators", () => {
    expect(report.leftToProcessor).toEqual(["FusedMatMul", "LogSoftmax", "Or", "Sign"]);
  });

  test("training steps give the numbers of the processor", () => {
    const { cpu, webgpu } = report.training;
    expect(webgpu.length).toBe(cpu.length);
    cpu.forEach((expected, at) => expect(webgpu[at], `number ${at}`).toBeCloseTo(expected, 5));
    const [first, , last] = cpu;
    expect(first! - last!).toBeGreaterThan(0.1);
  });
});
