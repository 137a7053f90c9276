/**
 * The last line of the verdict, for practice: what to use at the train length, what beyond it, and at what cost.
 * It names the best of a length together with all that are not shown to be worse, and says of the cost what was measured.
 *
 * @module
 */
import { baseLength } from "../comparison/configuration.ts";
import type { Ranked } from "../comparison/ranked.ts";
import type { Results } from "../comparison/results.ts";
import { grouped, listed, memory, multiple, seconds } from "../format.ts";
import { mean } from "../measures/estimate.ts";
import { isBroken } from "./lengthening.ts";
import { wordingOf } from "./rows.ts";
import { mostInDetail, ranking } from "./standing.ts";
import type { VerdictLine } from "./verdict-line.ts";

/** The line; none where fewer than two encodings have a number at any length. */
export function practice(results: Results): VerdictLine[] {
  const { configuration } = results;
  const { protocols } = wordingOf(results);
  const base = baseLength(configuration);
  const within = ranking(results, base, protocols[0].id);
  const longest = configuration.testLengths
    .filter((length) => length > base)
    .map((length) => ({ length, rows: ranking(results, length, protocols[0].id) }))
    .filter(({ rows }) => rows.length > 0)
    .at(-1);
  if (Math.max(within.length, longest?.rows.length ?? 0) < 2) return [];
  const upTo =
    base === configuration.trainLength
      ? "At the train length"
      : `At ${multiple(base, configuration.trainLength)} the train length`;
  const named = new Set<string>();
  const sentences = [
    ...(within.length > 0 ? [`${upTo}: ${choice(results, within, named)}.`] : []),
    ...(longest
      ? [
          `Beyond it, at ${multiple(longest.length, configuration.trainLength)}: ` +
            `${choice(results, longest.rows, named)}${broken(results, longest.rows)}.`,
        ]
      : []),
    cost(results, [...named]),
  ];
  return [{ heading: "In practice", text: sentences.filter((text) => text !== "").join(" ") }];
}

/** The best and those that are not shown to be worse. Names of a few are added to `named`. */
function choice(results: Results, rows: readonly Ranked[], named: Set<string>): string {
  const { measure } = wordingOf(results);
  const bests = rows.filter(({ standing }) => standing === "best");
  const level = rows.filter(({ standing }) => standing === "level");
  // Not "none of these": there is an encoding of that name.
  if (bests.length === 0) return "no encoding, because all have the worst possible value";
  if (bests.length + level.length === rows.length && rows.length > 1)
    return (
      `any of the ${rows.length}, because not one is shown to be worse than the one with the ` +
      measure.printed.best
    );
  const several = level.length > mostInDetail;
  for (const { encoding } of several ? bests : [...bests, ...level]) named.add(encoding);
  const best = listed(bests.map(({ encoding }) => encoding));
  if (level.length === 0) return best;
  const others = several
    ? `${level.length} others, which are not shown to be worse`
    : `${listed(level.map(({ encoding }) => encoding)).replace(/ and /, " or ")}, not shown to be worse`;
  return `${best}, or ${others}`;
}

/** What must be said where the value of the named encodings itself is certainly worse than at the length that growth is measured from. */
function broken(results: Results, rows: readonly Ranked[]): string {
  const { measure } = wordingOf(results);
  const { configuration } = results;
  const base = baseLength(configuration);
  const than = base === configuration.trainLength ? "the train length" : `length ${grouped(base)}`;
  const good = rows.filter(({ standing }) => standing !== "behind");
  const breaking = good.filter((row) => isBroken(row, measure));
  if (breaking.length === 0) return "";
  const all = breaking.length === good.length;
  const which = all
    ? good.length === 1
      ? "it"
      : "each of them"
    : listed(breaking.map(({ encoding }) => encoding));
  return `, but ${which} ${breaking.length === 1 || all ? "is" : "are"} certainly much worse there than at ${than}`;
}

/** Time of a step and peak memory of the named, beside the fastest of all. */
function cost({ trials, configuration }: Results, named: readonly string[]): string {
  const costs = configuration.encodings
    .map((encoding) => {
      const own = trials.filter((trial) => trial.encoding === encoding);
      return {
        encoding,
        seconds: mean(own.map(({ secondsPerStep }) => secondsPerStep)),
        bytes: Math.max(...own.map(({ peakMemoryBytes }) => peakMemoryBytes)),
      };
    })
    .filter(
      ({ seconds, bytes }) => seconds > 0 && Number.isFinite(seconds) && Number.isFinite(bytes),
    );
  const [fastest] = [...costs].sort((a, b) => a.seconds - b.seconds);
  const shown = costs.filter(({ encoding }) => named.includes(encoding));
  if (fastest === undefined || shown.length === 0) return "";
  const each = shown.map(
    ({ encoding, seconds: time, bytes }) => `${encoding} ${seconds(time)} s and ${memory(bytes)}`,
  );
  const beside = named.includes(fastest.encoding)
    ? ""
    : ` (the fastest of all, ${fastest.encoding}, ${seconds(fastest.seconds)} s)`;
  return `Measured here, a training step and the peak memory were: ${each.join("; ")}${beside}.`;
}
