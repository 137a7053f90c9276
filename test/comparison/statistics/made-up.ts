/**
 * Comparisons whose truth is known: encodings with true losses, seeds of unequal spread, and stretches of a text that are
 * hard for all encodings, for one, or for one model.
 */
import type { Run } from "../../../src/measures/estimate.ts";
import { chiSquared } from "../../../src/random/gamma.ts";
import type { Random } from "../../../src/random/random.ts";

/** What a comparison is made of. */
export interface MadeUp {
  readonly encodings: number;
  readonly seeds: number;
  /** True loss of each encoding, in bits per byte. */
  readonly losses: readonly number[];
  /** How variances between seeds differ between encodings. */
  readonly unequal: "measured" | "lognormal" | "two groups" | "equal";
  /** Standard deviation of the logarithm of the scale of all variances. */
  readonly scaleDeviation?: number;
  readonly stretches?: number;
}

/** Degrees of freedom, each as often as it is listed. */
const precisions = [3, 3, 3, 4, 4, 4, 4, 6, 6, 6, 6, 6, 10, 10, 10, 10, 20, 20, 60, 60];

/** Bytes of a stretch. */
const size = 512;

/** The runs of each encoding, [encoding][seed]. */
export function madeUpRuns(made: MadeUp, stream: Random): Run[][] {
  const { encodings, seeds, losses, unequal, scaleDeviation = 0.7, stretches = 32 } = made;
  const scale = Math.exp(scaleDeviation * stream.normal());
  const block = Array.from({ length: seeds }, () => 0.01 * stream.normal());
  const hard = Array.from({ length: stretches }, () => 0.2 * stream.normal());
  return Array.from({ length: encodings }, (_, encoding) => {
    const variance = scale * (0.005 * 2.5) ** 2 * ratio(unequal, encoding, stream);
    const own = hard.map((all) => all + 0.02 * stream.normal());
    return block.map((shared): Run => {
      const luck = shared + Math.sqrt(variance) * stream.normal();
      const bits = own.map(
        (here) => size * (losses[encoding]! + luck + here + 0.01 * stream.normal()),
      );
      const total = bits.reduce((a, b) => a + b, 0);
      return {
        value: total / (size * stretches),
        items: { bits, bytes: bits.map(() => size) },
        count: stretches,
      };
    });
  });
}

function ratio(unequal: MadeUp["unequal"], encoding: number, stream: Random): number {
  if (unequal === "equal") return 1;
  if (unequal === "two groups") return encoding % 2 === 0 ? 0.2 : 1.8;
  if (unequal === "lognormal") return Math.exp(stream.normal());
  // As the variances of the project's own comparisons were distributed.
  const precision = precisions[stream.integer(precisions.length)]!;
  return precision / chiSquared(stream, precision);
}
