/**
 * The outcome in plain words. Each sentence follows from an interval of `results.comparison`, and none says
 * more than that interval: an encoding is "behind" only where its simultaneous interval is on the worse side of zero, and
 * those for which this is not decided are named.
 *
 * @module
 */
import { baseLength } from "../comparison/configuration.ts";
import type { Ranked } from "../comparison/ranked.ts";
import type { Results } from "../comparison/results.ts";
import { decimal, grouped, listed, multiple } from "../format.ts";
import { lengthening } from "./lengthening.ts";
import { practice } from "./practice.ts";
import { failedRows, rankedRows, wordingOf } from "./rows.ts";
import { moreSeeds, oneSeed } from "./seeds.ts";
import { ranking, standing } from "./standing.ts";
import type { VerdictLine } from "./verdict-line.ts";

export type { VerdictLine } from "./verdict-line.ts";

/** The verdict, a statement at a time. */
export function verdict(results: Results): readonly VerdictLine[] {
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
  const lines: VerdictLine[] = [...oneSeed(results)];
  if (lengths.includes(base)) lines.push(standingAt(results, base));
  if (longest !== base)
    lines.push(
      standingAt(results, longest),
      ...checked(results, longest),
      ...lengthening(results, base),
    );
  return [
    ...lines,
    ...underConditions(results, base),
    ...moreSeeds(results),
    ...failures(results),
    scope(results),
    ...practice(results),
  ];
}

/** The verdict for a terminal: one paragraph a line. */
export function verdictText(results: Results): string {
  return verdict(results)
    .map(({ heading, text }) => `${heading}: ${text}`)
    .join("\n");
}

/** Under the main protocol, or under one that judges the same data in another way where it has no rows. */
function standingAt(results: Results, length: number): VerdictLine {
  const { trainLength } = results.configuration;
  const { words, protocols } = wordingOf(results);
  const heading =
    length === trainLength
      ? `At the train length, ${words.length(length)}`
      : `At ${multiple(length, trainLength)} the train length, ${words.length(length)}`;
  const rows = ranking(results, length, protocols[0].id);
  if (rows.length > 0) return { heading, text: standing(results, rows) };
  const [check] = protocols.filter(({ role }) => role === "check");
  if (check === undefined) return { heading, text: standing(results, rows) };
  return {
    heading: `${heading}, ${check.id} ${words.rows}`,
    text: standing(results, ranking(results, length, check.id)),
  };
}

/** Whether judging the same data in another way leads to the same group of best encodings. */
function checked(results: Results, length: number): VerdictLine[] {
  const { measure, protocols, words } = wordingOf(results);
  const { superlative, digits } = measure.printed;
  const group = (ranked: readonly Ranked[]): string[] =>
    ranked.filter((row) => row.standing !== "behind").map((row) => row.encoding);
  const main = ranking(results, length, protocols[0].id);
  return protocols
    .filter(({ role }) => role === "check")
    .flatMap(({ id }) => {
      const rows = ranking(results, length, id);
      const [best] = rows;
      // One encoding alone is ahead of nothing.
      if (!best || rows.length < 2 || main.length === 0) return [];
      const candidates = group(rows);
      const same =
        candidates.length === group(main).length &&
        group(main).every((encoding) => candidates.includes(encoding));
      const value = measure.printed.phrase(decimal(best.value, digits));
      const bests = rows.filter((row) => row.standing === "best").map(({ encoding }) => encoding);
      const others = candidates.filter((encoding) => !bests.includes(encoding));
      const finding =
        `${listed(bests)} ${bests.length === 1 ? "is" : "are"} ${superlative}, ${value}` +
        (others.length > 0
          ? `; not decided: ${listed(others)}`
          : bests.length < rows.length
            ? "; all others are behind"
            : "");
      return [
        {
          heading: `With ${id} ${words.rows} of that length`,
          text: `${same ? "The same encodings are ahead" : "Not the same encodings are ahead"}: ${finding}.`,
        },
      ];
    });
}

/** The other conditions, at the train length and the longest. */
function underConditions(results: Results, base: number): VerdictLine[] {
  const { trainLength, testLengths } = results.configuration;
  const { words, protocols } = wordingOf(results);
  const lengths = [...new Set([base, testLengths.at(-1)!])];
  return protocols
    .filter(({ role }) => role === "condition")
    .flatMap(({ id, name }) =>
      lengths.flatMap((length) => {
        const rows = ranking(results, length, id);
        const times = length === trainLength ? "" : `, ${multiple(length, trainLength)}`;
        const heading = `${name}, ${words.length(length)}${times}`;
        return rows.length > 0 ? [{ heading, text: standing(results, rows) }] : [];
      }),
    );
}

/** Encodings and lengths without a number; encodings with the same gap and reason share a clause. */
function failures(results: Results): VerdictLine[] {
  const { words } = wordingOf(results);
  const clauses = new Map<string, string[]>();
  for (const encoding of results.configuration.encodings) {
    const reasons = new Map<string, Set<number>>();
    for (const row of failedRows(results))
      if (row.encoding === encoding)
        reasons.set(row.failed, (reasons.get(row.failed) ?? new Set()).add(row.length));
    for (const [reason, lengths] of reasons) {
      const list = listed([...lengths].sort((a, b) => a - b).map(grouped));
      const clause = ` at ${words.lengths(list)}: ${reason}`;
      clauses.set(clause, [...(clauses.get(clause) ?? []), encoding]);
    }
  }
  if (clauses.size === 0) return [];
  const written = [...clauses].map(([clause, encodings]) => listed(encodings) + clause);
  return [{ heading: "Without a number", text: `${written.join("; ")}.` }];
}

/** What the verdict holds for. */
function scope(results: Results): VerdictLine {
  const { seeds, encodings } = results.configuration;
  const { words } = wordingOf(results);
  const paired = encodings.length > 1 ? ", and differences are paired by seed" : "";
  const models =
    seeds.length > 1 ? `${seeds.length} seeds were trained for each encoding${paired}. ` : "";
  return {
    heading: "What this holds for",
    text: `${models}The verdict is about ${words.subject}, this size of model and this length of training.`,
  };
}
