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
import type { ChosenMethod } from "../encodings/extension/method-text.ts";
import { writeOptions } from "../options/words.ts";
import { asInputError, InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { LoadedCheckpoint } from "../families/load-checkpoint.ts";
import { withConstants } from "../model/quantised-model.ts";
import type { OpenedRun } from "../runs/open-run.ts";
import { proveEncoding, sameRotations } from "./encoding-proof.ts";
import type { EncodingProof } from "./encoding-proof.ts";
import { extendCheckpoint } from "./extend-checkpoint.ts";
import { extendRun } from "./extend-run.ts";
import type { ExtendedModel, ExtendRequest } from "./extend-request.ts";

/** How a model is extended. */
export interface ExtendOptions {
  /**
   * `pi`, `ntk-aware`, `abf`, `dynamic-ntk`, `ntk-by-parts`, `yarn`, `longrope`, `llama3`, `mrrope`, `clipped-rope`, `log-n`,
   * `self-extend`, `jet-long`, `rerope`, `leaky-rerope`, `dca`, `streaming-llm` or `lm-infinite`, with options as in `yarn(fast=16)`.
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
  /** Options that were given and change nothing in this model: without them it has the same frequencies and cosines. */
  readonly withoutEffect: readonly string[];
  readonly proof: EncodingProof;
}

/** A model that was extended; it is evaluated, decoded and saved as the one that it was made of. */
export type Extended<Trained> = Trained & { readonly extension: Extension };

/**
 * Extends a pretrained model, or a run that was trained with rope. Weights are shared with it, quantised ones too.
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
  const requestOf =
    (method: ChosenMethod) =>
    (length: number): ExtendRequest => {
      const textLength = options.textLength ?? Math.round(length * factor);
      if (length * factor > furthest)
        throw new InputError(
          `extend: ${length} tokens times ${factor} are more than ${furthest}, where positions end. Lower the factor.`,
        );
      return { ...method, factor, length, textLength };
    };
  const made = (method: ChosenMethod): ExtendedModel =>
    isRun(trained)
      ? extendRun(trained, originalLength, requestOf(method))
      : extendCheckpoint(trained, originalLength, requestOf(method));
  const { model: extended, request, pairs, readBy, changed } = made(chosen);
  const model = withConstants(extended, trained.model.parameters.constants);
  const { length, textLength } = request;
  const measured = {
    ...{ before: trained.model, pairs, what: `${chosen.text} with factor ${factor}` },
    distances: distancesOf(length, Math.max(textLength, Math.round(length * factor))),
  };
  const proof = proveEncoding({ ...measured, after: model });
  const withoutEffect = Object.keys(chosen.options).filter((name) => {
    const others = withoutOption(chosen, name);
    if (others === undefined) return false;
    try {
      const other = proveEncoding({ ...measured, after: made(others).model });
      return sameRotations(proof, other);
    } catch (error) {
      // Without it the method does not apply, or changes nothing.
      if (error instanceof InputError) return false;
      throw error;
    }
  });
  const extension: Extension = {
    ...{ method: chosen.text, factor, originalLength: length, textLength },
    ...{ readBy, withoutEffect, proof },
  };
  return Object.assign({}, trained, changed, { model, extension });
}

/** The method without an option; undefined where that is required. */
function withoutOption({ method, options }: ChosenMethod, name: string): ChosenMethod | undefined {
  if ("required" in method.options[name]!.fallback) return undefined;
  const others = writeOptions({ ...options, [name]: undefined });
  return asInputError(() => readMethod(others === "" ? method.id : `${method.id}(${others})`));
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
