/**
 * A trained model compiled for decoding.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { HostTensor, ReadOnlySlot } from "../runtime/session.ts";
import { DecodedText } from "./decoded-text.ts";
import { decoderNames, stepNames } from "./decoder.ts";
import type { Decoder, DecoderOptions, StepOptions } from "./decoder.ts";
import type { DecodedModel } from "./decoding-graph.ts";
import { DecodingPrograms, plainRun } from "./decoding-programs.ts";
import type { RunKind } from "./decoding-programs.ts";
import { checkForgotten, requireForgetting } from "./forgetting.ts";
import { checkLikeliest, joinLogits, lastLogits, logitsOf } from "./logits.ts";
import type { Logits } from "./logits.ts";
import { OneCall } from "./one-call.ts";
import { checkLengths, textPositions } from "./text-positions.ts";
import type { TextPositions } from "./text-positions.ts";
import { originRows, promptRows, stepRows } from "./token-rows.ts";
import type { TokenRows } from "./token-rows.ts";
import { weightSlots } from "./weights.ts";

/**
 * Compiles a trained model for decoding.
 *
 * @throws {RangeError} the weights are of another model, the encoding samples positions and `maxLength` is absent, or
 *   `forgetsAfter` was given and the encoding cannot forget tokens
 */
export async function compileDecoder(
  trained: TrainedModel,
  options: DecoderOptions = {},
): Promise<Decoder> {
  refuseUnknownNames("decoder", options, decoderNames);
  for (const name of ["maxLength", "pieceLength"] as const) {
    const value = options[name];
    if (value !== undefined && (!Number.isInteger(value) || value < 1))
      throw new RangeError(
        `decoder: ${name} must be a whole number of 1 or more, got ${String(value)}.`,
      );
  }
  requireForgetting(trained.model, options.forgetsAfter);
  return await makeDecoder(
    trained.model,
    weightSlots(trained),
    textPositions(trained.model, options.maxLength, options.seed),
    options,
  );
}

/** A decoder of a model with checked options; `others` gives what its pass reads beside the tokens, in every run. */
export async function makeDecoder(
  model: DecodedModel,
  weights: Readonly<Record<string, ReadOnlySlot>>,
  places: TextPositions,
  options: DecoderOptions,
  others: () => Readonly<Record<string, HostTensor>> = () => ({}),
): Promise<Decoder> {
  const decoder = new CachedDecoder(model, weights, places, options, others);
  // Compiled now, so that a model that the device cannot run is refused here.
  await decoder.prepare();
  return decoder;
}

class CachedDecoder implements Decoder {
  readonly model: DecodedModel;
  readonly #places: TextPositions;
  readonly #options: DecoderOptions;
  readonly #others: () => Readonly<Record<string, HostTensor>>;
  readonly #cached: boolean;
  readonly #programs: DecodingPrograms;
  #text: DecodedText | undefined;
  /** Tokens of the last call, if that was a step, and the text before it. */
  #lastStep: { readonly count: number; readonly before: DecodedText } | undefined;
  readonly #calls = new OneCall();

  constructor(
    model: DecodedModel,
    weights: Readonly<Record<string, ReadOnlySlot>>,
    places: TextPositions,
    options: DecoderOptions,
    others: () => Readonly<Record<string, HostTensor>>,
  ) {
    this.model = model;
    this.#places = places;
    this.#options = options;
    this.#others = others;
    this.#programs = new DecodingPrograms(model, weights, options);
    this.#cached = model.encoding.cache.keys !== "recompute";
  }

  get positions(): readonly number[] {
    return this.#text?.lengths() ?? [];
  }

  async prepare(): Promise<void> {
    await this.#programs.of({ rows: false, sequence: undefined, ...plainRun });
  }

  async prefill(prompts: TokenRows): Promise<Logits> {
    this.#calls.requireIdle("prefill");
    const rows = promptRows(prompts, this.model.config.vocab);
    const lengths = rows.map(({ length }) => length);
    checkLengths(this.model, this.#options.maxLength, lengths);
    if (this.#options.forgetsAfter !== undefined && new Set(lengths).size > 1)
      throw new RangeError(
        `decoder: texts that forget tokens must begin equally long, got lengths ${lengths.join(", ")}. ` +
          `Continue them one at a time.`,
      );
    this.reset();
    const text = new DecodedText(rows, this.#places);
    const { columns } = text;
    const length = this.#cached ? (this.#options.pieceLength ?? columns) : columns;
    return await this.#alone(async () => {
      const parts: Logits[] = [];
      try {
        for (let from = 0; from < columns; from += length)
          parts.push(await this.#read(text, from, Math.min(length, columns - from)));
      } catch (error) {
        this.#resetState();
        throw error;
      }
      this.#text = text;
      return this.#options.logits === "all" ? joinLogits(parts) : parts.at(-1)!;
    });
  }

  async step(tokens: ArrayLike<number> | TokenRows, options: StepOptions = {}): Promise<Logits> {
    this.#calls.requireIdle("step");
    refuseUnknownNames("decoder: step()", options, stepNames);
    const { origins, forget = 0, logProbabilities } = options;
    const before = this.#text;
    if (before === undefined)
      throw new RangeError(
        "decoder: step() continues texts, and there are none. Call prefill() first.",
      );
    checkLikeliest(logProbabilities, this.model.config.vocab, this.#options.logits);
    const { forgetsAfter } = this.#options;
    checkForgotten(forget, before.columns, forgetsAfter);
    const changed = origins !== undefined || forget > 0;
    const text = changed
      ? new DecodedText(before, {
          origins: origins ? originRows(origins, before.batch) : [...Array(before.batch).keys()],
          forget,
          forgetsAfter: forgetsAfter ?? 0,
        })
      : before;
    const rows = stepRows(tokens, text.batch, this.model.config.vocab);
    const count = rows[0]!.length;
    const lengths = text.lengths().map((length) => length + count);
    checkLengths(this.model, this.#options.maxLength, lengths);
    return await this.#alone(async () => {
      const { columns } = text;
      text.append(rows);
      try {
        const logits = await this.#read(text, columns, count, {
          choosesRows: origins !== undefined,
          forgets: forget > 0,
          logProbabilities,
        });
        this.#text = text;
        this.#lastStep = { count, before };
        return logits;
      } catch (error) {
        text.remove(count);
        throw error;
      }
    });
  }

  rollback(): void {
    this.#calls.requireIdle("rollback");
    if (this.#lastStep === undefined)
      throw new Error("decoder: rollback() removes the last step, and the last call was none.");
    if (this.#cached) this.#programs.any.rollback();
    const { count, before } = this.#lastStep;
    if (before === this.#text) before.remove(count);
    this.#text = before;
    this.#lastStep = undefined;
  }

  reset(): void {
    this.#calls.requireIdle("reset");
    this.#resetState();
  }

  async dispose(): Promise<void> {
    if (this.#calls.disposed) return;
    this.#calls.dispose();
    this.#text = undefined;
    await this.#programs.dispose();
  }

  #resetState(): void {
    this.#text = undefined;
    this.#lastStep = undefined;
    this.#programs.any.resetState();
  }

  /** Runs the columns of a text from `from` on; without a cache, the whole text. */
  async #read(
    text: DecodedText,
    from: number,
    size: number,
    { choosesRows, forgets, logProbabilities }: RunKind = plainRun,
  ): Promise<Logits> {
    const { byRow } = text;
    const { program, inputs } = await this.#programs.of({
      rows: byRow,
      // A text's first run has no past to append to.
      sequence: this.#cached && size === 1 && from > 0 ? 1 : undefined,
      choosesRows: this.#cached && choosesRows,
      forgets,
      logProbabilities,
    });
    const piece = this.#cached ? { from, size } : { from: 0, size: from + size };
    const own = inputs.map((name) => [name, text.feed(name, piece, byRow)] as const);
    const outputs = await program.run({ ...this.#others(), ...Object.fromEntries(own) });
    const all = logitsOf(outputs, logProbabilities !== undefined);
    return this.#cached || this.#options.logits !== "all" ? all : lastLogits(all, size);
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#lastStep = undefined;
    return await this.#calls.run(work);
  }
}
