/**
 * A small comparison through the library: trials, their judgement with paired intervals, the verdict.
 *
 * `relpos compare` does the same over processes, resumably, and writes a report; and
 * `parseResults(text)` reads its results.json back for the last three lines below.
 *
 * Run:        npm run example examples/04-compare.ts
 * Takes:      about 10 seconds on one core
 * Tolerance:  0.05
 * Prints:
 *
 *     learned    32  3.61
 *     rope       32  3.38
 *     alibi      32  3.40
 *     learned   128  its table has 32 rows, one a position
 *     rope      128  3.72
 *     alibi     128  3.39
 *
 *     At the train length, 32 tokens
 *     rope has the lowest loss, 3.381 bits per byte. Behind by more than chance explains: learned (+0.233, from +0.144 to +0.322). Not decided: alibi (+0.019, from −0.066 to +0.104). Of these the trained model of alibi is worse by more than the choice of text explains; other seeds may order them otherwise.
 *
 *     At 4× the train length, 128 tokens
 *     alibi has the lowest loss, 3.392 bits per byte. Behind by more than chance explains: rope (+0.326, from +0.225 to +0.427).
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { byteTokenizer, compareEncodings, isRanked, loadCorpus, noStorage } from "relpos";
import { resultsSchema, runTrial, runtimeVersion, splitText, textData } from "relpos";
import { trainingPlan, transformerConfig, verdict, version } from "relpos";
import type { Configuration, Results, Trial } from "relpos";

const corpus = await loadCorpus();
const book = splitText(corpus.text);
const tokenizer = byteTokenizer();
const training = tokenizer.encode(book.train);
const validation = tokenizer.encode(book.validation);

const encodings = ["learned", "rope", "alibi"];
const testLengths = [32, 128];
const config = transformerConfig({ vocab: tokenizer.vocab, model: 32, heads: 4, layers: 2 });
const plan = { ...trainingPlan({ steps: 150, learningRate: 1e-2 }), batch: 16, length: 32 };

const longest = Math.max(...testLengths);
const judged = { longest, stride: 32, evaluationTokens: 16_384 };
const data = textData({ tokenizer, training, validation, ...judged });

const trials: Trial[] = [];
for (const encoding of encodings) {
  const trainingLoss: { step: number; loss: number }[] = [];
  const outcome = await runTrial({
    encoding,
    config,
    plan,
    data,
    testLengths,
    compileOptions: { threads: 1 }, // so small a model gains nothing from a second
    storage: noStorage,
    onStep: ({ step, loss }) => trainingLoss.push({ step, loss }),
  });
  if (outcome) trials.push({ ...outcome, trainingLoss, secondsPerStep: NaN, peakMemoryBytes: NaN });
}

const { model: width, heads, layers, hidden } = config;
const parts = { trainBytes: training.length, validationBytes: validation.length };
const configuration: Configuration = {
  encodings,
  seeds: [plan.seed],
  corpus: { name: corpus.name, bytes: corpus.bytes, ...parts, split: book.description },
  tokenizer: tokenizer.id,
  vocab: tokenizer.vocab,
  model: { width, heads, layers, hidden },
  trainLength: plan.length,
  testLengths,
  steps: plan.steps,
  batch: plan.batch,
  learningRate: plan.schedule.maximum,
  stride: 32,
};
const results: Results = {
  schema: resultsSchema,
  relpos: version,
  command: "node examples/04-compare.ts",
  environment: {
    node: process.version,
    platform: process.platform,
    cpu: "not asked",
    cores: availableParallelism(),
    onnxruntime: runtimeVersion,
    device: "cpu",
    threads: 1,
  },
  configuration,
  trials,
  comparison: compareEncodings(configuration, trials),
};

for (const row of results.comparison.filter(({ protocol }) => protocol === "windows"))
  console.log(
    `${row.encoding.padEnd(8)} ${String(row.length).padStart(4)}  ` +
      (isRanked(row) ? row.value.toFixed(2) : row.failed),
  );
// The first line says what one seed carries; here are those about single lengths.
const lines = verdict(results).filter(({ heading }) => heading.startsWith("At "));
for (const { heading, text } of lines) console.log(`\n${heading}\n${text}`);
