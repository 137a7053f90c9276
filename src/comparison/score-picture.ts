/**
 * What a trained encoding does to scores, as one picture: the mean over layers and heads.
 *
 * Encodings of the input do not touch the scores; their picture is how alike the position parts of the
 * token vectors are.
 *
 * @module
 */
import type { TrainedModel } from "../model/trained-model.ts";
import { meanPlane } from "../pictures/by-distance.ts";
import { contentOf, effectOnScores } from "../pictures/effect-on-scores.ts";
import { captions } from "../pictures/encoding-picture.ts";
import { likenessOfInputs } from "../pictures/likeness-of-inputs.ts";
import type { Tensor, Value } from "../tensor/tensor.ts";
import type { ScorePicture } from "./trial-record.ts";

/**
 * The picture of a trained encoding at positions 0 … size − 1. What it draws, such as the positions that an encoding
 * samples, comes from the seed.
 */
export function scorePicture(
  { model, weights }: TrainedModel,
  { size, seed }: { readonly size: number; readonly seed: number },
): ScorePicture {
  const given = new Map<Tensor, Value>();
  for (const [name, tensor] of model.parameters.entries()) {
    const stored = weights.get(name);
    if (stored) given.set(tensor, { shape: stored.shape, data: Float64Array.from(stored.data) });
  }
  const options = { size, draws: 8, seed };
  const effect = effectOnScores(model, given, options);
  const likeness = likenessOfInputs(model, given, options)?.plane;
  const planes = [...(effect ? [meanPlane(effect.flat())] : []), ...(likeness ? [likeness] : [])];
  const words = [
    ...(effect ? [`${captions[contentOf(model)!]}, mean over heads and layers`] : []),
    ...(likeness ? [captions.inputs] : []),
  ];
  const unseen = (_: unknown, at: number): number => (at % size > Math.floor(at / size) ? NaN : 0);
  return {
    size,
    values: Array.from({ length: size * size }, (_, at) =>
      planes.reduce((sum, plane) => sum + plane[at]!, unseen(_, at)),
    ),
    caption: words.join("; ") || "nothing: only the causal mask",
  };
}
