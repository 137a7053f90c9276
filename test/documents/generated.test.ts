/**
 * What is written from the sources is up to date, and the format of results is the one that is written.
 */
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { generated, leftOver, regionOf } from "../../docs/make/all.ts";
import { readCosts, readEvidence } from "../../docs/make/measured.ts";
import { shown } from "../../docs/make/picture.ts";
import { contract } from "../../src/contract/run-contract.ts";
import { encodings } from "../../src/encodings/index.ts";
import { fixture, heldAgainst } from "../comparison/fixture.ts";
import { pairsFixture } from "../comparison/pairs-fixture.ts";
import { taskFixture } from "../comparison/task-fixture.ts";
import { read } from "./documents.ts";

describe.each(generated())("$file", ({ url, text }) => {
  test("is what node docs/make/all.ts writes", () => {
    expect(fs.readFileSync(url, "utf8") === text, "run node docs/make/all.ts").toBe(true);
  });
});

test("the README's example is a part of an example that runs", () => {
  const { text } = read("README.md");
  const [, example = ""] = /<!-- example -->\s+```ts\n([\s\S]*?)```/.exec(text) ?? [];
  expect(example).toBe(regionOf(read("examples/02-train.ts").text, "README"));
  expect(example.split("\n").length).toBeGreaterThan(8);
});

describe("docs/encodings", () => {
  const ids = encodings.map(({ id }) => id);
  const index = read("docs/encodings.md");

  test("the index leads to each encoding once in its family, and the README too", () => {
    const [lists = ""] = index.text.split(/^## (?:Evidence|Cost|Is)/m);
    const linked = [...lists.matchAll(/\]\(encodings\/([a-z0-9-]+)\.md\)/g)].map(([, id]) => id!);
    expect(linked.toSorted()).toEqual(ids.toSorted());
    const [, list = ""] =
      /<!-- encodings -->([\s\S]*)<!-- \/encodings -->/.exec(read("README.md").text) ?? [];
    const inReadme = [...list.matchAll(/\]\(docs\/encodings\/([a-z0-9-]+)\.md\)/g)];
    expect(inReadme.map(([, id]) => id!).toSorted()).toEqual(ids.toSorted());
  });

  test.each(encodings)("$id: its page has all sections and its picture", ({ id, formula }) => {
    const { text } = read(`docs/encodings/${id}.md`);
    expect(text).toContain(`# \`${id}\``);
    expect(text).toContain(formula);
    for (const part of ["Where it comes from", "Evidence", "Cost"])
      expect(text).toMatch(new RegExp(`^## ${part}$`, "m"));
    for (const fact of ["Acts on", "Learns", "Cached", "Reference", "Differs from it"])
      expect(text).toMatch(new RegExp(`^- ${fact}: \\S`, "m"));
    expect(text).toContain(`](${id}.svg)`);
  });

  test("no page is of an encoding that is gone", () => {
    expect(leftOver()).toEqual([]);
  });

  test("the README's picture shows six to eight that exist", () => {
    expect(shown.length).toBeGreaterThanOrEqual(6);
    expect(shown.length).toBeLessThanOrEqual(8);
    expect(shown.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test("what was recorded is of encodings of the list, passed, and small", () => {
    const { encodings: recorded = {} } = readEvidence() ?? {};
    expect(Object.keys(recorded).filter((id) => !ids.includes(id))).toEqual([]);
    for (const [id, { golden, contract: results, variants }] of Object.entries(recorded)) {
      expect(golden.outputs, id).toBeLessThan(1e-12);
      expect(golden.gradients ?? 0, id).toBeLessThan(1e-12);
      expect(results.map(({ check }) => check)).toEqual(contract.map(({ name }) => name));
      expect(
        results.filter(({ passed }) => !passed).map(({ check }) => check),
        id,
      ).toEqual([]);
      expect(
        variants.flatMap(({ failed }) => failed),
        id,
      ).toEqual([]);
    }
    const measured = Object.keys(readCosts()?.costs ?? {});
    expect(measured.filter((id) => !/[+(]/.test(id) && !ids.includes(id))).toEqual([]);
  });
});

describe("docs/results-format.md", () => {
  const documented = [...read("docs/results-format.md").text.matchAll(/^\| `([\w.[\]]+)`/gm)].map(
    ([, field = ""]) => field,
  );
  const results = fixture({ configuration: { seeds: [1, 2] } });
  const both = [
    heldAgainst(results, { bitsPerByte: 2 }),
    heldAgainst(taskFixture(), { exactMatch: 0 }),
    heldAgainst(pairsFixture("exact", true), { exactText: 0 }),
  ];

  test("names only fields that are there, on text, on a task or on pairs", () => {
    expect(documented.length).toBeGreaterThan(50);
    const found = (field: string): boolean => both.some((one) => valuesAt(one, field).length > 0);
    expect(documented.filter((field) => !found(field))).toEqual([]);
    expect(found("trials[].score")).toBe(false);
  });

  test.each(both)("names every field that is there, %#", (one) => {
    const unnamed = leavesOf(one).filter(
      (leaf) => !documented.some((field) => leaf === field || /^[.[]/.test(rest(leaf, field))),
    );
    expect(unnamed).toEqual([]);
    expect(documented.filter((field) => !/[.[]/.test(field))).toEqual(Object.keys(one));
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
