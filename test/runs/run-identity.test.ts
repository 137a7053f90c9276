/**
 * The documents that a run had: its changes undone, the last one first.
 */
import { expect, test } from "vitest";
import type { RunDocument } from "../../src/runs/run-document.ts";
import { documentsOf, identityOf } from "../../src/runs/run-identity.ts";

const settings = (steps: number, rate: number, more: object = {}): object => ({
  settings: { steps, rate, ...more },
  seeds: [1, 2],
});

test("changes are undone from the last to the first, each with the value before it", () => {
  const document = {
    ...settings(9, 0.5, { patience: 3 }),
    changes: [
      { name: "settings.steps", before: 4, now: 6 },
      { name: "settings.patience", now: 3 },
      { name: "settings.steps", before: 6, now: 9 },
      { name: "settings.rate", before: 0.25, now: 0.5 },
    ],
  } as unknown as RunDocument;
  expect(documentsOf(document)).toEqual([
    settings(9, 0.5, { patience: 3 }),
    settings(9, 0.25, { patience: 3 }),
    settings(6, 0.25, { patience: 3 }),
    settings(6, 0.25),
    settings(4, 0.25),
  ]);
});

test("an item that was added to a list is removed, and the others keep their places", () => {
  const document = {
    seeds: [1, 2, 3],
    changes: [{ name: "seeds.2", now: 3 }],
  } as unknown as RunDocument;
  expect(documentsOf(document)).toEqual([{ seeds: [1, 2, 3] }, { seeds: [1, 2] }]);
});

test("changes and places are no part of what a run is", () => {
  const run = { seed: 1, corpus: { paths: ["a.txt"], sha256: "00" } };
  const moved = { corpus: { sha256: "00", paths: ["b.txt"] }, seed: 1, changes: [] };
  expect(identityOf(moved)).toBe(identityOf(run));
  expect(identityOf({ ...run, seed: 2 })).not.toBe(identityOf(run));
});
