/** Exported encoder-decoders in ONNX Runtime against the decoder of relpos: token by token, with padding on either side. */
import { describe, expect, test } from "vitest";
import { onnxModel } from "../../src/export/onnx-model.ts";
import { encoderGraph, targetGraph } from "../../src/export/pair-graph.ts";
import { compileTargetDecoder } from "../../src/generation/target-decoder.ts";
import type { TrainedEncoderDecoder } from "../../src/generation/target-decoder.ts";
import type { Logits } from "../../src/generation/logits.ts";
import "../../src/runtime/node.ts";
import { trainedPair, vocab } from "../generation/trained-pair.ts";
import { byId } from "../model/sequence-model.ts";
import type { Parts } from "../model/sequence-model.ts";
import { PairSession } from "./pair-session.ts";

const sources = [
  [3, 1, 4, 1, 5],
  [9, 2, 6],
];
const targets = [
  [0, 2],
  [0, 7],
];
const next = [
  [7, 8],
  [0, 10],
  [6, 3],
];

/** Logits of the last tokens, in each call. */
async function ours(trained: TrainedEncoderDecoder): Promise<Float32Array[][]> {
  const decoder = await compileTargetDecoder(trained);
  const rows = ({ data }: Logits): Float32Array[] =>
    sources.map((_, row) => data.slice(row * vocab, (row + 1) * vocab));
  const found = [rows(await decoder.prefill(sources, targets))];
  for (const tokens of next) found.push(rows(await decoder.step(tokens)));
  await decoder.dispose();
  return found;
}

async function exported(
  trained: TrainedEncoderDecoder,
  side: "left" | "right",
  pad?: number,
): Promise<Float32Array[][]> {
  const graphs = [encoderGraph(trained.model, pad), targetGraph(trained.model, pad)] as const;
  const [encoder, decoder] = graphs.map((graph) => onnxModel(trained, graph).model);
  const session = await PairSession.open(encoder!, decoder!);
  const padded = (row: readonly number[], fill: number): number[] => {
    const filled = Array.from({ length: 5 - row.length }, () => fill);
    return side === "left" ? [...filled, ...row] : [...row, ...filled];
  };
  await session.read(
    sources.map((row) => padded(row, pad ?? 10)),
    sources.map((row) =>
      padded(
        row.map(() => 1),
        0,
      ),
    ),
  );
  const found = [await session.write(targets)];
  expect(session.projected).toBe(5);
  for (const tokens of next) found.push(await session.write(tokens.map((token) => [token])));
  expect(session.projected).toBe(0);
  await session.release();
  return found;
}

function largest(a: readonly Float32Array[][], b: readonly Float32Array[][]): number {
  const [first, second] = [a, b].map((calls) => calls.flat().flatMap((row) => [...row]));
  expect(first).toHaveLength(second!.length);
  const scale = Math.max(...first!.map(Math.abs));
  return Math.max(...first!.map((value, at) => Math.abs(value - second![at]!))) / scale;
}

const tied = { embeddings: "shared", tiedHead: true } as const;
const models: readonly (readonly [string, Parts])[] = [
  ["none", {}],
  ["rope", { encoder: byId("rope"), decoder: byId("rope") }],
  ["alibi, shared heads of keys", { encoder: byId("alibi"), decoder: byId("alibi"), config: { heads: 4, keyValueHeads: 2 } }],
  ["t5 with one table, norms of RMS", { encoder: byId("t5"), decoder: byId("t5"), config: { ...tied, norm: "rms", bias: false } }],
  ["sinusoidal, norms after sums", { encoder: byId("sinusoidal"), decoder: byId("sinusoidal"), config: { ...tied, form: "post", finalNorm: false } }],
  ["learned", { encoder: byId("learned"), decoder: byId("learned") }],
  ["two encodings", { encoder: byId("fire"), decoder: byId("cope") }],
  ["rope in all three attentions", { encoder: byId("rope"), decoder: byId("rope"), cross: byId("rope") }],
  ["t5 between target and source", { decoder: byId("alibi"), cross: byId("t5") }],
  ...["rel-proj"].map(
    (id): readonly [string, Parts] => [`${id} in the encoder alone`, { encoder: byId(id), decoder: byId("t5") }],
  ),
]; // prettier-ignore

describe.each(models)("%s", (_, parts) => {
  const trained = trainedPair(parts);
  test.each([
    ["right", undefined],
    ["left", undefined],
    ["right", vocab],
  ] as const)("padding on the %s, with the id %s", async (side, pad) => {
    const expected = await ours(trained);
    const error = largest(expected, await exported(trained, side, pad));
    if (process.env["SHOW_ERRORS"]) console.log(side, error);
    expect(error).toBeLessThan(2e-6);
  });
});
