/**
 * Which encoding is best at a place, which are behind it, and which of the others are not decided, in a few sentences.
 *
 * @module
 */
import type { Difference, Ranked } from "../comparison/ranked.ts";
import type { Results } from "../comparison/results.ts";
import { above, below } from "../comparison/statistics/intervals.ts";
import { between, decimal, listed, signed } from "../format.ts";
import { worseSign } from "../measures/measure.ts";
import type { RankingMeasure } from "../measures/measure.ts";
import { rankedRows, wordingOf } from "./rows.ts";

/** More encodings than this are named without their intervals; the tables have those. */
export const mostInDetail = 4;

/** The rows at a length under a protocol, the best first. */
export function ranking(results: Results, length: number, protocol: string): Ranked[] {
  const sign = worseSign(wordingOf(results).measure);
  return rankedRows(results)
    .filter((row) => row.length === length && row.protocol === protocol)
    .sort((a, b) => sign * (a.value - b.value));
}

/** What `ranking` found, in words that say no more than its intervals. */
export function standing(results: Results, rows: readonly Ranked[]): string {
  const [first] = rows;
  if (!first) return "No encoding could be evaluated.";
  const { measure } = wordingOf(results);
  const { leads, phrase, nothing } = measure.printed;
  const value = phrase(decimal(first.value, measure.printed.digits));
  if (nothing && first.value === worst(measure))
    return rows.length === 1 ? nothing.alone(first.encoding) : nothing.all;
  if (rows.length === 1)
    return `${first.encoding} reaches ${value}. It has no rival here to be compared with.`;
  const bests = rows.filter((row) => row.standing === "best");
  if (bests.length === rows.length)
    return `${listed(bests.map(({ encoding }) => encoding))} have exactly the same value, ${value}.`;
  const leaders =
    bests.length > 1
      ? `${listed(bests.map(({ encoding }) => encoding))} share the ${measure.printed.best}, ${value}.`
      : `${first.encoding} ${leads}, ${value}.`;
  const others = rows.filter((row) => row.standing !== "best");
  if (others.every((row) => row.difference.simultaneous === null))
    return `${leaders} One sample each leaves no interval: nothing is decided.`;
  const behind = others.filter((row) => row.standing === "behind");
  const level = others.filter((row) => row.standing === "level");
  const seeds = results.configuration.seeds.length;
  return [
    leaders,
    ...(behind.length > 0
      ? [`Behind by more than chance explains: ${several(behind, measure, seeds)}.`]
      : []),
    ...(level.length > 0 ? [`Not decided: ${several(level, measure, seeds)}.`] : []),
    ...apartAsTrained(level, measure, seeds),
  ].join(" ");
}

/** With one seed: which of the open differences are those of the trained models beyond doubt. */
function apartAsTrained(
  level: readonly Ranked[],
  measure: RankingMeasure,
  seeds: number,
): readonly string[] {
  const isWorse = worseSign(measure) > 0 ? above : below;
  const apart = level.filter(({ difference }) => isWorse(difference.trained));
  if (seeds > 1 || apart.length === 0) return [];
  const names = listed(apart.map(({ encoding }) => encoding));
  const [are, models] = apart.length === 1 ? ["is", "model"] : ["are", "models"];
  return [
    `Of these the trained ${models} of ${names} ${are} worse by more than the choice of ${itemsOf(measure)} explains; ` +
      `other seeds may order them otherwise.`,
  ];
}

/** "text" or "samples". */
export function itemsOf({ uncertainty }: RankingMeasure): string {
  return uncertainty.items.kind;
}

function worst({ better, range: [least, most] }: RankingMeasure): number {
  return better === "higher" ? least : most;
}

/** Rows in the order of their difference. */
function several(rows: readonly Ranked[], measure: RankingMeasure, seeds: number): string {
  if (rows.length <= mostInDetail)
    return listed(
      rows.map(({ encoding, difference }) => `${encoding} (${apart(difference, measure, seeds)})`),
    );
  const { digits } = measure.printed;
  const [nearest, furthest] = [rows[0]!, rows[rows.length - 1]!];
  return (
    `${listed(rows.map((row) => row.encoding))} (from ${signed(nearest.difference.mean, digits)} to ` +
    `${signed(furthest.difference.mean, digits)})`
  );
}

/** "+0.012, from +0.004 to +0.020, worse in 3 of 3 seeds". */
function apart(
  { mean, simultaneous, worseSeeds }: Difference,
  { printed: { digits } }: RankingMeasure,
  seeds: number,
): string {
  const range = simultaneous ? `, from ${between(simultaneous, digits)}` : "";
  const counted = seeds > 1 ? `, worse in ${worseSeeds} of ${seeds} seeds` : "";
  return `${signed(mean, digits)}${range}${counted}`;
}
