/**
 * The families of pretrained models, by the `model_type` of their configurations.
 *
 * @module
 */
import type { DecoderFamily } from "./family.ts";
import { llama } from "./llama.ts";

/** All families of decoders. */
export const decoderFamilies: readonly DecoderFamily[] = [llama];

/** The family of a `model_type`; undefined where there is none. */
export function familyOf(modelType: string): DecoderFamily | undefined {
  return decoderFamilies.find((family) => family.modelType === modelType);
}
