/**
 * What writes a target for a source, whatever the architecture: an encoder-decoder, whose decoder attends to the source, or a
 * decoder-only model, which continues it.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { longestText } from "../model/length-limit.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { compileGenerator } from "./generator.ts";
import { longestSource } from "./source-rows.ts";
import type { LengthLimit } from "./source-rows.ts";
import { compileTargetGenerator } from "./target-generator.ts";
import type { TargetGenerator, TargetGeneratorOptions, TargetModel } from "./target-generator.ts";

/** An encoder-decoder of texts. */
export interface TextTargetModel extends TargetModel {
  readonly tokenizer: Tokenizer;
  /**
   * The tokens of a source, as in training.
   *
   * @throws {InputError} it has a character that the tokenizer lacks
   */
  encodeSource(text: string): ArrayLike<number>;
}

/** A decoder-only model of texts, which continues a source with its target. */
export interface TextSequenceModel extends TrainedModel {
  /** Of targets. */
  readonly tokenizer: Tokenizer;
  /**
   * All tokens before those of the target, as in training: the source and what divides it from the target.
   *
   * @throws {InputError} it has a character that the tokenizer lacks
   */
  encodeSource(text: string): ArrayLike<number>;
  /** Tokens that end a target. */
  readonly endTokens: readonly number[];
  /** Tokens that no target has. */
  readonly suppressTokens?: readonly number[] | undefined;
}

/** What writes targets. */
export interface SourceWriter {
  /** Heads of attention. */
  readonly heads: number;
  /** The most tokens of a source. */
  readonly longest: LengthLimit;
  encodeSource(text: string): ArrayLike<number>;
  compile(options: TargetGeneratorOptions): Pick<TargetGenerator, "generate" | "dispose">;
}

/** What writes the targets of a model. */
export function sourceWriter(model: TextTargetModel | TextSequenceModel): SourceWriter {
  const heads = model.model.config.heads;
  const encodeSource = (text: string): ArrayLike<number> => model.encodeSource(text);
  if (isTargetModel(model))
    return {
      ...{ heads, encodeSource, longest: longestSource(model.model) },
      compile: (options) => compileTargetGenerator(model, options),
    };
  const { encoding } = model.model;
  return {
    ...{ heads, encodeSource, longest: { ...longestText({ encoding }), encoding: encoding.id } },
    compile: (options) => compileSequenceGenerator(model, options),
  };
}

function isTargetModel(model: TextTargetModel | TextSequenceModel): model is TextTargetModel {
  return "encoder" in model.model;
}

/** A generator of a decoder-only model, which is given all tokens before those of a target. */
function compileSequenceGenerator(
  { model, weights, tokenizer, endTokens, suppressTokens = [] }: TextSequenceModel,
  options: TargetGeneratorOptions,
): Pick<TargetGenerator, "generate" | "dispose"> {
  const generator = compileGenerator({ model, weights, tokenizer, beginsWithText: false }, options);
  return {
    generate: (sources, given = {}) =>
      generator.generate(sources, {
        endTokens: [...endTokens],
        ...(suppressTokens.length > 0 && { suppressTokens: [...suppressTokens] }),
        ...given,
      }),
    dispose: () => generator.dispose(),
  };
}
