/**
 * A new encoding: a linear bias like ALiBi's, with the slope of each head learned.
 *
 * The definition, in `my-encoding.ts`, is all there is to write. Its gradient follows from its operators, checked here
 * against differences, and it is trained and judged at unseen lengths as the encodings of the list
 * are. One seed and a short text: the rows show how, they do not rank.
 *
 * Run:        node examples/03-own-encoding.ts
 * Takes:      about 8 seconds on one core
 * Tolerance:  0.05
 * Prints:
 *
 *     gradient of the slopes: 0.0216 0.0052; by differences: 0.0216 0.0052
 *     bits per byte at length 32 (as trained) and 256
 *     learned-slope  3.37  3.36
 *     alibi          3.48  3.50
 *     rope           3.39  3.75
 *
 * @module
 */
import { cast, evaluate, gradients, input, mean, range, softmax } from "../src/index.ts";
import { square, subtract, unsqueeze, valueOf } from "../src/index.ts";
import type { Tensor, Value } from "../src/index.ts";
import { adamW, byteTokenizer, compile, encodingById, languageEvaluator } from "../src/index.ts";
import { languageModel, loadCorpus, splitText, summariseLosses, train } from "../src/index.ts";
import { transformerConfig, windows } from "../src/index.ts";
import { encoding as learnedSlope } from "./my-encoding.ts";

// The gradient, by the rules of its operators and by central differences, in float64.
const positions = { tensor: range(5) };
const row = cast(unsqueeze(positions.tensor, 0), "float32");
const distance = subtract(cast(unsqueeze(positions.tensor, 1), "float32"), row);
const slopes = input("slope", [2, 1, 1]);
const size = { model: 8, heads: 2, headDim: 4, layers: 1, vocab: 256, trainLength: 5 };
const bias = learnedSlope.create({ ...size, causal: true }).bias?.({
  queries: positions,
  keys: positions,
  distance,
  causal: true,
  parameter: () => slopes,
  dropout: (x) => x,
}) as Tensor;
const loss = mean(square(softmax(bias)));
const [gradient] = gradients(loss, [slopes]) as [Tensor];

function at(output: Tensor, values: readonly number[]): readonly number[] {
  const [value] = evaluate([output], new Map([[slopes, valueOf([2, 1, 1], values)]])) as [Value];
  return [...value.data];
}
const step = 1e-5;
const differences = [0, 1].map((head) => {
  const moved = (by: number): number =>
    at(
      loss,
      [0.5, 0.1].map((value, other) => (other === head ? value + by : value)),
    ).reduce((a, b) => a + b, 0);
  return (moved(step) - moved(-step)) / (2 * step);
});
const written = (values: readonly number[]): string => values.map((v) => v.toFixed(4)).join(" ");
console.log(
  `gradient of the slopes: ${written(at(gradient, [0.5, 0.1]))}; ` +
    `by differences: ${written(differences)}`,
);

// Its row in a comparison: same text, same first values, same batches, only the encoding differs.
const book = splitText((await loadCorpus()).text);
const tokenizer = byteTokenizer();
const tokens = tokenizer.encode(book.train);
const unseen = tokenizer.encode(book.validation.slice(0, 10_000));
const config = transformerConfig({ vocab: 256, model: 32, heads: 2, layers: 2 });
const schedule = { maximum: 1e-2, minimum: 1e-3, warmup: 10, decaySteps: 150 };
const steps = { steps: 150, batch: 16, length: 32, accumulate: 1, checkpointEvery: 150 };
const plan = { ...steps, optimiser: adamW(), schedule, clipNorm: 1, seed: 1 };
const compileOptions = { threads: 1 }; // so small a model gains nothing from a second

console.log("bits per byte at length 32 (as trained) and 256");
for (const definition of [learnedSlope, encodingById("alibi"), encodingById("rope")]) {
  const model = languageModel(config, definition, plan.length);
  const { checkpoint } = await train({ model, tokens, plan, compile, compileOptions });
  let line = definition.id.padEnd(13);
  for (const length of [32, 256]) {
    const weights = checkpoint.tensors;
    const evaluator = await languageEvaluator(model, weights, length, compile, compileOptions);
    const { nats } = await summariseLosses(evaluator, windows(unseen, { length }));
    line += `  ${(nats / Math.LN2).toFixed(2)}`;
    await evaluator.dispose();
  }
  console.log(line);
}
