/**
 * Refuses prompts and numbers of tokens whose cache and scores do not fit in memory, before anything is read.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { countInWords as words, gigabytes, howToRaise, memoryLimit } from "../memory.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { bytesPerNumber } from "../parameters/size.ts";

/** What is generated at once. */
export interface GenerationSize {
  /** Tokens of the longest prompt. */
  readonly prompt: number;
  /** Prompts. */
  readonly prompts: number;
  readonly beams: number;
  readonly maxTokens: number;
  /** The most tokens of a text that are kept: what the encoding allows, or a window with its sinks. */
  readonly kept: number;
  /** Tokens of a prompt that are read at once. Default: all. */
  readonly pieceLength?: number | undefined;
}

/**
 * Compares the cache at the end of the longest text, and the scores of the longest prompt, with the memory: a lower bound.
 *
 * @throws {InputError} with what is needed, the limit, what to lower, and how many tokens fit
 */
export function refuseLargeGeneration(model: LanguageModel, size: GenerationSize): void {
  const { prompt, prompts, beams, maxTokens, kept, pieceLength = prompt } = size;
  const { layers, heads, keyValueHeads, headDim, vocab } = model.config;
  const memory = memoryLimit();
  const cached = model.encoding.cache.keys !== "recompute";
  const perToken = cached
    ? prompts * beams * layers * 2 * keyValueHeads * headDim * bytesPerNumber
    : bytesPerNumber * prompts;
  const tokens = Math.min(kept, prompt + maxTokens);
  const scores = prompts * heads * Math.min(prompt, pieceLength) * prompt * bytesPerNumber;
  const fixed = (model.parameters.count + prompts * beams * vocab) * bytesPerNumber;
  const texts = `${words(prompts)} ${prompts === 1 ? "text" : "texts"}${beams > 1 ? ` with ${words(beams)} beams` : ""}`;
  if (fixed + scores > memory)
    throw new InputError(
      `generate: reading ${texts} of up to ${words(prompt)} tokens takes more than ${gigabytes(fixed + scores)}, ` +
        `this machine has ${gigabytes(memory)}. Give shorter prompts, or fewer at once. ${howToRaise}`,
    );
  const bytes = fixed + perToken * tokens;
  if (bytes <= memory) return;
  const fitting = Math.floor((memory - fixed) / perToken) - prompt;
  throw new InputError(
    `generate: keeping ${words(tokens)} tokens of ${texts} takes more than ${gigabytes(bytes)}, this machine has ` +
      `${gigabytes(memory)}. ` +
      (fitting > 0
        ? `Generate at most ${words(fitting)} tokens (maxTokens), or keep a window of the last ones.`
        : `Give shorter prompts, fewer at once, or fewer beams.`) +
      ` ${howToRaise}`,
  );
}
