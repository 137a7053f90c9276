/**
 * The part of the verdict on lengths that training never showed: which encodings break, worsen, keep their value or
 * gain.
 *
 * @module
 */
import { above, below } from "../comparison/statistics/intervals.ts";
import type { Ranked } from "../comparison/ranked.ts";
import type { Results } from "../comparison/results.ts";
import { between, decimal, listed, multiple } from "../format.ts";
import { allowedChange, worseSign } from "../measures/measure.ts";
import type { RankingMeasure } from "../measures/measure.ts";
import { rankedRows, wordingOf } from "./rows.ts";
import { itemsOf, mostInDetail } from "./standing.ts";
import type { VerdictLine } from "./verdict-line.ts";

/** An encoding's row at the base length and the row that decides its category. */
interface Change {
  readonly before: Ranked;
  readonly row: Ranked;
}

/** How each encoding changes, under the first protocol, as lengths grow past `base`. */
export function lengthening(results: Results, base: number): VerdictLine[] {
  const { encodings, trainLength, seeds } = results.configuration;
  const { measure, protocols, words } = wordingOf(results);
  const sign = worseSign(measure);
  const [worsened, gainedOn] = sign > 0 ? [above, below] : [below, above];
  const broken: Change[] = [];
  const worse: Change[] = [];
  const trained: Change[] = [];
  const held: Change[] = [];
  const gained: Change[] = [];
  for (const encoding of encodings) {
    const rows = rankedRows(results)
      .filter((row) => row.encoding === encoding && row.protocol === protocols[0].id)
      .sort((a, b) => a.length - b.length);
    const before = rows.find((row) => row.length === base);
    const beyond = rows.filter((row) => row.length > base && row.growth?.simultaneous);
    const last = beyond[beyond.length - 1];
    if (!before || !last) continue;
    const breaks = beyond.find((row) => isBroken(row, measure));
    const { simultaneous, trained: asTrained } = last.growth!;
    if (breaks) broken.push({ before, row: breaks });
    else if (worsened(simultaneous)) worse.push({ before, row: last });
    else if (gainedOn(simultaneous)) gained.push({ before, row: last });
    else if (above(asTrained) || below(asTrained)) trained.push({ before, row: last });
    else held.push({ before, row: last });
  }
  const line = (heading: string, found: readonly Change[]): VerdictLine[] =>
    found.length > 0
      ? [{ heading, text: sentence(found, measure, { trainLength, seeds: seeds.length }) }]
      : [];
  const from = words.length(base);
  const since =
    base === trainLength ||
    broken.length + worse.length + trained.length + held.length + gained.length === 0
      ? []
      : [
          {
            heading: "Where changes begin",
            text: `The train length was not tested, so changes are from ${from}, the shortest length that was.`,
          },
        ];
  return [
    ...since,
    ...line("Break beyond the train length", broken).map(({ heading, text }) => ({
      heading,
      text: `${text} Given is the first tested length where ${measure.printed.broken}.`,
    })),
    ...line("Get worse beyond it, without breaking", worse),
    ...line(words.gain, gained),
    ...line("Changed as trained, not certainly with other seeds", trained).map(
      ({ heading, text }) => ({
        heading,
        text: `${text} The change of the trained models is more than the choice of ${itemsOf(measure)} explains.`,
      }),
    ),
    ...line("No certain change", held),
  ];
}

/** Whether the value has certainly become worse since the train length by more than is allowed. */
export function isBroken({ value, growth }: Ranked, measure: RankingMeasure): boolean {
  if (!growth?.simultaneous) return false;
  const { low, high } = growth.simultaneous;
  const least = worseSign(measure) > 0 ? low : -high;
  return least > allowedChange(measure, value - growth.mean);
}

/** One sentence: with numbers for a few encodings, by length for many. */
function sentence(
  changes: readonly Change[],
  measure: RankingMeasure,
  { trainLength, seeds }: { readonly trainLength: number; readonly seeds: number },
): string {
  const inSeeds = (change: Change): string => {
    const { mean, worseSeeds } = change.row.growth!;
    if (seeds < 2 || mean === 0) return ""; // what did not change on average has no way
    const same = worseSign(measure) * mean > 0 ? worseSeeds : seeds - worseSeeds;
    return `, the same way in ${same} of ${seeds} seeds`;
  };
  const { digits } = measure.printed;
  const at = ({ row }: Change): string => multiple(row.length, trainLength);
  if (changes.length <= mostInDetail)
    return `${listed(
      changes.map(
        (change) =>
          `${change.row.encoding} (${decimal(change.before.value, digits)} to ` +
          `${decimal(change.row.value, digits)} at ${at(change)}, change from ` +
          `${between(change.row.growth!.simultaneous!, digits)}${inSeeds(change)})`,
      ),
    )}.`;
  const byLength = new Map<string, string[]>();
  for (const change of [...changes].sort((a, b) => a.row.length - b.row.length))
    byLength.set(at(change), [...(byLength.get(at(change)) ?? []), change.row.encoding]);
  return `${[...byLength].map(([length, names]) => `at ${length} ${listed(names)}`).join("; ")}.`.replace(
    /^at/,
    "At",
  );
}
