/**
 * In what two documents of runs differ: by values and not by the order of keys, each with both values.
 *
 * @module
 */
import type { Json } from "./run-document.ts";

/** A value that differs; an empty object or list is a value. */
export interface Difference {
  /** The dotted name: `model.heads`. */
  readonly name: string;
  /** undefined where the earlier document has no such name. */
  readonly before: Json | undefined;
  readonly now: Json | undefined;
}

/** Where a setting's value is from: the user, a default of its own, or other settings. */
export type Origin = "given" | "default" | "derived";

/** What differs between two documents of a kind, but for where files are (keys named `path` or `paths`). */
export function differencesOf(before: object, now: object): readonly Difference[] {
  const [old, given] = [leaves(before), leaves(now)];
  return [...new Set([...given.keys(), ...old.keys()])]
    .filter((name) => !isPlace(name))
    .map((name) => ({ name, before: old.get(name), now: given.get(name) }))
    .filter((each) => JSON.stringify(each.before) !== JSON.stringify(each.now));
}

/**
 * The differences in words, at most five. A value that follows from other settings is left out beside others: naming
 * `steps` is enough where the steps between validations follow from it.
 */
export function differenceWords(
  differences: readonly Difference[],
  {
    originOf = () => "given",
    there = "there",
    here = "given",
  }: {
    readonly originOf?: ((name: string) => Origin) | undefined;
    /** What to call the places of both values. */
    readonly there?: string;
    readonly here?: string;
  } = {},
): string {
  const chosen = differences.filter(({ name }) => originOf(name) !== "derived");
  const told = chosen.length > 0 ? chosen : differences;
  const words = told
    .slice(0, 5)
    .map(
      ({ name, before, now }) =>
        `${name} (${short(before)} ${there}, ${short(now)} ${originOf(name) === "default" ? "by default" : here})`,
    );
  return words.join(", ") + (told.length > 5 ? ` and ${told.length - 5} more` : "");
}

/** Tells where the values of a document are from, by the names of the settings that the user gave. */
export function originByNames(given: readonly string[]): (name: string) => Origin {
  return (leaf) => {
    const setting = settingOf(leaf);
    if (setting === undefined || given.includes(setting)) return "given";
    if (leaf === "trainLength" && given.includes("trainLength")) return "given";
    return derived.includes(setting) ? "derived" : "default";
  };
}

/** Settings whose defaults follow from others. */
const derived: readonly string[] = [
  ...["hidden", "headDim", "keyValueHeads", "vocab", "characters", "testLengths", "stride"],
  ...["minLearningRate", "warmup", "decaySteps", "validateEvery"],
];

/** The setting that a value of a document is of; undefined where it is of none, such as a version. */
function settingOf(leaf: string): string | undefined {
  const [place = "", name = ""] = leaf.split(".");
  if (place === "settings" || place === "model") return name === "model" ? "width" : name;
  if (place === "corpus" || place === "tokenizer")
    return name === "cut" || name === "characters" ? name : place;
  if (place === "trainLength") return "length";
  return ["seed", "seeds", "encoding", "encodings", "validation"].includes(place)
    ? place
    : undefined;
}

/** Whether a key names where a file is. */
export function isPlace(name: string): boolean {
  return /(^|\.)paths?(\.\d+)?$/.test(name);
}

/** Values by dotted name. What was changed in earlier starts is no setting. */
function leaves(document: object): Map<string, Json> {
  return leavesOf({ ...document, changes: [] });
}

function leavesOf(value: Json, name = ""): Map<string, Json> {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (inner.length === 0) return new Map([[name, value]]);
  return new Map(
    inner.flatMap(([key, each]: [string, Json]) => [
      ...leavesOf(each, name === "" ? key : `${name}.${key}`),
    ]),
  );
}

function short(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
