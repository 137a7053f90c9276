/**
 * The unit of losses in the report: on text that of the ranked measure, so that all figures have one.
 *
 * @module
 */
import { isMeasured } from "../comparison/trial-record.ts";
import type { Results } from "../comparison/results.ts";
import { wordingOf } from "./rows.ts";

/** A unit of loss, and what a loss in nats per token is times to be in it. */
export interface LossUnit {
  /** "bits per byte" */
  readonly name: string;
  readonly perNat: number;
  /** Where a mean over the text turned tokens into bytes: "A token of the judged text has 2.60 bytes on average." */
  readonly note: string;
}

/** Bits per byte where items have bytes, which the judged text's mean bytes per token convert; else bits per token. */
export function lossUnit(results: Results): LossUnit {
  for (const { evaluations } of results.trials)
    for (const evaluation of evaluations) {
      if (!isMeasured(evaluation)) continue;
      const { bytes, tokens } = evaluation.items;
      if (bytes === undefined || tokens === undefined) continue;
      const perToken = sum(bytes) / sum(tokens);
      if (!(perToken > 0)) continue;
      const note =
        Math.abs(perToken - 1) < 1e-9
          ? ""
          : `A token of the judged text has ${perToken.toFixed(2)} bytes on average, by which losses per token are divided.`;
      return { name: "bits per byte", perNat: 1 / (Math.LN2 * perToken), note };
    }
  return { name: `bits per ${wordingOf(results).words.token}`, perNat: 1 / Math.LN2, note: "" };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
