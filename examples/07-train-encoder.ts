/**
 * The article's encoder, trained to sort: from 6 numbers, output i is the i-th smallest.
 *
 * `TransformerEncoder(d_model, nhead, num_layers, dim_feedforward, dropout)` has no input layer and no head: both are
 * parameters of this objective. The trainer does one step at a time.
 *
 * Run:        npm run example examples/07-train-encoder.ts
 * Takes:      about 10 seconds on one core
 * Tolerance:  0.05
 * Prints:
 *
 *     step 0: loss 1.194
 *     step 150: loss 0.008
 *     step 300: loss 0.004
 *     step 450: loss 0.004
 *     after 600 steps: mean error 0.047
 *     0.9 0.1 0.5 0.3 0.7 0.2 → 0.11 0.19 0.36 0.48 0.71 0.87
 *
 * @module
 */
import { abs, add, compile, encodingById, input, matmul, mean, objective } from "relpos";
import { Parameters, random, square, subtract, Trainer, TransformerEncoder } from "relpos";
import type { BatchSource, Tensor } from "relpos";

const [batch, length, model] = [32, 6, 32];
const encoder = new TransformerEncoder(model, 4, 2, 64, 0.01, {
  encoding: encodingById("learned"),
  trainLength: length,
});
const initial = { kind: "normal", deviation: 0.2 } as const;
const ends = new Parameters([
  { name: "input.weight", shape: [1, model], initial },
  { name: "head.weight", shape: [model, 1], initial },
  { name: "head.bias", shape: [1], initial: { kind: "zeros" } },
]);

/** From numbers `[batch, length, 1]` to as many; without `dropout`, nothing is dropped. */
function sorted(numbers: Tensor, dropout?: (x: Tensor, rate: number) => Tensor): Tensor {
  const vectors = matmul(numbers, ends.get("input.weight"));
  const encoded = encoder.encode(vectors, dropout ? { dropout } : {});
  return add(matmul(encoded, ends.get("head.weight")), ends.get("head.bias"));
}

const sorting = objective({
  parameters: Parameters.join(encoder.parameters, ends),
  inputs: { numbers: { shape: [batch, length, 1] }, wanted: { shape: [batch, length, 1] } },
  loss({ numbers, wanted }, { dropout }) {
    const error = subtract(sorted(numbers, dropout), wanted);
    return { loss: mean(square(error)), measures: { "mean error": mean(abs(error)) } };
  },
});

/** Rows of random numbers from 0 to 1, and the same in order; a function of the seed and the step alone. */
const batches: BatchSource = ({ seed, step }) => {
  const numbers = random(seed, "numbers", step).uniformArray(batch * length, 0, 1);
  const wanted = new Float32Array(batch * length);
  for (let row = 0; row < batch; row++)
    wanted.set(numbers.slice(row * length, (row + 1) * length).sort(), row * length);
  const shape = [batch, length, 1];
  return { numbers: { shape, data: numbers }, wanted: { shape, data: wanted } };
};

const plan = { steps: 600, learningRate: 3e-3 };
const trainer = await Trainer.create({ objective: sorting, plan, batches });
let last: Record<string, number> = {};
while (trainer.stepsDone < plan.steps) {
  const { step, loss, measures } = await trainer.step();
  last = { loss, ...measures };
  if (step % 150 === 0) console.log(`step ${step}: loss ${loss.toFixed(3)}`);
}
console.log(`after ${plan.steps} steps: mean error ${last["mean error"]?.toFixed(3)}`);

// The trained parameters, in a graph of its own.
const weights = await trainer.weights();
await trainer.dispose();
const numbers = input("numbers", [1, length, 1]);
const program = await compile({
  inputs: [numbers, ...sorting.parameters.tensors],
  outputs: { sorted: sorted(numbers) },
});
const given = [0.9, 0.1, 0.5, 0.3, 0.7, 0.2];
const feed = { shape: [1, length, 1], data: Float32Array.from(given) };
const result = await program.run({ ...Object.fromEntries(weights), numbers: feed });
await program.dispose();
const written = Array.from(result["sorted"]?.data ?? [], (value) => value.toFixed(2));
console.log(`${given.join(" ")} → ${written.join(" ")}`);
