/** Scores of answers against the decoder's logits, and the result as a whole. */
import { describe, expect, test } from "vitest";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { random } from "../../src/random/random.ts";
import type { OpenedRun } from "../../src/runs/open-run.ts";
import { compile } from "../../src/runtime/node.ts";
import { retrievalFigure } from "../../src/retrieval/maps.ts";
import { retrievalPage } from "../../src/retrieval/page.ts";
import { retrieveAnswers } from "../../src/retrieval/retrieve.ts";
import type { RetrieveOptions } from "../../src/retrieval/retrieve.ts";
import { scoreAnswers } from "../../src/retrieval/scorer.ts";

const config = transformerConfig({ vocab: 256, model: 16, heads: 2, layers: 2, hidden: 24 });
const model = languageModel(config, encodingById("learned"), 160);
const weights = new Map(
  model.parameters.specs.map(({ name, shape }) => [
    name,
    {
      shape,
      data: random(1, name).normalArray(
        shape.reduce((a, b) => a * b, 1),
        0.3,
      ),
    },
  ]),
);
const trained = { model, weights };
const run = {
  ...{ ...trained, folder: "runs/made", tokenizer: byteTokenizer(), step: 1 },
  configuration: { trainLength: 80 },
} as unknown as OpenedRun;
const compiled = { compile, threads: 1 };

/** Nats of each token of an answer, and whether each is the likeliest, by the decoder. */
async function decoded(
  ids: Int32Array,
  from: number,
): Promise<{ readonly nats: number[]; readonly right: boolean }> {
  const decoder = await compileDecoder(trained, { ...compiled, logits: "all" });
  const { data } = await decoder.prefill([[...ids]]);
  await decoder.dispose();
  const nats: number[] = [];
  let right = true;
  for (let at = from; at < ids.length; at++) {
    const logits = data.subarray((at - 1) * 256, at * 256);
    const most = Math.max(...logits);
    nats.push(
      Math.log(logits.reduce((sum, x) => sum + Math.exp(x - most), 0)) + most - logits[ids[at]!]!,
    );
    right &&= logits[ids[at]!] === most;
  }
  return { nats, right };
}

describe("scoreAnswers", () => {
  test("has the decoder's losses, for samples of several lengths", async () => {
    const ids = (length: number, seed: number): Int32Array =>
      Int32Array.from({ length }, (_, n) => (n * n * 31 + seed * 7 + n) % 256);
    const samples = [
      { ids: ids(40, 1), answerFrom: 36 },
      { ids: ids(37, 2), answerFrom: 30 },
      { ids: ids(29, 3), answerFrom: 27 },
    ];
    // Two rows at once, so that the third is in another group.
    const scores = await scoreAnswers(trained, samples, 40, { ...compiled, tokensAtOnce: 80 });
    for (const [at, { ids, answerFrom }] of samples.entries()) {
      const { nats } = await decoded(ids, answerFrom);
      expect(scores[at]!.nats).toHaveLength(ids.length - answerFrom);
      scores[at]!.nats.forEach((value, n) => expect(value).toBeCloseTo(nats[n]!, 4));
      expect(scores[at]!.right).toBe(false);
    }
  });

  test("an answer that greedy decoding writes is right, another is not", async () => {
    const prompt = Array.from({ length: 20 }, (_, n) => (n * 13) % 256);
    const decoder = await compileDecoder(trained, compiled);
    let { data } = await decoder.prefill([prompt]);
    const ids = [...prompt];
    for (let n = 0; n < 4; n++) {
      ids.push(data.indexOf(Math.max(...data)));
      ({ data } = await decoder.step([ids.at(-1)!]));
    }
    await decoder.dispose();
    const wrong = ids.with(-1, (ids.at(-1)! + 1) % 256);
    const samples = [ids, wrong].map((each) => ({ ids: Int32Array.from(each), answerFrom: 20 }));
    const scores = await scoreAnswers(trained, samples, 32, compiled);
    expect(scores.map(({ right }) => right)).toEqual([true, false]);
  });
});

describe("retrieveAnswers", () => {
  const options = { compile, compileOptions: { threads: 1 }, samples: 2 } as const;

  test("a cell for each task, length and depth; the same call gives the same", async () => {
    const seen: number[] = [];
    const asked: RetrieveOptions = {
      ...{ ...options, depths: [0, 100], tasks: ["passkey", "variables"], lengths: [80, 160, 320] },
      onCell: ({ length }) => seen.push(length),
    };
    const result = await retrieveAnswers(run, asked);
    expect(seen).toEqual([80, 80, 160, 160, 320, 320, 80, 160, 320]);
    expect(result.tasks).toMatchObject([
      { task: "passkey", wording: "short", chance: 1 / 90_000 },
      { task: "variables", wording: "short", placed: false },
    ]);
    const [first] = result.cells;
    expect(first).toMatchObject({
      ...{ task: "passkey", length: 80, depth: 0, samples: 2, right: 0, accuracy: 0 },
      ...{ interval: { low: 0 }, tokens: { least: 80, most: 80 }, answerTokens: 6 },
    });
    if (!("gain" in first!)) throw new Error("not measured");
    expect(first.gain.mean).toBeCloseTo(first.natsWithout - first.nats, 9);
    expect(result.cells[4]).toMatchObject({ length: 320, unsupported: /./ });
    expect(await retrieveAnswers(run, { ...asked, onCell: () => 0 })).toEqual(result);
    const svg = retrievalFigure(result, "What <b> finds");
    expect(svg).toContain("What &lt;b&gt; finds");
    expect(svg.match(/class="light"><title>80 tokens, depth 0 %: 0 of 2 right/g)).toHaveLength(2);
    expect(retrievalPage(result, "What <b> finds")).toContain("<td>0 of 2</td>");
  });

  test.each([
    [{ lengths: [20] }, /no question can be asked at any length: the question needs 44 tokens/],
    [{ lengths: [] }, /lengths must be whole numbers from 1/],
    [{ depths: [101] }, /depths must be whole numbers from 0 to 100, one at least; got 101/],
    [{ samples: 0 }, /samples must be/],
    [{ tasks: ["passkeys"] }, /retrieval task "passkeys" is unknown. Did you mean "passkey"/],
    [{ task: "passkey" }, /task/],
  ])("refuses %j", async (changed, message) => {
    await expect(retrieveAnswers(run, { ...options, ...(changed as object) })).rejects.toThrow(
      message,
    );
  });

  test("refuses a model without tokenizer", async () => {
    const bare = { ...run, tokenizer: undefined };
    await expect(retrieveAnswers(bare, options)).rejects.toThrow(/runs\/made has no tokenizer/);
  });
});
