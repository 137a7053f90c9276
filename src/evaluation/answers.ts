/**
 * How many of a task's samples a model answers right.
 *
 * A sample is an exact match if every scored token is the model's most likely one, given the right tokens before it.
 * In every task here each answer is determined by the tokens before it, so this equals exact match under greedy
 * decoding, at the cost of one pass: as long as all tokens so far were right, greedy decoding has seen the same
 * tokens, and after the first wrong token the sample is wrong either way. The accuracy by token is not that of greedy
 * decoding: after a wrong token the model is still given the right one.
 *
 * @module
 */
import { checkTokenIds } from "../model/token-ids.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { argmax } from "../operators/reduction.ts";
import { taskRows } from "../tasks/batches.ts";
import type { Sample } from "../tasks/task.ts";
import { forwardProgram } from "./forward-program.ts";
import type { EvaluationOptions } from "./forward-program.ts";

/** Answers samples of up to a width. */
export interface AnswerEvaluator {
  /** Samples at once. */
  readonly batch: number;
  /**
   * For each sample, whether each scored token is answered right. Where the encoding samples positions, those of
   * a sample depend on its place in the list.
   *
   * @throws {RangeError} an id is outside the model's vocabulary, a scored place has no token or none before it, or
   *   a sample is longer than the width allows
   */
  answer(samples: readonly Sample[]): Promise<boolean[][]>;
  dispose(): Promise<void>;
}

/** How the samples of a length were answered. */
export interface AnswerSummary {
  /** Share of samples all of whose scored tokens are right. */
  readonly exactMatch: number;
  /** Share of scored tokens that are right. */
  readonly tokenAccuracy: number;
  /** Scored tokens. */
  readonly tokens: number;
  /** Of each sample, in order: 1 where all scored tokens are right, 0 elsewhere. */
  readonly correct: readonly (0 | 1)[];
}

/**
 * Compiles the forward pass for rows of `width` tokens.
 *
 * @throws {UnsupportedLength} the encoding cannot run at the width
 * @throws {RangeError} the weights do not fit the model
 */
export async function answerEvaluator(
  trained: TrainedModel,
  width: number,
  options: EvaluationOptions = {},
): Promise<AnswerEvaluator> {
  const scoring = { inputs: [], output: argmax };
  const program = await forwardProgram(trained, width, scoring, options);
  const { batch } = program;
  return {
    batch,
    async answer(samples) {
      checkSamples(samples, trained.model.config.vocab);
      const answered: boolean[][] = [];
      for (let first = 0; first < samples.length; first += batch) {
        const group = samples.slice(first, first + batch);
        const tokens = new Int32Array(batch * width);
        // The last group is filled up with rows of padding, whose results are not read.
        tokens.set(taskRows(group, width).tokens);
        const predicted = await program.run({ tokens }, first);
        group.forEach(({ tokens, scored }, row) =>
          answered.push(
            scored.map((place) => predicted[row * width + place - 1] === tokens[place]),
          ),
        );
      }
      return answered;
    },
    dispose: () => program.dispose(),
  };
}

function checkSamples(samples: readonly Sample[], vocab: number): void {
  samples.forEach(({ tokens, scored }, number) => {
    checkTokenIds(
      tokens,
      vocab,
      (at) => `evaluation: token ${at} of sample ${number}`,
      "Use the model of this task.",
    );
    const place = scored.find((place) => !(place >= 1 && place < tokens.length));
    if (place !== undefined)
      throw new RangeError(
        `evaluation: sample ${number} scores place ${place}, and its ${tokens.length} tokens have places 0 to ` +
          `${tokens.length - 1}, of which the first has nothing before it. Score places from 1 on.`,
      );
  });
}

/** Exact match and accuracy by token, from what `answer` gives. */
export function summariseAnswers(answered: readonly (readonly boolean[])[]): AnswerSummary {
  const correct = answered.map((right) => (right.every(Boolean) ? 1 : 0));
  const all = answered.flat();
  return {
    exactMatch: correct.reduce((sum: number, one) => sum + one, 0) / correct.length,
    tokenAccuracy: all.filter(Boolean).length / all.length,
    tokens: all.length,
    correct,
  };
}
