/**
 * What a model writes behind prompts, token by token, always the likeliest one.
 *
 * @module
 */
import { compileGenerator } from "../generation/generator.ts";
import type { GeneratorOptions, TextModel } from "../generation/generator.ts";
import type { FittedSample } from "./fit.ts";

/** A model that writes. Its sessions are kept until `dispose`. */
export interface AnswerWriter {
  /** The text that follows each prompt: so many tokens as a sample has room for, or fewer where the model ends it. */
  write(samples: readonly FittedSample[]): Promise<string[]>;
  dispose(): Promise<void>;
}

/** About how many tokens of prompts are read together. */
const tokensAtOnce = 8192;

/** Tokens of a prompt that one run reads, so that scores of long prompts fit into memory. */
const pieceLength = 1024;

/** A writer. `seed` decides the positions that an encoding samples. */
export function answerWriter(
  model: TextModel & { readonly endTokens?: readonly number[] },
  { seed, ...options }: GeneratorOptions & { readonly seed: number },
): AnswerWriter {
  const generator = compileGenerator(model, { ...options, pieceLength });
  const { endTokens = [] } = model;
  return {
    async write(samples) {
      const longest = Math.max(...samples.map(({ answerFrom, room }) => answerFrom + room));
      const batch = Math.max(1, Math.floor(tokensAtOnce / longest));
      const texts = samples.map(() => "");
      for (let from = 0; from < samples.length; from += batch) {
        const group = samples.slice(from, from + batch);
        const left = group.map(({ room }) => room);
        const given = {
          maxTokens: Math.max(...left),
          seed,
          ...(endTokens.length > 0 && { endTokens }),
        };
        const prompts = group.map(({ ids, answerFrom }) => ids.subarray(0, answerFrom));
        for await (const { row, ids, text } of generator.generate(prompts, given)) {
          if (left[row]! > 0) texts[from + row]! += text;
          left[row]! -= ids.length;
        }
      }
      return texts;
    },
    dispose: () => generator.dispose(),
  };
}
