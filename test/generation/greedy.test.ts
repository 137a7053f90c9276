/**
 * A text continued greedily with a model that was trained here: the public calls in one program.
 */
import { expect, test } from "vitest";
import {
  compile,
  compileDecoder,
  crossEntropy,
  encodingById,
  flattenRows,
  forward,
  gradients,
  initialValues,
  input,
  languageModel,
  mean,
  multiply,
  range,
  reshape,
  subtract,
  transformerConfig,
} from "../../src/index.ts";
import type { LanguageModel, Logits } from "../../src/index.ts";

const vocab = 7;
const [batch, length] = [7, 12];

/** Weights after some steps of gradient descent on 0 1 2 3 4 5 6 0 1 …, from every first token. */
async function trainedWeights(model: LanguageModel, steps: number) {
  const tokens = input("tokens", [batch, length], "int32");
  const targets = input("targets", [batch, length], "int32");
  const { logits } = forward(model, { tokens, positions: { tensor: range(length) } });
  const loss = mean(crossEntropy(flattenRows(logits), reshape(targets, [batch * length])));
  const { tensors, specs } = model.parameters;
  const slopes = gradients(loss, tensors);
  const state = Object.fromEntries(
    specs.map((spec, at) => [
      spec.name,
      {
        current: tensors[at]!,
        next: subtract(tensors[at]!, multiply(slopes[at]!, 0.5)),
        initial: initialValues(spec, 1),
      },
    ]),
  );
  const program = await compile(
    { inputs: [tokens, targets], outputs: { loss }, state },
    { threads: 1 },
  );
  const from = (first: number) => ({
    shape: [batch, length],
    data: Int32Array.from(
      { length: batch * length },
      (_, at) => (Math.floor(at / length) + (at % length) + first) % vocab,
    ),
  });
  for (let step = 0; step < steps; step++) await program.run({ tokens: from(0), targets: from(1) });
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const { name, shape } of specs)
    weights.set(name, { shape, data: await program.readState(name) });
  await program.dispose();
  return weights;
}

/** The most probable next token of each row. */
function best({ shape, data }: Logits): number[] {
  const [rows, classes] = shape as [number, number];
  return Array.from({ length: rows }, (_, row) => {
    const scores = data.subarray(row * classes, (row + 1) * classes);
    return scores.indexOf(Math.max(...scores));
  });
}

test("a trained model continues several texts at once", async () => {
  const config = transformerConfig({ vocab, model: 16, heads: 2, layers: 1 });
  const model = languageModel(config, encodingById("rope"), 12);
  const weights = await trainedWeights(model, 200);
  const decoder = await compileDecoder({ model, weights }, { threads: 1 });
  const rows = [[3], [5, 6, 0, 1], [0, 1]];
  let logits = await decoder.prefill(rows);
  for (let step = 0; step < 10; step++) {
    const next = best(logits);
    next.forEach((id, row) => rows[row]!.push(id));
    logits = await decoder.step(next);
  }
  await decoder.dispose();
  for (const row of rows)
    expect(row).toEqual(Array.from({ length: row.length }, (_, at) => (row[0]! + at) % vocab));
});
