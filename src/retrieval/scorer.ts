/**
 * How a model predicts the answers of samples: the loss of each of their tokens, and whether it is the likeliest.
 *
 * The right tokens before it are given. Where all tokens of an answer are the likeliest, greedy decoding writes exactly this
 * answer: up to the first wrong token it has seen the same tokens.
 *
 * @module
 */
import { forwardProgram } from "../evaluation/forward-program.ts";
import type { EvaluationOptions } from "../evaluation/forward-program.ts";
import { checkTokenIds } from "../model/token-ids.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import { cast } from "../operators/cast.ts";
import { equal } from "../operators/comparison.ts";
import { crossEntropy } from "../operators/cross-entropy.ts";
import { flattenRows, reshape } from "../operators/movement.ts";
import { argmax } from "../operators/reduction.ts";
import { concat, slice } from "../operators/slicing.ts";
import type { FittedSample } from "./fit.ts";

/** How one answer is predicted. */
export interface AnswerScore {
  /** Nats of each of its tokens. */
  readonly nats: readonly number[];
  /** Whether each is the likeliest token. */
  readonly right: boolean;
}

/**
 * Scores samples of up to `length` tokens.
 *
 * @throws {UnsupportedLength} the encoding cannot run at the length
 * @throws {RangeError} an id is outside the model's vocabulary
 */
export async function scoreAnswers(
  trained: TrainedModel,
  samples: readonly Pick<FittedSample, "ids" | "answerFrom">[],
  length: number,
  options: EvaluationOptions,
): Promise<AnswerScore[]> {
  // The last of these predicts the last token of the longest sample; padding follows shorter ones.
  const first = Math.min(...samples.map(({ answerFrom }) => answerFrom)) - 1;
  const tail = length - first;
  const program = await forwardProgram(
    trained,
    length,
    {
      inputs: ["targets"],
      logits: tail,
      output(logits, { targets }) {
        const flat = flattenRows(logits);
        const count = flat.shape[0]!;
        const wanted = reshape(slice(targets!, 1, first, tail), [count]);
        const right = cast(equal(argmax(flat), wanted), "float32");
        return concat(
          [reshape(crossEntropy(flat, wanted), [1, count]), reshape(right, [1, count])],
          0,
        );
      },
    },
    options,
  );
  const { batch } = program;
  const { vocab } = trained.model.config;
  try {
    const scores: AnswerScore[] = [];
    for (let from = 0; from < samples.length; from += batch) {
      const group = samples.slice(from, from + batch);
      const [tokens, targets] = [new Int32Array(batch * length), new Int32Array(batch * length)];
      group.forEach(({ ids }, row) => {
        checkTokenIds(ids, vocab, (at) => `retrieve: token ${at} of sample ${from + row}`);
        tokens.set(ids, row * length);
        targets.set(ids.subarray(1), row * length);
      });
      const data = (await program.run({ tokens, targets }, from)) as Float32Array;
      group.forEach(({ ids, answerFrom }, row) => {
        const at = row * tail + answerFrom - 1 - first;
        const to = at + ids.length - answerFrom;
        scores.push({
          nats: Array.from(data.subarray(at, to)),
          right: data.subarray(batch * tail + at, batch * tail + to).every((one) => one === 1),
        });
      });
    }
    return scores;
  } finally {
    await program.dispose();
  }
}
