/**
 * A ranking of encodings: each one's mean at each length, its distance to the best, and how it changed since
 * the train length.
 *
 * Several comparisons at once: of k encodings, k − 1 are compared with the best mean, each at confidence
 * 1 − 0.05 / (k − 1) (Bonferroni). The truly best encoding is left out of "best or level" only if one of its
 * k − 1 rivals wrongly beats it, so that group holds it with 95 % confidence, although the best mean was
 * chosen by looking. Holm's step-down method is not used: it rests on a rival fixed in advance. Each length
 * and protocol is a family of its own. Growth is read across lengths ("breaks at 2×"), so its family is every
 * encoding at every length beyond the first, under one protocol.
 *
 * @module
 */
import type { Difference, Interval, Judged, TrainingConfiguration } from "./results.ts";
import { baseLength } from "./results.ts";
import { intervalOf, mean } from "./statistics.ts";
import type { Estimate } from "./statistics.ts";

/** What models are judged by, one number a run, and how sure its means are. */
export interface Measure<Run> {
  /** 1 where less is better, −1 where more is. */
  readonly worse: 1 | -1;
  readonly score: (run: Run) => number;
  readonly over: (seeds: number) => Judged["over"];
  /** Of one encoding, its seeds in their order. */
  readonly alone: (runs: readonly Run[]) => Estimate;
  /** Of two encodings at one length. */
  readonly apart: (a: readonly Run[], b: readonly Run[]) => Estimate;
  /** Of one encoding at two lengths. */
  readonly grown: (a: readonly Run[], b: readonly Run[]) => Estimate;
}

interface Place {
  readonly length: number;
  readonly protocol: string;
}

/** What is ranked. */
export interface RankRequest<Run extends Place> {
  readonly configuration: TrainingConfiguration;
  readonly protocols: readonly Run["protocol"][];
  readonly trials: readonly {
    readonly encoding: string;
    readonly seed: number;
    readonly evaluations: readonly (Run | (Pick<Run, "length" | "protocol"> & Unmeasured))[];
  }[];
  readonly measure: Measure<Run>;
}

interface Unmeasured {
  readonly unsupported: string;
}

/** One encoding at one length under one protocol. */
export type RankedRow<Protocol> = {
  readonly encoding: string;
  readonly length: number;
  readonly protocol: Protocol;
} & ((Judged & { readonly score: number }) | { readonly failed: string });

/** One row for each encoding, length and protocol that was tried, in that nesting, protocol outermost. */
export function rank<Run extends Place>(request: RankRequest<Run>): RankedRow<Run["protocol"]>[] {
  return request.protocols.flatMap((protocol) =>
    request.configuration.testLengths.flatMap((length) => rankAt(request, length, protocol)),
  );
}

/** The seeds of one encoding at one length, or why there is nothing to compare. */
type Runs<Run> = { readonly runs: readonly Run[] } | { readonly failed: string } | undefined;

function rankAt<Run extends Place>(
  request: RankRequest<Run>,
  length: number,
  protocol: Run["protocol"],
): RankedRow<Run["protocol"]>[] {
  const { configuration, measure } = request;
  const base = baseLength(configuration);
  const entries = configuration.encodings.flatMap((encoding) => {
    const at = (length: number): Runs<Run> => runsOf(request, encoding, length, protocol);
    const here = at(length);
    return here ? [{ encoding, here, before: length === base ? undefined : at(base) }] : [];
  });
  const usable = entries.flatMap(({ encoding, here, before }) =>
    "runs" in here
      ? [{ encoding, runs: here.runs, before: before && "runs" in before ? before.runs : null }]
      : [],
  );
  const failed = entries.flatMap(({ encoding, here }) =>
    "failed" in here ? [{ encoding, length, protocol, failed: here.failed }] : [],
  );
  const ranked = usable.map((entry) => ({ ...entry, score: mean(entry.runs.map(measure.score)) }));
  if (ranked.length === 0) return failed;

  const { worse } = measure;
  const best = ranked.reduce((a, b) => (worse * b.score < worse * a.score ? b : a));
  const together = 1 - 0.05 / Math.max(1, ranked.length - 1);
  const { encodings, testLengths } = configuration;
  const growthConfidence = 1 - 0.05 / (encodings.length * Math.max(1, testLengths.length - 1));
  const behind = worse > 0 ? above : below;
  const rows = ranked.map(({ encoding, runs, before, score }) => {
    const difference =
      encoding === best.encoding ? nothing : differenceOf(measure.apart(runs, best.runs), together);
    return {
      encoding,
      length,
      protocol,
      score,
      interval: intervalOf(measure.alone(runs)),
      standing:
        encoding === best.encoding
          ? ("best" as const)
          : behind(difference.simultaneous)
            ? ("behind" as const)
            : ("level" as const),
      difference,
      growth: before && differenceOf(measure.grown(runs, before), growthConfidence),
      over: measure.over(runs.length),
    };
  });
  const place = ({ encoding }: { readonly encoding: string }): number =>
    configuration.encodings.indexOf(encoding);
  return [...rows, ...failed].sort((a, b) => place(a) - place(b));
}

function runsOf<Run extends Place>(
  { configuration, trials, measure }: RankRequest<Run>,
  encoding: string,
  length: number,
  protocol: string,
): Runs<Run> {
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
    if (entry && Number.isFinite(measure.score(entry))) runs.push(entry);
    else lacking.push(seed);
  }
  if (!tried) return undefined;
  // An average over the seeds that survived would flatter the encoding.
  if (lacking.length > 0)
    return { failed: `its loss was not finite with seed ${lacking.join(", ")}` };
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

/** Whether the whole interval lies above zero. */
export function above(interval: Interval | null): boolean {
  return interval !== null && interval.low > 0;
}

/** Whether the whole interval lies below zero. */
export function below(interval: Interval | null): boolean {
  return interval !== null && interval.high < 0;
}
