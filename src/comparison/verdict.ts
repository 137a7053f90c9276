/**
 * The outcome in plain words. Each sentence is backed by an interval of `results.comparison`, and none says
 * more than that interval: an encoding is "best" alone only when every rival's simultaneous interval lies
 * above zero; otherwise those that cannot be told apart are named.
 *
 * @module
 */
import { between, bits, grouped, listed, multiple, signed } from "./format.ts";
import type { Protocol, Ranked, Results } from "./results.ts";
import { baseLength, isRanked } from "./results.ts";
import type { VerdictLine } from "./lengthening.ts";
import { lengthening, mostInDetail } from "./lengthening.ts";

export type { VerdictLine };

export function verdict(results: Results): readonly VerdictLine[] {
  const { comparison, configuration } = results;
  const lengths = configuration.testLengths.filter((length) =>
    comparison.some((row) => row.length === length && isRanked(row)),
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
    lines.push(...slidingAt(results, longest));
    lines.push(...lengthening(results, base));
  }
  return [...lines, ...failures(results), scope(results)];
}

/** The verdict for a terminal: one paragraph a line. */
export function verdictText(results: Results): string {
  return verdict(results)
    .map(({ heading, text }) => `${heading}: ${text}`)
    .join("\n");
}

function ranking(results: Results, length: number, protocol: Protocol): Ranked[] {
  return results.comparison
    .filter((row) => row.length === length && row.protocol === protocol)
    .filter(isRanked)
    .sort((a, b) => a.bitsPerByte - b.bitsPerByte);
}

function standingAt(results: Results, length: number): VerdictLine {
  const { trainLength } = results.configuration;
  const heading =
    length === trainLength
      ? `At the train length, ${grouped(length)} tokens`
      : `At ${multiple(length, trainLength)} the train length, ${grouped(length)} tokens`;
  const rows = ranking(results, length, "windows");
  if (rows.length === 0) {
    const sliding = ranking(results, length, "sliding");
    return { heading: `${heading}, sliding windows`, text: standing(results, sliding) };
  }
  return { heading, text: standing(results, rows) };
}

function standing({ configuration }: Results, rows: readonly Ranked[]): string {
  const [best, ...rivals] = rows;
  if (!best) return "No encoding could be evaluated.";
  const score = `${bits(best.bitsPerByte)} bits per byte`;
  if (rivals.length === 0)
    return `${best.encoding} reaches ${score}. It has no rival here to be compared with.`;
  const level = rivals.filter((row) => row.standing === "level");
  const behind = rivals.filter((row) => row.standing === "behind");
  if (level.length === 0)
    return (
      `${best.encoding} is best, ${score}. ` +
      `${behind.length === 1 ? "The one rival" : `All ${behind.length} rivals`}` +
      `${rows.length < configuration.encodings.length ? " that ran at this length" : ""} ` +
      `${behind.length === 1 ? "is" : "are"} behind by more than chance explains; ` +
      `the nearest is ${apart(behind[0]!)}.`
    );
  if (level.every((row) => row.difference.simultaneous === null))
    return (
      `${best.encoding} has the lowest loss, ${score}, but one sample each leaves no interval: ` +
      `nothing can be told apart.`
    );
  const rest =
    behind.length > 0
      ? ` Behind by more than chance explains: ${several(behind)}.`
      : ` No encoding is shown to be worse than it.`;
  return (
    `${best.encoding} has the lowest loss, ${score}, but cannot be told apart from ` +
    `${several(level)}.${rest}`
  );
}

/** Rows in ascending order of their difference. */
function several(rows: readonly Ranked[]): string {
  if (rows.length <= mostInDetail) return listed(rows.map(apart));
  const [nearest, furthest] = [rows[0]!, rows[rows.length - 1]!];
  return (
    `${listed(rows.map((row) => row.encoding))} (from ${signed(nearest.difference.mean)} to ` +
    `${signed(furthest.difference.mean)})`
  );
}

/** "rope (+0.012, from +0.004 to +0.020)". */
function apart({ encoding, difference }: Ranked): string {
  const range = difference.simultaneous ? `, from ${between(difference.simultaneous)}` : "";
  return `${encoding} (${signed(difference.mean)}${range})`;
}

function slidingAt(results: Results, length: number): VerdictLine[] {
  const rows = ranking(results, length, "sliding");
  const best = rows[0];
  const windows = ranking(results, length, "windows");
  if (!best || windows.length === 0) return [];
  const group = (ranked: readonly Ranked[]): string[] =>
    ranked.filter((row) => row.standing !== "behind").map((row) => row.encoding);
  const candidates = group(rows);
  const same =
    candidates.length === group(windows).length &&
    group(windows).every((encoding) => candidates.includes(encoding));
  const finding =
    candidates.length === 1
      ? `${best.encoding} is best, ${bits(best.bitsPerByte)}`
      : `${best.encoding} is lowest, ${bits(best.bitsPerByte)}, level with ${listed(
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
function failures({ comparison, configuration }: Results): VerdictLine[] {
  const clauses = new Map<string, string[]>();
  for (const encoding of configuration.encodings) {
    const failed = comparison.filter((row) => row.encoding === encoding);
    const reasons = new Map<string, Set<number>>();
    for (const row of failed)
      if (!isRanked(row))
        reasons.set(row.failed, (reasons.get(row.failed) ?? new Set()).add(row.length));
    for (const [reason, lengths] of reasons) {
      const at = listed([...lengths].sort((a, b) => a - b).map(grouped));
      const clause = ` at ${at} tokens: ${reason}`;
      clauses.set(clause, [...(clauses.get(clause) ?? []), encoding]);
    }
  }
  if (clauses.size === 0) return [];
  const told = [...clauses].map(([clause, encodings]) => listed(encodings) + clause);
  return [{ heading: "Without a number", text: `${told.join("; ")}.` }];
}

/** How far the verdict reaches. */
function scope({ configuration, comparison }: Results): VerdictLine {
  const { seeds, corpus } = configuration;
  const heading = "How far this goes";
  if (seeds.length > 1)
    return {
      heading,
      text:
        `${seeds.length} seeds were trained for each encoding and differences are paired by seed. ` +
        `The verdict holds for this text (${corpus.name}), this size of model and this length of training.`,
    };
  const text =
    `One seed was trained, so seeds were not varied: the verdict holds for this initialisation, this text ` +
    `(${corpus.name}), this size of model and this length of training.`;
  const intervals = comparison.some((row) => isRanked(row) && row.interval !== null);
  return {
    heading,
    text: intervals ? `${text} Intervals come from paired windows of the text.` : text,
  };
}
