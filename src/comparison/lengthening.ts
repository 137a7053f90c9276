/**
 * The part of the verdict on lengths that training never showed: which encodings break, worsen, hold or gain.
 *
 * @module
 */
import { above, below } from "./compare-encodings.ts";
import { between, bits, listed, multiple } from "./format.ts";
import type { Ranked, Results } from "./results.ts";
import { isRanked } from "./results.ts";

export interface VerdictLine {
  /** What the line is about: "At the train length, 128 tokens". */
  readonly heading: string;
  readonly text: string;
}

/** A loss that grew by this share of itself, for certain, is called broken; less is called worse. */
export const brokenShare = 0.05;

/** More encodings than this are named without their intervals; the tables have those. */
export const mostInDetail = 4;

/** An encoding's row at `base` and the row that its fate is read from. */
interface Change {
  readonly before: Ranked;
  readonly row: Ranked;
}

/** What becomes of each encoding's own loss, in windows, as they grow past the length `base`. */
export function lengthening(results: Results, base: number): VerdictLine[] {
  const { encodings, trainLength } = results.configuration;
  const broken: Change[] = [];
  const worse: Change[] = [];
  const held: Change[] = [];
  const gained: Change[] = [];
  for (const encoding of encodings) {
    const rows = results.comparison
      .filter((row) => row.encoding === encoding && row.protocol === "windows")
      .filter(isRanked)
      .sort((a, b) => a.length - b.length);
    const before = rows.find((row) => row.length === base);
    const beyond = rows.filter((row) => row.length > base && row.growth?.simultaneous);
    const last = beyond[beyond.length - 1];
    if (!before || !last) continue;
    const breaks = beyond.find(
      ({ growth }) => growth!.simultaneous!.low > brokenShare * before.bitsPerByte,
    );
    const { simultaneous } = last.growth!;
    if (breaks) broken.push({ before, row: breaks });
    else if (above(simultaneous)) worse.push({ before, row: last });
    else if (below(simultaneous)) gained.push({ before, row: last });
    else held.push({ before, row: last });
  }
  const line = (heading: string, found: readonly Change[]): VerdictLine[] =>
    found.length > 0 ? [{ heading, text: told(found, trainLength) }] : [];
  return [
    ...line("Break beyond the train length", broken).map(({ heading, text }) => ({
      heading,
      text:
        `${text} Given is the first tested length where the loss has certainly grown by more than ` +
        `${brokenShare * 100} %.`,
    })),
    ...line("Get worse beyond it, without breaking", worse),
    ...line("Gain from the longer window", gained),
    ...line("Show no certain change", held),
  ];
}

/** One sentence: with numbers for a few encodings, by length for many. */
function told(changes: readonly Change[], trainLength: number): string {
  const at = ({ row }: Change): string => multiple(row.length, trainLength);
  if (changes.length <= mostInDetail)
    return `${listed(
      changes.map(
        (change) =>
          `${change.row.encoding} (${bits(change.before.bitsPerByte)} to ` +
          `${bits(change.row.bitsPerByte)} at ${at(change)}, change from ` +
          `${between(change.row.growth!.simultaneous!)})`,
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
