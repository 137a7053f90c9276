/**
 * Attention weights of an encoder-decoder against formulas of their own: where all queries are zero, scores are what the encoding adds.
 */
import { describe, expect, test } from "vitest";
import { encodingById, encodings } from "../../src/encodings/index.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import type { EncoderDecoderOptions } from "../../src/model/encoder-decoder-config.ts";
import { encoderDecoder } from "../../src/model/encoder-decoder.ts";
import type { EncoderDecoder } from "../../src/model/encoder-decoder.ts";
import { initialValues } from "../../src/parameters/initialise.ts";
import type { Weights } from "../../src/parameters/weights.ts";
import { pairAttentionWeights } from "../../src/pictures/attention-weights.ts";

const [source, target] = [
  [3, 5, 1, 7, 2],
  [9, 4, 6],
];

/** All encodings that a model of bytes and this size can have in a decoder, and some compositions. */
const ids = [
  ...encodings.map(({ id }) => id).filter((id) => id !== "abacus"),
  ...["layers(rope,none)", "heads(alibi,none)", "rope+alibi"],
];

/** With the encoding in both halves, or in the decoder alone where an encoder cannot have it. */
function modelWith(id: string, more: Partial<EncoderDecoderOptions> = {}): EncoderDecoder {
  const sizes = { vocab: 12, model: 24, heads: 6, encoderLayers: 2, decoderLayers: 3 };
  const separate = { embeddings: "separate" } as const; // some encodings are part of the table
  const config = encoderDecoderConfig({ ...sizes, ...separate, ...more });
  const decoder = { definition: encodingById(id) };
  const lengths = { sourceLength: 9, targetLength: 9 };
  try {
    return encoderDecoder(config, { encoder: decoder, decoder, ...lengths });
  } catch {
    const encoder = { definition: encodingById("none") };
    return encoderDecoder(config, { encoder, decoder, ...lengths });
  }
}

/** First values; with a zero where the name says so. */
function weightsOf(model: EncoderDecoder, zero = /^$/): Weights {
  return new Map(
    model.parameters.specs.map((spec) => {
      const data = initialValues(spec, 1);
      const shape = spec.shape;
      return [spec.name, { shape, data: zero.test(spec.name) ? data.fill(0) : data }];
    }),
  );
}

describe("attention weights of a pair", () => {
  test.each(ids)("%s: every row of every head and layer sums to 1", (id) => {
    const model = modelWith(id);
    const shown = pairAttentionWeights({ model, weights: weightsOf(model), source, target });
    expect(shown.map(({ attention, layer }) => `${attention} ${layer}`)).toEqual(
      "encoder 0,encoder 1,decoder 0,decoder 1,decoder 2,cross 0,cross 1,cross 2".split(","),
    );
    for (const { planes, queries, keys, attention } of shown) {
      expect([queries, keys]).toEqual(
        { encoder: [5, 5], decoder: [3, 3], cross: [3, 5] }[attention],
      );
      expect(planes).toHaveLength(6);
      for (const plane of planes)
        for (let query = 0; query < queries; query++) {
          const row = [...plane.slice(query * keys, (query + 1) * keys)];
          const seen = attention === "decoder" ? row.slice(0, query + 1) : row;
          expect(seen.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
          expect(row.slice(seen.length).every(Number.isNaN)).toBe(true);
        }
    }
  });

  test.each([6, 2, 1])(
    "with %i heads of keys, each head has its own slope of ALiBi",
    (keyValueHeads) => {
      const model = modelWith("alibi", { keyValueHeads });
      const weights = weightsOf(model, /\.query\./);
      // Press et al. 2022: of 6 heads the slopes of 4, and every second one of 8.
      const slopes = [1 / 4, 1 / 16, 1 / 64, 1 / 256, 1 / 2, 1 / 8];
      for (const { attention, planes, queries, keys } of pairAttentionWeights({
        ...{ model, weights, source, target },
      }))
        planes.forEach((plane, head) => {
          for (let i = 0; i < queries; i++) {
            const seen = attention === "decoder" ? i + 1 : keys;
            const slope = attention === "cross" ? 0 : slopes[head]!;
            const row = Array.from({ length: seen }, (_, j) => Math.exp(-slope * Math.abs(i - j)));
            const sum = row.reduce((total, each) => total + each, 0);
            row.forEach((each, j) => expect(plane[i * keys + j]).toBeCloseTo(each / sum, 12));
          }
        });
    },
  );

  test("a token more or less in the source changes the attention to it", () => {
    const model = modelWith("rope");
    const weights = weightsOf(model);
    const of = (ids: readonly number[]): readonly number[] => [
      ...pairAttentionWeights({ model, weights, source: ids, target }).at(-1)!.planes[0]!,
    ];
    expect(of([3, 5, 1, 7, 2])).not.toEqual(of([3, 5, 1, 2, 7]));
  });

  test.each([
    ["no token", [], /the target has 0 tokens/],
    [
      "too many",
      Array<number>(129).fill(1),
      /the target has 129 tokens, and 1 to 128 can be shown/,
    ],
  ])("%s is refused", (_, ids, message) => {
    const model = modelWith("rope");
    const given = { model, weights: weightsOf(model), source, target: ids };
    expect(() => pairAttentionWeights(given)).toThrow(message);
  });
});
