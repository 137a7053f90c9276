/**
 * The facts of an encoding as words, the same in the terminal, on the page and in the documents.
 *
 * @module
 */
import { grouped, listed } from "../format.ts";
import { furthestPosition } from "../encodings/parts/limit.ts";
import type { CacheRule } from "../encodings/position-encoding.ts";
import { decays } from "../parameters/spec.ts";
import type { Initial, ParameterSpec } from "../parameters/spec.ts";
import type { EncodingFacts } from "./facts.ts";

/** "nothing", "128 numbers". */
export function learntInWords({ learned }: EncodingFacts): string {
  return learned === 0 ? "nothing" : count(learned);
}

/** Up to where "any" text length goes, for keys of tables. */
export const anyLength: string = `up to ${grouped(furthestPosition)} tokens, as far as float32 counts`;

/** "any" and how far that goes, or the length and why it ends there. */
export function limitInWords({ limit }: EncodingFacts): string {
  return limit ? `${grouped(limit.length)}: ${limit.reason}` : `any, ${anyLength}`;
}

/** `position.t5.table [32, 4], starts from N(0, 0.02²), does not decay` */
export function parameterInWords(spec: ParameterSpec): string {
  const { name, shape, initial, owner, layers, range } = spec;
  const size = shape.length === 0 ? "a number" : `[${shape.join(", ")}]`;
  const where =
    layers === undefined ? " in each layer" : ` in layers ${listed(layers.map(String))}`;
  return `${name} ${size}${owner === "layer" ? where : ""}, ${startInWords(initial)}${rangeInWords(range)}, ${
    decays(spec) ? "decays" : "does not decay"
  }`;
}

function rangeInWords({ min, max }: NonNullable<ParameterSpec["range"]> = {}): string {
  if (min === undefined && max === undefined) return "";
  if (max === undefined) return `, kept at ${short(min!)} or more`;
  return min === undefined
    ? `, kept at ${short(max)} or less`
    : `, kept from ${short(min)} to ${short(max)}`;
}

/** "starts from N(0, 0.02²)" */
export function startInWords(initial: Initial): string {
  switch (initial.kind) {
    case "normal":
      return `starts from N(${short(initial.mean ?? 0)}, ${short(initial.deviation)}²)`;
    case "uniform": {
      const { bound, from = -bound } = initial;
      return from === -bound
        ? `starts uniform within ±${short(bound)}`
        : `starts uniform from ${short(from)} to ${short(bound)}`;
    }
    case "zeros":
    case "ones":
      return `starts as ${initial.kind}`;
    case "values":
      return "starts from given values";
  }
}

const keyWords: Readonly<Record<CacheRule["keys"], string>> = {
  raw: "keys before rotation",
  rotated: "keys after rotation",
  either: "keys before or after rotation",
  rewritten: "keys, which each new token changes",
  recompute: "nothing: longer text changes what was cached",
};

/** What a cache keeps of each token beside its value. */
export function cacheInWords({ keys, keyWidth, tokenState = [] }: CacheRule): string {
  const kept = tokenState.map(({ name, heads, width }) => `${name} (${count(heads * width)})`);
  const wide = keyWidth === undefined ? "" : `, ${count(keyWidth)} a head`;
  return [`${keyWords[keys]}${wide}`, ...kept].join("; ");
}

function count(numbers: number): string {
  return `${grouped(numbers)} number${numbers === 1 ? "" : "s"}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
