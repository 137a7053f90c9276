/** Exported graphs in ONNX Runtime against the decoder: from an empty cache, step by step, with padding on the left. */
import { describe, expect, test } from "vitest";
import { decoderGraph } from "../../src/export/decoder-graph.ts";
import { onnxModel } from "../../src/export/onnx-model.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import type { Logits } from "../../src/generation/logits.ts";
import type { TrainedModel } from "../../src/model/trained-model.ts";
import "../../src/runtime/node.ts";
import { livelyModel, vocab } from "../generation/trained-model.ts";
import { OnnxSession } from "./onnx-session.ts";
import type { Called } from "./onnx-session.ts";

const texts = [
  [3, 1, 4, 1, 5],
  [9, 2, 6],
];
const next = [
  [7, 8],
  [0, 12],
  [11, 3],
];

/** Logits of the last tokens, in each call. */
async function ours(trained: TrainedModel): Promise<Float32Array[][]> {
  const decoder = await compileDecoder(trained);
  const rows = ({ data }: Logits): Float32Array[] =>
    texts.map((_, row) => data.slice(row * vocab, (row + 1) * vocab));
  const found = [rows(await decoder.prefill(texts))];
  for (const tokens of next) found.push(rows(await decoder.step(tokens)));
  await decoder.dispose();
  return found;
}

async function exported(trained: TrainedModel, pad?: number): Promise<Float32Array[][]> {
  const session = await OnnxSession.open(
    onnxModel(trained, decoderGraph(trained.model, pad)).model,
  );
  const mask = [
    [1, 1, 1, 1, 1],
    [0, 0, 1, 1, 1],
  ];
  const id = pad ?? 12;
  let called = await session.call([texts[0]!, [id, id, ...texts[1]!]], mask);
  const last = ({ logits }: Called): Float32Array[] => logits.map((row) => row.at(-1)!);
  const found = [last(called)];
  for (const tokens of next) {
    for (const row of mask) row.push(1);
    called = await session.call(
      tokens.map((token) => [token]),
      mask,
      called.cache,
    );
    found.push(last(called));
  }
  await session.release();
  return found;
}

function largest(a: readonly Float32Array[][], b: readonly Float32Array[][]): number {
  const [first, second] = [a, b].map((calls) => calls.flat().flatMap((row) => [...row]));
  return Math.max(...first!.map((value, at) => Math.abs(value - second![at]!)));
}

const encodings = ["rope", "alibi", "t5", "fire", "learned", "sinusoidal", "cope", "none"];

describe.each(encodings)("%s", (encoding) => {
  test("gives the logits of the decoder", async () => {
    const trained = livelyModel(encoding);
    const expected = await ours(trained);
    expect(largest(await exported(trained), expected)).toBeLessThan(2e-5);
  });
});

test("an id of padding may be outside the vocabulary", async () => {
  const trained = livelyModel("rope");
  expect(largest(await exported(trained, vocab), await ours(trained))).toBeLessThan(2e-5);
});
