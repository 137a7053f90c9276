/**
 * The check of an encoding that has no file in `checks/`: every case of its golden source says by itself how it is
 * answered.
 *
 *     options: { causal, encoding: the options of create, parameters: input of the file → name of the parameter }
 *
 * @module
 */
import { encodingById } from "../../src/encodings/index.ts";
import type { EncodingDefinition } from "../../src/encodings/position-encoding.ts";
import type { GoldenCase } from "../golden/golden.ts";
import { attention, option, sizesOf } from "./check.ts";
import type { Check, CheckModule } from "./check.ts";
import { goldenOf } from "./golden-of.ts";

/**
 * The check of that encoding. Its variants are those of its golden source, or else the different sets of options of
 * the cases whose numbers fit the tests' small model.
 *
 * @throws {Error} where a case does not say how it is answered
 */
export function genericCheck(id: string): CheckModule {
  const { cases, needed, variants } = goldenOf(id);
  for (const golden of cases) {
    option<object>(golden, "encoding");
    option<object>(golden, "parameters");
  }
  return {
    check: answerOf(encodingById(id)),
    variants: variants ?? variantsOf(cases),
    ...(needed && { needed }),
  };
}

/** The check of a definition by cases that say how they are answered. */
export function answerOf(definition: EncodingDefinition): Check {
  return (golden, options) => {
    const encoding = definition.create(sizesOf(golden), optionsOf(golden));
    return attention(
      golden,
      options.mutate(encoding),
      options,
      option<Readonly<Record<string, string>>>(golden, "parameters"),
    );
  };
}

function variantsOf(cases: readonly GoldenCase[]): readonly object[] {
  const sets = cases.filter(fitsSmallModel).map((golden) => JSON.stringify(optionsOf(golden)));
  const variants = [...new Set(sets)].filter((set) => set !== "{}");
  return variants.map((set) => JSON.parse(set) as object);
}

function optionsOf(golden: GoldenCase): object {
  return option<object>(golden, "encoding");
}

/** Whether a head of the small model, 8 wide, has as many components as the case rotates. */
function fitsSmallModel({ options }: GoldenCase): boolean {
  const { rotated = 2 } = options["encoding"] as { readonly rotated?: number };
  return rotated <= 8;
}
