/**
 * What an extension is asked for, and what it makes of a model of either kind, pretrained or trained here.
 *
 * @module
 */
import type { ChosenMethod } from "../encodings/extension/method-text.ts";
import type { TrainedRope } from "../encodings/extension/methods.ts";
import { InputError } from "../errors.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { Pairs } from "./measured-rotation.ts";

/** The method and the lengths, read and checked. */
export interface ExtendRequest extends ChosenMethod {
  readonly factor: number;
  /** Tokens of the texts of training. */
  readonly length: number;
  /** Tokens of the texts that will be read. */
  readonly textLength: number;
}

/** The request for a model that was trained at that length. */
export type RequestAt = (length: number) => ExtendRequest;

/** A model that was extended, before that is proven. */
export interface ExtendedModel {
  readonly request: ExtendRequest;
  readonly model: LanguageModel;
  /** The rotary pairs of each layer; undefined for a layer that is not extended. */
  readonly pairs: readonly (Pairs | undefined)[];
  readonly readBy: "transformers" | "relpos";
  /** What else of the trained model is another. */
  readonly changed: object;
}

/**
 * The options of `rope` in a layer.
 *
 * @param what the model, for the message
 * @throws {InputError} they have a rule for longer texts already
 */
export function unscaledRope(options: object | undefined, what: string): TrainedRope {
  const { scaling, ...trained } = (options ?? {}) as Partial<TrainedRope> & {
    readonly scaling?: object;
  };
  // The default of rope.
  if (scaling === undefined) return { base: 10000, ...trained };
  throw appliedTwice(what, (scaling as { readonly type: string }).type);
}

/** The error for a model that was extended before. */
export function appliedTwice(what: string, method: string): InputError {
  return new InputError(
    `extend: ${what} has a rule for longer texts already, ${method}, and a second one would multiply with it. ` +
      `Extend the model that it was made of, or use it as it is.`,
  );
}

/** The pairs of rotary positions, in a head of that width. */
export function pairsOf({ rotated, layout = "half" }: TrainedRope, headDim: number): Pairs {
  return { rotated: rotated ?? headDim, layout };
}
