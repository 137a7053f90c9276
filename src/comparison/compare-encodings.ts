/**
 * From trials to judgement: each encoding's mean at each length, its distance to the best, and how its loss
 * grew since the train length.
 *
 * With two seeds or more the samples are seeds, paired by seed, and the text is taken as given. With one
 * seed the samples are batches of neighbouring windows, paired by place, and the initialisation is taken as
 * given. `over` says which.
 *
 * Several comparisons at once: of k encodings, k − 1 are compared with the lowest mean, each at confidence
 * 1 − 0.05 / (k − 1) (Bonferroni). The truly best encoding is left out of "best or level" only if one of its
 * k − 1 rivals wrongly beats it, so that group holds it with 95 % confidence, although the lowest mean was
 * chosen by looking. Holm's step-down method is not used: it rests on a rival fixed in advance. Each length
 * and protocol is a family of its own. Growth is read across lengths ("breaks at 2×"), so its family is every
 * encoding at every length beyond the first, under one protocol.
 *
 * @module
 */
import type { Compared, Configuration, Difference, Interval, Measured } from "./results.ts";
import type { Protocol, Ranked, Trial } from "./results.ts";
import { baseLength, isMeasured, protocols } from "./results.ts";
import type { Estimate } from "./statistics.ts";
import {
  intervalOf,
  mean,
  meanOfSeeds,
  meanOfText,
  pairedSeeds,
  pairedText,
} from "./statistics.ts";

/** One row for each encoding, length and protocol that was tried, in that nesting, protocol outermost. */
export function compareEncodings(
  configuration: Configuration,
  trials: readonly Trial[],
): readonly Compared[] {
  const rows: Compared[] = [];
  for (const protocol of protocols)
    for (const length of configuration.testLengths)
      rows.push(...compareAt(configuration, trials, length, protocol));
  return rows;
}

/** The seeds of one encoding at one length, or why there is nothing to compare. */
type Runs = { readonly runs: readonly Measured[] } | { readonly failed: string } | undefined;

function compareAt(
  configuration: Configuration,
  trials: readonly Trial[],
  length: number,
  protocol: Protocol,
): Compared[] {
  const base = baseLength(configuration);
  const entries = configuration.encodings.flatMap((encoding) => {
    const at = (length: number): Runs => runsOf(encoding, configuration, trials, length, protocol);
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
  const ranked = usable.map(({ encoding, runs, before }) => ({
    encoding,
    runs,
    before,
    average: mean(runs.map((run) => run.bitsPerByte)),
  }));
  if (ranked.length === 0) return failed;

  const best = ranked.reduce((a, b) => (b.average < a.average ? b : a));
  const together = 1 - 0.05 / Math.max(1, ranked.length - 1);
  const { encodings, testLengths } = configuration;
  const growthConfidence = 1 - 0.05 / (encodings.length * Math.max(1, testLengths.length - 1));
  const rows = ranked.map(({ encoding, runs, before, average }): Ranked => {
    const difference =
      encoding === best.encoding ? nothing : differenceOf(paired(runs, best.runs), together);
    return {
      encoding,
      length,
      protocol,
      bitsPerByte: average,
      interval: intervalOf(alone(runs)),
      standing:
        encoding === best.encoding ? "best" : above(difference.simultaneous) ? "behind" : "level",
      difference,
      growth: before && differenceOf(paired(runs, before), growthConfidence),
      over: runs.length > 1 ? "paired seeds" : "paired windows of text",
    };
  });
  const place = ({ encoding }: Compared): number => configuration.encodings.indexOf(encoding);
  return [...rows, ...failed].sort((a, b) => place(a) - place(b));
}

function runsOf(
  encoding: string,
  { seeds }: Configuration,
  trials: readonly Trial[],
  length: number,
  protocol: Protocol,
): Runs {
  const runs: Measured[] = [];
  const lacking: number[] = [];
  let tried = false;
  for (const seed of seeds) {
    const trial = trials.find((trial) => trial.encoding === encoding && trial.seed === seed);
    const entry = trial?.evaluations.find(
      (entry) => entry.length === length && entry.protocol === protocol,
    );
    if (entry && !isMeasured(entry)) return { failed: entry.unsupported };
    tried ||= entry !== undefined;
    if (entry && Number.isFinite(entry.bitsPerByte)) runs.push(entry);
    else lacking.push(seed);
  }
  if (!tried) return undefined;
  // An average over the seeds that survived would flatter the encoding.
  if (lacking.length > 0)
    return { failed: `its loss was not finite with seed ${lacking.join(", ")}` };
  return { runs };
}

function alone(runs: readonly Measured[]): Estimate {
  return runs.length > 1
    ? meanOfSeeds(runs.map((run) => run.bitsPerByte))
    : meanOfText(runs[0]!.windows);
}

function paired(a: readonly Measured[], b: readonly Measured[]): Estimate {
  return a.length > 1
    ? pairedSeeds(
        a.map((run) => run.bitsPerByte),
        b.map((run) => run.bitsPerByte),
      )
    : pairedText(a[0]!.windows, b[0]!.windows);
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
