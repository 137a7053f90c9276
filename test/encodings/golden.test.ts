import { describe, expect, test } from "vitest";
import { encodings } from "../../src/encodings/index.ts";
import type { EncodingContext, PositionEncoding } from "../../src/encodings/position-encoding.ts";
import { multiply, subtract } from "../../src/operators/arithmetic.ts";
import { negate } from "../../src/operators/pointwise.ts";
import { readGolden } from "../golden/golden.ts";
import { checkGolden, largest } from "./golden-checks.ts";

// Float64 against float64: what is left is the order of sums, and for angles of unknown positions the
// addition theorem.
const tolerance = 1e-12;

const asItIs = (encoding: PositionEncoding): PositionEncoding => encoding;

/** The encoding with one sign turned: of its bias, its rotation, its parameters or its vectors. */
function withFault(encoding: PositionEncoding): PositionEncoding {
  const flipped = (context: EncodingContext): EncodingContext => ({
    ...context,
    parameter: (name) => negate(context.parameter(name)),
  });
  const learns = encoding.parameters.length > 0;
  return {
    ...encoding,
    ...(encoding.bias && { bias: (context) => negate(encoding.bias!(context)) }),
    ...(encoding.rotate && {
      rotate: (x, positions, context) => {
        const back = positions.values!.map((p) => -p);
        return encoding.rotate!(
          x,
          { tensor: subtract(0, positions.tensor), values: back },
          context,
        );
      },
    }),
    ...(encoding.embed && {
      embed: (x, context) =>
        learns
          ? encoding.embed!(x, flipped(context))
          : subtract(multiply(x, 2), encoding.embed!(x, context)),
    }),
  };
}

describe.each(encodings)("$id", ({ id }) => {
  const { cases } = readGolden(id);

  test.each(cases)("$name", (golden) => {
    for (const knowledge of ["known", "unknown"] as const) {
      const differences = checkGolden(id, golden, { knowledge, mutate: asItIs });
      expect(Object.keys(differences).length).toBeGreaterThan(0);
      for (const [name, difference] of Object.entries(differences))
        expect(difference, `${name}, positions ${knowledge}`).toBeLessThan(tolerance);
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
