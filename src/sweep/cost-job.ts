/**
 * The messages between a comparison and the process that measures what a training step costs.
 *
 * @module
 */
import type { ComparisonSettings } from "../comparison/settings.ts";
import type { ComparisonRun } from "../runs/run-document.ts";

/** What is measured. */
export interface CostJob {
  readonly settings: ComparisonSettings;
  /** The comparison's folder. */
  readonly comparison: string;
  /** What the comparison's `run.json` has, as it was when the comparison began. */
  readonly run: ComparisonRun;
  /** Encodings that are compiled at the same time and measured in turns; the groups one after the other. */
  readonly groups: readonly (readonly string[])[];
}

/** To the process. */
export type ToCost = { readonly kind: "start"; readonly job: CostJob } | { readonly kind: "stop" };

/** From the process. */
export type FromCost =
  /** Seconds of a step, by encoding; null where it could not be measured. */
  | { readonly kind: "done"; readonly seconds: Readonly<Record<string, number | null>> }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly message: string };
