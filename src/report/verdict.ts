/**
 * The outcome in plain words. Each sentence is backed by an interval of `results.comparison`, and none says
 * more than that interval: an encoding is "best" alone only when every rival's simultaneous interval lies
 * above zero; otherwise those that cannot be told apart are named.
 *
 * @module
 */
import { between, bits, grouped, listed, multiple, signed } from "./format.ts";
import type { VerdictLine } from "./lengthening.ts";
import { lengthening, mostInDetail } from "./lengthening.ts";
import { baseLength } from "../comparison/results.ts";
import type { AnyResults } from "../comparison/task-results.ts";
import { isOfTask } from "../comparison/task-results.ts";
import { failedRows, rankedRows, scoreOf, wordingOf } from "./wording.ts";
import type { AnyRanked } from "./wording.ts";

export type { VerdictLine };

export function verdict(results: AnyResults): readonly VerdictLine[] {
  const { configuration } = results;
  const lengths = configuration.testLengths.filter((length) =>
    rankedRows(results).some((row) => row.length === length),
  );
  if (lengths.length === 0)
    return [
      {
        heading: "No result",
        text: "No encoding could be evaluated at any length, so there is nothing to compare.",
      },
      ...failures(results),
    ];
  const base = baseLength(configuration);
  const longest = lengths[lengths.length - 1]!;
  const lines: VerdictLine[] = [];
  if (lengths.includes(base)) lines.push(standingAt(results, base));
  if (longest !== base) {
    lines.push(standingAt(results, longest));
    if (!isOfTask(results)) lines.push(...slidingAt(results, longest));
    lines.push(...lengthening(results, base));
  }
  if (isOfTask(results)) lines.push(...underConditions(results, base));
  return [...lines, ...failures(results), scope(results)];
}

/** The verdict for a terminal: one paragraph a line. */
export function verdictText(results: AnyResults): string {
  return verdict(results)
    .map(({ heading, text }) => `${heading}: ${text}`)
    .join("\n");
}

function ranking(results: AnyResults, length: number, protocol: string): AnyRanked[] {
  const { worse } = wordingOf(results);
  return rankedRows(results)
    .filter((row) => row.length === length && row.protocol === protocol)
    .sort((a, b) => worse * (scoreOf(a) - scoreOf(b)));
}

function standingAt(results: AnyResults, length: number): VerdictLine {
  const { trainLength } = results.configuration;
  const words = wordingOf(results);
  const heading =
    length === trainLength
      ? `At the train length, ${words.length(length)}`
      : `At ${multiple(length, trainLength)} the train length, ${words.length(length)}`;
  const rows = ranking(results, length, words.protocols[0]!);
  if (rows.length === 0 && !isOfTask(results)) {
    const sliding = ranking(results, length, "sliding");
    return { heading: `${heading}, sliding windows`, text: standing(results, sliding) };
  }
  return { heading, text: standing(results, rows) };
}

function standing(results: AnyResults, rows: readonly AnyRanked[]): string {
  const [best, ...rivals] = rows;
  if (!best) return "No encoding could be evaluated.";
  const words = wordingOf(results);
  if (words.worse < 0 && scoreOf(best) === 0)
    return rivals.length === 0
      ? `${best.encoding} answers no sample right.`
      : "No encoding answers a single sample right.";
  const score = words.score(scoreOf(best));
  if (rivals.length === 0)
    return `${best.encoding} reaches ${score}. It has no rival here to be compared with.`;
  const level = rivals.filter((row) => row.standing === "level");
  const behind = rivals.filter((row) => row.standing === "behind");
  if (level.length === 0)
    return (
      `${best.encoding} is best, ${score}. ` +
      `${behind.length === 1 ? "The one rival" : `All ${behind.length} rivals`}` +
      `${rows.length < results.configuration.encodings.length ? " that ran at this length" : ""} ` +
      `${behind.length === 1 ? "is" : "are"} behind by more than chance explains; ` +
      `the nearest is ${apart(behind[0]!)}.`
    );
  if (level.every((row) => row.difference.simultaneous === null))
    return (
      `${best.encoding} ${words.leads}, ${score}, but one sample each leaves no interval: ` +
      `nothing can be told apart.`
    );
  const rest =
    behind.length > 0
      ? ` Behind by more than chance explains: ${several(behind)}.`
      : ` No encoding is shown to be worse than it.`;
  return (
    `${best.encoding} ${words.leads}, ${score}, but cannot be told apart from ` +
    `${several(level)}.${rest}`
  );
}

/** A task's other conditions, at the train length and the longest. */
function underConditions(results: AnyResults, base: number): VerdictLine[] {
  const { trainLength, testLengths } = results.configuration;
  const words = wordingOf(results);
  const lengths = [...new Set([base, testLengths.at(-1)!])];
  return words.protocols.slice(1).flatMap((condition) =>
    lengths.flatMap((length) => {
      const rows = ranking(results, length, condition);
      const times = length === trainLength ? "" : `, ${multiple(length, trainLength)}`;
      const heading = `${words.protocol(condition)}, ${words.length(length)}${times}`;
      return rows.length > 0 ? [{ heading, text: standing(results, rows) }] : [];
    }),
  );
}

/** Rows in the order of their difference. */
function several(rows: readonly AnyRanked[]): string {
  if (rows.length <= mostInDetail) return listed(rows.map(apart));
  const [nearest, furthest] = [rows[0]!, rows[rows.length - 1]!];
  return (
    `${listed(rows.map((row) => row.encoding))} (from ${signed(nearest.difference.mean)} to ` +
    `${signed(furthest.difference.mean)})`
  );
}

/** "rope (+0.012, from +0.004 to +0.020)". */
function apart({ encoding, difference }: AnyRanked): string {
  const range = difference.simultaneous ? `, from ${between(difference.simultaneous)}` : "";
  return `${encoding} (${signed(difference.mean)}${range})`;
}

function slidingAt(results: AnyResults, length: number): VerdictLine[] {
  const rows = ranking(results, length, "sliding");
  const best = rows[0];
  const windows = ranking(results, length, "windows");
  if (!best || windows.length === 0) return [];
  const group = (ranked: readonly AnyRanked[]): string[] =>
    ranked.filter((row) => row.standing !== "behind").map((row) => row.encoding);
  const candidates = group(rows);
  const same =
    candidates.length === group(windows).length &&
    group(windows).every((encoding) => candidates.includes(encoding));
  const finding =
    candidates.length === 1
      ? `${best.encoding} is best, ${bits(scoreOf(best))}`
      : `${best.encoding} is lowest, ${bits(scoreOf(best))}, level with ${listed(
          candidates.filter((encoding) => encoding !== best.encoding),
        )}`;
  return [
    {
      heading: "With sliding windows of that length",
      text: `${same ? "The same group leads" : "The leaders differ"}: ${finding}.`,
    },
  ];
}

/** Encodings and lengths without a number; encodings with the same gap and reason share a clause. */
function failures(results: AnyResults): VerdictLine[] {
  const words = wordingOf(results);
  const clauses = new Map<string, string[]>();
  for (const encoding of results.configuration.encodings) {
    const reasons = new Map<string, Set<number>>();
    for (const row of failedRows(results))
      if (row.encoding === encoding)
        reasons.set(row.failed, (reasons.get(row.failed) ?? new Set()).add(row.length));
    for (const [reason, lengths] of reasons) {
      const at = listed([...lengths].sort((a, b) => a - b).map(grouped));
      const clause =
        words.worse > 0 ? ` at ${at} tokens: ${reason}` : ` at length ${at}: ${reason}`;
      clauses.set(clause, [...(clauses.get(clause) ?? []), encoding]);
    }
  }
  if (clauses.size === 0) return [];
  const told = [...clauses].map(([clause, encodings]) => listed(encodings) + clause);
  return [{ heading: "Without a number", text: `${told.join("; ")}.` }];
}

/** How far the verdict reaches. */
function scope(results: AnyResults): VerdictLine {
  const { seeds } = results.configuration;
  const { subject, worse } = wordingOf(results);
  const heading = "How far this goes";
  if (seeds.length > 1)
    return {
      heading,
      text:
        `${seeds.length} seeds were trained for each encoding and differences are paired by seed. ` +
        `The verdict holds for ${subject}, this size of model and this length of training.`,
    };
  const text =
    `One seed was trained, so seeds were not varied: the verdict holds for this initialisation, ${subject}, ` +
    `this size of model and this length of training.`;
  const intervals = rankedRows(results).some((row) => row.interval !== null);
  const from = worse > 0 ? "paired windows of the text" : "paired samples";
  return { heading, text: intervals ? `${text} Intervals come from ${from}.` : text };
}
