/**
 * The model of a folder that is to continue texts: of a training run, or a pretrained one.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError } from "../errors.ts";
import type { GenerationOptions } from "../generation/generation-options.ts";
import type { TextModel } from "../generation/generator.ts";
import { promptIds } from "../generation/prompt-ids.ts";
import { isLoaded, openDecoder } from "../runs/open-decoder.ts";
import type { GenerateCommandOptions } from "./generate-options.ts";
import { withWeights } from "./weights-of.ts";

/** A model with its tokenizer, and what its folder says. */
export interface OpenedTextModel {
  readonly model: TextModel & { readonly tokenizer: Tokenizer };
  /** For the JSON that the command prints. */
  readonly facts: object;
  /** The longest text that it was trained on; absent where that is no bound. */
  readonly contextLength?: number;
  /** Token ids that end its texts. */
  readonly endTokens: readonly number[];
}

/**
 * Opens a folder.
 *
 * @throws {InputError} it has neither a run nor a pretrained model, or no tokenizer
 */
export async function openTextModel({
  model: folder,
  trial,
  encodingFile,
  adapter,
  weights,
}: Pick<
  GenerateCommandOptions,
  "model" | "trial" | "encodingFile" | "adapter" | "weights"
>): Promise<OpenedTextModel> {
  const opened = withWeights(await openDecoder({ folder, trial, encodingFile, adapter }), weights);
  const { tokenizer } = opened;
  if (isLoaded(opened)) {
    if (tokenizer === undefined)
      throw new InputError(
        `${folder} has no tokenizer.json, which prompts need. Copy or download it.`,
      );
    const { family, contextLength, endTokens } = opened;
    const facts = { family, ...(adapter !== undefined && { adapter }), weights };
    return { model: { ...opened, tokenizer }, facts, contextLength, endTokens };
  }
  if (tokenizer === undefined)
    throw new InputError(
      `${folder} was trained on a task, whose symbols are no text. Give a run that was trained on text.`,
    );
  const endTokens = opened.configuration.source?.endTokens ?? [];
  return { model: { ...opened, tokenizer }, facts: { steps: opened.step, weights }, endTokens };
}

/** Generation ends at these tokens, unless a call says otherwise. */
export function endingAt(endTokens: readonly number[]): GenerationOptions {
  return endTokens.length === 0 ? {} : { endTokens };
}

/** @throws {InputError} a prompt has more tokens than the model was trained on, or `promptIds` refuses it */
export function refuseLongPrompts(
  { model, contextLength = Infinity }: OpenedTextModel,
  prompts: readonly string[],
): void {
  const texts = promptIds(prompts, model.tokenizer, model.beginTokens);
  const at = texts.findIndex(({ length }) => length > contextLength);
  if (at < 0) return;
  throw new InputError(
    `generate: ${prompts.length > 1 ? `prompt ${at + 1}` : "the prompt"} has ${texts[at]!.length} tokens, and the model was ` +
      `trained on texts of up to ${contextLength}. Shorten it.`,
  );
}
