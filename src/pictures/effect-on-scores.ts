/**
 * What an encoding does to the scores of one layer, asked of its hooks.
 *
 *     effect[h, i, j] = score[h, i, j] with the encoding − scale · q·k
 *
 * Where the effect depends on content, every query and every key is one vector v with scale · v·v = 1, so
 * that without the encoding all scores are 1. Two kinds of content:
 *
 *     constant   v has equal components: enough for rotations, which treat all directions alike on average
 *     random     v and the layer's inputs are random, and the effect is the mean over some draws
 *
 * @module
 */
import type { PositionEncoding, Positions } from "../encodings/position-encoding.ts";
import { knownPositions, layerContext, passContext } from "../model/context.ts";
import { repeatHeads } from "../model/heads.ts";
import { attentionOperands } from "../model/operands.ts";
import { scoresOf, sharedBias } from "../model/scores.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { constant } from "../operators/source.ts";
import { random } from "../random/random.ts";
import { evaluate } from "../tensor/evaluate.ts";
import type { Tensor, Value } from "../tensor/tensor.ts";

/** One number for each query and key, row by row; NaN where the key is not seen. */
export type Plane = Float64Array;

/** What the effect depends on beside positions and learned tensors. */
export type Content = "none" | "constant" | "random";

/** How a picture is made. */
export interface PictureOptions {
  /** Positions 0 … size − 1, or as many sampled ones. */
  readonly size: number;
  /** How many draws are averaged where anything is drawn. */
  readonly draws: number;
  readonly seed: number;
}

/** The content that an encoding's hooks ask for; undefined where it does not touch the scores of any layer. */
export function contentOf({ config, encoding }: LanguageModel): Content | undefined {
  const contents = Array.from({ length: config.layers }, (_, layer) =>
    contentIn(encoding.at?.(layer) ?? encoding),
  );
  return (["random", "constant", "none"] as const).find((content) => contents.includes(content));
}

function contentIn(encoding: PositionEncoding): Content | undefined {
  const content = ["contentBias", "product", "combine", "tokenState"] as const;
  if (content.some((hook) => encoding[hook] !== undefined)) return "random";
  if (encoding.rotate !== undefined) return "constant";
  return encoding.bias === undefined && encoding.layerBias === undefined ? undefined : "none";
}

/** The effect in each layer and head, undefined where the encoding does not touch the scores. */
export function effectOnScores(
  model: LanguageModel,
  values: ReadonlyMap<Tensor, Value>,
  options: PictureOptions,
): readonly (readonly Plane[])[] | undefined {
  const { config, encoding } = model;
  const content = contentOf(model);
  if (content === undefined) return undefined;
  const { size, draws, seed } = options;
  // Sampled positions differ from sample to sample, so each has a graph of its own.
  const passes = encoding.sampling ? draws : 1;
  const batch = content === "random" && !encoding.sampling ? draws : 1;
  return Array.from({ length: config.layers }, (_, layer) => {
    const sums = Array.from({ length: config.heads }, () => new Float64Array(size * size));
    for (let pass = 0; pass < passes; pass++) {
      const places = placesIn(encoding, size, random(seed, "picture", "positions", pass));
      const stream = { batch, layer, pass, seed };
      const planes = planesOf(model, values, places, content, stream);
      planes.forEach((plane, head) =>
        plane.forEach((value, at) => (sums[head]![at]! += value / passes)),
      );
    }
    return sums;
  });
}

/** Positions of the picture: in order, or sampled as an evaluation samples them, for every layer alike. */
export function placesIn(
  { sampling }: PositionEncoding,
  size: number,
  stream: ReturnType<typeof random>,
): Positions {
  if (sampling === undefined) {
    const values = Array.from({ length: size }, (_, position) => position);
    return knownPositions(constant([size], values, "int32"), size);
  }
  const values = sampling.positions(size, stream, false);
  return { tensor: constant([size], values, "int32"), values };
}

/** The mean over the batch of one pass, for each head. */
function planesOf(
  { config, encoding: ofModel, parameters }: LanguageModel,
  values: ReadonlyMap<Tensor, Value>,
  places: Positions,
  content: Content,
  { batch, layer, pass, seed }: { batch: number; layer: number; pass: number; seed: number },
): Plane[] {
  const encoding = ofModel.at?.(layer) ?? ofModel;
  const { heads, keyValueHeads, headDim, model } = config;
  const size = places.tensor.shape[0] as number;
  const scale = config.scoreScale ?? encoding.scoreScale ?? headDim ** -0.5;
  const stream = random(seed, "picture", "content", pass);
  // Heads of queries that share keys have one vector.
  const vectors = contentVectors(content, batch * keyValueHeads, headDim, scale, stream);
  const repeated = vectors.flatMap((vector) => Array<number[]>(size).fill(vector).flat());
  const key = constant([batch, keyValueHeads, size, headDim], repeated);
  const query = repeatHeads(key, heads);
  const inputs = { queries: places, keys: places, causal: true, dropout: (x: Tensor) => x };
  const whole = passContext(inputs, parameters);
  const context = layerContext({ context: whole, parameters, layer, heads });
  const x = constant(
    [batch, size, model],
    stream.split("inputs").normalArray(batch * size * model),
  );
  const tokenState = encoding.tokenState?.(x, context) ?? {};
  const fresh = { query, key, tokenState };
  const { scoreScale } = config;
  const { operands } = attentionOperands({ encoding, context, fresh, scoreScale });
  const shared = sharedBias({ encoding, context });
  const scores = scoresOf({ encoding, operands, context, shared });
  const [{ data }] = evaluate([scores], values) as [Value];
  const before = content === "none" ? 0 : 1;
  return Array.from({ length: heads }, (_, head) =>
    Float64Array.from({ length: size * size }, (_, at) => {
      if (at % size > Math.floor(at / size)) return NaN;
      let total = 0;
      for (let row = 0; row < batch; row++)
        total += data[(row * heads + head) * size * size + at]! - before;
      // What is left of 1 − 1 is rounding.
      return Math.abs(total) < 1e-12 * batch ? 0 : total / batch;
    }),
  );
}

/** Vectors whose score with themselves is 1; zeros where nothing depends on them. */
function contentVectors(
  content: Content,
  count: number,
  headDim: number,
  scale: number,
  stream: ReturnType<typeof random>,
): number[][] {
  return Array.from({ length: count }, () => {
    if (content === "none") return Array<number>(headDim).fill(0);
    const vector =
      content === "constant" ? Array<number>(headDim).fill(1) : [...stream.normalArray(headDim)];
    const norm = vector.reduce((sum, value) => sum + value * value, 0);
    return vector.map((value) => value / Math.sqrt(norm * scale));
  });
}
