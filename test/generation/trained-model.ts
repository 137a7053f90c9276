/**
 * Small models with random weights, for tests of decoding.
 *
 * @module
 */
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import type { ParameterSpec } from "../../src/parameters/spec.ts";
import { random } from "../../src/random/random.ts";

/** Tokens of the models. */
export const vocab = 13;

/** Layers of width 16 with two heads, trained at length 8. */
export function trainedModel(encoding: string, layers = 2): TrainedModel {
  return withWeights(encoding, layers, ({ name, shape }) => normal(name, shape, 0.4));
}

/** The same with biases of 0 and gains of 1, so that a text that is continued greedily does not repeat one token. */
export function livelyModel(encoding: string): TrainedModel {
  return withWeights(encoding, 2, (spec) =>
    spec.shape.length === 1 ? initialValues(spec, 1) : normal(spec.name, spec.shape, 1),
  );
}

function normal(name: string, shape: readonly number[], deviation: number): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from(random(1, name).normalArray(size, deviation));
}

function withWeights(
  encoding: string,
  layers: number,
  values: (spec: ParameterSpec) => ArrayLike<number>,
): TrainedModel {
  const config = transformerConfig({ vocab, model: 16, heads: 2, layers, hidden: 24 });
  const model = languageModel(config, encodingById(encoding), 8);
  const weights = new Map(
    model.parameters.specs.map((spec) => [
      spec.name,
      { shape: spec.shape, data: Float32Array.from(values(spec)) },
    ]),
  );
  return { model, weights };
}
