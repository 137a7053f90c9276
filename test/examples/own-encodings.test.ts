/**
 * The encodings among the examples keep the contract, and their documents show them.
 */
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { contract, runCheck, subjectOf } from "../../src/contract/run-contract.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import { compile } from "../../src/runtime/node.ts";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));
const files = fs.readdirSync(folder).filter((file) => file.startsWith("my-"));

test("there are four", () => {
  expect(files).toEqual([
    "my-encoding-options.ts",
    "my-encoding.ts",
    "my-gate.ts",
    "my-rotation.ts",
  ]);
});

describe.each(files)("%s", (file) => {
  test("keeps the contract", async () => {
    const { encoding } = (await import(folder + file)) as { readonly encoding: EncodingDefinition };
    const subject = subjectOf(encoding, {}, compile);
    for (const check of contract) {
      const { passed, faults, measures, warnings } = await runCheck(check, subject);
      expect(passed, JSON.stringify({ check: check.name, faults, measures })).toBe(true);
      expect(warnings).toEqual([]);
    }
  });

  test("is shown in the page on encodings of one's own", () => {
    const page = fs.readFileSync(
      fileURLToPath(new URL("../../docs/own-encoding.md", import.meta.url)),
      "utf8",
    );
    const shown = fs.readFileSync(folder + file, "utf8");
    const region = /\/\/ region encoding\n([\s\S]*?)\/\/ endregion/.exec(shown)![1]!;
    expect(page).toContain(region.trim());
  });
});
