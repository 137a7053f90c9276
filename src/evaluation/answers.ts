/**
 * How many of a task's samples a model answers right.
 *
 * A sample counts as an exact match if every scored token is the model's most likely one, given the right
 * tokens before it. Where answers are determined by what stands before, as in every task here, that is exact
 * match under greedy decoding, at the cost of one pass: as long as all tokens so far were right, greedy
 * decoding has seen the same tokens, so the two part at the first wrong one, and that sample is wrong either
 * way. The accuracy by token is not that of greedy decoding: after a wrong token the right one is given.
 *
 * @module
 */
import { sequencePositions, positionsFeed } from "../model/positions.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { argmax } from "../operators/reduction.ts";
import { input } from "../operators/source.ts";
import { random } from "../random/random.ts";
import type { Compile, CompileOptions, HostTensor } from "../runtime/session.ts";
import { taskRows } from "../tasks/batches.ts";
import type { Sample } from "../tasks/task.ts";
import { UnsupportedLength, unsupportedReason } from "./language.ts";

/** Answers samples of up to a width. */
export interface AnswerEvaluator {
  /** Samples at once. */
  readonly batch: number;
  /** For each sample, whether each scored token is answered right. */
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
  /** Of each sample, in order: 1 where all is right, 0 elsewhere. */
  readonly correct: readonly (0 | 1)[];
}

/** Compiles the forward pass for rows of a width; about `tokensAtOnce` tokens run together. */
export async function answerEvaluator(
  model: LanguageModel,
  parameters: ReadonlyMap<string, HostTensor>,
  width: number,
  compile: Compile,
  options: CompileOptions & { readonly tokensAtOnce?: number } = {},
): Promise<AnswerEvaluator> {
  const reason = unsupportedReason(model, width);
  if (reason !== undefined) throw new UnsupportedLength(`${width} tokens: ${reason}`);
  const batch = Math.max(1, Math.floor((options.tokensAtOnce ?? 2048) / width));
  const { encoding, config } = model;
  const tokens = input("tokens", [batch, width], "int32");
  const { input: positions, ...places } = sequencePositions(encoding, config.layers, width);
  const { logits } = forward(model, { tokens, ...places });
  const program = await compile(
    {
      inputs: [tokens, positions, ...model.parameters.tensors],
      outputs: { predictions: argmax(logits) },
    },
    options,
  );
  const values = Object.fromEntries(
    model.parameters.specs.map(({ name }) => [name, parameters.get(name)!]),
  );
  // Drawn positions are the same for every sample of a width, and for every model of an encoding.
  const stream = random(0, "evaluation", "positions", width);
  const sampled = positionsFeed(encoding, config.layers, width, stream, false);

  return {
    batch,
    async answer(samples) {
      const answered: boolean[][] = [];
      for (let first = 0; first < samples.length; first += batch) {
        const group = samples.slice(first, first + batch);
        const data = new Int32Array(batch * width);
        // A short last group runs with rows of padding that nobody reads.
        data.set(taskRows(group, width).tokens);
        const outputs = await program.run({
          ...values,
          tokens: { shape: [batch, width], data },
          positions: sampled,
        });
        const predicted = outputs["predictions"]!.data;
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

/** Exact match and accuracy by token. */
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
