/**
 * An opened run of pairs judged on its own validation and test pairs, or on others: the loss of their targets, and the field's
 * measures of the targets that the run writes for their sources.
 *
 * @module
 */
import type { PairChoice } from "../data/pairs/choice.ts";
import { answersOf } from "../data/pairs/pair.ts";
import type { PairTest, TextPair } from "../data/pairs/pair.ts";
import { simpleAnswers } from "../data/pairs/simple-answers.ts";
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { GenerationOptions } from "../generation/generation-options.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import { encodedPairs, judgedParts, trainedLengths } from "./judged-parts.ts";
import type { SourceRange, TrainedLengths } from "./judged-parts.ts";
import type { OpenedPairRun } from "./open-pair-run.ts";
import type { OpenedSpanRun } from "./open-span-run.ts";
import { longestPairs, lossesOf } from "./pair-losses.ts";
import { pairMeasures, scored } from "./pair-measures.ts";
import { writtenTargets } from "./written-targets.ts";
import type { WrittenTarget } from "./written-targets.ts";

/** On what a run of pairs is evaluated, and how. */
export interface EvaluatePairRunOptions {
  /** Pairs that the run was not trained on; all of them are judged. Default: the run's own validation and test pairs. */
  readonly data?: PairChoice;
  /** The first pairs of each part are judged, at most so many. Default: all. */
  readonly examples?: number;
  /**
   * How targets are written; false: none are, and only the loss is measured. Default: greedily, up to twice the tokens of the
   * longest target of the training, 100 at least.
   */
  readonly generation?: GenerationOptions | false;
  /** Sources that are read together while targets are written; it changes no target. Default 32. */
  readonly batchSize?: number;
  /** Called when a part has been judged. */
  readonly onPart?: (part: JudgedPart) => void;
  /** Called after each target that was written, with their number and how many there are to be in this part. */
  readonly onWritten?: (written: number, pairs: number, part: string) => void;
  /** Ends the evaluation after the token that is being computed. */
  readonly signal?: AbortSignal;
  /** Default: ONNX Runtime in Node. */
  readonly compile?: Compile;
  readonly compileOptions?: CompileOptions;
}

const names: NamesOf<EvaluatePairRunOptions> = {
  ...{ data: true, examples: true, generation: true, batchSize: true, onPart: true },
  ...{ onWritten: true, signal: true, compile: true, compileOptions: true },
};

/** How pairs of one part and of one range of source lengths are predicted and answered. */
export interface PairPartLoss {
  /** "validation", "all" for files that were named, or the id of a test. */
  readonly part: string;
  readonly sources: SourceRange;
  readonly pairs: number;
  /** Mean nats a target token; of the architecture "span", a first or last token of an answer. */
  readonly nats: number;
  readonly perplexity: number;
  /** Target tokens; of the architecture "span", questions. */
  readonly tokens: number;
  /** Values of the written targets by the measure's id, see `pairMeasures`; absent where none were written. */
  readonly measures?: Readonly<Record<string, number>>;
}

/** What is reached without a model, on all pairs of a part. */
export interface PairYardstick {
  readonly part: string;
  /** "copy", "most frequent" or "lead", see `simpleAnswers`. */
  readonly id: string;
  /** In words. */
  readonly name: string;
  readonly measures: Readonly<Record<string, number>>;
}

/** A part that has been judged. */
export interface JudgedPart {
  /** The range "all" first. */
  readonly ranges: readonly PairPartLoss[];
  /** Empty where no targets were written. */
  readonly yardsticks: readonly PairYardstick[];
  /** By the measure's id: the choices that its values depend on. */
  readonly signatures: Readonly<Record<string, string>>;
  /** The pairs that were judged, with what was written for each. */
  readonly written: readonly (WrittenTarget & { readonly pair: TextPair })[];
}

/** How a run predicts and answers pairs. */
export interface PairRunLosses {
  /** Name of the pairs. */
  readonly data: string;
  /** Tokens of the source in the middle of the training; absent where its pairs are gone or changed. */
  readonly median?: number;
  readonly parts: readonly PairPartLoss[];
  readonly yardsticks: readonly PairYardstick[];
  /** By part, then by the measure's id: the choices that a value depends on. */
  readonly signatures: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What a reader should know, such as pairs that are longer than the encodings allow. */
  readonly notes: readonly string[];
}

/**
 * Evaluates a run on pairs, by part and by the length of the source.
 *
 * @throws {InputError} the run's own pairs are gone or changed, others cannot be read, or a character is not in the vocabulary
 * @throws {OptionError} an option of generation is outside its bounds or without effect
 * @throws {DOMException} (an AbortError, or the signal's own reason) the signal was aborted
 */
export async function evaluatePairRun(
  run: OpenedPairRun | OpenedSpanRun,
  options: EvaluatePairRunOptions = {},
): Promise<PairRunLosses> {
  refuseUnknownNames("evaluatePairRun", options, names, (message) => new InputError(message));
  requireCount("examples", options.examples);
  requireCount("batchSize", options.batchSize);
  const { name, parts, training, notes: given } = await judgedParts(run, options.data);
  const trained = trainedLengths(run, training);
  const notes = [...given];
  const judged: JudgedPart[] = [];
  for (const part of parts) {
    options.signal?.throwIfAborted();
    const pairs = fittingPairs(run, part, { name, most: options.examples }, notes);
    if (pairs.length === 0) continue;
    const result = await judgedPart(run, { id: part.id, pairs, trained }, options, notes);
    judged.push(result);
    options.onPart?.(result);
  }
  return {
    data: name,
    ...(trained.median === undefined ? {} : { median: trained.median }),
    parts: judged.flatMap(({ ranges }) => ranges),
    yardsticks: judged.flatMap(({ yardsticks }) => yardsticks),
    signatures: Object.fromEntries(
      judged.map(({ ranges, signatures }) => [ranges[0]!.part, signatures]),
    ),
    notes,
  };
}

/** The first pairs of a part that the encodings can read; others are counted in a note. */
function fittingPairs(
  run: OpenedPairRun | OpenedSpanRun,
  { id, pairs: all }: PairTest,
  { name, most = Infinity }: { readonly name: string; readonly most: number | undefined },
  notes: string[],
): readonly TextPair[] {
  const first = all.slice(0, most);
  const encoded = encodedPairs(run, first, `${id} of ${name}`);
  const { fits, words } = longestPairs(run);
  const pairs = first.filter((_, at) => fits(encoded[at]!));
  if (pairs.length < first.length)
    notes.push(
      `${id}: ${first.length - pairs.length} of ${first.length} pairs are not judged, because they have more tokens ` +
        `than the encodings allow (${words}).`,
    );
  return pairs;
}

interface Part {
  readonly id: string;
  readonly pairs: readonly TextPair[];
  readonly trained: TrainedLengths;
}

async function judgedPart(
  run: OpenedPairRun | OpenedSpanRun,
  { id, pairs, trained }: Part,
  options: EvaluatePairRunOptions,
  notes: string[],
): Promise<JudgedPart> {
  const { generation = {}, batchSize = 32, signal, compile, compileOptions } = options;
  const encoded = encodedPairs(run, pairs, id);
  const losses = await lossesOf(run, {
    ...{ texts: pairs, pairs: encoded, seed: run.configuration.seed },
    begin: run.architecture === "span" ? 0 : run.symbols.begin,
    ...(compile ? { compile } : {}),
    ...compileOptions,
  });
  const written =
    generation === false
      ? undefined
      : await writtenTargets(run, pairs, {
          ...{ generation, batchSize, signal },
          compiled: { ...(compile ? { compile } : {}), ...compileOptions },
          onWritten: (count) => options.onWritten?.(count, pairs.length, id),
        });
  if (written) notes.push(...cutNotes(id, written));
  const measures = pairMeasures[run.configuration.task];
  const answers = pairs.map(answersOf);
  const scores = written && scored(measures, written.map(({ text }) => text), answers);
  const all = [...pairs.keys()];
  const ranges = trained.rangesOf(pairs).map(({ sources, places }): PairPartLoss => {
    const tokens = places.reduce((total, at) => total + losses.tokens[at]!, 0);
    const nats = places.reduce((total, at) => total + losses.byPair[at]!, 0) / tokens;
    const loss = { nats, perplexity: Math.exp(nats), tokens };
    const values = scores && { measures: scores.valuesAt(places) };
    return { part: id, sources, pairs: places.length, ...loss, ...values };
  });
  const { task } = run.configuration;
  const simple = simpleAnswers(trained.pairs ?? []).filter(
    (yardstick) =>
      (trained.pairs !== undefined || yardstick.id !== "most frequent") &&
      // The first sentence is no translation and no answer.
      (task === "summarise" || yardstick.id !== "lead"),
  );
  return {
    ranges,
    yardsticks: written
      ? simple.map(({ id: yardstick, name, answer }) => ({
          ...{ part: id, id: yardstick, name },
          measures: scored(measures, pairs.map(answer), answers).valuesAt(all),
        }))
      : [],
    signatures: scores?.signatures ?? {},
    written: written?.map((target, at) => ({ ...target, pair: pairs[at]! })) ?? [],
  };
}

/** Targets that did not end by themselves. */
function cutNotes(part: string, written: readonly WrittenTarget[]): readonly string[] {
  return (
    [
      ["length", "end after as many tokens as may be written"],
      ["limit", "end where the run's encoding ends"],
    ] as const
  ).flatMap(([reason, words]) => {
    const count = written.filter(({ ended }) => ended === reason).length;
    return count === 0 ? [] : [`${part}: ${count} of ${written.length} written targets ${words}.`];
  });
}

function requireCount(name: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isInteger(value) || value < 1))
    throw new InputError(
      `evaluatePairRun: ${name} must be a whole number of 1 or more, got ${String(value)}.`,
    );
}
