/**
 * A tiny language model on the bytes of Moby-Dick, trained for some seconds and judged on unseen text
 * at the length it was trained at and at four times that length.
 *
 * Run:        npm run example examples/02-train.ts
 * Takes:      about 6 seconds on one core
 * Tolerance:  0.05
 * Prints:
 *
 *     step 0: 5.57 nats a byte
 *     step 50: 2.48 nats a byte
 *     step 100: 2.32 nats a byte
 *     step 150: 2.24 nats a byte
 *     length 64: 3.22 bits per byte
 *     length 256: 3.21 bits per byte
 *
 * @module
 */
// region README
import {
  byteTokenizer,
  encodingById,
  languageEvaluator,
  languageModel,
  languageTraining,
  loadCorpus,
  splitText,
  summariseLosses,
  train,
  transformerConfig,
  windows,
} from "relpos";
import type { StepMetrics } from "relpos";

const book = splitText((await loadCorpus()).text);
const tokenizer = byteTokenizer();
const config = transformerConfig({ vocab: 256, model: 64, heads: 4, layers: 2 });
const size = { batch: 16, length: 64 };
const model = languageModel(config, encodingById("alibi"), size.length);
const training = languageTraining(model, tokenizer.encode(book.train), size);
const onStep = ({ step, loss }: StepMetrics): void => {
  if (step % 50 === 0) console.log(`step ${step}: ${loss.toFixed(2)} nats a byte`);
};
const { weights } = await train({ ...training, plan: { steps: 200, learningRate: 3e-3 }, onStep });

const unseen = tokenizer.encode(book.validation.slice(0, 20_000));
for (const length of [64, 256]) {
  const evaluator = await languageEvaluator({ model, weights }, length);
  const { nats } = await summariseLosses(evaluator, windows(unseen, { length }));
  console.log(`length ${length}: ${(nats / Math.LN2).toFixed(2)} bits per byte`);
}
// endregion
