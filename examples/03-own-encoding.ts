/**
 * A new encoding: a linear bias like ALiBi's, with the slope of each head learned.
 *
 * The definition, in `my-encoding.ts`, is all there is to write. It keeps the contract of every
 * encoding; its gradient follows from its operators, checked here against differences; and it is
 * trained and judged at unseen lengths as the encodings of the list are. One seed and a short text:
 * the rows show how, they do not rank.
 *
 * The same from the command line:
 *
 *     relpos check ./my-encoding.ts
 *     relpos compare --encodings ./my-encoding.ts,alibi,rope
 *
 * Run:        npm run example examples/03-own-encoding.ts
 * Takes:      about 10 seconds on one core
 * Tolerance:  0.05
 * Prints:
 *
 *     contract: 12 of 12 checks passed
 *     gradient of the slopes: 0.0216 0.0052; by differences: 0.0216 0.0052
 *     bits per byte at length 32 (as trained) and 256
 *     learned-slope  3.34  3.33
 *     alibi          3.48  3.49
 *     rope           3.35  3.72
 *
 * @module
 */
import { cast, evaluate, gradients, input, mean, range, softmax } from "relpos";
import { square, subtract, unsqueeze, valueOf } from "relpos";
import type { Tensor, Value } from "relpos";
import { byteTokenizer, compile, encodingById, languageEvaluator } from "relpos";
import { languageModel, languageTraining, loadCorpus, splitText } from "relpos";
import { summariseLosses, train } from "relpos";
import { runContract, transformerConfig, windows } from "relpos";
import { encoding as learnedSlope } from "./my-encoding.ts";

// What every encoding must keep: padding, caching, unseen lengths, second-order gradients and the rest.
const results = await runContract(learnedSlope, { compile });
const passed = results.filter((result) => result.passed);
console.log(`contract: ${passed.length} of ${results.length} checks passed`);

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
const rows = { batch: 16, length: 32 };
const plan = { steps: 150, learningRate: 1e-2 };
const compileOptions = { threads: 1 }; // so small a model gains nothing from a second

console.log("bits per byte at length 32 (as trained) and 256");
for (const definition of [learnedSlope, encodingById("alibi"), encodingById("rope")]) {
  const model = languageModel(config, definition, rows.length);
  const training = languageTraining(model, tokens, rows);
  const { weights } = await train({ ...training, plan, compileOptions });
  let line = definition.id.padEnd(13);
  for (const length of [32, 256]) {
    const evaluator = await languageEvaluator({ model, weights }, length, compileOptions);
    const { nats } = await summariseLosses(evaluator, windows(unseen, { length }));
    line += `  ${(nats / Math.LN2).toFixed(2)}`;
    await evaluator.dispose();
  }
  console.log(line);
}
