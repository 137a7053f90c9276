/**
 * Which encoding is best at a place, and which cannot be told apart from it, in a sentence or two.
 *
 * @module
 */
import type { Ranked } from "../comparison/ranked.ts";
import type { Results } from "../comparison/results.ts";
import { between, decimal, listed, signed } from "../format.ts";
import { worseSign } from "../measures/measure.ts";
import type { RankingMeasure } from "../measures/measure.ts";
import { mostInDetail } from "./lengthening.ts";
import { rankedRows, wordingOf } from "./rows.ts";

/** The rows at a length under a protocol, the best first. */
export function ranking(results: Results, length: number, protocol: string): Ranked[] {
  const sign = worseSign(wordingOf(results).measure);
  return rankedRows(results)
    .filter((row) => row.length === length && row.protocol === protocol)
    .sort((a, b) => sign * (a.value - b.value));
}

/** What `ranking` found, in words that say no more than its intervals. */
export function standing(results: Results, rows: readonly Ranked[]): string {
  const [best, ...rivals] = rows;
  if (!best) return "No encoding could be evaluated.";
  const { measure } = wordingOf(results);
  const { leads, phrase, nothing } = measure.printed;
  if (nothing && best.value === worst(measure))
    return rivals.length === 0 ? nothing.alone(best.encoding) : nothing.all;
  const value = phrase(decimal(best.value, measure.printed.digits));
  if (rivals.length === 0)
    return `${best.encoding} reaches ${value}. It has no rival here to be compared with.`;
  const level = rivals.filter((row) => row.standing === "level");
  const behind = rivals.filter((row) => row.standing === "behind");
  if (level.length === 0)
    return (
      `${best.encoding} is best, ${value}. ` +
      `${allOf(behind.length)}` +
      `${rows.length < results.configuration.encodings.length ? " that ran at this length" : ""} ` +
      `${behind.length === 1 ? "is" : "are"} behind by more than chance explains; ` +
      `the nearest is ${apart(behind[0]!, measure)}.`
    );
  if (level.every((row) => row.difference.simultaneous === null))
    return (
      `${best.encoding} ${leads}, ${value}, but one sample each leaves no interval: ` +
      `nothing can be told apart.`
    );
  const rest =
    behind.length > 0
      ? ` Behind by more than chance explains: ${several(behind, measure)}.`
      : ` No encoding is shown to be worse than it.`;
  return (
    `${best.encoding} ${leads}, ${value}, but cannot be told apart from ` +
    `${several(level, measure)}.${rest}`
  );
}

function allOf(rivals: number): string {
  if (rivals === 1) return "The one rival";
  return rivals === 2 ? "Both rivals" : `All ${rivals} rivals`;
}

function worst({ better, range: [least, most] }: RankingMeasure): number {
  return better === "higher" ? least : most;
}

/** Rows in the order of their difference. */
function several(rows: readonly Ranked[], measure: RankingMeasure): string {
  if (rows.length <= mostInDetail) return listed(rows.map((row) => apart(row, measure)));
  const { digits } = measure.printed;
  const [nearest, furthest] = [rows[0]!, rows[rows.length - 1]!];
  return (
    `${listed(rows.map((row) => row.encoding))} (from ${signed(nearest.difference.mean, digits)} to ` +
    `${signed(furthest.difference.mean, digits)})`
  );
}

/** "rope (+0.012, from +0.004 to +0.020)". */
function apart({ encoding, difference }: Ranked, { printed: { digits } }: RankingMeasure): string {
  const { mean, simultaneous } = difference;
  const range = simultaneous ? `, from ${between(simultaneous, digits)}` : "";
  return `${encoding} (${signed(mean, digits)}${range})`;
}
