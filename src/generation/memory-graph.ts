/**
 * The graphs of an encoder-decoder that decodes: one reads sources and gives the memory, keys and values of every layer of
 * the decoder; the other continues targets and has that memory among its inputs.
 *
 * Batch and lengths are symbols, so one session serves sources of all lengths.
 *
 * @module
 */
import type { Positions } from "../encodings/position-encoding.ts";
import { decode, encode, memoryOf } from "../model/encode-decode.ts";
import { halfConfig } from "../model/encoder-decoder-config.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import type { KeyValue } from "../model/operands.ts";
import { reshape } from "../operators/movement.ts";
import { slice } from "../operators/slicing.ts";
import { input } from "../operators/source.ts";
import type { Dimension } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { DecodedModel } from "./decoding-graph.ts";

/** A graph that reads sources. */
export interface MemoryGraph {
  /**
   * int32 `sourceTokens [batch, source]`, bool `sourceMask [batch, source]`, true for text, and int32
   * `sourcePositions [source]`, with an axis of layers before it where the encoding samples positions for each layer.
   */
  readonly inputs: readonly Tensor[];
  /** Keys and values of each layer of the decoder, `[batch, keyValueHeads, source, width]`, named by `memoryName`. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** The name of a layer's keys or values among the outputs of one graph and the inputs of the other. */
export function memoryName(layer: number, part: "key" | "value"): string {
  return `memory.${layer}.${part}`;
}

/** The graph that reads sources. */
export function memoryGraph(model: EncoderDecoder): MemoryGraph {
  const { sampling } = model.encoder;
  const { encoderLayers } = model.config;
  const tokens = input("sourceTokens", ["batch", "source"], "int32");
  const keyMask = input("sourceMask", ["batch", "source"], "bool");
  const perLayer = sampling?.per === "layer";
  const places = input(
    "sourcePositions",
    perLayer ? [encoderLayers, "source"] : ["source"],
    "int32",
  );
  const ofLayers: Positions[] = perLayer
    ? Array.from({ length: encoderLayers }, (_, layer) => ({
        tensor: reshape(slice(places, 0, layer, 1), ["source"]),
      }))
    : [{ tensor: places, consecutive: sampling === undefined }];
  const positions = ofLayers[0]!;
  const layerPositions = perLayer
    ? ofLayers.map((own) => ({ queries: own, keys: own }))
    : undefined;
  const { encoded } = encode(model, { tokens, positions, keyMask, layerPositions });
  const { layers } = memoryOf(model, { encoded, positions, keyMask });
  const outputs = layers.flatMap(({ key, value }, layer) => [
    [memoryName(layer, "key"), key] as const,
    [memoryName(layer, "value"), value] as const,
  ]);
  return { inputs: [tokens, places, keyMask], outputs: Object.fromEntries(outputs) };
}

/**
 * The decoder of an encoder-decoder, as `decodingGraph` takes it. Its pass reads the outputs of `graph`, bool
 * `sourceMask` and int32 `memoryPositions [source]`, or `[batch, source]` where they are sampled: those of the encoder's first
 * layer.
 */
export function targetModel(model: EncoderDecoder, graph: MemoryGraph): DecodedModel {
  const { config, decoder, parameters } = model;
  const sampled = model.encoder.sampling !== undefined;
  return {
    config: halfConfig(config, "decoder"),
    encoding: decoder,
    parameters,
    pass(given) {
      const [batch] = given.tokens.shape;
      const keyMask = input("sourceMask", [batch!, "source"], "bool");
      const shape: Dimension[] = sampled ? [batch!, "source"] : ["source"];
      const places = input("memoryPositions", shape, "int32");
      const inputs = [keyMask, places];
      const part = (layer: number, name: "key" | "value"): Tensor => {
        const [, heads, , width] = graph.outputs[memoryName(layer, name)]!.shape;
        const tensor = input(memoryName(layer, name), [batch!, heads!, "source", width!]);
        inputs.push(tensor);
        return tensor;
      };
      const layers = Array.from({ length: config.decoderLayers }, (_, layer): KeyValue => ({
        key: part(layer, "key"),
        value: part(layer, "value"),
      }));
      const positions: Positions = { tensor: places, consecutive: !sampled };
      const memory = { layers, positions, keyMask };
      return { ...decode(model, { ...given, memory }), inputs };
    },
  };
}
