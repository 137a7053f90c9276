/**
 * Small encoder-decoders with random weights, and what they give in one pass, for tests of decoding.
 *
 * @module
 */
import type { TrainedEncoderDecoder } from "../../src/generation/target-decoder.ts";
import { textPositions } from "../../src/generation/text-positions.ts";
import { forwardPair } from "../../src/model/encode-decode.ts";
import { halfConfig } from "../../src/model/encoder-decoder-config.ts";
import type { EncoderDecoder } from "../../src/model/encoder-decoder.ts";
import { positionsFeed, sequencePositions } from "../../src/model/positions.ts";
import { input } from "../../src/operators/source.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import { random } from "../../src/random/random.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { modelOf } from "../model/sequence-model.ts";
import type { Parts } from "../model/sequence-model.ts";

/** Tokens of the models. */
export const vocab = 11;

/** Width 24, three heads, two layers in each half, trained at length 7; weights that do not repeat one token. */
export function trainedPair(parts: Parts = {}, deviation = 0.4): TrainedEncoderDecoder {
  const model = modelOf(parts);
  const weights = new Map(
    model.parameters.specs.map((spec) => {
      const { name, shape } = spec;
      const size = shape.reduce((product, length) => product * length, 1);
      const matrix = shape.length > 1 || name.includes("position");
      const data = matrix
        ? Float32Array.from(random(1, name).normalArray(size, deviation))
        : Float32Array.from(initialValues(spec, 1));
      return [name, { shape, data }];
    }),
  );
  return { model, weights };
}

/** Logits of each token of a target, in float64, as one pass gives them for one source; `[target, vocab]`. */
export function passOf(
  { model, weights }: TrainedEncoderDecoder,
  source: readonly number[],
  target: readonly number[],
  maxLength: number,
): Float64Array {
  const { encoder, decoder, config } = model;
  const tokens = (name: string, ids: readonly number[]): Tensor =>
    input(name, [1, ids.length], "int32");
  const [sourceTokens, targetTokens] = [tokens("source", source), tokens("target", target)];
  const from = (half: "encoder" | "decoder", tensor: Tensor) => {
    const encoding = half === "encoder" ? encoder : decoder;
    const layers = halfConfig(config, half).layers;
    const length = half === "encoder" ? source.length : target.length;
    const named = input(`${half} positions`, shapeFor(encoding, layers, length), "int32");
    const { input: places, ...passed } = sequencePositions(encoding, layers, length, {
      tensor: named,
    });
    return { places, inputs: { tokens: tensor, ...passed } };
  };
  const [read, written] = [from("encoder", sourceTokens), from("decoder", targetTokens)];
  const { logits } = forwardPair(model, { source: read.inputs, target: written.inputs });
  const half = {
    config: halfConfig(config, "decoder"),
    encoding: decoder,
    parameters: model.parameters,
  };
  const chosen = textPositions(half, maxLength);
  const numbers = Array.from({ length: chosen.layers }, (_, layer) =>
    target.map((__, index) => chosen.at(0, layer, index)),
  ).flat();
  const stream = random(0, "generation", "source positions", source.length);
  const { data: sampled } = positionsFeed(
    encoder,
    config.encoderLayers,
    source.length,
    stream,
    false,
  );
  const values = new Map<Tensor, Value>(
    [...weights].map(([name, { shape, data }]) => [
      model.parameters.get(name),
      { shape, data: Float64Array.from(data) },
    ]),
  );
  const set = (tensor: Tensor, data: ArrayLike<number>): void => {
    values.set(tensor, { shape: tensor.shape as number[], data: Float64Array.from(data) });
  };
  set(sourceTokens, source);
  set(targetTokens, target);
  set(read.places, sampled);
  set(written.places, numbers);
  return evaluate([logits], values)[0]!.data;
}

function shapeFor(
  { sampling }: EncoderDecoder["encoder"],
  layers: number,
  length: number,
): number[] {
  return sampling?.per === "layer" ? [layers, length] : [length];
}
