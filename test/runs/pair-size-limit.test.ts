/**
 * Batches of pairs that do not fit in memory are refused before anything of that size is allocated.
 */
import { afterEach, describe, expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { InputError } from "../../src/errors.ts";
import { limitMemory } from "../../src/memory.ts";
import { encoderDecoderConfig } from "../../src/model/encoder-decoder-config.ts";
import { encoderDecoder } from "../../src/model/encoder-decoder.ts";
import type { EncoderDecoder } from "../../src/model/encoder-decoder.ts";
import { refuseTooLargePairs } from "../../src/runs/pair-size-limit.ts";
import { machineMemory } from "../../src/runtime/node-memory.ts";

afterEach(() => limitMemory(machineMemory));
const gb = 1e9;

function model(encoder = "rope"): EncoderDecoder {
  const sizes = { vocab: 8000, model: 128, heads: 4, encoderLayers: 2, decoderLayers: 2 };
  const definition = encodingById(encoder);
  return encoderDecoder(encoderDecoderConfig({ ...sizes, tiedHead: false }), {
    ...{ encoder: { definition }, decoder: { definition: encodingById("rope") } },
    ...{ sourceLength: 100, targetLength: 100 },
  });
}

describe("a batch of pairs", () => {
  const of = (batch: number, source: number, target: number): unknown => [
    { batch, lengths: { source, target } },
  ];
  const refuse = (limit: number, shapes: unknown): void => {
    limitMemory(() => limit);
    refuseTooLargePairs(model(), shapes as Parameters<typeof refuseTooLargePairs>[1]);
  };

  test("counts the logits of the target, twice", () => {
    // 1,000 × 50 × 2 × 8,000 × 4 bytes = 3.2 GB, with a little of the residual streams and the weights.
    expect(() => refuse(3.2 * gb, of(1000, 10, 50))).toThrow(InputError);
    expect(() => refuse(3.2 * gb, of(1000, 10, 50))).toThrow(
      /^a batch of 1,000 pairs of 10 source and 50 target tokens takes more than 3\.3 GB; .*--batch-tokens/,
    );
    expect(() => refuse(3.6 * gb, of(1000, 10, 50))).not.toThrow();
  });

  test("counts the scores of long sources", () => {
    // 8 × 4 × 8,001² × 4 bytes = 8.2 GB: this length is computed whole.
    expect(() => refuse(8 * gb, of(8, 8001, 10))).toThrow(/most of it for scores .*--source-length/);
    expect(() => refuse(9 * gb, of(8, 8001, 10))).not.toThrow();
  });

  test("any of the shapes can be too large", () => {
    const shapes = [of(1, 10, 10), of(1000, 10, 50)].flat();
    expect(() => refuse(3 * gb, shapes)).toThrow(/a batch of 1,000 pairs/);
  });
});

test("models that are trained at once share the memory", () => {
  const shapes = [{ batch: 1000, lengths: { source: 10, target: 50 } }];
  limitMemory(() => 7 * gb);
  expect(() => refuseTooLargePairs(model(), shapes, { models: 2 })).not.toThrow();
  expect(() => refuseTooLargePairs(model(), shapes, { models: 3, ways: "Lower it." })).toThrow(
    /takes more than 3\.3 GB; each of 3 models at once has 2\.\d\d? GB of this machine's memory\. Lower it\./,
  );
});

test("what an encoding learns, nine times while it is trained", () => {
  limitMemory(() => 4.5 * gb);
  const learned = encoderDecoder(
    encoderDecoderConfig({ vocab: 256, model: 128, heads: 4, encoderLayers: 2, decoderLayers: 2 }),
    {
      encoder: { definition: encodingById("learned"), options: { maxLength: 1_000_000 } },
      decoder: { definition: encodingById("rope") },
      ...{ sourceLength: 100, targetLength: 100 },
    },
  );
  expect(() => refuseTooLargePairs(learned, [])).toThrow(/takes more than 4\.6\d GB.*encoder\.position\.learned\.table/);
  limitMemory(() => 5 * gb);
  expect(() => refuseTooLargePairs(learned, [])).not.toThrow();
});
