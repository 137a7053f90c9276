/**
 * Answers that a trained span model finds in texts.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { spanRows } from "../data/spans/span-rows.ts";
import { spanWindows } from "../data/spans/span-windows.ts";
import type { SpanExample } from "../data/spans/span-example.ts";
import type { SpanWindow } from "../data/spans/span-windows.ts";
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { EncoderModel } from "../model/encoder-model.ts";
import { unsupportedReason, UnsupportedLength } from "../model/length-limit.ts";
import { positionsFeed, sequencePositions } from "../model/positions.ts";
import { spanScores } from "../model/span-model.ts";
import { input } from "../operators/source.ts";
import { fittingWeights } from "../parameters/weights.ts";
import type { Weights } from "../parameters/weights.ts";
import { random } from "../random/random.ts";
import { compileBound } from "../runtime/bound.ts";
import type { Compile, CompileOptions, Program } from "../runtime/session.ts";
import { bestSpan } from "./best-spans.ts";

/** A span model with the values of its parameters and its tokenizer. */
export interface TrainedSpanModel {
  readonly model: EncoderModel;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
}

/** How answers are looked for. */
export interface SpanAnswerOptions extends CompileOptions {
  /** Tokens of a row, with question and separators. */
  readonly length: number;
  /** Tokens of the text that two rows share. Default: half of those that a row has room for. */
  readonly overlap?: number;
  /** The most tokens of an answer. Default 30. */
  readonly longestAnswer?: number;
  /** Rows at once. Default 16. */
  readonly batch?: number;
  /** Default: the runtime that was loaded, which `relpos` and `relpos/browser` do. */
  readonly compile?: Compile;
  /** Seed of the positions that an encoding samples. Default 0. */
  readonly seed?: number;
}

const names: NamesOf<SpanAnswerOptions> = {
  ...{ length: true, overlap: true, longestAnswer: true, batch: true },
  ...{ compile: true, seed: true, device: true, threads: true },
};

/** The answer to a question. */
export interface FoundAnswer {
  readonly text: string;
  /** Where it begins in the text, in UTF-16 units. */
  readonly start: number;
  /** The scores of its first and last token together, a logarithm of odds; comparable within one question. */
  readonly score: number;
}

/** Finds answers with a compiled model. */
export interface SpanFinder {
  /**
   * The best answer to each question, in the order of the examples. A text that is longer than a row is read in rows that
   * overlap, and the best answer of all rows is taken.
   *
   * @throws {InputError} a question or text cannot be read, see `spanWindows`
   */
  find(
    examples: readonly Pick<SpanExample, "id" | "question" | "context">[],
  ): Promise<FoundAnswer[]>;
  dispose(): Promise<void>;
}

/**
 * The best answer to each question, found once; see `SpanFinder.find`.
 *
 * @throws {UnsupportedLength} the encoding cannot run at the length
 * @throws {InputError} a question or text cannot be read, see `spanWindows`
 */
export async function findAnswers(
  trained: TrainedSpanModel,
  examples: readonly Pick<SpanExample, "id" | "question" | "context">[],
  options: SpanAnswerOptions,
): Promise<FoundAnswer[]> {
  const finder = await spanFinder(trained, options);
  try {
    return await finder.find(examples);
  } finally {
    await finder.dispose();
  }
}

/**
 * Compiles a model for finding answers.
 *
 * @throws {UnsupportedLength} the encoding cannot run at the length
 * @throws {RangeError} the weights do not fit the model
 */
export async function spanFinder(
  { model, weights, tokenizer }: TrainedSpanModel,
  options: SpanAnswerOptions,
): Promise<SpanFinder> {
  refuseUnknownNames("findAnswers", options, names, (message) => new InputError(message));
  const { length, overlap, longestAnswer = 30, batch = 16, seed = 0 } = options;
  const reason = unsupportedReason(model, length);
  if (reason !== undefined) throw new UnsupportedLength(`length ${length}: ${reason}`);
  const values = Object.fromEntries(
    fittingWeights(model.parameters.specs, weights, { speaker: "findAnswers", others: "an error" }),
  );
  const program = await compileScores(model, { ...options, batch });
  const { encoding, config } = model;
  const stream = random(seed, "evaluation", "positions", length);
  const positions = positionsFeed(encoding, config.layers, length, stream, false);
  return {
    async find(examples) {
      const asked = examples.map((example) => ({ ...example, answers: [] }));
      const rows = overlap === undefined ? { length } : { length, overlap };
      const windows = spanWindows(asked, tokenizer, rows);
      const found: (FoundAnswer | undefined)[] = examples.map(() => undefined);
      for (let from = 0; from < windows.length; from += batch) {
        const group = windows.slice(from, from + batch);
        const feeds = feedsOf(group, { batch, length, segments: config.segments > 0 });
        const { start, end } = await program.run({ ...values, ...feeds, positions });
        group.forEach((window, row) => {
          const own = ({ data }: { readonly data: ArrayLike<number> }): ArrayLike<number> =>
            (data as Float32Array).subarray(row * length, (row + 1) * length);
          const range = {
            from: window.textFrom,
            length: window.textLength,
            longest: longestAnswer,
          };
          const best = bestSpan(own(start!), own(end!), range);
          const before = found[window.example];
          if (best === undefined || (before !== undefined && before.score >= best.score)) return;
          const unit = window.starts[best.first - window.textFrom]!;
          const stop = window.ends[best.last - window.textFrom]!;
          const text = examples[window.example]!.context.slice(unit, stop);
          found[window.example] = { text, start: unit, score: best.score };
        });
      }
      return found.map((answer) => answer!);
    },
    dispose: () => program.dispose(),
  };
}

function compileScores(
  model: EncoderModel,
  { length, batch, compile = compileBound, device, threads }: SpanAnswerOptions & { batch: number },
): Promise<Program> {
  const { encoding, config, parameters } = model;
  const shape = [batch, length];
  const tokens = input("tokens", shape, "int32");
  const segments = config.segments > 0 ? input("segments", shape, "int32") : undefined;
  const keyMask = input("keyMask", shape, "bool");
  const places = sequencePositions(encoding, config.layers, length);
  const { positions, layerPositions } = places;
  const given = { tokens, segments, keyMask, positions, layerPositions };
  const { start, end } = spanScores(model, given);
  const inputs = [tokens, ...(segments ? [segments] : []), keyMask, places.input];
  const graph = { inputs: [...inputs, ...parameters.tensors], outputs: { start, end } };
  return compile(graph, {
    ...(device === undefined ? {} : { device }),
    ...(threads === undefined ? {} : { threads }),
  });
}

/** The last group is filled up with rows of its last window, whose results are not read. */
function feedsOf(
  group: readonly SpanWindow[],
  { batch, length, segments }: { batch: number; length: number; segments: boolean },
): Parameters<Program["run"]>[0] {
  const full = Array.from({ length: batch }, (_, row) => group[Math.min(row, group.length - 1)]!);
  const rows = spanRows(full, length);
  const shape = [batch, length];
  return {
    tokens: { shape, data: rows.tokens },
    ...(segments ? { segments: { shape, data: rows.segments } } : {}),
    keyMask: { shape, data: rows.keyMask },
  };
}
