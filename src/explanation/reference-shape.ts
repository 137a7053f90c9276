/**
 * The model in which facts have sizes: that of the default comparison.
 *
 * @module
 */
import { defaultSettings } from "../comparison/settings.ts";
import type { ModelShape } from "../encodings/position-encoding.ts";

const { width: model, heads, layers, trainLength } = defaultSettings;

/** Causal, over bytes. */
export const referenceShape: ModelShape = {
  model,
  heads,
  headDim: model / heads,
  layers,
  vocab: 256,
  trainLength,
  causal: true,
};
