/**
 * Targets against Hugging Face transformers on the same weights, see oracle/target_generation.py.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { none } from "../../src/encodings/none.ts";
import { compileTargetGenerator } from "../../src/generation/target-generator.ts";
import type { TargetGenerator } from "../../src/generation/target-generator.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import { encoderDecoder } from "../../src/model/encoder-decoder.ts";
import "../../src/runtime/node.ts";
import { readGolden } from "../golden/golden.ts";
import { mixed } from "./rule-decoder.ts";

const { cases } = readGolden("target-generation");
const [vocab, begin, end, scale] = [19, 17, 18, 1.6];
const sources = [[3, 1, 4, 1, 5, 9], [2, 6], [8, 2, 8, 1, 8], [16], [7, 7, 5, 3, 2, 11, 12]].map(
  (ids) => [...ids, end],
);

/** Weights by the rule of the reference. */
function modelByRule() {
  const config = encoderDecoderConfig({
    ...{ vocab, model: 16, heads: 2, hidden: 24, encoderLayers: 2, decoderLayers: 2 },
    ...{ embeddings: "separate", form: "post", activation: "relu", finalNorm: true },
    normEpsilon: 1e-5,
  });
  const encoding = { definition: none };
  const parts = { encoder: encoding, decoder: encoding, sourceLength: 8, targetLength: 16 };
  const model = encoderDecoder(config, parts);
  let count = 0;
  const weights = new Map(
    model.parameters.specs.map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const norm = /norm\d?\.weight$|Norm\.weight$/.test(name);
      const data =
        shape.length === 1
          ? new Float32Array(size).fill(norm ? 1 : 0)
          : Float32Array.from({ length: size }, () => (mixed(++count) / 2 ** 32 - 0.5) * scale);
      return [name, { shape, data }];
    }),
  );
  return { model, weights, begin: [begin], endTokens: [end], suppressTokens: [begin] };
}

let generator: TargetGenerator;
beforeAll(() => (generator = compileTargetGenerator(modelByRule(), { threads: 1 })));
afterAll(() => generator.dispose());

describe.each(cases)("$name", ({ options, outputs }) => {
  test("finds the targets of transformers, token for token, with their scores", async () => {
    const { shape, data } = outputs["sequences"]!;
    const width = shape[1]!;
    const found: { ids: number[]; ended?: string; score?: number }[] = sources.map(() => ({
      ids: [],
    }));
    for await (const { row, ids, ended, score } of generator.generate(sources, options)) {
      found[row]!.ids.push(...ids);
      if (ended) Object.assign(found[row]!, { ended, score });
    }
    found.forEach(({ ids, ended, score }, row) => {
      const wanted = [...data.slice(row * width, (row + 1) * width)].filter((id) => id >= 0);
      const ends = wanted.at(-1) === end;
      expect(ids).toEqual(ends ? wanted.slice(0, -1) : wanted);
      expect(ended).toBe(ends ? "end" : "length");
      const scores = outputs["scores"]?.data;
      if (scores) expect(Math.abs(score! - scores[row]!)).toBeLessThan(2e-5);
    });
  });
});
