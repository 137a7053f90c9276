/**
 * The model in which facts have sizes: that of the default comparison.
 *
 * @module
 */
import { defaultSettings, modelConfig } from "../comparison/settings.ts";
import type { ModelShape } from "../encodings/position-encoding.ts";

const vocab = 256;
const { model, heads, keyValueHeads, headDim, layers } = modelConfig(defaultSettings, vocab);

/** Causal, over bytes. */
export const referenceShape: ModelShape = {
  model,
  heads,
  keyValueHeads,
  headDim,
  layers,
  vocab,
  trainLength: defaultSettings.trainLength,
  causal: true,
};
