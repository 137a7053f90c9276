/** Exported graphs in ONNX Runtime against the decoder: from an empty cache, step by step, with padding on the left. */
import { describe, expect, test } from "vitest";
import { decoderGraph } from "../../src/export/decoder-graph.ts";
import { onnxModel } from "../../src/export/onnx-model.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import type { Logits } from "../../src/generation/logits.ts";
import { quantised } from "../../src/model/quantised-model.ts";
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

async function exported(
  trained: TrainedModel,
  pad?: number,
  type?: "float16",
): Promise<Float32Array[][]> {
  const session = await OnnxSession.open(
    onnxModel(trained, decoderGraph(trained.model, pad), { type }).model,
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

/** JavaScript's own rounding, which TypeScript does not know yet. */
const { f16round } = Math as unknown as { f16round: (value: number) => number };

describe("weights in float16", () => {
  const trained = livelyModel("rope");
  const rounded = new Map(
    [...trained.weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data, f16round) },
    ]),
  );

  test("give the logits of rounded weights to the bit, and take half the bytes", async () => {
    const half = await exported(trained, undefined, "float16");
    expect(half).toEqual(await exported({ ...trained, weights: rounded }));
    expect(largest(half, await ours(trained))).toBeGreaterThan(1e-3);
    const graph = decoderGraph(trained.model);
    const bytes = (type: "float32" | "float16"): number =>
      onnxModel(trained, graph, { type, externalName: "weights" }).external.reduce(
        (sum, part) => sum + part.bytes.length,
        0,
      );
    expect(bytes("float32")).toBeGreaterThan(4000);
    expect(bytes("float16")).toBeLessThanOrEqual(bytes("float32") / 2);
  });

  test("a weight that float16 does not hold is named", () => {
    const [name] = [...rounded.keys()];
    const { shape, data } = rounded.get(name!)!;
    const weights = new Map(rounded).set(name!, { shape, data: data.map(() => 70_000) });
    expect(() =>
      onnxModel({ ...trained, weights }, decoderGraph(trained.model), { type: "float16" }),
    ).toThrow(`the tensor ${name!} has 70000.0, which float16 does not hold`);
  });
});

test.each(["int8", "int4"] as const)("quantised weights, %s", async (type) => {
  const few = quantised(livelyModel("rope"), type);
  expect(largest(await exported(few), await ours(few))).toBeLessThan(2e-5);
});

test("an id of padding may be outside the vocabulary", async () => {
  const trained = livelyModel("rope");
  expect(largest(await exported(trained, vocab), await ours(trained))).toBeLessThan(2e-5);
});
