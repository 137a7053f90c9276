/**
 * Which parameters the hooks of an encoding ask for, against those that it declares.
 *
 * @module
 */
import { withContext } from "../encodings/compose/with-context.ts";
import type { EncodingContext } from "../encodings/position-encoding.ts";
import { nearestName } from "../errors.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { input } from "../operators/source.ts";
import { positionsFrom } from "./small-model.ts";

const length = 3;

/** Whole sentences on parameters that are declared and not asked for, or asked for and not declared. */
export function parameterFaults(model: LanguageModel): readonly string[] {
  const declared = model.encoding.parameters.map(({ name }) => name);
  const asked = new Set<string>();
  const watched = <Context extends EncodingContext>(context: Context): Context => ({
    ...context,
    parameter(name: string) {
      asked.add(name);
      return context.parameter(name);
    },
  });
  const encoding = withContext(model.encoding, { pass: watched, layer: watched });
  try {
    const tokens = input("tokens", [1, length], "int32");
    forward({ ...model, encoding }, { tokens, positions: positionsFrom(0, length) });
  } catch {
    const missing = [...asked].filter((name) => !declared.includes(name));
    // What else fails, other checks say.
    if (missing.length === 0) return [];
    return missing.map((name) => {
      const nearest = nearestName(name, declared);
      const guess = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
      return `A hook asks for the parameter "${name}", which is not declared.${guess} Declare it in parameters.`;
    });
  }
  return declared
    .filter((name) => !asked.has(name))
    .map(
      (name) =>
        `The parameter "${name}" is declared, and no hook asks for it. Remove it, or use ` +
        `context.parameter("${name}").`,
    );
}
