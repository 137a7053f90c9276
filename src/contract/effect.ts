/**
 * Whether an encoding does anything, and whether its bias prefers far keys.
 *
 * @module
 */
import { encodingHasEffect } from "../model/encoding-effect.ts";
import { growthWithDistance } from "./bias-by-distance.ts";
import type { ContractCheck, Subject } from "./check.ts";

const trainLength = 7;
/** Some encodings begin to act after thousands of positions. */
const furthest = 100_000;

/** The same model with the encoding and without. */
export const effect: ContractCheck = {
  name: "effect",
  asks: "changes what the model computes, unless it declares to be none",
  run(subject) {
    const { definition, model } = subject;
    if (definition.family === "none") return {};
    if (!encodingHasEffect(model, { trainLength, furthest }) && !hasEffectInLarger(subject))
      return {
        faults: [
          "The model computes with it, to the last digit, what it computes without it: it would train as none does. " +
            "A hook may give back what it is given, or return the same number for every key, which the softmax does " +
            'not see. Mend the hook; or, where it shall do nothing, declare family: "none".',
        ],
      };
    const growth = growthWithDistance(model, trainLength);
    return growth === undefined
      ? {}
      : {
          warnings: [
            `Its bias grows with the distance, by ${growth.toPrecision(2)} or more from distance 0 to ` +
              `${trainLength - 1} in every head at first, so far keys weigh more than near ones. The distance is query ` +
              "minus key, and the past is positive. Where near keys shall weigh more, change the sign.",
          ],
        };
  },
};

/** The same in a model with wider heads and a longer train length: frequencies of some encodings appear there alone. */
function hasEffectInLarger({ make }: Subject): boolean {
  const larger = { model: 384, heads: 3, layers: 1, trainLength: 256 };
  try {
    return encodingHasEffect(make(larger), { trainLength: 256, furthest });
  } catch (error) {
    if (error instanceof RangeError) return false; // its options fix a size
    throw error;
  }
}
