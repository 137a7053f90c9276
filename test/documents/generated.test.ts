/**
 * What is written from the sources is up to date, and the format of results is the one that is written.
 */
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { generated, regionOf } from "../../docs/make/all.ts";
import { encodings } from "../../src/encodings/index.ts";
import { fixture } from "../comparison/fixture.ts";
import { read } from "./documents.ts";

describe.each(generated())("$file", ({ url, text }) => {
  test("is what node docs/make/all.ts writes", () => {
    expect(fs.readFileSync(url, "utf8") === text, "run node docs/make/all.ts").toBe(true);
  });
});

test("the README's example is a part of an example that runs", () => {
  const { text } = read("README.md");
  const [, example = ""] = /<!-- example -->\s+```ts\n([\s\S]*?)```/.exec(text) ?? [];
  expect(example).toBe(regionOf(read("examples/02-train.ts").text));
  expect(example.split("\n").length).toBeGreaterThan(8);
});

test("docs/encodings.md has a section for each encoding", () => {
  const headings = [...read("docs/encodings.md").text.matchAll(/^## `(.+)`$/gm)];
  expect(headings.map(([, id]) => id)).toEqual(encodings.map(({ id }) => id));
});

describe("docs/results-format.md", () => {
  const documented = [...read("docs/results-format.md").text.matchAll(/^\| `([\w.[\]]+)`/gm)].map(
    ([, field = ""]) => field,
  );
  const results = fixture({ configuration: { seeds: [1, 2] } });

  test("names only fields that are there", () => {
    expect(documented.length).toBeGreaterThan(40);
    expect(documented.filter((field) => valuesAt(results, field).length === 0)).toEqual([]);
    expect(valuesAt(results, "trials[].score")).toEqual([]);
  });

  test("names every field that is there", () => {
    const unnamed = leavesOf(results).filter(
      (leaf) => !documented.some((field) => leaf === field || /^[.[]/.test(rest(leaf, field))),
    );
    expect(unnamed).toEqual([]);
    expect(documented.filter((field) => !/[.[]/.test(field))).toEqual(Object.keys(results));
  });
});

/** What follows `field` in `leaf`; nothing for a top-level field, whose own fields want naming too. */
function rest(leaf: string, field: string): string {
  return /[.[]/.test(field) && leaf.startsWith(field) ? leaf.slice(field.length) : "";
}

/** Every value that a path such as `trials[].evaluations[].length` leads to. */
function valuesAt(document: unknown, field: string): unknown[] {
  return field.split(".").reduce<unknown[]>(
    (values, part) => {
      const name = part.replace("[]", "");
      const found = values.flatMap((value) =>
        typeof value === "object" && value !== null && name in value
          ? [(value as Record<string, unknown>)[name]]
          : [],
      );
      return part.endsWith("[]") ? found.flatMap((list) => list as unknown[]) : found;
    },
    [document],
  );
}

/** Paths of all values that hold no others; the places of a list share one. */
function leavesOf(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null) return [at];
  const parts: [string, unknown][] = Array.isArray(value)
    ? value.map((item) => [`${at}[]`, item])
    : Object.entries(value).map(([name, item]) => [at ? `${at}.${name}` : name, item]);
  return [...new Set(parts.flatMap(([name, item]) => leavesOf(item, name)))];
}
