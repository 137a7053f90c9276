/**
 * What makes a run that very run: its document without the places of files. Checkpoints carry it, and results of
 * trials are bound to it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { RunDocument } from "./run-document.ts";

/** A document without places, as one line of JSON whose keys are sorted: equal runs give equal text. */
export function identityOf(document: RunDocument): string {
  return JSON.stringify(sorted(JSON.parse(JSON.stringify(document)) as unknown));
}

/** The SHA-256 of a run's identity, in hexadecimal digits. */
export function identityDigest(document: RunDocument): string {
  return createHash("sha256").update(identityOf(document)).digest("hex");
}

/**
 * In what two runs differ, in words, such as `seed (7 there, 8 given)`; undefined where they are the same run. Places
 * may differ, and so may the order of keys.
 *
 * @param before a document, or what `identityOf` made of one, as parsed JSON
 * @param there what to call the place of the first
 */
export function differences(
  before: unknown,
  now: unknown,
  [there, here]: readonly [string, string] = ["there", "given"],
): string | undefined {
  const [old, given] = [leaves(before), leaves(now)];
  const names = [...new Set([...given.keys(), ...old.keys()])].filter(
    (name) => !isPlace(name) && old.get(name) !== given.get(name),
  );
  if (names.length === 0) return undefined;
  const value = (of: ReadonlyMap<string, string>, name: string): string => short(of.get(name));
  const differing = names
    .slice(0, 5)
    .map((name) => `${name} (${value(old, name)} ${there}, ${value(given, name)} ${here})`);
  return differing.join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
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

/** Whether a key names where a file is. */
function isPlace(name: string): boolean {
  return /(^|\.)paths?(\.\d+)?$/.test(name);
}

/** Values by dotted name; an empty object or list is a value, but for one that held only places. */
function leaves(value: unknown, name = ""): Map<string, string> {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (inner.length === 0) return new Map([[name, JSON.stringify(value)]]);
  return new Map(
    inner.flatMap(([key, each]) => [...leaves(each, name === "" ? key : `${name}.${key}`)]),
  );
}

function short(value: string | undefined): string {
  if (value === undefined) return "nothing";
  return value.length <= 40 ? value : `${value.slice(0, 39)}…`;
}
