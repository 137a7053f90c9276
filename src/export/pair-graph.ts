/**
 * An encoder-decoder as the two graphs that transformers.js and Optimum call. The encoder reads sources:
 *
 *     input_ids                  int64 [batch_size, encoder_sequence_length]
 *     attention_mask             int64 [batch_size, encoder_sequence_length], 0 where a token is padding
 *     last_hidden_state          float32 [batch_size, encoder_sequence_length, width]
 *
 * The decoder writes targets, which have no padding:
 *
 *     input_ids                  int64 [batch_size, decoder_sequence_length]
 *     encoder_attention_mask     int64 [batch_size, encoder_sequence_length]
 *     encoder_hidden_states      float32 [batch_size, encoder_sequence_length, width]
 *     past_key_values.N.decoder.key, .value    of the target so far
 *     past_key_values.N.encoder.key, .value    of the source; empty in the first call
 *     use_cache_branch           bool [1], whether there was a call before this one
 *     logits                     float32 [batch_size, decoder_sequence_length, vocab]
 *     present.N.decoder.key, .value            the past, with the new tokens behind it
 *     present.N.encoder.key, .value            in the first call those of the source; then empty, and the first ones stay
 *
 * So the source is projected to keys and values once: later calls read no row of the encoder's states. One graph serves
 * both kinds of call, without a condition in it.
 *
 * Reference:  transformers.js 4.3.1, src/models/modeling_utils.js (seq2seq_forward, getPastKeyValues)
 *
 * @module
 */
import type { PositionEncoding, Positions } from "../encodings/position-encoding.ts";
import { InputError } from "../errors.ts";
import { cacheColumns } from "../generation/decoding-graph.ts";
import { decode, encode, memoryOf } from "../model/encode-decode.ts";
import { halfConfig } from "../model/encoder-decoder-config.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { expand } from "../operators/movement.ts";
import { concat, slice } from "../operators/slicing.ts";
import { input, range } from "../operators/source.ts";
import { addDimensions } from "../tensor/dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { countedPositions, reasonAgainst, textMask, withoutPadding } from "./decoder-graph.ts";
import { graphInput } from "./export-graph.ts";
import type { ExportGraph, GraphInput, NamedTensor } from "./export-graph.ts";

const batch = "batch_size";
const source = "encoder_sequence_length";
const sequence = "decoder_sequence_length";
const past = "past_decoder_sequence_length";
/** Tokens of the source with keys from an earlier call, and those without: one of the two is 0. */
const [known, fresh] = ["encoder_sequence_length_out", "encoder_sequence_length_new"] as const;

/**
 * The graph of the encoder.
 *
 * @param padding an id that is no token of the model and stands for padding; absent: padding has an id of the model
 */
export function encoderGraph(model: EncoderDecoder, padding?: number): ExportGraph {
  const ids = input("ids", [batch, source], "int32");
  const mask = input("mask", [batch, source], "int32");
  const keyMask = textMask(mask);
  const positions = sourcePositions(model.encoder, keyMask);
  const tokens = withoutPadding(ids, padding);
  const { encoded } = encode(model, { tokens, positions, keyMask });
  return {
    inputs: [graphInput("input_ids", ids), graphInput("attention_mask", mask)],
    outputs: [{ name: "last_hidden_state", tensor: encoded }],
  };
}

/**
 * The graph of the decoder.
 *
 * @param padding as in `encoderGraph`
 */
export function targetGraph(model: EncoderDecoder, padding?: number): ExportGraph {
  const config = halfConfig(model.config, "decoder");
  const ids = input("ids", [batch, sequence], "int32");
  const mask = input("mask", [batch, addDimensions(known, fresh)], "int32");
  const encoded = input("encoded", [batch, fresh, config.model]);
  const keyMask = textMask(mask);
  const { target, memory: places } = positionsOf(model, keyMask);
  const own = cacheColumns({ config, encoding: model.decoder, parameters: model.parameters }).map(
    (columns, layer) =>
      (["key", "value"] as const).map((part) => {
        const { heads, width } = columns.find(({ name }) => name === part)!;
        return pastInput(layer, `decoder.${part}`, [batch, heads, past, width]);
      }),
  );
  const made = memoryOf(model, { encoded, positions: places.fresh });
  const across = made.layers.map(({ key, value }, layer) =>
    [key, value].map((tensor, at) => {
      const shape = [batch, tensor.shape[1]!, known, tensor.shape[3]!];
      return pastInput(layer, `encoder.${at === 0 ? "key" : "value"}`, shape);
    }),
  );
  const { logits, present } = decode(model, {
    tokens: withoutPadding(ids, padding),
    positions: target.queries,
    past: {
      layers: own.map(([key, value]) => ({ key: key!.tensor, value: value!.tensor })),
      keyPositions: target.keys,
    },
    memory: {
      layers: made.layers.map(({ key, value }, layer) => ({
        key: concat([across[layer]![0]!.tensor, key], 2),
        value: concat([across[layer]![1]!.tensor, value], 2),
      })),
      positions: places.all,
      keyMask,
    },
  });
  return {
    inputs: [
      graphInput("encoder_attention_mask", mask, [batch, source]),
      graphInput("input_ids", ids),
      {
        ...graphInput("encoder_hidden_states", encoded, [batch, source, config.model]),
        emptyIf: branch,
      },
      ...own.flatMap((ofLayer, layer) => [...ofLayer, ...across[layer]!]),
      graphInput(branch, input("branch", [1], "bool")),
    ],
    outputs: [
      { name: "logits", tensor: logits },
      ...present.flatMap(({ key, value }, layer): NamedTensor[] => [
        { name: `present.${layer}.decoder.key`, tensor: key },
        { name: `present.${layer}.decoder.value`, tensor: value },
        { name: `present.${layer}.encoder.key`, tensor: made.layers[layer]!.key },
        { name: `present.${layer}.encoder.value`, tensor: made.layers[layer]!.value },
      ]),
    ],
  };
}

/** Where the tokens of texts are that an encoder reads. */
export function sourcePositions(encoding: PositionEncoding, keyMask: Tensor): Positions {
  // Where distances alone count, padding may stand anywhere: nothing sees it.
  return encoding.shiftInvariant
    ? { tensor: range(keyMask.shape[1]!), consecutive: true }
    : { tensor: countedPositions(keyMask) };
}

const branch = "use_cache_branch";

function pastInput(layer: number, part: string, shape: Tensor["shape"]): GraphInput {
  const name = `past_key_values.${layer}.${part}`;
  return graphInput(name, input(`past.${layer}.${part}`, shape));
}

/** Where tokens of the target and of the source are. */
interface Places {
  readonly target: { readonly queries: Positions; readonly keys: Positions };
  readonly memory: { readonly fresh: Positions; readonly all: Positions };
}

function positionsOf({ cross }: EncoderDecoder, keyMask: Tensor): Places {
  const total = addDimensions(past, sequence);
  const all = addDimensions(known, fresh);
  const split = (keys: Tensor, counted: Tensor, rows: boolean): Places => ({
    target: {
      queries: { tensor: slice(keys, -1, past, sequence), consecutive: !rows },
      keys: { tensor: keys, consecutive: !rows },
    },
    memory: {
      fresh: { tensor: slice(counted, -1, known, fresh), consecutive: !rows },
      all: { tensor: counted, consecutive: !rows },
    },
  });
  if (!comparesPositions(cross)) return split(range(total), range(all), false);
  // Distances to the source begin at its first token that is text, and differ from row to row.
  return split(expand(range(total), [batch, total]), countedPositions(keyMask), true);
}

/** Whether an encoding of attention to the source reads where queries and keys are. */
export function comparesPositions(cross: PositionEncoding): boolean {
  const hooks = [
    ...(["rotate", "rotateValue", "rotateOutput", "product", "contentBias"] as const),
    ...(["bias", "layerBias", "combine", "valueTerm", "at"] as const),
  ] as const;
  return hooks.some((hook) => cross[hook] !== undefined);
}

/** @throws {InputError} the encoding of a half does not fit the format */
export function refusePair(model: EncoderDecoder): void {
  const { config, decoder, encoder, parameters } = model;
  const ofTarget = reasonAgainst({
    config: halfConfig(config, "decoder"),
    encoding: decoder,
    parameters,
  });
  if (ofTarget !== undefined)
    throw new InputError(
      `export: the format keeps of earlier tokens of a target their keys and values alone, and ${decoder.id} in the decoder ` +
        `${ofTarget}. Export a model with another encoding, or use relpos itself to write targets.`,
    );
  const ofSource = reasonAgainstEncoder(encoder, config.encoderLayers);
  if (ofSource !== undefined)
    throw new InputError(
      `export: sources of several lengths are read together, and ${encoder.id} in the encoder ${ofSource}. Export a model ` +
        `with another encoding, or use relpos itself to write targets.`,
    );
}

/** Why an encoding of sources does not fit, as the end of a sentence about it; undefined where it does. */
export function reasonAgainstEncoder(
  encoding: PositionEncoding,
  layers: number,
): string | undefined {
  if (encoding.sampling !== undefined) return "draws the positions of each text at random";
  const all = Array.from({ length: layers }, (_, layer) => encoding.at?.(layer) ?? encoding);
  return [encoding, ...all].some(({ cache }) => cache.keys === "recompute")
    ? "counts padding as a part of the text"
    : undefined;
}
