/**
 * Refuses models, batches and lengths that do not fit in this machine's memory, before anything is allocated.
 *
 * Every estimate is a lower bound, so that nothing that could run is refused.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { countInWords as words, gigabytes, howToRaise, memoryLimit } from "../memory.ts";
import { unsupportedReason } from "../model/length-limit.ts";
import { leastScores } from "../model/size.ts";
import { bytesPerNumber, largestInWords } from "../parameters/size.ts";
import type { LanguageModel } from "../model/transformer.ts";
import "../runtime/node-memory.ts"; // the limit

/** The sizes that memory depends on, as far as the settings alone know them. */
export interface TrainingSize {
  readonly width: number;
  readonly hidden: number;
  readonly layers: number;
  readonly vocab: number;
  readonly batch: number;
  readonly length: number;
  readonly accumulate: number;
  /** Models trained at once. */
  readonly models: number;
}

/**
 * Training holds at least so many numbers for each parameter. AdamW: the parameter and two moments, each before and after the
 * step, the gradient, its clipped copy and what its update is computed from. Measured: 12 to 14 with AdamW, more than
 * 10 with Muon.
 */
export const copiesOfParameters = 9;
/** The logits and their gradient. */
export const copiesOfLogits = 2;

/**
 * Compares the memory that training needs with the memory of the machine, before the model is made: weights, optimiser
 * state, residual stream, logits.
 *
 * @param memory bytes that the process may use
 * @throws {InputError} training needs more; the message has both numbers, in GB (10^9 bytes)
 */
export function refuseTooLarge(size: TrainingSize, memory: number = memoryLimit()): void {
  const { width, hidden, layers, vocab, batch, length, accumulate, models } = size;
  const parameters = vocab * width + layers * (4 * width ** 2 + 2 * width * hidden);
  const weights = parameters * copiesOfParameters * bytesPerNumber * models;
  if (weights > memory)
    throw new InputError(
      `a model of width ${words(width)} with ${words(layers)} layers` +
        `${vocab > width ? ` and ${words(vocab)} kinds of tokens` : ""} has at least ${words(parameters)} parameters; ` +
        `training ${models > 1 ? `${words(models)} at once` : "it"} takes more than ${gigabytes(weights)}, ` +
        `this machine has ${gigabytes(memory)}. ` +
        `Choose a smaller width${hidden > 4 * width ? " or hidden width" : ""}` +
        `${vocab > 256 ? ", the tokenizer byte" : ""}` +
        `${models > 1 ? ", fewer layers or fewer processes" : " or fewer layers"}. ${howToRaise}`,
    );
  const tokens = batch * length;
  const step =
    (tokens * (copiesOfLogits * vocab + layers * width) + 2 * tokens * accumulate) * bytesPerNumber;
  if (weights + step * models > memory)
    throw new InputError(
      `a step of ${words(batch)} windows of ${words(length)} tokens takes more than ${gigabytes(step)}, ` +
        `this machine has ${gigabytes(memory)}. Choose a smaller batch, a shorter length` +
        `${vocab > 256 ? ", the tokenizer byte" : ""}` +
        `${accumulate > 1 ? ", fewer micro-batches" : ""} or fewer ${models > 1 ? "processes" : "layers"}. ${howToRaise}`,
    );
}

/** A model that was made, to be trained. */
export interface ModelTraining {
  readonly batch: number;
  readonly length: number;
  /** Models trained at once. Default 1. */
  readonly models?: number;
}

/**
 * The same for a model whose parameters are known, those of its encoding among them, and with the scores of attention.
 *
 * @throws {InputError} naming the encoding, what it needs, the limit and what to lower
 */
export function refuseTooLargeModel(model: LanguageModel, training: ModelTraining): void {
  const { batch, length, models = 1 } = training;
  const memory = memoryLimit();
  const { config, encoding, parameters } = model;
  const { id } = encoding;
  const weights = parameters.count * copiesOfParameters * bytesPerNumber * models;
  if (weights > memory)
    throw new InputError(
      `${id}: the model has ${words(parameters.count)} parameters; training ${models > 1 ? `${words(models)} at once` : "it"} ` +
        `takes more than ${gigabytes(weights)}, this machine has ${gigabytes(memory)}. ` +
        `${largestInWords(parameters.specs, id)}${fewerProcesses(models)} ${howToRaise}`,
    );
  const { vocab, layers, model: width, heads } = config;
  const scores = leastScores({ encoding, heads, length, batch });
  const step =
    batch * length * (copiesOfLogits * vocab + layers * width) * bytesPerNumber + scores;
  if (weights + step * models > memory)
    throw new InputError(
      `${id}: a step of ${words(batch)} rows of ${words(length)} tokens takes more than ${gigabytes(step)}` +
        `${scores > step / 2 ? `, most of it for scores between all tokens of a row` : ""}; ` +
        `this machine has ${gigabytes(memory)}. Choose a smaller batch or a shorter train length${multiples(scores, step)}.${fewerProcesses(models)} ${howToRaise}`,
    );
}

/** What is evaluated at once. */
export interface EvaluationSize {
  readonly length: number;
  /** Samples of a task, which are held all at once. */
  readonly samples?: number;
  /** Windows of a text, which are held all at once. */
  readonly windows?: number;
  /** Models judged at once. Default 1. */
  readonly models?: number;
  /** Whether the state of a training is held meanwhile. Default false. */
  readonly whileTraining?: boolean;
}

/** Numbers for each parameter between two steps: parameter, momentum, and the buffers that the next step writes. */
const stateOfTraining = 4;
/** About how many tokens an evaluation runs together, see `forwardProgram`. */
const tokensAtOnce = 2048;
/** An element of a list; a window: its object and two views of the text. */
const bytesPerElement = 8;
const bytesPerWindow = 200;

/**
 * Refuses lengths at which the forward pass of a model, or the data that it is judged on, do not fit. A length that the
 * encoding cannot run at needs nothing.
 *
 * @throws {InputError} naming the encoding, the length, what it needs, the limit and what to lower
 */
export function refuseTooLargeEvaluation(
  model: LanguageModel,
  { length, samples = 0, windows = 0, models = 1, whileTraining = false }: EvaluationSize,
): void {
  if (unsupportedReason(model, length) !== undefined) return;
  const memory = memoryLimit();
  const { config, encoding, parameters } = model;
  const { vocab } = config;
  const batch = Math.max(1, Math.floor(tokensAtOnce / length));
  const scores = leastScores({ encoding, heads: config.heads, length, batch });
  const pass = batch * length * (config.vocab + config.model) * bytesPerNumber + scores;
  const data = samples * length * bytesPerElement + windows * bytesPerWindow;
  const copies = whileTraining ? stateOfTraining : 1;
  const bytes = (parameters.count * copies * bytesPerNumber + pass + data) * models;
  if (bytes <= memory) return;
  const advice =
    data > pass
      ? samples > 0
        ? "fewer samples (--evaluation-samples) or shorter test lengths"
        : "a larger stride, or fewer validation tokens (--evaluation-tokens)"
      : vocab * bytesPerNumber > 0.75 * (pass / (batch * length))
        ? `a tokenizer with fewer tokens, such as byte`
        : `shorter test lengths${multiples(scores, pass)}`;
  throw new InputError(
    `${encoding.id}: judging rows of ${words(length)} tokens` +
      `${models > 1 ? ` by ${words(models)} models at once` : ""} takes more than ${gigabytes(bytes)}` +
      `${scores * models > bytes / 2 ? ", most of it for scores between all tokens of a row" : ""}; ` +
      `this machine has ${gigabytes(memory)}. Choose ${advice}.${fewerProcesses(models)} ${howToRaise}`,
  );
}

function fewerProcesses(models: number): string {
  return models > 1 ? " Or lower --processes." : "";
}

function multiples(scores: number, all: number): string {
  return scores > all / 2 ? ", from 1,024 on a multiple of 128, which is computed in blocks" : "";
}
