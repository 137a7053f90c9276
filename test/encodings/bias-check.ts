/**
 * The golden check of encodings that add a bias: their file's options are theirs, and its inputs beside
 * queries, keys and values are their parameters, named without `position.<id>.`.
 *
 * @module
 */
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import type { GoldenCase } from "../golden/golden.ts";
import { attention, sizesOf } from "./check.ts";
import type { Check } from "./check.ts";

const shared = ["query", "key", "value", "cotangent"];

/** Input of the file → name of the parameter. */
export function ownParameters(id: string, { inputs }: GoldenCase): Record<string, string> {
  const own = Object.keys(inputs).filter((name) => !shared.includes(name));
  return Object.fromEntries(own.map((name) => [name, `position.${id}.${name}`]));
}

/** Makes the encoding with the case's options and compares scores, output and every gradient. */
export function biasCheck<Options extends object>(
  definition: EncodingDefinition<Options>,
  rename: (name: string) => string = (name) => name,
): Check {
  return (golden, options) => {
    const { causal, scoreScale, ...given } = golden.options;
    const encoding = definition.create(
      { ...sizesOf(golden), causal: causal as boolean },
      given as Options,
    );
    const used = encoding.scoreScale ?? sizesOf(golden).headDim ** -0.5;
    if (used !== scoreScale)
      throw new Error(`golden case "${golden.name}" has scale ${String(scoreScale)}, not ${used}.`);
    const named = Object.entries(ownParameters(definition.id, golden));
    const parameters = Object.fromEntries(named.map(([name, own]) => [name, rename(own)]));
    return attention(golden, options.mutate(encoding), options, parameters);
  };
}
