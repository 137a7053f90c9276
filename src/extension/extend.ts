/**
 * A trained model for longer texts: the same weights with other rotary positions, and what that changed.
 *
 *     const model = await loadCheckpoint("models/tiny-llama")
 *     const longer = extend(model, { method: "yarn", factor: 4 })
 *     longer.extension.proof.extended[0].rotation.after.frequencies
 *
 * @module
 */
import { readMethod } from "../encodings/extension/method-text.ts";
import { asInputError, InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { LoadedCheckpoint } from "../families/load-checkpoint.ts";
import type { OpenedRun } from "../runs/open-run.ts";
import { proveEncoding } from "./encoding-proof.ts";
import type { EncodingProof } from "./encoding-proof.ts";
import { extendCheckpoint } from "./extend-checkpoint.ts";
import { extendRun } from "./extend-run.ts";
import type { ExtendRequest } from "./extend-request.ts";

/** How a model is extended. */
export interface ExtendOptions {
  /**
   * `pi`, `ntk-aware`, `abf`, `dynamic-ntk`, `ntk-by-parts`, `yarn`, `longrope`, `llama3`, `mrrope`, `clipped-rope`, `log-n`,
   * `self-extend`, `rerope`, `leaky-rerope`, `dca`, `streaming-llm` or `lm-infinite`, with options as in `yarn(fast=16)`.
   */
  readonly method: string;
  /** New length / length of training; for dynamic-ntk the factor f of its formula. */
  readonly factor: number;
  /** Tokens of the texts of training. Default: by the configuration, or by the run. */
  readonly originalLength?: number;
  /** Tokens of the texts that will be read, for dynamic-ntk and longrope. Default: length of training × factor. */
  readonly textLength?: number;
}

const names: NamesOf<ExtendOptions> = {
  ...{ method: true, factor: true, originalLength: true, textLength: true },
};

/** An extension. */
export interface Extension {
  /** The method in its shortest form. */
  readonly method: string;
  readonly factor: number;
  /** Tokens of the texts of training. */
  readonly originalLength: number;
  readonly textLength: number;
  /** Who can read it in the folder of the model: every program that reads configurations of transformers, or relpos alone. */
  readonly readBy: "transformers" | "relpos";
  readonly proof: EncodingProof;
}

/** A model that was extended; it is evaluated, decoded and saved as the one that it was made of. */
export type Extended<Trained> = Trained & { readonly extension: Extension };

/**
 * Extends a pretrained model, or a run that was trained with rope. Weights are shared with it.
 *
 * @throws {InputError} the method is unknown, does not apply, changes nothing, or is applied a second time; the factor is
 *   below 1; the length of training is unknown
 */
export function extend<Trained extends LoadedCheckpoint | OpenedRun>(
  trained: Trained,
  options: ExtendOptions,
): Extended<Trained> {
  refuseUnknownNames("extend", options, names, (message) => new InputError(message));
  const chosen = asInputError(() => readMethod(options.method));
  const { factor, originalLength } = options;
  const least = chosen.method.id === "dynamic-ntk" ? "of 1 or more" : "above 1";
  const one = factor === 1 && least === "above 1";
  if (typeof factor !== "number" || !(factor >= 1 && factor < Infinity) || one)
    throw new InputError(
      `extend: factor must be a number ${least}, new length / length of training; got ${typeof factor === "string" ? `"${String(factor)}"` : String(factor)}. ` +
        `Give 2 for texts twice as long.`,
    );
  requireLength("originalLength", originalLength, 2);
  requireLength("textLength", options.textLength, 1);
  const request = (length: number): ExtendRequest => {
    const textLength = options.textLength ?? Math.round(length * factor);
    if (length * factor > furthest)
      throw new InputError(
        `extend: ${length} tokens times ${factor} are more than ${furthest}, where positions end. Lower the factor.`,
      );
    return { ...chosen, factor, length, textLength };
  };
  const {
    model,
    request: read,
    ...made
  } = isRun(trained)
    ? extendRun(trained, originalLength, request)
    : extendCheckpoint(trained, originalLength, request);
  const { length, textLength } = read;
  const proof = proveEncoding({
    ...{ before: trained.model, after: model, pairs: made.pairs },
    distances: distancesOf(length, Math.max(textLength, Math.round(length * factor))),
    what: `${chosen.text} with factor ${factor}`,
  });
  const extension: Extension = {
    ...{ method: chosen.text, factor, originalLength: length, textLength },
    ...{ readBy: made.readBy, proof },
  };
  return Object.assign({}, trained, made.changed, { model, extension });
}

/** Where positions end, see `furthestPosition`. */
const furthest = 2 ** 24;

/** Near and far: within the length of training, at its end, and at the end of the longer texts. */
function distancesOf(length: number, longer: number): readonly number[] {
  const listed = [Math.floor(length / 2), length - 1, length, longer - 1];
  return [...new Set(listed.filter((distance) => distance > 1))];
}

function requireLength(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= furthest))
    return;
  throw new InputError(
    `extend: ${name} must be a whole number from ${least} to ${furthest}, got ${String(value)}.`,
  );
}

function isRun(trained: LoadedCheckpoint | OpenedRun): trained is OpenedRun {
  return !("family" in trained);
}
