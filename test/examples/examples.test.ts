/**
 * Every example runs and prints what its comment says, numbers within the tolerance it states.
 */
import { execFile } from "node:child_process";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));
/** Programs have a number; what has none is imported by one of them. */
const files = fs.readdirSync(folder).filter((file) => /^\d\d-.*\.ts$/.test(file));

interface Promised {
  readonly command: string;
  readonly tolerance: number;
  readonly output: string;
}

/** What the comment at the top promises. */
function promisedBy(source: string): Promised {
  const comment = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(source)?.[1] ?? "";
  const text = comment.replace(/^ \* ?/gm, "");
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s+(.+)$`, "m").exec(text)?.[1] ?? "";
  const output = /^Prints:\n\n([\s\S]*?)\n\n@module/m.exec(text)?.[1] ?? "";
  return {
    command: field("Run"),
    tolerance: Number(field("Tolerance")),
    output: output.replace(/^ {4}/gm, ""),
  };
}

const number = /[+−-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

/** The words between the numbers, spaces counted once, and the numbers. */
function taken(text: string): { words: string; numbers: number[] } {
  const numbers = (text.match(number) ?? []).map((digits) => Number(digits.replace("−", "-")));
  return { words: text.replace(number, "#").replace(/\s+/g, " ").trim(), numbers };
}

/** Whether the two texts have the same words, and numbers that differ by at most `tolerance`. */
function agree(actual: string, expected: string, tolerance: number): boolean {
  const [a, b] = [taken(actual), taken(expected)];
  return (
    a.words === b.words &&
    a.numbers.length === b.numbers.length &&
    a.numbers.every((value, at) => Math.abs(value - (b.numbers[at] ?? NaN)) <= tolerance)
  );
}

// Whoever copies an example out of the package can run it as it stands.
test.each(fs.readdirSync(folder))("%s imports the package by its name", (file) => {
  const sources = fs.readFileSync(folder + file, "utf8").matchAll(/\bfrom "([^"]+)"/g);
  const names = [...sources].map(([, name]) => name!);
  expect(names.some((name) => /^relpos(\/browser)?$/.test(name))).toBe(true);
  expect(
    names.filter((name) => !/^(relpos(\/browser)?|\.\/my-encoding\.ts|node:.*)$/.test(name)),
  ).toEqual([]);
});

test("there are eight", () => {
  expect(files.length).toBe(8);
});

describe.each(files)("%s", (file) => {
  const promised = promisedBy(fs.readFileSync(folder + file, "utf8"));

  test("says how to run it", () => {
    expect(promised.command).toBe(`npm run example examples/${file}`);
    expect(promised.tolerance).toBeGreaterThan(0);
    expect(promised.output).not.toBe("");
  });

  test("prints what it promises", { timeout: 120_000 }, async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      "--conditions=relpos-source", // as `npm run example` does
      folder + file,
    ]);
    expect(stderr).toBe("");
    if (!agree(stdout, promised.output, promised.tolerance))
      expect(stdout, `beyond ±${promised.tolerance}`).toBe(promised.output);
  });
});

test("another word, a missing line or a number too far off would show", () => {
  const output = "rope 3.39  +0.28\nalibi −1.50";
  expect(agree("rope 3.40 +0.28\nalibi −1.49\n", output, 0.05)).toBe(true);
  expect(agree("rope 3.45 +0.28\nalibi −1.50", output, 0.05)).toBe(false);
  expect(agree("rope 3.39 +0.28\nalibi 1.50", output, 0.05)).toBe(false);
  expect(agree("rope 3.39 +0.28", output, 0.05)).toBe(false);
  expect(agree("t5 3.39 +0.28\nalibi −1.50", output, 0.05)).toBe(false);
  expect(agree("rope NaN +0.28\nalibi −1.50", output, 0.05)).toBe(false);
});
