/**
 * `npm run reproduce -- --help` names every option, and trains nothing.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { rows } from "../../reproduce/rows.ts";
import { options, usage } from "../../reproduce/usage.ts";

test("the help is printed, and nothing else is done", () => {
  const main = fileURLToPath(new URL("../../reproduce/main.ts", import.meta.url));
  const printed = execFileSync(process.execPath, [main, "--help"], {
    encoding: "utf8",
    timeout: 30_000,
  });
  expect(printed).toBe(`${usage}\n`);
});

test("it has every option and every row, in at most 120 columns", () => {
  const named = [...usage.matchAll(/^ {2}(?:-h, )?--(\w+)/gm)].map((match) => match[1]);
  expect(named).toEqual(Object.keys(options));
  for (const { id } of rows) expect(usage).toMatch(new RegExp(`\\b${id}\\b`));
  expect(Math.max(...usage.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
});
