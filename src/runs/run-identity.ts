/**
 * What makes a run that very run: its document without the places of files. Checkpoints carry it, and results of
 * trials are bound to it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { isPlace } from "./run-differences.ts";
import type { RunDocument } from "./run-document.ts";

/** A document without places and without what was changed in it, as one line of JSON whose keys are sorted: equal runs give equal text. */
export function identityOf(document: object): string {
  return JSON.stringify(sorted(JSON.parse(JSON.stringify({ ...document, changes: undefined })) as unknown));
}

/** The SHA-256 of a run's identity, in hexadecimal digits. */
export function identityDigest(document: RunDocument): string {
  return createHash("sha256").update(identityOf(document)).digest("hex");
}

/**
 * The documents that a run had: as it is, then before each of its `changes`, the last one first. A checkpoint may be of any
 * of them.
 */
export function documentsOf(document: RunDocument): readonly object[] {
  const { changes = [], ...now } = document;
  const all: object[] = [now];
  for (const { name, before } of changes.toReversed())
    all.push(withLeaf(all.at(-1)!, name.split("."), before));
  return all;
}

/** A copy in which one value is another, or absent. */
function withLeaf(value: object, [key = "", ...rest]: readonly string[], leaf: unknown): object {
  const entries = Object.entries(value) as [string, unknown][];
  const inner = entries.find(([name]) => name === key)?.[1];
  const changed = rest.length === 0 ? leaf : withLeaf(Object(inner) as object, rest, leaf);
  const others = entries.filter(([name]) => name !== key);
  const all = changed === undefined ? others : [...others, [key, changed] as const];
  if (Array.isArray(value)) return all.toSorted(([m], [n]) => Number(m) - Number(n)).map(([, x]) => x);
  return Object.fromEntries(all);
}

function sorted(value: unknown, name = ""): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each, k) => sorted(each, `${name}.${k}`));
  const inside = Object.entries(value)
    .map(([key, each]) => [key, each, name === "" ? key : `${name}.${key}`] as const)
    .filter(([, , full]) => !isPlace(full))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(inside.map(([key, each, full]) => [key, sorted(each, full)]));
}

