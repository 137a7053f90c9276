import { describe, expect, test } from "vitest";
import { encodings } from "../../src/encodings/index.ts";
import type {
  EncodingContext,
  PositionEncoding,
  Positions,
} from "../../src/encodings/position-encoding.ts";
import { multiply, negate, subtract } from "../../src/operators/arithmetic.ts";
import { largest } from "./check.ts";
import { knowledges } from "./context.ts";
import { goldenOf } from "./golden-of.ts";
import { checksOf } from "./registry.ts";

// Float64 against float64: what is left is the order of sums, and for angles of unknown positions the
// addition theorem.
const tolerance = 1e-12;

const asItIs = (encoding: PositionEncoding): PositionEncoding => encoding;

const mirrored = ({ tensor, values }: Positions): Positions => ({
  tensor: subtract(0, tensor),
  values: values!.map((p) => -p),
});

/** The encoding with flipped signs: of what its hooks give, of its parameters or of its positions. */
function withFault(encoding: PositionEncoding): PositionEncoding {
  const flipped = (context: EncodingContext): EncodingContext => ({
    ...context,
    parameter: (name) => negate(context.parameter(name)),
  });
  const learns = encoding.parameters.length > 0;
  return {
    ...encoding,
    ...(encoding.bias && { bias: (context) => negate(encoding.bias!(context)) }),
    ...(encoding.layerBias && { layerBias: (context) => negate(encoding.layerBias!(context)) }),
    ...(encoding.contentBias && {
      contentBias: (...given) => negate(encoding.contentBias!(...given)),
    }),
    ...(encoding.combine && { combine: (...given) => negate(encoding.combine!(...given)) }),
    ...(encoding.product && { product: (...given) => negate(encoding.product!(...given)) }),
    ...(encoding.valueTerm && { valueTerm: (...given) => negate(encoding.valueTerm!(...given)) }),
    ...(encoding.rotate && {
      rotate: (x, positions, role, context) => {
        return encoding.rotate!(x, mirrored(positions), role, context);
      },
    }),
    ...(encoding.rotateValue && {
      rotateValue: (value, positions, context) =>
        encoding.rotateValue!(value, mirrored(positions), context),
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
  const { cases } = goldenOf(id);
  const { check } = checksOf(id);

  test.each(cases)("$name", (golden) => {
    for (const knowledge of knowledges) {
      const differences = check(golden, { knowledge, mutate: asItIs });
      expect(Object.keys(differences).length).toBeGreaterThan(0);
      for (const [name, difference] of Object.entries(differences))
        expect(difference, `${name}, positions ${knowledge}`).toBeLessThan(
          name.startsWith("gradient of ") ? (golden.tolerance ?? tolerance) : tolerance,
        );
    }
  });

  // Cases of slopes and buckets call plain functions, which have no sign to flip here;
  // and "none" has no hook at all.
  const faulty = cases.filter(({ outputs }) => !outputs["slopes"] && !outputs["bucket"]);
  test.skipIf(id === "none").each(faulty)("$name: a flipped sign is detected", (golden) => {
    const differences = check(golden, { knowledge: "known", mutate: withFault });
    expect(largest(differences)).toBeGreaterThan(0.01);
  });
});
