/**
 * A ranking of encodings by one measure: each one's mean at each length, its difference from the best, and its change
 * since the train length.
 *
 * Several comparisons at once. The best is chosen by looking, so an encoding is "behind" only if the interval of
 * its difference leaves 0 out when all pairs of encodings at that place are judged together with 95 %: if all encodings
 * are equal, one of them is called behind in at most 5 % of comparisons. Each length and protocol is a family of its
 * own. Changes are read across lengths ("breaks at 2×"), so their family is every encoding at every length beyond the
 * first, under one protocol. The intervals are described in `statistics/simultaneous.ts`.
 *
 * @module
 */
import { inSentence } from "../format.ts";
import type { Run } from "../measures/estimate.ts";
import { worseSign } from "../measures/measure.ts";
import type { RankingMeasure } from "../measures/measure.ts";
import { baseLength } from "./configuration.ts";
import type { TrainingConfiguration } from "./configuration.ts";
import type { Compared, Failed, Ranked } from "./ranked.ts";
import { changesTogether, differencesFromBest } from "./statistics/differences.ts";
import type { Change } from "./statistics/differences.ts";
import { above, below } from "./statistics/intervals.ts";
import { seedsToDecide } from "./statistics/seeds-to-decide.ts";
import type { Trial } from "./trial-record.ts";

/** What is ranked. */
export interface RankRequest {
  readonly configuration: TrainingConfiguration;
  readonly protocols: readonly string[];
  readonly trials: readonly Trial[];
  readonly measure: RankingMeasure;
}

/** One row for each encoding, length and protocol that was tried, in that nesting, protocol outermost. */
export function rank(request: RankRequest): Compared[] {
  return request.protocols.flatMap((protocol) => {
    const changes = changesOf(request, protocol);
    return request.configuration.testLengths.flatMap((length) =>
      rankAt(request, length, protocol, changes),
    );
  });
}

/** The seeds of one encoding at one length, or why there is nothing to compare. */
type Runs = { readonly runs: readonly Run[] } | { readonly failed: string } | undefined;

/** Changes since the train length, by encoding and length. */
type Changes = ReadonlyMap<string, Change>;

const key = (encoding: string, length: number): string => JSON.stringify([encoding, length]);

function changesOf(request: RankRequest, protocol: string): Changes {
  const { configuration, measure } = request;
  const base = baseLength(configuration);
  const places = configuration.encodings.flatMap((encoding) => {
    const before = runsOf(request, encoding, base, protocol);
    if (before === undefined || "failed" in before) return [];
    return configuration.testLengths.flatMap((length) => {
      const after = length === base ? undefined : runsOf(request, encoding, length, protocol);
      if (after === undefined || "failed" in after) return [];
      const runs = { runs: after.runs, before: before.runs };
      return [{ at: key(encoding, length), length, ...runs }];
    });
  });
  const changes = changesTogether(measure, places);
  return new Map(places.map(({ at }, place) => [at, changes[place]!]));
}

function rankAt(
  request: RankRequest,
  length: number,
  protocol: string,
  changes: Changes,
): Compared[] {
  const { configuration, measure } = request;
  const { encodings } = configuration;
  const base = baseLength(configuration);
  const rows: Compared[] = [];
  const entries: {
    readonly encoding: string;
    readonly runs: readonly Run[];
    readonly before?: readonly Run[];
  }[] = [];
  for (const encoding of encodings) {
    const here = runsOf(request, encoding, length, protocol);
    if (here === undefined) continue;
    if ("failed" in here)
      rows.push({ encoding, length, protocol, failed: here.failed } satisfies Failed);
    else {
      const before = length === base ? undefined : runsOf(request, encoding, base, protocol);
      entries.push({
        encoding,
        runs: here.runs,
        ...(before && "runs" in before ? { before: before.runs } : {}),
      });
    }
  }
  if (entries.length > 0) {
    const { best, means, differences, errors } = differencesFromBest(measure, entries);
    const isBehind = worseSign(measure) > 0 ? above : below;
    // Where even the best has the worst possible value, nothing was learned and none is best.
    const nothing = means[best]!.value === measure.range[measure.better === "higher" ? 0 : 1];
    const together = (entries.length * (entries.length - 1)) / 2;
    entries.forEach(({ encoding, runs }, at) => {
      const difference = differences[at]!;
      const standing = isBehind(difference.simultaneous)
        ? "behind"
        : difference.mean === 0 && !nothing
          ? "best"
          : "level";
      rows.push({
        encoding,
        length,
        protocol,
        measure: measure.id,
        ...means[at]!,
        standing,
        difference,
        growth: changes.get(key(encoding, length)) ?? null,
        ...(standing === "level" && difference.mean !== 0
          ? {
              seedsToDecide: seedsToDecide(
                { mean: difference.mean, ...errors[at]!, together },
                runs.length,
              ),
            }
          : {}),
      } satisfies Ranked);
    });
  }
  return rows.sort((a, b) => encodings.indexOf(a.encoding) - encodings.indexOf(b.encoding));
}

function runsOf(
  { configuration, trials, measure }: RankRequest,
  encoding: string,
  length: number,
  protocol: string,
): Runs {
  const runs: Run[] = [];
  const lacking: number[] = [];
  let tried = false;
  for (const seed of configuration.seeds) {
    const trial = trials.find((trial) => trial.encoding === encoding && trial.seed === seed);
    const entry = trial?.evaluations.find(
      (entry) => entry.length === length && entry.protocol === protocol,
    );
    if (entry && "unsupported" in entry) return { failed: entry.unsupported };
    tried ||= entry !== undefined;
    const value = entry?.values[measure.id] ?? NaN;
    if (entry && Number.isFinite(value)) {
      const [column] = Object.keys(measure.contributes);
      runs.push({ value, items: entry.items, count: entry.items[column!]?.length ?? 0 });
    } else lacking.push(seed);
  }
  if (!tried) return undefined;
  // An average over the seeds that survived would flatter the encoding.
  if (lacking.length > 0)
    return {
      failed: `${inSentence(measure.printed.name)} not finite with seed ${lacking.join(", ")}`,
    };
  return { runs };
}
