/**
 * A tiny language model on the bytes of Moby-Dick, trained for some seconds and judged on unseen text
 * at the length it was trained at and at four times that length.
 *
 * Run:        node examples/02-train.ts
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
import { adamW, byteTokenizer, compile, encodingById, languageEvaluator } from "../src/index.ts";
import { languageModel, loadCorpus, splitText, summariseLosses, train } from "../src/index.ts";
import { transformerConfig, windows } from "../src/index.ts";
import type { StepMetrics, TrainingPlan } from "../src/index.ts";

const schedule = { maximum: 3e-3, minimum: 3e-4, warmup: 20, decaySteps: 200 };
const steps = { steps: 200, batch: 16, length: 64, accumulate: 1, clipNorm: 1 };
const rest = { optimiser: adamW(), schedule, seed: 1, checkpointEvery: 200 };
const plan: TrainingPlan = { ...steps, ...rest };

function onStep({ step, loss }: StepMetrics): void {
  if (step % 50 === 0) console.log(`step ${step}: ${loss.toFixed(2)} nats a byte`);
}

// region README
const book = splitText((await loadCorpus()).text);
const tokenizer = byteTokenizer();
const config = transformerConfig({ vocab: 256, model: 64, heads: 4, layers: 2 });
const model = languageModel(config, encodingById("alibi"), plan.length);
const tokens = tokenizer.encode(book.train);
const { checkpoint } = await train({ model, tokens, plan, compile, onStep });

const unseen = tokenizer.encode(book.validation.slice(0, 20_000));
for (const length of [64, 256]) {
  const evaluator = await languageEvaluator(model, checkpoint.tensors, length, compile);
  const { nats } = await summariseLosses(evaluator, windows(unseen, { length }));
  console.log(`length ${length}: ${(nats / Math.LN2).toFixed(2)} bits per byte`);
}
// endregion
