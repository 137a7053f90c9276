/**
 * Passes of an encoder-decoder.
 *
 *     const { encoded } = encode(model, source)
 *     const memory = memoryOf(model, { encoded, positions, keyMask })    once for each source
 *     decode(model, { tokens, positions, memory, past })                 for each piece of the target
 *
 * Training calls `forwardPair`, which is all of it at once. Generation compiles `encode` with `memoryOf` as one
 * graph, whose outputs are the memory's keys and values, and `decode` as another, whose inputs they are.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { Positions } from "../encodings/position-encoding.ts";
import type { Dropout } from "../random/dropout.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { memoryKeyValue } from "./attention.ts";
import { layerContext, passContext } from "./context.ts";
import { halfConfig } from "./encoder-decoder-config.ts";
import type { Half } from "./encoder-decoder-config.ts";
import { parametersOf } from "./encoder-decoder.ts";
import type { EncoderDecoder } from "./encoder-decoder.ts";
import { requireMask } from "./masks.ts";
import type { KeyValue } from "./operands.ts";
import { stack } from "./stack.ts";
import type { LayerPositions, Stage } from "./stack.ts";
import { embedTokens } from "./token-embedding.ts";
import { headOf, pastTokensOf, scoredOf, withDropout } from "./transformer.ts";
import type { ForwardInputs, ForwardOutputs } from "./transformer.ts";

/** A batch of sources. */
export interface SourceInputs {
  /** int32 `[batch, source]` */
  readonly tokens: Tensor;
  readonly positions: Positions;
  /** True where a token is text and not padding, bool `[batch, source]`. */
  readonly keyMask?: Tensor | undefined;
  /** Positions sampled for each layer, where the encoding samples them so; `positions` are the first. */
  readonly layerPositions?: readonly LayerPositions[] | undefined;
  /** Dropout with masks of its own; absent: no dropout. */
  readonly dropout?: Dropout;
}

const sourceNames: NamesOf<SourceInputs> = {
  tokens: true,
  positions: true,
  keyMask: true,
  layerPositions: true,
  dropout: true,
};

/** What an encoder gives. */
export interface EncodeOutputs {
  /** `[batch, source, model]` */
  readonly encoded: Tensor;
  /** The embedding and each block's output, in order. */
  readonly stages: readonly Stage[];
}

/**
 * The encoder's output for a batch of sources.
 *
 * @throws {RangeError} for a mask that does not fit the tokens.
 */
export function encode(model: EncoderDecoder, given: SourceInputs): EncodeOutputs {
  refuseUnknownNames("encode", given, sourceNames);
  const { tokens, positions, keyMask, layerPositions } = given;
  const { layers: parameters, table } = parametersOf(model, "encoder");
  const { config, dropout } = withDropout(halfConfig(model.config, "encoder"), given.dropout);
  requireMask("keyMask", keyMask, tokens.shape[0]!, tokens.shape[1]!);
  const encoding = model.encoder;
  return scope("encoder", () => {
    const inputs = { queries: positions, keys: positions, causal: false, tokens, keyMask, dropout };
    const context = passContext(inputs, parameters);
    const x = embedTokens({ config, encoding, table, parameters, tokens, context, dropout });
    const pass = { config, encoding, parameters, x, context, dropout, layerPositions };
    const { output, stages } = stack(pass);
    return { encoded: output, stages: staged("encoder", x, stages) };
  });
}

/** What a memory is made of. */
export interface MemoryInputs {
  /** The encoder's output, `[batch, source, model]`. */
  readonly encoded: Tensor;
  /** Positions of the source's tokens. */
  readonly positions: Positions;
  /** True where a token of the source is text and not padding, bool `[batch, source]`. */
  readonly keyMask?: Tensor | undefined;
}

const memoryNames: NamesOf<MemoryInputs> = { encoded: true, positions: true, keyMask: true };

/** A source as the decoder attends to it; the same for every target token. */
export interface Memory {
  /** Each layer's keys and values, `[batch, keyValueHeads, source, width]`. */
  readonly layers: readonly KeyValue[];
  readonly positions: Positions;
  /** bool `[batch, source]` */
  readonly keyMask?: Tensor | undefined;
}

/** Keys and values of a source in every layer of the decoder, computed once and given to each `decode`. */
export function memoryOf(model: EncoderDecoder, given: MemoryInputs): Memory {
  refuseUnknownNames("memoryOf", given, memoryNames);
  const { encoded: x, positions, keyMask } = given;
  const { layers: parameters } = parametersOf(model, "decoder");
  const { config } = withDropout(halfConfig(model.config, "decoder"), undefined);
  return scope("memory", () => {
    // No hook that makes keys reads the queries' positions, so the source's own take their place.
    const context = crossContext(model, { queries: positions, keys: positions, keyMask });
    const layers = Array.from({ length: config.layers }, (_, layer) => {
      const place = { context, parameters, layer, heads: config.heads };
      return memoryKeyValue({
        ...{ parameters, config, x, name: `blocks.${layer}.crossAttention` },
        encoding: model.cross.at?.(layer) ?? model.cross,
        context: layerContext({ ...place, site: "crossAttention" }),
      });
    });
    return { layers, positions, keyMask };
  });
}

function crossContext(
  model: EncoderDecoder,
  given: {
    readonly queries: Positions;
    readonly keys: Positions;
    readonly keyMask?: Tensor | undefined;
    readonly dropout?: Dropout;
    readonly tokens?: Tensor;
  },
): ReturnType<typeof passContext> {
  const { layers } = parametersOf(model, "decoder");
  const inputs = { dropout: (x: Tensor) => x, ...given, causal: false };
  return passContext(inputs, layers, "crossAttention");
}

/** A piece of the target, with what it attends to. */
export interface TargetInputs extends Omit<ForwardInputs, "documents"> {
  /** Of the sources, see `memoryOf`. */
  readonly memory: Memory;
}

const targetNames: NamesOf<TargetInputs> = {
  logits: true,
  tokens: true,
  positions: true,
  past: true,
  layerPositions: true,
  keyMask: true,
  dropout: true,
  memory: true,
};

/**
 * Logits of target tokens that attend to a memory; with `past`, to earlier target tokens too.
 *
 * @throws {RangeError} for a mask that does not fit its keys, or a memory of another model.
 */
export function decode(model: EncoderDecoder, given: TargetInputs): ForwardOutputs {
  refuseUnknownNames("decode", given, targetNames);
  const { tokens, positions, past, layerPositions, keyMask, memory } = given;
  const { layers: parameters, table } = parametersOf(model, "decoder");
  const { config, dropout } = withDropout(halfConfig(model.config, "decoder"), given.dropout);
  const encoding = model.decoder;
  const keys = past?.keyPositions ?? positions;
  const pastTokens = pastTokensOf(encoding, past);
  const batch = tokens.shape[0]!;
  requireMask("keyMask", keyMask, batch, keys.tensor.shape.at(-1)!);
  requireMask("keyMask", memory.keyMask, batch, memory.positions.tensor.shape.at(-1)!);
  return scope("decoder", () => {
    const pass = { queries: positions, keys, causal: true, tokens, pastTokens, keyMask, dropout };
    const context = passContext(pass, parameters);
    const x = embedTokens({ config, encoding, table, parameters, tokens, context, dropout });
    const across = { queries: positions, keys: memory.positions, keyMask: memory.keyMask };
    const { output, present, stages } = stack({
      ...{ config, encoding, parameters, x, context, dropout, layerPositions },
      past: past?.layers,
      memory: {
        encoding: model.cross,
        context: crossContext(model, { ...across, tokens, dropout }),
        layers: memory.layers,
      },
    });
    const scored = scoredOf(output, given.logits);
    const logits = headOf(config, model.parameters, table, scored);
    return { logits, present, stages: staged("decoder", x, stages) };
  });
}

/** Sources and their targets, as a training step has them. */
export interface PairInputs {
  readonly source: Omit<SourceInputs, "dropout">;
  readonly target: Omit<TargetInputs, "memory" | "past" | "dropout" | "logits">;
  /** Dropout of both halves; absent: no dropout. */
  readonly dropout?: Dropout;
}

const pairNames: NamesOf<PairInputs> = { source: true, target: true, dropout: true };

/**
 * One pass over sources and targets: logits `[batch, target, vocab]` of each target token's successor.
 *
 * @throws {RangeError} for a mask that does not fit its tokens.
 */
export function forwardPair(model: EncoderDecoder, given: PairInputs): ForwardOutputs {
  refuseUnknownNames("forwardPair", given, pairNames);
  const { source, target, dropout } = given;
  const dropping = dropout && { dropout };
  const { encoded, stages } = encode(model, { ...source, ...dropping });
  const memory = memoryOf(model, { positions: source.positions, keyMask: source.keyMask, encoded });
  const outputs = decode(model, { ...target, ...dropping, memory });
  return { ...outputs, stages: [...stages, ...outputs.stages] };
}

function staged(half: Half, embedding: Tensor, stages: readonly Stage[]): readonly Stage[] {
  const all = [{ name: "embedding", output: embedding }, ...stages];
  return all.map(({ name, output }) => ({ name: `${half}.${name}`, output }));
}
