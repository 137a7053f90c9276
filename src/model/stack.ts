/**
 * The one loop over layers: of a decoder, of an encoder, and of both halves of an encoder-decoder.
 *
 * @module
 */
import type {
  EncodingContext,
  PositionEncoding,
  Positions,
} from "../encodings/position-encoding.ts";
import { slice } from "../operators/slicing.ts";
import type { ParameterLookup } from "../parameters/parameters.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { subtractDimensions } from "../tensor/dimension.ts";
import { scope } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AttentionInputs } from "./attention.ts";
import { block, blockSpecs } from "./block.ts";
import { blockForms } from "./block-form.ts";
import { windowOf } from "./config.ts";
import type { BlockConfig } from "./config.ts";
import { layerContext, ownedSpecs, withPositions } from "./context.ts";
import type { AttentionSite } from "./context.ts";
import type { Dropout } from "../random/dropout.ts";
import { norm, normSpecs } from "./layers.ts";
import type { Documents, WindowRule } from "./masks.ts";
import type { KeyValue, Past } from "./operands.ts";
import { sharedBias } from "./scores.ts";
import type { SharedBias } from "./scores.ts";

/** Positions of one layer's queries and keys. */
export interface LayerPositions {
  readonly queries: Positions;
  readonly keys: Positions;
}

/** A memory that every layer attends to. */
export interface StackMemory {
  /** Of the cross-attention. */
  readonly encoding: PositionEncoding;
  /** Its `queries` are the sequence's positions, its `keys` the memory's. */
  readonly context: EncodingContext;
  /** Each layer's keys and values of the memory. */
  readonly layers: readonly KeyValue[];
}

/** One pass through a stack. */
export interface StackInput {
  readonly config: BlockConfig;
  readonly encoding: PositionEncoding;
  readonly parameters: ParameterLookup;
  /** `[batch, length, model]`, after the encoding's `embed` */
  readonly x: Tensor;
  readonly context: EncodingContext;
  readonly dropout: Dropout;
  /** While decoding: what earlier tokens left in each layer. */
  readonly past?: readonly Past[] | undefined;
  /** Positions of each layer, where the encoding samples them so. */
  readonly layerPositions?: readonly LayerPositions[] | undefined;
  /** Document ids of all keys, int32 `[batch, key]`; no attention between different ones. */
  readonly documents?: Tensor | undefined;
  /** For stacks with cross-attention, and for no other. */
  readonly memory?: StackMemory | undefined;
}

/** A named point of the forward pass, for finding where numbers go wrong. */
export interface Stage {
  readonly name: string;
  readonly output: Tensor;
}

/** What a stack gives. */
export interface StackOutput {
  /** `[batch, length, model]` */
  readonly output: Tensor;
  /** Each layer's keys and values, to keep for the next tokens. */
  readonly present: readonly KeyValue[];
  /** Each block's output, in order. */
  readonly stages: readonly Stage[];
}

/** The parts of a stack that have parameters. */
export interface StackParts {
  readonly config: BlockConfig;
  readonly encoding: PositionEncoding;
  /** The encoding of attention to a memory; absent: no cross-attention. */
  readonly cross?: PositionEncoding | undefined;
}

/** Specs of an encoding, the blocks and the last norm, in this order. */
export function stackSpecs({ config, encoding, cross }: StackParts): ParameterSpec[] {
  const { layers } = config;
  const crossAttention = cross !== undefined;
  return [
    ...ownedSpecs(encoding.parameters, layers),
    ...(cross ? ownedSpecs(cross.parameters, layers, "crossAttention") : []),
    ...Array.from({ length: layers }, (_, layer) =>
      blockSpecs(`blocks.${layer}`, config, {
        crossAttention,
        withoutNorm: layer === 0 && config.firstNorm === false ? firstNormOf(config) : undefined,
      }),
    ).flat(),
    ...(hasFinalNorm(config) ? normSpecs("norm", config) : []),
  ];
}

/** The norm that attention reads through; undefined where the form has none. */
function firstNormOf({ form }: BlockConfig): string | undefined {
  return blockForms[form].norms.attention.input;
}

/** Whether a norm follows the last layer. */
function hasFinalNorm({ finalNorm, form }: BlockConfig): boolean {
  return finalNorm ?? blockForms[form].finalNorm;
}

/**
 * All layers over `x`.
 *
 * @throws {RangeError} for a memory where the stack has no cross-attention, and for none where it has it.
 */
export function stack(given: StackInput): StackOutput {
  const { config, encoding, parameters, context, dropout, past, memory } = given;
  checkMemory(parameters, memory, config.layers);
  const documents = documentsOf(given);
  const biases = new BiasesOfLayers();
  const crossBiases = new BiasesOfLayers();
  const inputsOf = (
    site: AttentionSite,
    layer: number,
    whole: PositionEncoding,
    pass: EncodingContext,
  ): AttentionInputs => {
    const ofSequence = site === "attention";
    const own = whole.at?.(layer) ?? whole;
    const places = ofSequence ? given.layerPositions?.[layer] : undefined;
    const place = places ? withPositions(pass, places.queries, places.keys) : pass;
    const window = ofSequence ? windowOf(config, layer) : undefined;
    const masks = { window, documents: ofSequence ? documents : undefined };
    const { scoreCap, heads } = config;
    const build = (): SharedBias =>
      scope("bias", () => sharedBias({ encoding: own, context: place, masks, scoreCap }));
    // Layers of one encoding share its bias, unless each has positions of its own.
    const shared = (ofSequence ? biases : crossBiases).get(
      own,
      window,
      build,
      places === undefined,
    );
    return {
      encoding: own,
      context: layerContext({ context: place, parameters, layer, heads, site }),
      shared,
      masks,
      dropout,
    };
  };

  let { x } = given;
  const present: KeyValue[] = [];
  const stages: Stage[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    const name = `blocks.${layer}`;
    const attention = inputsOf("attention", layer, encoding, context);
    const cross = memory && {
      ...inputsOf("crossAttention", layer, memory.encoding, memory.context),
      memory: memory.layers[layer]!,
    };
    const step = block({ parameters, name, config, x, attention, past: past?.[layer], cross });
    x = step.output;
    present.push(step.present);
    stages.push({ name, output: x });
  }
  if (hasFinalNorm(config)) x = scope("norm", () => norm(parameters, "norm", x, config));
  return { output: x, present, stages };
}

/** Shared biases by the encoding and the window they are of. */
class BiasesOfLayers {
  readonly #known = new Map<PositionEncoding, Map<WindowRule | undefined, SharedBias>>();

  get(
    encoding: PositionEncoding,
    window: WindowRule | undefined,
    build: () => SharedBias,
    mayShare: boolean,
  ): SharedBias {
    const byWindow = this.#known.get(encoding) ?? new Map<WindowRule | undefined, SharedBias>();
    this.#known.set(encoding, byWindow);
    const shared = (mayShare ? byWindow.get(window) : undefined) ?? build();
    byWindow.set(window, shared);
    return shared;
  }
}

function documentsOf({ documents, x, context }: StackInput): Documents | undefined {
  if (documents === undefined) return undefined;
  const [length, keys] = [x.shape[1]!, context.keys.tensor.shape.at(-1)!];
  if (length === keys) return { queries: documents, keys: documents };
  return {
    queries: slice(documents, 1, subtractDimensions(keys, length), length),
    keys: documents,
  };
}

function checkMemory(
  parameters: ParameterLookup,
  memory: StackMemory | undefined,
  layers: number,
): void {
  const crosses = parameters.find("blocks.0.crossAttention.query.weight") !== undefined;
  if (memory !== undefined && !crosses)
    throw new RangeError(
      "stack: it was given a memory, but its blocks have no cross-attention. " +
        "Build an encoder-decoder, or leave the memory out.",
    );
  if (memory === undefined && crosses)
    throw new RangeError(
      "stack: its blocks attend to a memory, and none was given. Give what memoryOf returns.",
    );
  if (memory !== undefined && memory.layers.length !== layers)
    throw new RangeError(
      `stack: the memory has keys of ${memory.layers.length} layers, the stack has ${layers}. ` +
        `Make it with the model that decodes.`,
    );
}
