/**
 * A loss of one's own: an encoder learns to fill in masked bytes of Moby-Dick, as BERT does.
 *
 * A seventh of the bytes is replaced by a mask, and the loss is the cross-entropy of those bytes alone. The last 100
 * steps train with a frozen token table: a parameter that `trainable` leaves out keeps its value, and has no gradient
 * and no moments.
 *
 * Run:        npm run example examples/08-own-loss.ts
 * Takes:      about 15 seconds on one core
 * Tolerance:  0.05
 * Prints:
 *
 *     steps 0 to 99: 3.50 nats a masked byte, 0.16 right
 *     steps 100 to 199: 2.97 nats a masked byte, 0.21 right
 *     steps 200 to 299: 2.73 nats a masked byte, 0.26 right
 *     steps 0 to 99: 2.65 nats a masked byte, 0.28 right
 *     token table moved: false
 *
 * @module
 */
import { argmax, byteTokenizer, cast, crossEntropy, divide, equal, flattenRows } from "relpos";
import { encodingById, gather, loadCorpus, matmul, multiply, objective } from "relpos";
import { Parameters, random, reshape, splitText, sum, train, TransformerEncoder } from "relpos";
import type { BatchSource, Objective, ParameterSpec, StepMetrics } from "relpos";

const [batch, length, model] = [16, 32, 64];
const mask = 256; // one token beyond the bytes
const encoder = new TransformerEncoder(model, 4, 2, 128, 0, {
  form: "pre",
  finalNorm: true,
  encoding: encodingById("t5(form=scaled,maxDistance=32)"),
  trainLength: length,
});
const initial = { kind: "normal", deviation: 0.02 } as const;
const tables = new Parameters([
  { name: "tokens.weight", shape: [257, model], initial },
  { name: "head.weight", shape: [model, 256], initial },
]);

const ids = { shape: [batch, length], dtype: "int32" } as const;
const masked: Objective<"tokens" | "bytes" | "hidden"> = {
  parameters: Parameters.join(encoder.parameters, tables),
  inputs: { tokens: ids, bytes: ids, hidden: { shape: [batch, length] } },
  loss({ tokens, bytes, hidden }, { dropout }) {
    const y = encoder.encode(gather(tables.get("tokens.weight"), tokens), { dropout });
    const logits = flattenRows(matmul(y, tables.get("head.weight")));
    const targets = reshape(bytes, [batch * length]);
    const counts = reshape(hidden, [batch * length]);
    const right = cast(equal(argmax(logits), targets), "float32");
    return {
      loss: divide(sum(multiply(crossEntropy(logits, targets), counts)), sum(counts)),
      measures: { right: divide(sum(multiply(right, counts)), sum(counts)) },
    };
  },
};

const book = splitText((await loadCorpus()).text);
const text = byteTokenizer().encode(book.train);

/** Windows at random places with masked bytes; a function of the seed and the step alone. */
const batches: BatchSource = ({ seed, step }) => {
  const stream = random(seed, "masked", step);
  const bytes = new Int32Array(batch * length);
  for (let row = 0; row < batch; row++) {
    const start = stream.integer(text.length - length);
    bytes.set(text.subarray(start, start + length), row * length);
  }
  const hidden = Float32Array.from(bytes, () => (stream.integer(7) === 0 ? 1 : 0));
  const tokens = bytes.map((byte, at) => (hidden[at] === 1 ? mask : byte));
  const shape = [batch, length];
  return {
    tokens: { shape, data: tokens },
    bytes: { shape, data: bytes },
    hidden: { shape, data: hidden },
  };
};

let losses: number[] = [];
let right: number[] = [];
function onStep({ step, loss, measures }: StepMetrics): void {
  losses.push(loss);
  right.push(measures?.["right"] ?? NaN);
  if (losses.length < 100) return;
  const average = (values: readonly number[]): number => sumOf(values) / values.length;
  console.log(
    `steps ${step - 99} to ${step}: ${average(losses).toFixed(2)} nats a masked byte, ` +
      `${average(right).toFixed(2)} right`,
  );
  [losses, right] = [[], []];
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const plan = { steps: 300, learningRate: 3e-3 };
const { weights } = await train({ objective: objective(masked), batches, plan, onStep });

// The same loss with a frozen token table, from the weights so far.
const frozen = "tokens.weight";
const trainable = ({ name }: ParameterSpec): boolean => name !== frozen;
const fineTuned = await train({
  objective: objective({ ...masked, trainable }),
  batches,
  plan: { steps: 100, learningRate: 1e-3, seed: 2 },
  weights,
  onStep,
});
const [before, after] = [weights, fineTuned.weights].map((each) => each.get(frozen)?.data);
console.log(`token table moved: ${before?.some((value, at) => value !== after?.[at])}`);
