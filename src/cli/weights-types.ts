/**
 * The types of weights that a command may compute with, in lists of options.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";
import type { QuantisedType } from "../model/quantised-model.ts";

/** A type of weights. */
export type WeightsType = "float32" | QuantisedType;

/** All of them, the most exact first. A test holds it equal to those of `quantised`, which help does not load. */
export const weightsTypes: readonly WeightsType[] = ["float32", "int8", "int4"];

/** Types of quantised weights, separated by commas. */
export function weightsList(text: string): readonly WeightsType[] {
  const types = text.split(",").map((type) => type.trim());
  const allowed = weightsTypes.filter((type) => type !== "float32");
  const wrong = types.find((type) => !allowed.some((each) => each === type));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `It must be a list of ${allowed.join(" and ")}, got ${JSON.stringify(wrong)}. float32 is compared with anyway.`,
    );
  return [...new Set(types)] as WeightsType[];
}
