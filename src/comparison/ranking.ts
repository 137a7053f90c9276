/**
 * A ranking of encodings by one measure: each one's mean at each length, its distance to the best, and how it
 * changed since the train length.
 *
 * Several comparisons at once: of k encodings, k − 1 are compared with the best mean, each at confidence
 * 1 − 0.05 / (k − 1) (Bonferroni). The truly best encoding is left out of "best or level" only if one of its
 * k − 1 rivals wrongly beats it, so that group holds it with 95 % confidence, although the best mean was
 * chosen by looking. Holm's step-down method is not used: it needs a rival fixed in advance. Each length
 * and protocol is a family of its own. Growth is read across lengths ("breaks at 2×"), so its family is every
 * encoding at every length beyond the first, under one protocol.
 *
 * @module
 */
import { mean } from "../measures/estimate.ts";
import type { Estimate, Run } from "../measures/estimate.ts";
import { worseSign } from "../measures/measure.ts";
import type { RankingMeasure } from "../measures/measure.ts";
import { baseLength } from "./configuration.ts";
import type { TrainingConfiguration } from "./configuration.ts";
import { above, below, intervalOf } from "./intervals.ts";
import type { Compared, Difference, Failed, Ranked } from "./ranked.ts";
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
  return request.protocols.flatMap((protocol) =>
    request.configuration.testLengths.flatMap((length) => rankAt(request, length, protocol)),
  );
}

/** The seeds of one encoding at one length, or why there is nothing to compare. */
type Runs = { readonly runs: readonly Run[] } | { readonly failed: string } | undefined;

function rankAt(request: RankRequest, length: number, protocol: string): Compared[] {
  const { configuration, measure } = request;
  const { encodings, testLengths } = configuration;
  const base = baseLength(configuration);
  const entries = encodings.flatMap((encoding) => {
    const at = (length: number): Runs => runsOf(request, encoding, length, protocol);
    const here = at(length);
    return here ? [{ encoding, here, before: length === base ? undefined : at(base) }] : [];
  });
  const failed = entries.flatMap(({ encoding, here }): Failed[] =>
    "failed" in here ? [{ encoding, length, protocol, failed: here.failed }] : [],
  );
  const ranked = entries.flatMap(({ encoding, here, before }) => {
    if ("failed" in here) return [];
    const { runs } = here;
    const value = mean(runs.map((run) => run.value));
    return [{ encoding, runs, value, before: before && "runs" in before ? before.runs : null }];
  });
  if (ranked.length === 0) return failed;

  const sign = worseSign(measure);
  const best = ranked.reduce((a, b) => (sign * b.value < sign * a.value ? b : a));
  const together = 1 - 0.05 / Math.max(1, ranked.length - 1);
  const growthConfidence = 1 - 0.05 / (encodings.length * Math.max(1, testLengths.length - 1));
  const isBehind = sign > 0 ? above : below;
  const rows = ranked.map(({ encoding, runs, before, value }): Ranked => {
    const isBest = encoding === best.encoding;
    const difference = isBest
      ? nothing
      : differenceOf(measure.estimator.difference(runs, best.runs), together);
    return {
      encoding,
      length,
      protocol,
      measure: measure.id,
      value,
      interval: intervalOf(measure.estimator.mean(runs)),
      standing: isBest ? "best" : isBehind(difference.simultaneous) ? "behind" : "level",
      difference,
      growth: before && differenceOf(measure.estimator.change(runs, before), growthConfidence),
      over: pairsOf(measure, runs.length),
    };
  });
  const place = ({ encoding }: { readonly encoding: string }): number =>
    encodings.indexOf(encoding);
  return [...rows, ...failed].sort((a, b) => place(a) - place(b));
}

/** What intervals are computed over: "paired seeds", or "paired samples" where there is one seed. */
export function pairsOf({ pairs }: RankingMeasure, seeds: number): string {
  return seeds > 1 ? "paired seeds" : `paired ${pairs}`;
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
      failed: `${measure.printed.name.toLowerCase()} not finite with seed ${lacking.join(", ")}`,
    };
  return { runs };
}

const nothing: Difference = { mean: 0, interval: null, simultaneous: null };

function differenceOf(estimate: Estimate, confidenceTogether: number): Difference {
  return {
    mean: estimate.mean,
    interval: intervalOf(estimate),
    simultaneous: intervalOf(estimate, confidenceTogether),
  };
}
