/** Scores with remapped distances: those of the functions of remapped-distances.ts, read whole, and token by token. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import {
  dualChunk,
  jetLong,
  leakyRerope,
  lmInfinite,
  rerope,
  selfExtend,
  streaming,
} from "../../src/encodings/extension/remapped-distances.ts";
import type { RemappedDistance } from "../../src/encodings/extension/remapped-distances.ts";
import { extend } from "../../src/extension/extend.ts";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { knownPositions, layerContext, passContext } from "../../src/model/context.ts";
import { operandsOf } from "../../src/model/operands.ts";
import { scoresOf, sharedBias } from "../../src/model/scores.ts";
import { Parameters } from "../../src/parameters/parameters.ts";
import { constant } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { familyFolder } from "./checkpoint.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-remapped-"));
afterAll(() => rmSync(place, { recursive: true }));

const length = 23;
const base = 50;
const width = 6;

/** Scores of equal vectors `(1, 2, …)` at all pairs of positions, `[query, key]`, not scaled. */
function scoresWith(id: string): Float64Array {
  const shape = {
    model: width,
    heads: 1,
    headDim: width,
    layers: 1,
    vocab: 2,
    trainLength: 8,
    causal: true,
  };
  const encoding = encodingById(id).create(shape);
  const tensor = constant([length], [...Array(length).keys()], "int32");
  const positions = knownPositions(tensor, length);
  const parameters = new Parameters([]);
  const inputs = { queries: positions, keys: positions, causal: true, dropout: <X>(x: X) => x };
  const whole = passContext(inputs, parameters);
  const context = layerContext({ context: whole, parameters, layer: 0, heads: 1 });
  const vectors = constant(
    [1, 1, length, width],
    Array.from({ length: length * width }, (_, at) => (at % width) + 1),
  );
  const operands = operandsOf({ encoding, context, query: vectors, kept: vectors, scoreScale: 1 });
  const scores = scoresOf({
    encoding,
    operands,
    context,
    shared: sharedBias({ encoding, context }),
  });
  return evaluate([scores])[0]!.data;
}

/** The same by one distance after another: pairs are (m, m + 3). */
function expected(distance: number): number {
  let total = 0;
  for (let pair = 0; pair < width / 2; pair++) {
    const [a, b] = [pair + 1, pair + 1 + width / 2];
    total += (a * a + b * b) * Math.cos(distance * base ** (-pair / (width / 2)));
  }
  return total;
}

const methods: readonly {
  id: string;
  distance: RemappedDistance;
  factor?: (i: number) => number;
}[] = [
  { id: "self-extend(window=6,group=3)", distance: selfExtend(6, 3) },
  {
    id: "self-extend(window=4,group=2,logLength=8)",
    distance: selfExtend(4, 2),
    factor: (i) => Math.max(1, Math.log(i + 1) / Math.log(8)),
  },
  { id: "jet-long(near=3,length=8)", distance: jetLong(3, 8, length) },
  { id: "jet-long(near=3,length=23)", distance: (i, j) => i - j },
  { id: "rerope(window=5)", distance: rerope(5) },
  { id: "leaky-rerope(window=5,slower=2.5)", distance: leakyRerope(5, 2.5) },
  { id: "dca(chunk=5,size=7)", distance: dualChunk(5, 7) },
  { id: "dca(chunk=5,size=7,cap=paper)", distance: dualChunk(5, 7, "paper") },
  { id: "streaming-llm(sinks=2,recent=6)", distance: streaming(2, 6) },
  { id: "lm-infinite(global=3,length=6)", distance: lmInfinite(3, 6) },
];

describe("scores", () => {
  test.each(methods)("$id", ({ id, distance, factor = () => 1 }) => {
    const scores = scoresWith(`${id.slice(0, -1)},base=${base})`);
    for (let i = 0; i < length; i++)
      for (let j = 0; j <= i; j++) {
        const rel = distance(i, j);
        const score = scores[i * length + j]!;
        const where = `${i}, ${j}`;
        if (rel === undefined) expect(score, where).toBeLessThan(-1e27);
        else expect(score, where).toBeCloseTo(expected(rel) * factor(i), 4);
      }
  });

  test("what cannot be is refused", () => {
    const message = (id: string): string => {
      try {
        scoresWith(id);
      } catch (error) {
        return (error as Error).message;
      }
      return "accepted";
    };
    expect(message("self-extend(window=5,group=2)")).toMatch(/does not divide .*window of 4/);
    expect(message("dca(chunk=8,size=7)")).toMatch(/Give a size of 8 or more/);
    expect(message("rerope")).toMatch(/needs window/);
  });
});

describe("a pretrained model", () => {
  const tokens = Array.from({ length: 90 }, (_, at) => (at * at * 5 + at) % 53);
  test.each([
    ...["self-extend", "jet-long(near=16)", "rerope", "leaky-rerope", "dca", "streaming-llm"],
    "lm-infinite",
  ])("%s: read whole, in pieces and padded on the left gives the same logits", async (method) => {
    const folder = familyFolder(place, "llama", { max_position_embeddings: 32 });
    const model = await loadCheckpoint(folder);
    const longer = extend(model, { method, factor: 3 });
    expect(longer.extension).toMatchObject({ method, originalLength: 32, readBy: "relpos" });
    const decoder = await compileDecoder(longer, { compile, logits: "all", threads: 1 });
    const { data: whole, shape } = await decoder.prefill([tokens]);
    const vocab = shape[2]!;
    await decoder.prefill([tokens.slice(0, 70), tokens.slice(20, 50)]);
    const steps = [
      await decoder.step([tokens.slice(70, 71), [1]]),
      await decoder.step([tokens.slice(71, 72), [2]]),
    ];
    for (const [at, step] of steps.entries()) {
      const row = step.data.subarray(0, vocab);
      for (const [id, logit] of row.entries())
        expect(Math.abs(logit - whole[(70 + at) * vocab + id]!)).toBeLessThan(2e-5);
    }
    await decoder.dispose();
    const plain = await compileDecoder(model, { compile, logits: "all", threads: 1 });
    const { data: before } = await plain.prefill([tokens]);
    await plain.dispose();
    const far = whole.map((logit, at) => Math.abs(logit - before[at]!));
    expect(Math.max(...far.subarray(80 * vocab))).toBeGreaterThan(1e-3);
    // The first tokens have near keys only.
    expect(Math.max(...far.subarray(0, 15 * vocab))).toBeLessThan(2e-5);
  });
});
