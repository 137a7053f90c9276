/**
 * The decoder of an encoder-decoder: targets continued token by token, each for a source that is read once.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { EncoderDecoder } from "../model/encoder-decoder.ts";
import { UnsupportedLength } from "../model/length-limit.ts";
import type { Weights } from "../parameters/weights.ts";
import { compileBound } from "../runtime/bound.ts";
import type { ReadOnlySlot } from "../runtime/session.ts";
import { nodesOf } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { makeDecoder } from "./compile-decoder.ts";
import { stepNames } from "./decoder.ts";
import type { Decoder, DecoderOptions, RowDecoder, StepOptions } from "./decoder.ts";
import type { Logits } from "./logits.ts";
import { memoryGraph, targetModel } from "./memory-graph.ts";
import type { MemoryTensors } from "./memory-rows.ts";
import { OneCall } from "./one-call.ts";
import { readSources } from "./read-sources.ts";
import type { ReadMemory, SourceReader } from "./read-sources.ts";
import { longestTarget, sourceRows } from "./source-rows.ts";
import { textPositions } from "./text-positions.ts";
import type { TextPositions } from "./text-positions.ts";
import { originRows, promptRows } from "./token-rows.ts";
import type { TokenRows } from "./token-rows.ts";
import { weightSlots } from "./weights.ts";

/** An encoder-decoder and its weights. */
export interface TrainedEncoderDecoder {
  readonly model: EncoderDecoder;
  readonly weights: Weights;
}

/** How the decoder of an encoder-decoder is compiled; `maxLength` is the most tokens of a target. */
export type TargetDecoderOptions = Omit<DecoderOptions, "pieceLength" | "forgetsAfter">;

const names: NamesOf<TargetDecoderOptions> = {
  device: true,
  threads: true,
  compile: true,
  maxLength: true,
  seed: true,
  logits: true,
};

/**
 * An encoder-decoder that continues targets, several at once. Sources are read once; what the decoder attends to is kept.
 *
 * One call runs at a time; calls after `dispose()` throw an Error.
 */
export interface TargetDecoder extends RowDecoder {
  readonly model: EncoderDecoder;
  /**
   * Reads sources and the first tokens of their targets, as many rows of each. Sources of different lengths are padded on the
   * right and targets on the left, which changes no row's logits.
   *
   * @throws {RangeError} there is no row, one is empty, there are not as many targets as sources, or an id is not in the
   *   vocabulary
   * @throws {UnsupportedLength} a text is longer than an encoding or `maxLength` allows
   */
  prefill(sources: TokenRows, targets: TokenRows): Promise<Logits>;
}

/**
 * Compiles an encoder-decoder for decoding.
 *
 * @throws {RangeError} the weights are of another model, or the decoder's encoding samples positions and `maxLength` is absent
 */
export async function compileTargetDecoder(
  trained: TrainedEncoderDecoder,
  options: TargetDecoderOptions = {},
): Promise<TargetDecoder> {
  refuseUnknownNames("decoder", options, names);
  const { maxLength } = options;
  if (maxLength !== undefined && (!Number.isInteger(maxLength) || maxLength < 1))
    throw new RangeError(
      `decoder: maxLength must be a whole number of 1 or more, got ${String(maxLength)}.`,
    );
  const { model } = trained;
  const slots = weightSlots(trained);
  const graph = memoryGraph(model);
  const decoded = targetModel(model, graph);
  const places = textPositions(decoded, maxLength, options.seed);
  const { compile = compileBound, device, threads } = options;
  const program = await compile(
    { ...graph, state: slotsIn(Object.values(graph.outputs), slots), writes: "small" },
    { ...(device && { device }), ...(threads !== undefined && { threads }) },
  );
  const held: HeldMemory = { now: undefined };
  const feeds = (): MemoryTensors => ({ ...held.now!.rows.tensors, ...held.now!.others });
  try {
    const targets = await makeDecoder(decoded, slots, ofSource(places), options, feeds);
    const sources = { model, program, seed: options.seed ?? 0 };
    return new MemoryDecoder({ sources, targets, held });
  } catch (error) {
    await program.dispose();
    throw error;
  }
}

/** The slots that a graph reads. */
function slotsIn(
  outputs: readonly Tensor[],
  slots: Readonly<Record<string, ReadOnlySlot>>,
): Record<string, ReadOnlySlot> {
  const read = new Set(nodesOf(outputs).flatMap(({ outputs: made }) => made));
  return Object.fromEntries(Object.entries(slots).filter(([, { current }]) => read.has(current)));
}

/** Positions that are sampled for a target do not depend on the batch that it is in. */
function ofSource(places: TextPositions): TextPositions {
  return { ...places, byRow: false, at: (_, layer, index) => places.at(0, layer, index) };
}

/** What a run of the decoder reads of sources; undefined before there are any. */
interface HeldMemory {
  now: ReadMemory | undefined;
}

/** The parts of a decoder. */
interface Parts {
  readonly sources: SourceReader;
  /** Continues targets; each of its runs reads `held`. */
  readonly targets: Decoder;
  readonly held: HeldMemory;
}

class MemoryDecoder implements TargetDecoder {
  readonly model: EncoderDecoder;
  readonly #parts: Parts;
  /** The memory before the last step. */
  #before: HeldMemory["now"];
  readonly #calls = new OneCall();

  constructor(parts: Parts) {
    this.model = parts.sources.model;
    this.#parts = parts;
  }

  get positions(): readonly number[] {
    return this.#parts.targets.positions;
  }

  async prefill(sources: TokenRows, targets: TokenRows): Promise<Logits> {
    this.reset();
    const rows = sourceRows(sources, this.model);
    const begun = promptRows(targets, this.model.config.vocab);
    if (begun.length !== rows.length)
      throw new RangeError(
        `decoder: prefill() was given ${rows.length} sources and ${begun.length} targets. Give each source one.`,
      );
    this.#checkLengths(begun.map(({ length }) => length));
    return await this.#calls.run(async () => {
      this.#parts.held.now = await readSources(this.#parts.sources, rows);
      return await this.#parts.targets.prefill(begun);
    });
  }

  async step(tokens: ArrayLike<number> | TokenRows, options: StepOptions = {}): Promise<Logits> {
    this.#calls.requireIdle("step");
    refuseUnknownNames("decoder: step()", options, stepNames);
    const { origins, forget = 0, logProbabilities } = options;
    const { held, targets } = this.#parts;
    const before = held.now;
    if (before === undefined)
      throw new RangeError(
        "decoder: step() continues targets, and there are none. Call prefill() first.",
      );
    if (forget !== 0)
      throw new RangeError("decoder: targets of an encoder-decoder forget no tokens.");
    const { positions } = targets;
    const chosen = origins && originRows(origins, positions.length);
    const first = tokens[0];
    const count = typeof first === "object" ? first.length : 1;
    this.#checkLengths((chosen ?? [...positions.keys()]).map((row) => positions[row]! + count));
    return await this.#calls.run(async () => {
      if (chosen) held.now = { ...before, rows: before.rows.choose(chosen) };
      try {
        const logits = await targets.step(tokens, {
          ...(chosen && { origins: chosen }),
          ...(logProbabilities !== undefined && { logProbabilities }),
        });
        this.#before = before;
        return logits;
      } catch (error) {
        held.now = before;
        throw error;
      }
    });
  }

  rollback(): void {
    this.#calls.requireIdle("rollback");
    this.#parts.targets.rollback();
    this.#parts.held.now = this.#before;
  }

  reset(): void {
    this.#calls.requireIdle("reset");
    this.#parts.targets.reset();
    this.#parts.held.now = this.#before = undefined;
  }

  async dispose(): Promise<void> {
    if (this.#calls.disposed) return;
    this.#calls.dispose();
    this.#parts.held.now = this.#before = undefined;
    await this.#parts.targets.dispose();
    await this.#parts.sources.program.dispose();
  }

  #checkLengths(lengths: readonly number[]): void {
    const most = longestTarget(this.model);
    const longest = Math.max(...lengths);
    if (longest > most.length)
      throw new UnsupportedLength(
        `decoder: target ${lengths.indexOf(longest)} would have ${longest} tokens, and ${most.encoding} ends at ` +
          `${most.length}: ${most.reason}. Ask for fewer tokens.`,
      );
  }
}
