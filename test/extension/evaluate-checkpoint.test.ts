/** Perplexity of pretrained models by length and position, and where they break. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { breakingPosition, stretchLosses } from "../../src/extension/breaking-position.ts";
import { evaluateCheckpoint } from "../../src/extension/evaluate-checkpoint.ts";
import { extend } from "../../src/extension/extend.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { compile } from "../../src/runtime/node.ts";
import { familyFolder, wordsOf } from "./checkpoint.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-evaluate-checkpoint-"));
afterAll(() => rmSync(place, { recursive: true }));
const text = path.join(place, "text.txt");
writeFileSync(text, wordsOf(130));
const model = await loadCheckpoint(familyFolder(place, "llama", { max_position_embeddings: 32 }));
const given = { corpus: { text: [text] }, compileOptions: { threads: 1 } };

/** Nats of tokens `from` to `to` of the text, read from `start`, by the decoder. */
async function nats(start: number, from: number, to: number): Promise<number> {
  const tokens = model.tokenizer!.encode(wordsOf(130));
  const decoder = await compileDecoder(model, { compile, logits: "all", threads: 1 });
  const { data, shape } = await decoder.prefill([[...tokens.slice(start, to - 1)]]);
  await decoder.dispose();
  const vocab = shape[2]!;
  let total = 0;
  for (let at = from; at < to; at++) {
    const logits = data.subarray((at - 1 - start) * vocab, (at - start) * vocab);
    total += Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0)) - logits[tokens[at]!]!;
  }
  return total;
}

describe("evaluateCheckpoint", () => {
  test("windows, and sliding ones of which each predicts its second half", async () => {
    const { lengths, byPosition } = await evaluateCheckpoint(model, {
      ...given,
      lengths: [64, 128],
    });
    const [half, whole] = lengths as [(typeof lengths)[number], (typeof lengths)[number]];
    if (!("windows" in half) || !("windows" in whole)) throw new Error("not evaluated");
    expect([half.windows.tokens, half.sliding.tokens, whole.windows.tokens]).toEqual([
      128, 128, 128,
    ]);
    const cut = (await nats(0, 1, 65)) + (await nats(64, 65, 129));
    expect(half.windows.nats).toBeCloseTo(cut / 128, 4);
    const sliding = (await nats(0, 1, 65)) + (await nats(32, 65, 97)) + (await nats(64, 97, 129));
    expect(half.sliding.nats).toBeCloseTo(sliding / 128, 4);
    expect(whole.windows.nats).toBeCloseTo((await nats(0, 1, 129)) / 128, 4);
    expect(whole.windows.perplexity).toBeCloseTo(Math.exp(whole.windows.nats), 9);
    expect(byPosition.map(({ from, to }) => [from, to]).at(-1)).toEqual([120, 128]);
    const mean = byPosition.reduce((sum, each) => sum + each.nats, 0) / byPosition.length;
    expect(mean).toBeCloseTo(whole.windows.nats, 6);
  });

  test("by default a half, one and two times the longest text", async () => {
    const { lengths } = await evaluateCheckpoint(model, { ...given, tokens: 64 });
    expect(lengths.map(({ length }) => length)).toEqual([16, 32, 64]);
  });

  test("of a rule that follows the length of the text, at each length its own frequencies", async () => {
    const dynamic = extend(model, { method: "dynamic-ntk", factor: 4 });
    const at = async (lengths: readonly number[]): Promise<readonly unknown[]> =>
      (await evaluateCheckpoint(dynamic, { ...given, lengths })).lengths;
    const plain = (await evaluateCheckpoint(model, { ...given, lengths: [32, 64] })).lengths;
    const [same, other] = await at([32, 64]);
    expect(same).toEqual(plain[0]);
    expect(other).not.toEqual(plain[1]);
  });

  test("refuses a folder without tokenizer, no lengths, and a text that is too short", async () => {
    const refused = async (changed: object, options: object): Promise<string> => {
      const error: unknown = await evaluateCheckpoint(
        { ...model, ...changed },
        { ...given, ...options },
      ).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(InputError);
      return (error as Error).message;
    };
    expect(await refused({ tokenizer: undefined }, {})).toMatch(/has no tokenizer\.json/);
    expect(await refused({}, { lengths: [] })).toMatch(/lengths is empty/);
    expect(await refused({}, { lengths: [4096] })).toMatch(/a window of 4096 needs 4097/);
    expect(await refused({ contextLength: Infinity }, {})).toMatch(/Give lengths/);
    expect(await refused({}, { stride: 3 })).toMatch(/option "stride" does not exist/);
  });
});

describe("where it breaks", () => {
  const at = (losses: readonly number[]): number | undefined =>
    breakingPosition(stretchLosses(losses.flatMap((nats) => [nats, nats])));

  test("from a position on, perplexity stays 1.1 times the lowest of before", () => {
    const [good, bad] = [2, 2 + Math.log(1.11)];
    expect(at([3, 2.5, good, good, bad, 4, 5, 6])).toBe(8);
    expect(at([3, 2.5, good, bad, good, good, bad, bad])).toBe(12);
    expect(at([3, 2.5, good, bad, bad, bad, bad, 2.09])).toBeUndefined();
    expect(at([3, 2.5, good, good])).toBeUndefined();
    expect(at([])).toBeUndefined();
  });

  test("stretches cover all positions; those without a loss do not count", () => {
    const stretches = stretchLosses(Array.from({ length: 35 }, (_, n) => (n < 3 ? NaN : n)));
    expect(stretches[0]).toEqual({ from: 3, to: 6, nats: 4 });
    expect(stretches.at(-1)).toEqual({ from: 33, to: 35, nats: 33.5 });
  });
});
