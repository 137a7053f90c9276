/**
 * The check of an encoding that has no file in `checks/`: every case of its golden file says by itself how it is
 * answered.
 *
 *     options: { causal, encoding: the options of create, parameters: input of the file → name of the parameter }
 *
 * @module
 */
import { encodingById } from "../../src/encodings/index.ts";
import { readGolden } from "../golden/golden.ts";
import type { GoldenCase } from "../golden/golden.ts";
import { attention, option, sizesOf } from "./check.ts";
import type { Check, CheckModule } from "./check.ts";

/**
 * The check of that encoding. Its variants are the different sets of options of the cases whose numbers fit the
 * tests' small model.
 *
 * @throws {Error} where a case does not say how it is answered
 */
export function genericCheck(id: string): CheckModule {
  const { cases } = readGolden(id);
  for (const golden of cases) {
    option<object>(golden, "encoding");
    option<object>(golden, "parameters");
  }
  const sets = cases.filter(fitsSmallModel).map((golden) => JSON.stringify(optionsOf(golden)));
  const variants = [...new Set(sets)].filter((set) => set !== "{}");
  return { check: answerOf(id), variants: variants.map((set) => JSON.parse(set) as object) };
}

function answerOf(id: string): Check {
  return (golden, options) => {
    const encoding = encodingById(id).create(sizesOf(golden), optionsOf(golden));
    return attention(
      golden,
      options.mutate(encoding),
      options,
      option<Readonly<Record<string, string>>>(golden, "parameters"),
    );
  };
}

function optionsOf(golden: GoldenCase): object {
  return option<object>(golden, "encoding");
}

/** Whether a head of the small model, 8 wide, has as many components as the case rotates. */
function fitsSmallModel({ options }: GoldenCase): boolean {
  const { rotated = 2 } = options["encoding"] as { readonly rotated?: number };
  return rotated <= 8;
}
