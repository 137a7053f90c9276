/**
 * What tasks draw: numbers, words, different ones of a list.
 *
 * @module
 */
import type { Random } from "../random/random.ts";
import type { ValueKind } from "./task.ts";
import { adjectives, nouns } from "./words.ts";

/** A whole number with that many digits. */
export function numberOf(random: Random, digits: number): string {
  const least = 10 ** (digits - 1);
  return String(least + random.integer(9 * least));
}

/** `count` different items. */
export function different<Item>(random: Random, items: readonly Item[], count: number): Item[] {
  return Array.from(random.permutation(items.length).subarray(0, count), (at) => items[at]!);
}

/** A hidden value: a number with so many digits, or an adjective and a noun. */
export function valueOf(random: Random, kind: ValueKind, digits: number): string {
  if (kind === "numbers") return numberOf(random, digits);
  return `${adjectives[random.integer(adjectives.length)]!} ${nouns[random.integer(nouns.length)]!}`;
}

/** How many such values there are. */
export function valueCount(kind: ValueKind, digits: number): number {
  return kind === "numbers" ? 9 * 10 ** (digits - 1) : adjectives.length * nouns.length;
}
