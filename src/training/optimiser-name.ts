/**
 * Optimisers by name, as settings have them.
 *
 * @module
 */
import { muon } from "./muon.ts";
import { adamW } from "./optimiser.ts";
import type { AdamWOptions, Optimiser } from "./optimiser.ts";

/** The names of optimisers; Muon trains the matrices of blocks and leaves everything else to AdamW. */
export const optimiserNames = ["adamw", "muon"] as const;

/** The name of an optimiser. */
export type OptimiserName = (typeof optimiserNames)[number];

/** The optimiser of that name with these decays; Muon's AdamW has `beta2`. */
export function optimiserNamed(
  name: OptimiserName,
  { weightDecay, ...others }: Pick<AdamWOptions, "beta2" | "weightDecay">,
): Optimiser {
  return name === "muon"
    ? muon({ ...(weightDecay === undefined ? {} : { weightDecay }), others })
    : adamW({ ...(weightDecay === undefined ? {} : { weightDecay }), ...others });
}
