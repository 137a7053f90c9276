import { describe, expect, test } from "vitest";
import { encodings } from "../../src/encodings/index.ts";
import type { EncodingContext, PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { multiply, subtract } from "../../src/operators/arithmetic.ts";
import { negate } from "../../src/operators/pointwise.ts";
import { readGolden } from "../golden/golden.ts";
import { checkGolden, largest } from "./golden-checks.ts";

// Float64 against float64. Where an encoding has a float32 table of its own (angles, slopes), half a
// unit in the last place of the table is the floor; angles of unknown positions join two tables.
const exact = 1e-12;
const tolerances: Readonly<Record<string, { known: number; unknown: number }>> = {
  sinusoidal: { known: 1e-7, unknown: 2e-7 },
  rope: { known: 1e-7, unknown: 3e-7 },
  alibi: { known: 5e-8, unknown: 5e-8 },
};

const asItIs = (encoding: PositionEncoding): PositionEncoding => encoding;

/** The encoding with one sign turned: of its bias, its rotation, its parameters or its vectors. */
function withFault(encoding: PositionEncoding): PositionEncoding {
  const flipped = (context: EncodingContext): EncodingContext => ({
    ...context,
    parameter: (name) => negate(context.parameter(name)),
  });
  const learns = encoding.parameters.length > 0;
  const { embed, rotate, bias } = encoding;
  return {
    ...encoding,
    ...(bias && { bias: (context) => negate(bias(context)) }),
    ...(rotate && {
      rotate: (x, positions, context) => {
        const back = positions.values!.map((p) => -p);
        return rotate(x, { tensor: subtract(0, positions.tensor), values: back }, context);
      },
    }),
    ...(embed && {
      embed: (x, context) =>
        learns ? embed(x, flipped(context)) : subtract(multiply(x, 2), embed(x, context)),
    }),
  };
}

describe.each(encodings)("$id", ({ id }) => {
  const { cases } = readGolden(id);
  const tolerance = tolerances[id] ?? { known: exact, unknown: exact };

  test.each(cases)("$name", (golden) => {
    for (const knowledge of ["known", "unknown"] as const) {
      const differences = checkGolden(id, golden, { knowledge, mutate: asItIs });
      expect(Object.keys(differences).length).toBeGreaterThan(0);
      for (const [name, difference] of Object.entries(differences))
        expect(difference, `${name}, positions ${knowledge}`).toBeLessThan(tolerance[knowledge]);
    }
  });

  // Cases of slopes and buckets call plain functions, which have no sign to turn here;
  // and "none" has no hook at all.
  const faulty = cases.filter(({ outputs }) => !outputs["slopes"] && !outputs["bucket"]);
  test.skipIf(id === "none").each(faulty)("$name: a turned sign shows", (golden) => {
    const differences = checkGolden(id, golden, { knowledge: "known", mutate: withFault });
    expect(largest(differences)).toBeGreaterThan(0.01);
  });
});
