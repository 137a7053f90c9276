/** The loss of a span model on windows is that of its training, whatever runs together. */
import { expect, test } from "vitest";
import { charTokenizer } from "../../src/data/char-tokenizer.ts";
import { spanVocab, spanWindows } from "../../src/data/spans/span-windows.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { spanLossEvaluator } from "../../src/evaluation/span-losses.ts";
import { encoderModelConfig } from "../../src/model/encoder-model.ts";
import { spanModel } from "../../src/model/span-model.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import { spanBatches, spanObjective } from "../../src/training/span-objective.ts";
import { train } from "../../src/training/train.ts";

const tokenizer = charTokenizer("abcdefgh ?");
const length = 14;
const context = "abc def gh fed cba";
const examples = ["def", "gh", "cba"].map((text, at) => ({
  ...{ id: String(at), question: `${text[0]!}?`, context },
  answers: [{ start: context.indexOf(text), text }],
}));

test.each(["rope", "alibi", "learned"])("%s", async (encoding) => {
  const windows = spanWindows(examples, tokenizer, { length });
  expect(windows.length).toBeGreaterThan(examples.length);
  const vocab = spanVocab(tokenizer);
  const config = encoderModelConfig({ vocab, model: 16, heads: 2, layers: 1, segments: 2 });
  const model = spanModel(config, encodingById(encoding), length);
  const weights = new Map(
    model.parameters.specs.map(({ name, shape }) => {
      const size = shape.reduce((product, each) => product * each, 1);
      const data = Float32Array.from(random(2, name).normalArray(size, 0.6));
      return [name, { shape, data }];
    }),
  );
  const losses: (readonly number[])[] = [];
  for (const tokensAtOnce of [1, 4 * length, 100 * length]) {
    const on = { windows, length, tokensAtOnce, compile };
    const evaluator = await spanLossEvaluator(model, on);
    losses.push(await evaluator.lossesOf(weights));
    await evaluator.dispose();
  }
  const [alone] = losses;
  expect(alone).toHaveLength(windows.length);
  expect(new Set(alone!.map((loss) => loss.toFixed(3))).size).toBeGreaterThan(3);
  for (const others of losses)
    others.forEach((loss, at) => expect(loss).toBeCloseTo(alone![at]!, 5));
  const size = { batch: windows.length, length };
  let first = NaN;
  await train({
    ...{ objective: spanObjective(model, size), batches: spanBatches(model, windows, size) },
    ...{ plan: { steps: 1, learningRate: 1e-3 }, weights, compile },
    onStep: ({ loss }) => void (first = loss),
  });
  expect(first).toBeCloseTo(alone!.reduce((sum, loss) => sum + loss, 0) / windows.length, 4);
});
