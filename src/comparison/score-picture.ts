/**
 * What an encoding does to scores, as a picture, asked of its hooks and not of its name.
 *
 *     embed    how alike the position parts of the input are:  p_i · p_j, scaled to 1 on average at i = j
 *     rotate   the score of one constant vector with itself:   R(i)1 · R(j)1 / headDim
 *     bias     what is added to the scores, mean over heads
 *
 * @module
 */
import { knownPositions, layerContext, passContext } from "../model/context.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { matmul } from "../operators/matmul.ts";
import { fill, range } from "../operators/source.ts";
import { evaluate } from "../tensor/evaluate.ts";

import type { Tensor, Value } from "../tensor/tensor.ts";
import type { ScorePicture } from "./results.ts";

/** The picture of a trained encoding at positions 0 … size − 1. */
export function scorePicture(
  { config, encoding, parameters }: LanguageModel,
  values: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
  size: number,
): ScorePicture {
  const positions = knownPositions(range(size), size);
  const pass = { queries: positions, keys: positions, causal: true, dropout: (x: Tensor) => x };
  const context = passContext(pass, parameters);
  const layer = layerContext(context, parameters, 0, config.heads);
  const given = new Map<Tensor, Value>();
  for (const [name, tensor] of parameters.entries()) {
    const stored = values.get(name);
    if (stored) given.set(tensor, { shape: stored.shape, data: Float64Array.from(stored.data) });
  }
  const grid = (tensor: Tensor): Float64Array => meanOfPlanes(evaluate([tensor], given)[0]!, size);

  const parts: Float64Array[] = [];
  const captions: string[] = [];
  if (encoding.bias) {
    parts.push(grid(encoding.bias(context)));
    captions.push("added to the scores, mean over heads");
  }
  if (encoding.rotate) {
    const headDim = config.model / config.heads;
    const ones = fill([1, 1, size, headDim], 1);
    const turned = (role: "query" | "key"): Tensor =>
      encoding.rotate!(ones, positions, role, layer);
    const product = matmul(turned("query"), turned("key"), {
      transposeB: true,
      scale: 1 / headDim,
    });
    parts.push(grid(product));
    captions.push("score of a constant vector with itself");
  }
  if (encoding.embed) {
    const width =
      encoding.tokenInput === "one-hot" ? config.vocab : config.model - (encoding.extraWidth ?? 0);
    const embedded = encoding.embed(fill([1, size, width], 0), context);
    const alike = grid(matmul(embedded, embedded, { transposeB: true }));
    const scale = Array.from({ length: size }, (_, i) => alike[i * size + i]!);
    const average = scale.reduce((a, b) => a + b, 0) / size || 1;
    parts.push(alike.map((value) => value / average));
    captions.push("likeness of the position vectors");
  }
  const total = parts.reduce(
    (a, b) => a.map((value, at) => value + b[at]!),
    new Float64Array(size * size),
  );
  return {
    size,
    values: Array.from(total, (value, at) => (at % size > Math.floor(at / size) ? NaN : value)),
    caption: captions.join("; ") || "nothing: only the causal mask",
  };
}

/** The mean over all leading axes, broadcast over the last two. */
function meanOfPlanes({ shape, data }: Value, size: number): Float64Array {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const planes = data.length / (rows * columns);
  return Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size) % rows, (at % size) % columns];
    let total = 0;
    for (let plane = 0; plane < planes; plane++) total += data[(plane * rows + i) * columns + j]!;
    return total / planes;
  });
}
