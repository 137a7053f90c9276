/**
 * A position encoding made for a stack, and what a stack's settings cannot be combined with.
 *
 * @module
 */
import { asDefined } from "../encodings/define-encoding.ts";
import type {
  EncodingDefinition,
  ModelShape,
  PositionEncoding,
} from "../encodings/position-encoding.ts";
import type { BlockConfig } from "./config.ts";
import { refuseLargeSettings } from "./size.ts";

/** An encoding of the list, for a stack. */
export interface EncodingChoice {
  readonly definition: EncodingDefinition;
  /** Of the encoding. */
  readonly options?: object;
  readonly config: BlockConfig;
  readonly sizes: Pick<ModelShape, "vocab" | "trainLength" | "causal">;
}

/**
 * The encoding of a stack's self-attention.
 *
 * @throws {RangeError} where sizes, the train length, windows or the scale of scores do not fit the encoding.
 */
export function createEncoding({
  definition,
  options = {},
  config,
  sizes,
}: EncodingChoice): PositionEncoding {
  refuseLargeSettings({ ...config, vocab: sizes.vocab });
  const encoding = asDefined(definition).create(shapeOf(config, sizes), options);
  if (config.window !== undefined && encoding.sampling)
    throw new RangeError(
      `${encoding.id}: it samples positions, and a window counts positions, so the window would see a sampled ` +
        `number of tokens. Leave the window out, or choose an encoding that samples none.`,
    );
  const { limit } = encoding;
  if (limit && sizes.trainLength > limit.length)
    throw new RangeError(
      `${encoding.id}: the train length is ${sizes.trainLength}, and it ends at ${limit.length}: ${limit.reason}. ` +
        `Train on shorter texts, or change the options that set its end.`,
    );
  refuseTwoScales(encoding, config);
  return encoding;
}

/** Hooks that read or keep the sequence itself; a memory has no place for them. */
const sequenceOnly = ["embed", "sampling", "tokenState", "prepareTokenState", "rewrite"] as const;

/**
 * The encoding of a stack's attention to a memory.
 *
 * @throws {RangeError} for an encoding that acts on more than queries, keys and scores.
 */
export function createCrossEncoding({
  definition,
  options = {},
  config,
  sizes,
}: EncodingChoice): PositionEncoding {
  const encoding = asDefined(definition).create(shapeOf(config, sizes), options);
  const layers = Array.from(
    { length: config.layers },
    (_, layer) => encoding.at?.(layer) ?? encoding,
  );
  for (const own of [encoding, ...layers]) {
    const hook = sequenceOnly.find((name) => own[name] !== undefined);
    if (hook !== undefined)
      throw new RangeError(
        `${encoding.id}: it cannot be the encoding of cross-attention, because its "${hook}" acts on a sequence ` +
          `and not on the scores of a memory. Choose one that only rotates or adds to scores, or none.`,
      );
    refuseTwoScales(own, config);
  }
  return encoding;
}

function refuseTwoScales(encoding: PositionEncoding, { scoreScale }: BlockConfig): void {
  if (scoreScale !== undefined && encoding.scoreScale !== undefined)
    throw new RangeError(
      `${encoding.id}: it sets the scale of scores to ${encoding.scoreScale}, and the model's scoreScale is ` +
        `${scoreScale}. Leave scoreScale out.`,
    );
}

function shapeOf(config: BlockConfig, sizes: EncodingChoice["sizes"]): ModelShape {
  const { model, heads, keyValueHeads, headDim, layers } = config;
  const { vocab, trainLength, causal } = sizes;
  return { model, heads, keyValueHeads, headDim, layers, vocab, trainLength, causal };
}
