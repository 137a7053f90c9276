/** What an encoding samples is checked before it reaches a graph. */
import { expect, test } from "vitest";
import { encodingById } from "../../src/encodings/index.ts";
import { furthestPosition } from "../../src/encodings/parts/limit.ts";
import type { PositionSampling } from "../../src/encodings/position-encoding.ts";
import { positionsFeed } from "../../src/model/positions.ts";
import { unsupportedReason } from "../../src/model/length-limit.ts";
import { random } from "../../src/random/random.ts";
import { smallModel } from "./small-model.ts";

const shape = {
  ...{ model: 8, heads: 1, headDim: 8, layers: 2, vocab: 11 },
  ...{ trainLength: 16, causal: true },
};

function feed(positions: readonly number[], per: PositionSampling["per"] = "model"): Int32Array {
  const encoding = { ...encodingById("rope").create(shape), id: "own" };
  const sampling: PositionSampling = { per, positions: () => positions };
  return positionsFeed({ ...encoding, sampling }, 2, 3, random(1), true).data;
}

test("positions are whole numbers within ±2²⁴, one for each token", () => {
  const all = [-furthestPosition, 0, furthestPosition];
  expect([...feed(all)]).toEqual(all);
  expect([...feed(all, "layer")]).toEqual([...all, ...all]);
  expect(() => feed([0, 1, 1.5])).toThrow(/own: its sampling gave token 2 the position 1.5/);
  expect(() => feed([0, 1, NaN])).toThrow(/token 2 the position NaN/);
  expect(() => feed([0, 2 ** 24 + 1, 2 ** 25], "layer")).toThrow(/token 1 the position 16777217/);
  expect(() => feed([0, 1])).toThrow(/own: its sampling gave 2 positions for 3 tokens/);
});

test("ranges beyond 2²⁴ are refused when the encoding is made", () => {
  const most = furthestPosition;
  expect(() => encodingById("randomized").create(shape, { range: most + 1 })).toThrow(
    /randomized: range must be .*16777216/,
  );
  expect(encodingById("randomized").create(shape, { range: most }).sampling).toBeDefined();
  expect(() => encodingById("random-offset").create(shape, { maxOffset: most - 15 })).toThrow(
    /random-offset: maxOffset must leave positions of train length 16 below 16777216/,
  );
});

test("a text is no longer than float32 counts, where the encoding sets no limit of its own", () => {
  const model = smallModel(encodingById("rope"));
  expect(unsupportedReason(model, furthestPosition)).toBeUndefined();
  expect(unsupportedReason(model, furthestPosition + 1)).toMatch(/float32/);
});

test("a train length beyond the limit is refused when the model is made", () => {
  expect(() => smallModel(encodingById("lerope(maxLength=5)"))).toThrow(
    /lerope.*: the train length is 7, and it ends at 5: its frequencies are learned/,
  );
  expect(() => smallModel(encodingById("xpos(scaleBase=0.01)"))).toThrow(
    /the train length is 7, and it ends at 1/,
  );
});
