/**
 * Generation: prompts continued by a trained model, token by token or by beam search.
 *
 *     const generator = compileGenerator(await openRun("runs/book"))
 *     for await (const { text } of generator.generate(["Call me"], { maxTokens: 40 })) process.stdout.write(text)
 *     for await (const { text } of generator.continueWith([" And then"], { maxTokens: 40 })) …
 *     await generator.dispose()
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError } from "../errors.ts";
import { longestText } from "../model/length-limit.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { compileDecoder } from "./compile-decoder.ts";
import { continueRows, forgottenBy } from "./continue-rows.ts";
import type { Decoder, DecoderOptions } from "./decoder.ts";
import { GeneratedRow } from "./generated-row.ts";
import type { GeneratedPiece } from "./generated-row.ts";
import { checkTokenOptions, readGenerationOptions } from "./generation-options.ts";
import type { GenerationOptions, GenerationSettings } from "./generation-options.ts";
import type { Logits } from "./logits.ts";
import { promptIds } from "./prompt-ids.ts";
import type { Prompts } from "./prompt-ids.ts";
import { refuseLargeGeneration } from "./size-limit.ts";

/** A trained model, with the tokenizer that prompts of text need. `openRun` gives one. */
export interface TextModel extends TrainedModel {
  readonly tokenizer?: Tokenizer | undefined;
  /** Token ids before every prompt that is text, as the model was trained with them. Absent: none. */
  readonly beginTokens?: readonly number[] | undefined;
  /**
   * Whether what is generated goes on with the text of its prompt. false: it is a text of its own, and prompts may have symbols that
   * the tokenizer lacks. Default true.
   */
  readonly beginsWithText?: boolean | undefined;
}

/** Options of one generation. */
export type GenerateOptions = GenerationOptions & {
  /** Ends the generation after the token that is being computed; what was generated stays. */
  readonly signal?: AbortSignal | undefined;
};

/** How the model is compiled. */
export type GeneratorOptions = Omit<DecoderOptions, "logits" | "seed" | "forgetsAfter">;

/** A model that continues texts. Its sessions and the cache of the last texts are kept until `dispose`. */
export interface Generator {
  /**
   * Continues prompts, all at once. Nothing is computed before the first piece is asked for.
   *
   * @throws {OptionError} an option is unknown, outside its bounds or without effect
   * @throws {InputError} a prompt is empty, or is text and there is no tokenizer
   * @throws {UnsupportedLength} a prompt is longer than the encoding allows
   */
  generate(prompts: Prompts, options?: GenerateOptions): AsyncIterable<GeneratedPiece>;
  /**
   * Continues the texts of the generation before, each with more of its own, which is all that is read: earlier tokens
   * are in the cache. Texts of beam search, and several of which one ended before another, are read again.
   *
   * @throws {InputError} nothing was generated before, or there are not as many texts
   */
  continueWith(more: Prompts, options?: GenerateOptions): AsyncIterable<GeneratedPiece>;
  /** Frees the sessions, the weights and the cache. */
  dispose(): Promise<void>;
}

/**
 * A generator of a trained model. Where the encoding samples the positions of a whole text (`randomized`), `maxLength` is the
 * most tokens of a text with all its continuations; default: those of the first prompt and `maxTokens`.
 */
export function compileGenerator(model: TextModel, options: GeneratorOptions = {}): Generator {
  return new CachedGenerator(model, options);
}

/**
 * Continues prompts with a trained model, and frees what that took.
 *
 * @throws as `Generator.generate` does
 */
export async function* generate(
  model: TextModel,
  prompts: Prompts,
  options: GenerateOptions = {},
  compiled: GeneratorOptions = {},
): AsyncGenerator<GeneratedPiece> {
  const generator = compileGenerator(model, compiled);
  try {
    yield* generator.generate(prompts, options);
  } finally {
    await generator.dispose();
  }
}

/** A decoder, and what decides that it can be used again. */
interface OpenDecoder {
  readonly decoder: Decoder;
  /** The most tokens of a text; Infinity if only the encoding limits it. */
  readonly longest: number;
  readonly seed: number;
  /** First tokens that stay where others are forgotten. */
  readonly forgetsAfter: number | undefined;
}

class CachedGenerator implements Generator {
  readonly #model: TextModel;
  readonly #options: GeneratorOptions;
  #open: OpenDecoder | undefined;
  /** The texts of the last generation, and whether beam search changed the rows of the cache. */
  #last: { readonly rows: readonly GeneratedRow[]; readonly searched: boolean } | undefined;
  #running = false;

  constructor(model: TextModel, options: GeneratorOptions) {
    this.#model = model;
    this.#options = options;
  }

  async *generate(prompts: Prompts, options: GenerateOptions = {}): AsyncGenerator<GeneratedPiece> {
    const { tokenizer, beginTokens } = this.#model;
    const texts = promptIds(prompts, tokenizer, beginTokens);
    yield* this.#run(texts, options, (decoder) => decoder.prefill(texts));
  }

  async *continueWith(
    more: Prompts,
    options: GenerateOptions = {},
  ): AsyncGenerator<GeneratedPiece> {
    if (this.#last === undefined)
      throw new InputError(
        "generate: continueWith() continues texts, and none were generated. Call generate() first.",
      );
    const { rows, searched } = this.#last;
    if (more.length !== rows.length)
      throw new InputError(
        `generate: continueWith() was given ${more.length} texts, and ${rows.length} were generated. ` +
          `Give one for each.`,
      );
    const added = promptIds(more, this.#model.tokenizer);
    const texts = added.map((ids, row) => [...rows[row]!.ids, ...ids]);
    yield* this.#run(texts, options, (decoder, settings) => {
      const unread = texts.map((ids, row) => ids.slice(rows[row]!.read));
      const count = unread[0]!.length;
      const inCache =
        !searched &&
        decoder.positions.length === texts.length &&
        unread.every(({ length }) => length === count);
      return inCache
        ? decoder.step(unread, { forget: forgottenBy(decoder, count, settings) })
        : decoder.prefill(texts);
    });
  }

  async dispose(): Promise<void> {
    const { decoder } = this.#open ?? {};
    this.#open = this.#last = undefined;
    await decoder?.dispose();
  }

  async *#run(
    texts: readonly (readonly number[])[],
    { signal, ...given }: GenerateOptions,
    read: (decoder: Decoder, settings: GenerationSettings) => Promise<Logits>,
  ): AsyncGenerator<GeneratedPiece> {
    const settings = readGenerationOptions(given);
    checkTokenOptions(settings, this.#model.model.config.vocab);
    if (this.#running)
      throw new Error(
        "generate: another generation of this generator has not ended. Await it first.",
      );
    this.#running = true;
    try {
      const { tokenizer, beginsWithText = true } = this.#model;
      this.#refuseLarge(texts, settings);
      const { decoder, longest } = await this.#decoderFor(texts, settings);
      const most = Math.min(longest, longestText(this.#model.model).length);
      // What is forgotten does not count.
      const limit = settings.window === undefined ? most : Infinity;
      const logits = await read(decoder, settings);
      const rows = texts.map(
        (ids, row) => new GeneratedRow(ids, row, { settings, limit, tokenizer, beginsWithText }),
      );
      this.#last = { rows, searched: settings.beams > 1 };
      yield* continueRows({ decoder, rows, logits, signal, settings, limit, tokenizer });
    } finally {
      this.#running = false;
    }
  }

  /** @throws {InputError} prompts and tokens do not fit in memory */
  #refuseLarge(texts: readonly (readonly number[])[], settings: GenerationSettings): void {
    const { maxTokens, beams, window, sinks = 0 } = settings;
    const { model } = this.#model;
    const prompt = texts.reduce((most, { length }) => Math.max(most, length), 0);
    refuseLargeGeneration(model, {
      ...{ prompt, prompts: texts.length, beams, maxTokens },
      kept: window === undefined ? longestText(model).length : Math.max(prompt, window + sinks + 1),
      pieceLength: this.#options.pieceLength,
    });
  }

  /** The decoder that is there, or a new one where positions must be sampled anew. */
  async #decoderFor(
    texts: readonly (readonly number[])[],
    settings: GenerationSettings,
  ): Promise<OpenDecoder> {
    const { maxTokens, seed, window, sinks } = settings;
    const { sampling, limit } = this.#model.model.encoding;
    const needed = Math.max(...texts.map(({ length }) => length)) + maxTokens;
    const longest =
      this.#options.maxLength ??
      (sampling === undefined ? Infinity : Math.min(needed, limit?.length ?? needed));
    const forgetsAfter = window === undefined ? undefined : (sinks ?? 0);
    const open = this.#open;
    const sampled = sampling === undefined || (open?.seed === seed && open.longest >= longest);
    if (open !== undefined && sampled && open.forgetsAfter === forgetsAfter) return open;
    this.#open = undefined;
    await open?.decoder.dispose();
    const decoder = await compileDecoder(this.#model, {
      ...this.#options,
      seed,
      ...(longest < Infinity && { maxLength: longest }),
      ...(forgetsAfter !== undefined && { forgetsAfter }),
    });
    this.#open = { decoder, longest, seed, forgetsAfter };
    return this.#open;
  }
}
