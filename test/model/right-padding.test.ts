/**
 * A source of a batch, padded on the right, is encoded as it is alone, with every encoding that an encoder can have.
 */
import { expect, test } from "vitest";
import { relativeDifference } from "../../src/contract/small-model.ts";
import { encodings } from "../../src/encodings/index.ts";
import { encode } from "../../src/model/encode-decode.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import { encoderDecoder } from "../../src/model/encoder-decoder.ts";
import type { EncoderDecoder, EncodingWithOptions } from "../../src/model/encoder-decoder.ts";
import { randomValues } from "../../src/model/random-values.ts";
import { constant } from "../../src/operators/source.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { byId } from "./sequence-model.ts";

import { positionsFrom } from "./small-model.ts";

const ids = [3, 1, 4, 1, 5, 9, 2];
const config = encoderDecoderConfig({
  ...{ vocab: 11, model: 24, heads: 3, encoderLayers: 2, decoderLayers: 1, hidden: 32 },
  embeddings: "separate",
});

function inEncoder(encoder: EncodingWithOptions): EncoderDecoder {
  const none = byId("none");
  return encoderDecoder(config, {
    ...{ encoder, decoder: none, cross: none, sourceLength: 10, targetLength: 4 },
  });
}

/** The encoder's output for the text, `[7 × 24]`, after as many tokens of padding. */
function encoded(model: EncoderDecoder, padding: number): Float64Array {
  const length = ids.length + padding;
  const { encoded: tensor } = encode(model, {
    tokens: constant([1, length], [...ids, ...Array<number>(padding).fill(7)], "int32"),
    positions: positionsFrom(0, length),
    ...(padding > 0 && {
      keyMask: constant(
        [1, length],
        Array.from({ length }, (_, k) => +(k < ids.length)),
        "bool",
      ),
    }),
  });
  const values = randomValues(model);
  const given = new Map([...values].map(([name, value]) => [model.parameters.get(name), value]));
  return evaluate([tensor], given)[0]!.data.subarray(0, ids.length * config.model);
}

/** Encodings that see the past alone. */
const causal = [
  "cope",
  "dape-v2",
  "fox",
  "grape-ap",
  "path",
  "selective-rope",
  "transformer-xl",
  "xpos",
];
const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const options = new Map<string, readonly object[]>([
  ["abacus", [{ digits }]],
  ["distance-row", ["fixed", "pad", "normalise", "bucket"].map((mode) => ({ mode }))],
]);
const cases = encodings
  .filter(({ id }) => !causal.includes(id))
  .flatMap(({ id }) => (options.get(id) ?? [{}]).map((each) => [id, each] as const));

test.each(cases)("%s %j", (id, chosen) => {
  const model = inEncoder(byId(id, chosen));
  expect(relativeDifference(encoded(model, 3), encoded(model, 0))).toBeLessThan(1e-12);
});

test.each(causal)("%s is refused in an encoder", (id) => {
  expect(() => encoded(inEncoder(byId(id)), 0)).toThrow(RangeError);
});
