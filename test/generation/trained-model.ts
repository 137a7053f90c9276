/**
 * Small models with random weights, for tests of decoding.
 *
 * @module
 */
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { random } from "../../src/random/random.ts";

/** Tokens of the models. */
export const vocab = 13;

/** Two layers of width 16 with two heads, trained at length 8. */
export function trainedModel(encoding: string): TrainedModel {
  const config = transformerConfig({ vocab, model: 16, heads: 2, layers: 2, hidden: 24 });
  const model = languageModel(config, encodingById(encoding), 8);
  const weights = new Map(
    model.parameters.specs.map(({ name, shape }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const data = Float32Array.from(random(1, name).normalArray(size, 0.4));
      return [name, { shape, data }];
    }),
  );
  return { model, weights };
}
