/**
 * What the number of seeds means for the verdict, and how many would decide what is open.
 *
 * @module
 */
import { baseLength } from "../comparison/configuration.ts";
import type { Ranked } from "../comparison/ranked.ts";
import type { Results } from "../comparison/results.ts";
import { mostSeeds } from "../comparison/statistics/seeds-to-decide.ts";
import { listed, multiple } from "../format.ts";
import { rankedRows, wordingOf } from "./rows.ts";
import { itemsOf } from "./standing.ts";
import type { VerdictLine } from "./verdict-line.ts";

/** With one seed, the first thing to know. */
export function oneSeed(results: Results): VerdictLine[] {
  if (results.configuration.seeds.length > 1) return [];
  const { measure } = wordingOf(results);
  return [
    {
      heading: "One seed",
      text:
        `One model was trained for each encoding. Two of them may differ by more than the choice of ${itemsOf(measure)} ` +
        `explains, and other seeds may still order the encodings otherwise. So the intervals allow for other seeds by ` +
        `what was measured elsewhere: ${measure.uncertainty.spread.words}. Several seeds replace this assumption ` +
        `by a measurement.`,
    },
  ];
}

/** The command with the seeds that would probably decide what is open at the train length and the longest. */
export function moreSeeds(results: Results): VerdictLine[] {
  const { configuration } = results;
  const { protocols } = wordingOf(results);
  const lengths = new Set([baseLength(configuration), Math.max(...configuration.testLengths)]);
  const open = rankedRows(results).filter(
    (row) =>
      row.seedsToDecide !== undefined &&
      row.protocol === protocols[0].id &&
      lengths.has(row.length),
  );
  const count = Math.max(0, ...open.map(({ seedsToDecide }) => seedsToDecide ?? 0));
  const decided = open.filter(({ seedsToDecide }) => seedsToDecide !== null);
  const beyond = open.filter(({ seedsToDecide }) => seedsToDecide === null);
  const named = (rows: readonly Ranked[]): string =>
    listed(
      rows.map(
        ({ encoding, length }) => `${encoding} at ${multiple(length, configuration.trainLength)}`,
      ),
    );
  return [
    ...(decided.length > 0
      ? [
          {
            heading: "More seeds",
            text:
              `${count} seeds would probably decide ${named(decided)}, if the differences stay what they are: ` +
              `${withSeeds(results.command, count)}`,
          },
        ]
      : []),
    ...(beyond.length > 0
      ? [
          {
            heading: "Too near to decide",
            text:
              `${named(beyond)}: the difference from the best is so small that even ${mostSeeds} seeds would probably ` +
              `leave it open.`,
          },
        ]
      : []),
  ];
}

/** The command line with the seeds 1 to `count`. */
export function withSeeds(command: string, count: number): string {
  const seeds = `--seeds ${Array.from({ length: count }, (_, at) => at + 1).join(",")}`;
  return /--seeds(?: |=)\S+/.test(command)
    ? command.replace(/--seeds(?: |=)\S+/, seeds)
    : `${command} ${seeds}`;
}
