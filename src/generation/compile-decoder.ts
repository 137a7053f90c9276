/**
 * A trained model compiled for decoding.
 *
 * One state serves up to four graphs: with and without rows of positions, for one new token and for any number. Each
 * is compiled when it is first needed.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { inputName } from "../operators/source.ts";
import { compileBound } from "../runtime/bound.ts";
import type { Program, ReadOnlySlot } from "../runtime/session.ts";
import { DecodedText } from "./decoded-text.ts";
import type { TextInput } from "./decoded-text.ts";
import { decoderNames } from "./decoder.ts";
import type { Decoder, DecoderOptions } from "./decoder.ts";
import { decodingGraph } from "./decoding-graph.ts";
import { joinLogits, lastLogits } from "./logits.ts";
import type { Logits } from "./logits.ts";
import { checkLengths, textPositions } from "./text-positions.ts";
import type { TextPositions } from "./text-positions.ts";
import { promptRows, stepRows } from "./token-rows.ts";
import type { TokenRows } from "./token-rows.ts";
import { weightSlots } from "./weights.ts";

/**
 * Compiles a trained model for decoding.
 *
 * @throws {RangeError} the weights are of another model, or the encoding samples positions and `maxLength` is absent
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
  const decoder = new CachedDecoder(
    trained.model,
    weightSlots(trained),
    textPositions(trained.model, options.maxLength, options.seed),
    options,
  );
  // Compiled now, so that a model that the device cannot run is refused here.
  await decoder.prepare();
  return decoder;
}

/** A compiled graph and the inputs that each of its runs takes. */
interface DecodingProgram {
  readonly program: Program;
  readonly inputs: readonly TextInput[];
}

class CachedDecoder implements Decoder {
  readonly model: LanguageModel;
  readonly #weights: Readonly<Record<string, ReadOnlySlot>>;
  readonly #places: TextPositions;
  readonly #options: DecoderOptions;
  readonly #cached: boolean;
  /** Graphs of one state: with rows of positions or without, for one token or for any number. */
  readonly #programs = new Map<string, DecodingProgram>();
  #text: DecodedText | undefined;
  /** Tokens of the last call, if that was a step. */
  #lastStep = 0;
  #state: "idle" | "running" | "disposed" = "idle";

  constructor(
    model: LanguageModel,
    weights: Readonly<Record<string, ReadOnlySlot>>,
    places: TextPositions,
    options: DecoderOptions,
  ) {
    this.model = model;
    this.#weights = weights;
    this.#places = places;
    this.#options = options;
    this.#cached = model.encoding.cache.keys !== "recompute";
  }

  get positions(): readonly number[] {
    return this.#text?.lengths() ?? [];
  }

  async prepare(): Promise<void> {
    await this.#program(false, undefined);
  }

  async prefill(prompts: TokenRows): Promise<Logits> {
    this.#requireIdle("prefill");
    const rows = promptRows(prompts, this.model.config.vocab);
    const lengths = rows.map(({ length }) => length);
    checkLengths(this.model, this.#options.maxLength, lengths);
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

  async step(tokens: ArrayLike<number> | TokenRows): Promise<Logits> {
    this.#requireIdle("step");
    const text = this.#text;
    if (text === undefined)
      throw new RangeError(
        "decoder: step() continues texts, and there are none. Call prefill() first.",
      );
    const rows = stepRows(tokens, text.batch, this.model.config.vocab);
    const count = rows[0]!.length;
    const lengths = text.lengths().map((length) => length + count);
    checkLengths(this.model, this.#options.maxLength, lengths);
    return await this.#alone(async () => {
      const before = text.columns;
      text.append(rows);
      try {
        const logits = await this.#read(text, before, count);
        this.#lastStep = count;
        return logits;
      } catch (error) {
        text.remove(count);
        throw error;
      }
    });
  }

  rollback(): void {
    this.#requireIdle("rollback");
    if (this.#lastStep === 0)
      throw new Error("decoder: rollback() removes the last step, and the last call was none.");
    if (this.#cached) this.#anyProgram().rollback();
    this.#text!.remove(this.#lastStep);
    this.#lastStep = 0;
  }

  reset(): void {
    this.#requireIdle("reset");
    this.#resetState();
  }

  async dispose(): Promise<void> {
    if (this.#state === "disposed") return;
    this.#requireIdle("dispose");
    this.#state = "disposed";
    this.#text = undefined;
    for (const { program } of this.#programs.values()) await program.dispose();
  }

  #resetState(): void {
    this.#text = undefined;
    this.#lastStep = 0;
    this.#anyProgram().resetState();
  }

  /** Runs the columns of a text from `from` on; without a cache, the whole text. */
  async #read(text: DecodedText, from: number, size: number): Promise<Logits> {
    const { byRow } = text;
    const { program, inputs } = await this.#program(
      byRow,
      this.#cached && size === 1 ? 1 : undefined,
    );
    const piece = this.#cached ? { from, size } : { from: 0, size: from + size };
    const { logits } = await program.run(
      Object.fromEntries(inputs.map((name) => [name, text.feed(name, piece, byRow)])),
    );
    const { shape, data } = logits!;
    const all: Logits = { shape, data: data as Float32Array };
    return this.#cached || this.#options.logits !== "all" ? all : lastLogits(all, size);
  }

  /** The graph for a run, compiled when it is first needed. */
  async #program(rows: boolean, sequence: 1 | undefined): Promise<DecodingProgram> {
    const key = `${rows} ${sequence}`;
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    const { compile = compileBound, logits = "last", device, threads } = this.#options;
    const graph = decodingGraph(this.model, { rows, sequence, logits });
    const [first] = this.#programs.values();
    const program = await compile(
      {
        inputs: graph.inputs,
        outputs: { logits: graph.outputs.logits },
        state: { ...this.#weights, ...graph.cache },
        ...(first && { sharesStateOf: first.program }),
      },
      { ...(device && { device }), ...(threads !== undefined && { threads }) },
    );
    const compiled = {
      program,
      inputs: graph.inputs.map((tensor) => inputName(tensor) as TextInput),
    };
    this.#programs.set(key, compiled);
    return compiled;
  }

  /** Any of the programs: all have the same state. */
  #anyProgram(): Program {
    const [first] = this.#programs.values();
    return first!.program;
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#state = "running";
    this.#lastStep = 0;
    try {
      return await work();
    } finally {
      this.#state = "idle";
    }
  }

  #requireIdle(call: string): void {
    if (this.#state === "disposed")
      throw new Error(`decoder: ${call}() after dispose(). Compile the model again.`);
    if (this.#state === "running")
      throw new Error(`decoder: ${call}() while another call runs. Await that one first.`);
  }
}
