/** Models side by side: the losses of each alone, paired over pieces, and where they break. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { evaluateCheckpoint } from "../../src/extension/evaluate-checkpoint.ts";
import { extend } from "../../src/extension/extend.ts";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { newDocument } from "../../src/report/node-report.ts";
import { compareOnText } from "../../src/side-by-side/compare-on-text.ts";
import type { SideLoss } from "../../src/side-by-side/result.ts";
import { sidePage } from "../../src/side-by-side/page.ts";
import { placeModels } from "../../src/side-by-side/statistics.ts";
import { breakLines, standingLines } from "../../src/side-by-side/words.ts";
import { familyFolder, wordsOf } from "../extension/checkpoint.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-side-by-side-"));
afterAll(() => rmSync(place, { recursive: true }));
const text = path.join(place, "text.txt");
writeFileSync(text, wordsOf(130));
const model = await loadCheckpoint(familyFolder(place, "llama", { max_position_embeddings: 32 }));
const dynamic = extend(model, { method: "dynamic-ntk", factor: 4 });
const given = { corpus: { text: [text] }, compileOptions: { threads: 1 }, lengths: [64, 32] };
const models = [
  { name: "plain", trained: model },
  { name: "dynamic", trained: dynamic },
];

function at(
  losses: readonly SideLoss[],
  name: string,
  length: number,
): SideLoss & { nats: number } {
  const found = losses.find(
    (loss) => loss.model === name && loss.length === length && loss.protocol === "windows",
  )!;
  if (!("nats" in found)) throw new Error(found.unsupported);
  return found;
}

describe("compareOnText", () => {
  test("has the losses of each model alone, at each length its own frequencies", async () => {
    const seen: number[] = [];
    const result = await compareOnText(models, {
      ...given,
      onLength: ({ length }) => seen.push(length),
    });
    expect(seen).toEqual([4, 4]);
    expect(result).toMatchObject({ models: ["plain", "dynamic"], lengths: [32, 64], pieces: 32 });
    for (const { name, trained } of models) {
      const alone = await evaluateCheckpoint(trained, given);
      for (const each of alone.lengths) {
        if ("unsupported" in each) throw new Error(each.unsupported);
        const { windows, sliding } = each;
        expect(at(result.losses, name, each.length).nats).toBeCloseTo(windows.nats, 6);
        const slid = result.losses.find(
          (loss) =>
            loss.model === name && loss.length === each.length && loss.protocol === "sliding",
        );
        if (slid === undefined || !("nats" in slid)) throw new Error("not measured");
        expect(slid.tokens).toBe(128);
        expect(slid.perplexity).toBeCloseTo(sliding.perplexity, 3);
      }
      const positions = result.positions.find((each) => each.model === name)!;
      expect(positions.stretches).toEqual(alone.byPosition);
      expect(positions.breaksAt).toBe(alone.breaksAt);
    }
    // Within the length of training the rule changes nothing.
    const short = ["plain", "dynamic"].map((name) => at(result.losses, name, 32));
    expect(short[0]).toMatchObject({ standing: "lowest", difference: { mean: 0, interval: null } });
    expect(short[1]).toMatchObject({ standing: "level", difference: { mean: 0 } });
    expect(at(result.losses, "plain", 64).nats).not.toBe(at(result.losses, "dynamic", 64).nats);
    const page = sidePage(result, { title: "<Two>", document: newDocument(), contextLength: 32 });
    expect(page).toContain("&lt;Two&gt;");
    expect(page).toContain("texts of training end at 32");
    expect(standingLines(result)[0]).toMatch(/^At 32 tokens, plain has the lowest perplexity/);
    expect(breakLines(result).join(" ")).toMatch(/plain/);
  });

  test.each([
    [[], {}, /give one model at least/],
    [[models[0]!, models[0]!], {}, /two models are called plain/],
    [models, { lengths: [] }, /lengths is empty/],
    [models, { lengths: [4000] }, /a window of 4000 needs 4001/],
    [models, { length: 3 }, /length/],
    [[{ name: "bare", trained: { ...model, tokenizer: undefined } }], {}, /has no tokenizer/],
  ])("refuses %#", async (asked, changed, message) => {
    const error: unknown = await compareOnText(asked, { ...given, ...changed }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
  });

  test("refuses models whose tokenizers give other tokens", async () => {
    const other = {
      ...model,
      folder: "other",
      tokenizer: { ...model.tokenizer!, encode: () => Int32Array.of(1, 2, 3) },
    };
    const asked = [models[0]!, { name: "other", trained: other }];
    await expect(compareOnText(asked, given)).rejects.toThrow(
      /other makes other tokens .* bits per byte/,
    );
  });
});

describe("placeModels", () => {
  const tokens = Array.from({ length: 20 }, () => 10);
  const base = tokens.map((_, n) => 20 + 3 * Math.sin(n * n));
  const shifted = (by: (n: number) => number): { nats: number[]; tokens: number[] } => ({
    nats: base.map((nats, n) => nats + by(n)),
    tokens,
  });

  test("a model that is a little higher on every piece is higher, though pieces differ more", () => {
    const [a, b, c] = placeModels([
      shifted((n) => 0.5 + 0.1 * Math.cos(3 * n)),
      shifted(() => 0),
      shifted((n) => 0.02 + 0.4 * Math.sin(5 * n + 1)),
    ]);
    expect([a!.standing, b!.standing, c!.standing]).toEqual(["higher", "lowest", "level"]);
    expect(a!.difference.mean).toBeCloseTo(0.05, 2);
    expect(a!.difference.interval!.low).toBeGreaterThan(0.03);
    expect(a!.difference.interval!.high).toBeLessThan(0.07);
    // That of the model alone is wider: it has the differences between pieces.
    expect(a!.interval!.high - a!.interval!.low).toBeGreaterThan(0.1);
    expect(c!.difference.interval!.low).toBeLessThan(0);
  });

  test("the order of models changes nothing", () => {
    const pair = [shifted((n) => 0.5 + 0.1 * Math.cos(3 * n)), shifted(() => 0)];
    const [a] = placeModels(pair);
    const [, b] = placeModels([...pair].reverse());
    expect(a!.difference.mean).toBeCloseTo(b!.difference.mean, 12);
    expect(a!.difference.interval!.low).toBeCloseTo(b!.difference.interval!.low, 3);
  });

  test("one piece has no interval", () => {
    const [a, b] = placeModels([
      { nats: [2], tokens: [1] },
      { nats: [3], tokens: [1] },
    ]);
    expect(a).toMatchObject({ nats: 2, interval: null, standing: "lowest" });
    expect(b).toMatchObject({ standing: "higher", difference: { mean: 1, interval: null } });
  });
});
