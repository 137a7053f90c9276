/**
 * Names of what a training step has beside the parameters and inputs of its objective.
 *
 * @module
 */
import { optimiserPrefix } from "../parameters/weights.ts";

/** Names of state tensors that are no parameters. */
export const stateNames = {
  step: `${optimiserPrefix}step`,
  slot: (slot: string, parameter: string): string => `${optimiserPrefix}${slot}.${parameter}`,
  scalar: (name: string): string => `${optimiserPrefix}${name}`,
} as const;

/** The step's output of a measure. */
export function measureOutput(name: string): string {
  return `measure.${name}`;
}

/** How the names begin of what `diagnose` adds to the inputs of a step. */
export const diagnosisPrefix = "diagnosis.";
