/**
 * The decoder of an encoder-decoder: for every encoding in each half, the logits of one pass over source and target.
 */
import { afterEach, describe, expect, test } from "vitest";
import { none } from "../../src/encodings/none.ts";
import { compileTargetDecoder } from "../../src/generation/target-decoder.ts";
import type {
  TargetDecoder,
  TargetDecoderOptions,
  TrainedEncoderDecoder,
} from "../../src/generation/target-decoder.ts";
import type { Logits } from "../../src/generation/logits.ts";
import { UnsupportedLength } from "../../src/model/length-limit.ts";
import type { EncodingWithOptions } from "../../src/model/encoder-decoder.ts";
import "../../src/runtime/node.ts";
import { encodings } from "../../src/encodings/index.ts";
import { checksOf } from "../encodings/registry.ts";
import { byId, modelOf } from "../model/sequence-model.ts";
import { relativeDifference } from "../model/small-model.ts";
import { passOf, trainedPair, vocab } from "./trained-pair.ts";

const open: TargetDecoder[] = [];
afterEach(async () => {
  for (const decoder of open.splice(0)) await decoder.dispose();
});

async function decoderOf(
  trained: TrainedEncoderDecoder,
  options: TargetDecoderOptions = {},
): Promise<TargetDecoder> {
  const decoder = await compileTargetDecoder(trained, { threads: 1, maxLength: 10, ...options });
  open.push(decoder);
  return decoder;
}

/** Whether an encoding may be in an encoder; one that may not says why. */
function inEncoder(encoding: EncodingWithOptions): EncodingWithOptions {
  try {
    modelOf({ encoder: encoding });
    return encoding;
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    expect(String(error)).toMatch(/causal|decoder|future|past/);
    return { definition: none };
  }
}

/** The largest difference of two lists of numbers. */
function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, at) => Math.abs(value - b[at]!)));
}

/** Longer than any source of training, in the middle of a batch, and shorter. */
const sources = [
  [1, 2, 3, 4],
  [5, 6, 7, 8, 9, 10, 0, 1, 2],
  [3, 3],
];

/** All encodings, and forms of them whose cache or positions differ. */
const names: readonly string[] = [
  ...encodings.map(({ id }) => id),
  "distance-row(mode=normalise)",
  "distance-row(mode=bucket,buckets=8,maxDistance=20)",
  "randomized(base=alibi,range=64)",
  "layers(rope,none)",
  "heads(alibi,none,rope)",
];

describe.each(names)("%s in both halves", (name) => {
  test("steps give what one pass gives, padded, beyond the train length, with rows chosen as beams are", async () => {
    const encoding = byId(name, name === "abacus" ? checksOf(name).needed : {});
    const trained = trainedPair({
      encoder: inEncoder(encoding),
      decoder: encoding,
      config: { keyValueHeads: 1 },
    });
    const limit = trained.model.encoder.limit?.length ?? Infinity;
    const texts = sources.map((ids) => ids.slice(0, limit));
    const longest = Math.min(8, trained.model.decoder.limit?.length ?? 8);
    const decoder = await decoderOf(trained, { maxLength: longest });
    // Rows as [source, target so far].
    let rows = texts.map((source): [readonly number[], readonly number[]] => [source, [1]]);
    const check = ({ data, shape }: Logits): void => {
      expect(shape).toEqual([rows.length, vocab]);
      const expected = rows.flatMap(([source, target]) => [
        ...passOf(trained, source, target, longest).slice(-vocab),
      ]);
      expect(relativeDifference(data, expected)).toBeLessThan(2e-5);
    };
    await decoder.prefill(
      texts,
      rows.map(([, target]) => target),
    );
    const chosen = [[2, 0, 0, 1], [1, 1, 0, 3], undefined, [3, 1]];
    for (let at = 0; rows[0]![1].length < longest; at++) {
      const origins = chosen[at];
      if (origins) rows = origins.map((row) => rows[row]!);
      const next = rows.map((_, row) => (at * 3 + row * 5 + 2) % vocab);
      rows = rows.map(([source, target], row) => [source, [...target, next[row]!]]);
      const logits = await decoder.step(next, origins && { origins });
      if (at === 1 || rows[0]![1].length === longest) check(logits);
    }
  });
});

describe("positions in cross-attention", () => {
  test.each([
    ["rope", "rope"],
    ["t5", "randomized"],
    ["shaw", "alibi"],
    ["rope", "randomized(base=sinusoidal)"],
  ])("%s, with %s in the encoder", async (cross, encoder) => {
    const trained = trainedPair({ cross: byId(cross), encoder: byId(encoder) });
    const decoder = await decoderOf(trained);
    await decoder.prefill(sources, [[1], [2], [3]]);
    const { data } = await decoder.step([4, 5], { origins: [1, 2] });
    const expected = [
      ...passOf(trained, sources[1]!, [2, 4], 10).slice(-vocab),
      ...passOf(trained, sources[2]!, [3, 5], 10).slice(-vocab),
    ];
    expect(relativeDifference(data, expected)).toBeLessThan(2e-5);
  });
});

describe("calls", () => {
  const trained = trainedPair({ encoder: byId("alibi"), decoder: byId("rope") });

  test("targets of different lengths, a step that was removed, and other sources", async () => {
    const decoder = await decoderOf(trained);
    expect(decoder.positions).toEqual([]);
    await decoder.prefill(sources.slice(0, 2), [[1, 2, 3], [4]]);
    expect(decoder.positions).toEqual([3, 1]);
    const other = await decoder.step([1, 1], { origins: [1, 1] });
    decoder.rollback();
    expect(decoder.positions).toEqual([3, 1]);
    const found = await decoder.step([5, 6]);
    const expected = [
      ...passOf(trained, sources[0]!, [1, 2, 3, 5], 10).slice(-vocab),
      ...passOf(trained, sources[1]!, [4, 6], 10).slice(-vocab),
    ];
    expect(relativeDifference(found.data, expected)).toBeLessThan(2e-5);
    expect(largest(found.data, other.data)).toBeGreaterThan(1e-2);
    decoder.reset();
    await expect(decoder.step([1, 1])).rejects.toThrow("there are none. Call prefill() first");
    const alone = await decoder.prefill([sources[1]!], [[4, 6]]);
    expect(relativeDifference(alone.data, expected.slice(vocab))).toBeLessThan(2e-5);
  });

  test("logits of every token of a target", async () => {
    const decoder = await decoderOf(trained, { logits: "all" });
    const found = await decoder.prefill([sources[0]!], [[1, 2, 3]]);
    const expected = passOf(trained, sources[0]!, [1, 2, 3], 10);
    expect(found.shape).toEqual([1, 3, vocab]);
    expect(relativeDifference(found.data, expected)).toBeLessThan(2e-5);
  });

  test("what does not fit is refused, and leaves the targets as they are", async () => {
    const decoder = await decoderOf(trained);
    const one = [[1]];
    await expect(decoder.prefill([], [])).rejects.toThrow("decoder: there are no sources");
    await expect(decoder.prefill([[]], one)).rejects.toThrow("decoder: source 0 has no tokens");
    await expect(decoder.prefill([[11]], one)).rejects.toThrow("token 0 of source 0 is 11");
    await expect(decoder.prefill([7] as never, one)).rejects.toThrow("source 0 is 7, not an array");
    await expect(decoder.prefill([[1], [2]], one)).rejects.toThrow("2 sources and 1 targets");
    await expect(decoder.prefill([[1]], [[]])).rejects.toThrow("row 0 has no tokens");
    const first = await decoder.prefill([[1, 2]], one);
    await expect(decoder.step([1], { origins: [1] })).rejects.toThrow("continues row 1");
    await expect(decoder.step([12])).rejects.toThrow(RangeError);
    for (const forget of [1, -1, NaN])
      await expect(decoder.step([1], { forget })).rejects.toThrow("forget no tokens");
    await expect(decoder.step([1], { origin: [0] } as never)).rejects.toThrow(
      'decoder: step(): option "origin" does not exist. Did you mean "origins"?',
    );
    const next = await decoder.step([3]);
    expect(
      relativeDifference(next.data, passOf(trained, [1, 2], [1, 3], 10).slice(-vocab)),
    ).toBeLessThan(2e-5);
    expect(largest(next.data, first.data)).toBeGreaterThan(1e-2);
    await expect(decoderOf(trained, { maxLength: 0 })).rejects.toThrow("whole number of 1 or more");
    await expect(decoderOf(trained, { forgetsAfter: 1 } as never)).rejects.toThrow("forgetsAfter");
  });

  test("a text over a limit says which encoding ends where", async () => {
    const limited = trainedPair({ encoder: byId("learned"), decoder: byId("learned") });
    const decoder = await decoderOf(limited);
    const long = Array<number>(8).fill(1);
    await expect(decoder.prefill([long], [[1]])).rejects.toThrow(
      /source 0 has 8 tokens, and learned ends at 7: .* Give it in shorter pieces\./,
    );
    await decoder.prefill([[1]], [long.slice(1)]);
    await expect(decoder.step([1])).rejects.toThrow(UnsupportedLength);
    await expect(decoder.step([1])).rejects.toThrow(
      /target 0 would have 8 tokens.*learned ends at 7/,
    );
  });

  test("one call at a time, none after dispose", async () => {
    const decoder = await compileTargetDecoder(trained, { threads: 1 });
    const first = decoder.prefill([[1, 2]], [[1]]);
    await expect(decoder.prefill([[1, 2]], [[1]])).rejects.toThrow("while another call runs");
    expect(() => decoder.reset()).toThrow("while another call runs");
    await first;
    await decoder.dispose();
    await expect(decoder.step([1])).rejects.toThrow("step() after dispose()");
  });
});
