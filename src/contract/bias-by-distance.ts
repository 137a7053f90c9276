/**
 * What the hooks `bias` and `layerBias` give at single distances, with random or with first values.
 *
 * @module
 */
import type { LayerContext, PositionEncoding } from "../encodings/position-encoding.ts";
import { passContext, layerContext } from "../model/context.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { constant } from "../operators/source.ts";
import { initialValues } from "../parameters/initialise.ts";
import { evaluate } from "../tensor/evaluate.ts";
import { largestFloat32 } from "../tensor/float32.ts";
import type { Tensor, Value } from "../tensor/tensor.ts";
import { given } from "./small-model.ts";

/** The furthest distance that is asked for. */
const furthest = 100_000;

/** The smallest distance found whose bias float32 cannot hold, with the value; undefined where none was found. */
export function firstNotFinite(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
): { readonly distance: number; readonly value: number } | undefined {
  if (!hasBias(model)) return undefined;
  const at = (distance: number): number | undefined =>
    biasAt(model, values, [distance])?.find((value) => !(Math.abs(value) <= largestFloat32));
  let good = -1;
  for (let distance = 0; distance <= furthest; distance += distance < 64 ? 1 : distance) {
    if (at(distance) === undefined) {
      good = distance;
      continue;
    }
    let bad = distance;
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      if (at(middle) === undefined) good = middle;
      else bad = middle;
    }
    return { distance: bad, value: at(bad)! };
  }
  return undefined;
}

/**
 * How much the bias of every head grows from distance 0 to the train length, with several first values; undefined
 * unless it grows everywhere, in every head, layer and draw.
 */
export function growthWithDistance(model: LanguageModel, length: number): number | undefined {
  if (!hasBias(model)) return undefined;
  const distances = Array.from({ length }, (_, distance) => distance);
  let least = Infinity;
  for (const seed of [1, 2, 3, 4]) {
    const values = new Map(
      model.parameters.specs.map((spec) => [
        spec.name,
        { shape: spec.shape, data: Float64Array.from(initialValues(spec, seed)) },
      ]),
    );
    const rows = biasAt(model, values, distances);
    if (rows === undefined) return undefined;
    for (let from = 0; from < rows.length; from += length) {
      const row = rows.slice(from, from + length);
      const grows = row.every((value, at) => at === 0 || value >= row[at - 1]!);
      least = grows ? Math.min(least, row.at(-1)! - row[0]!) : 0;
      if (!(least > 1e-6)) return undefined;
    }
  }
  return least;
}

function hasBias({ encoding, config }: LanguageModel): boolean {
  return Array.from({ length: config.layers }, (_, layer) => encoding.at?.(layer) ?? encoding).some(
    (own) => own.bias !== undefined || own.layerBias !== undefined,
  );
}

/** Biases of all layers and heads, a row of distances for each; undefined where the hooks cannot be asked. */
function biasAt(
  model: LanguageModel,
  values: ReadonlyMap<string, Value>,
  distances: readonly number[],
): readonly number[] | undefined {
  try {
    const { encoding, config, parameters } = model;
    const last = Math.max(...distances);
    const positions = (of: readonly number[]): LayerContext["queries"] => ({
      tensor: constant([of.length], of, "int32"),
      values: of,
    });
    const context = passContext(
      {
        queries: positions([last]),
        // In a text positions rise.
        keys: positions(distances.map((distance) => last - distance).reverse()),
        causal: true,
        dropout: (x) => x,
      },
      parameters,
    );
    const tensors = Array.from({ length: config.layers }, (_, layer): Tensor[] => {
      const own: PositionEncoding = encoding.at?.(layer) ?? encoding;
      const inLayer = layerContext({ context, parameters, layer, heads: config.heads });
      const found = [own.bias?.(context), own.layerBias?.(inLayer)];
      return found.filter((tensor) => tensor !== undefined);
    }).flat();
    const results = evaluate(tensors, given(model, values));
    return results.flatMap(({ data, shape }) => {
      if (shape.at(-1) !== distances.length)
        return Array.from(data, (value) => distances.map(() => value)).flat();
      const rows = Array.from({ length: data.length / distances.length }, (_, row) =>
        [...data.subarray(row * distances.length, (row + 1) * distances.length)].reverse(),
      );
      return rows.flat();
    });
  } catch {
    return undefined;
  }
}
