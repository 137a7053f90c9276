/**
 * What rotary positions do to scores, measured: scores of a layer between pairs of unit vectors, asked of the encoding's
 * hooks as attention asks them. Nothing is read from options, so an option that was ignored shows.
 *
 * @module
 */
import type { PairLayout } from "../encodings/parts/rotation.ts";
import type { PositionEncoding, Positions } from "../encodings/position-encoding.ts";
import { layerContext, passContext } from "../model/context.ts";
import { keptKeys, operandsOf } from "../model/operands.ts";
import { scoresOf, sharedBias } from "../model/scores.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { constant } from "../operators/source.ts";
import { evaluate } from "../tensor/evaluate.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The components of a head that form pairs. */
export interface Pairs {
  readonly rotated: number;
  readonly layout: PairLayout;
}

/** One layer's rotation at some distances, from the first position of a text on. */
export interface MeasuredRotation {
  /** The angle of each pair at a distance of 1: inverse frequencies. */
  readonly frequencies: readonly number[];
  /** Factor of cosines and sines. */
  readonly attentionFactor: number;
  readonly distances: readonly DistanceMeasure[];
}

/** The score of unit vectors at one distance, without the scale of scores. */
export interface DistanceMeasure {
  readonly distance: number;
  /** Of each pair: its cosine times the square of the attention factor. */
  readonly cosines: readonly number[];
  /** Of the pair as a whole: the square of the attention factor, and any factor of queries. */
  readonly magnitude: number;
}

/** Measures a layer; queries are `distances` after a key at position 0. */
export function measureRotation(
  model: LanguageModel,
  layer: number,
  { rotated, layout }: Pairs,
  distances: readonly number[],
): MeasuredRotation {
  const { headDim } = model.config;
  const count = rotated / 2;
  const first = (pair: number): number => (layout === "half" ? pair : 2 * pair);
  const second = (pair: number): number => (layout === "half" ? pair + count : 2 * pair + 1);
  // Two rows for each pair: its first component against itself, and against the second.
  const rows = Array.from({ length: 2 * count }, (_, row) => {
    const pair = Math.floor(row / 2);
    return { query: first(pair), key: row % 2 === 0 ? first(pair) : second(pair) };
  });
  const positions = [1, ...distances];
  const unit = (component: number): number[] =>
    Array.from({ length: headDim }, (_, at) => (at === component ? 1 : 0));
  const query = constant(
    [rows.length, 1, positions.length, headDim],
    rows.flatMap(({ query }) => positions.flatMap(() => unit(query))),
  );
  const key = constant(
    [rows.length, 1, 1, headDim],
    rows.flatMap(({ key }) => unit(key)),
  );
  const scores = scoresBetween(model, layer, { query, key, positions });
  const at = (pair: number, place: number): readonly [cosine: number, sine: number] => [
    scores[2 * pair * positions.length + place]!,
    scores[(2 * pair + 1) * positions.length + place]!,
  ];
  const pairs = Array.from({ length: count }, (_, pair) => pair);
  const measure = (place: number): DistanceMeasure => ({
    distance: positions[place]!,
    cosines: pairs.map((pair) => at(pair, place)[0]),
    magnitude: mean(pairs.map((pair) => Math.hypot(...at(pair, place)))),
  });
  return {
    frequencies: pairs.map((pair) => {
      const [cosine, sine] = at(pair, 0);
      return Math.atan2(sine, cosine);
    }),
    attentionFactor: Math.sqrt(measure(0).magnitude),
    distances: distances.map((_, place) => measure(place + 1)),
  };
}

/** Scores `[row, position]` of queries at the positions with a key at position 0, not scaled. */
function scoresBetween(
  { config, encoding: ofModel, parameters }: LanguageModel,
  layer: number,
  given: { readonly query: Tensor; readonly key: Tensor; readonly positions: readonly number[] },
): Float64Array {
  const encoding: PositionEncoding = ofModel.at?.(layer) ?? ofModel;
  const places = (values: readonly number[]): Positions => ({
    tensor: constant([values.length], values, "int32"),
    values,
  });
  const [queries, keys] = [places(given.positions), places([0])];
  const whole = passContext({ queries, keys, causal: true, dropout: (x) => x }, parameters);
  const context = layerContext({ context: whole, parameters, layer, heads: config.heads });
  const key = keptKeys({ encoding, context, key: given.key, heads: 1, positions: keys });
  const operands = operandsOf({ encoding, context, query: given.query, kept: key, scoreScale: 1 });
  const scores = scoresOf({
    ...{ encoding, operands, context },
    shared: sharedBias({ encoding, context }),
  });
  return evaluate([scores])[0]!.data;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
