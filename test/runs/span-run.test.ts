/** Runs that find answers in texts, by the command line: trained, resumed, opened, evaluated, and used by `relpos answer`. */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerSpans, evaluatePairRun, findAnswers, openPairRun, openSpanRun } from "../../src/index.ts";
import { loadPairs, trainPairRun } from "../../src/index.ts";
import type { OpenedSpanRun, PairRunSettings } from "../../src/index.ts";
import { filesIn, relpos, workplace } from "../cli/relpos.ts";

const { folder, remove } = workplace("span-run");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);

async function listed<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Made-up texts: the answer follows the word that is asked for. */
const words = ["oak", "elm", "ash", "fir", "yew", "box", "bay", "fig"];
const question = (n: number): { context: string; question: string; answer: string } => {
  const order = words.map((_, place) => words[(place * 3 + n * 5) % 8]!);
  const named = order[n % 7]!;
  return { context: order.join(" "), question: `after ${named}`, answer: order[(n % 7) + 1]! };
};
const settings: Partial<PairRunSettings> = {
  ...{ task: "answer", architecture: "span", data: { files: [at("squad.json")] }, tokenizer: "byte" },
  ...{ width: 16, heads: 2, encoderLayers: 1, batch: 4, steps: 4, sourceLength: 32, threads: 1 },
  ...{ dropout: 0.1, checkpointEvery: 3 },
};
const call = ["--task", "answer", "--data", at("squad.json"), "--tokenizer", "byte"];
const tiny = [
  ...["--width", "16", "--heads", "2", "--encoder-layers", "1", "--batch", "4", "--steps", "4"],
  ...["--threads", "1", "--dropout", "0.1", "--checkpoint-every", "3"],
];
const span = ["--architecture", "span", "--source-length", "32"];

let run: OpenedSpanRun;
beforeAll(async () => {
  const paragraphs = Array.from({ length: 30 }, (_, n) => {
    const { context, question: asked, answer } = question(n);
    const answers = [{ text: answer, answer_start: context.indexOf(answer) }];
    return { context, qas: [{ id: `q${n}`, question: asked, answers }] };
  });
  await fs.writeFile(at("squad.json"), JSON.stringify({ data: [{ paragraphs }] }));
  const { code, stderr } = await relpos("train", ...call, ...span, ...tiny, "--out", at("cli"));
  expect(code, stderr).toBe(0);
  run = await openSpanRun(at("cli"));
});

test("the run of the command line is, byte for byte, one that was stopped and went on", async () => {
  const stop = new AbortController();
  const first = await trainPairRun({
    ...{ folder: at("stopped"), settings, signal: stop.signal },
    onStep: ({ step }) => step === 1 && stop.abort(),
  });
  expect(first.step).toBe(2);
  await trainPairRun({ folder: at("stopped"), settings });
  for (const name of await filesIn(at("cli"))) {
    const [a, b] = ["cli", "stopped"].map((one) => fs.readFile(path.join(at(one), name)));
    expect((await a!).equals(await b!), name).toBe(true);
  }
});

test("opened, it has a separator more than its tokenizer, rows of the length, and the loss of its evaluation.json", async () => {
  expect(run.model.config).toMatchObject({ vocab: 257, segments: 2, layers: 1 });
  expect(run.configuration).toMatchObject({ architecture: "span", trainLength: 32 });
  const { validationLoss, judged } = JSON.parse(
    await fs.readFile(path.join(at("cli"), "evaluation.json"), "utf8"),
  ) as { readonly validationLoss: number; readonly judged: string };
  expect(judged).toMatch(/rows of 2 validation questions/);
  const { parts, yardsticks } = await evaluatePairRun(run);
  // Both questions have as many rows, since all texts are as long.
  expect(parts[0]!.nats).toBeCloseTo(validationLoss, 1);
  expect(Object.keys(parts[0]!.measures!)).toEqual(["squadExactMatch", "squadF1", "exactText"]);
  expect(yardsticks.map(({ id }) => id)).toEqual(["copy", "most frequent"]);
  await expect(openPairRun(at("cli"))).rejects.toThrow(/finds answers in texts and writes none/);
});

test("answers of the command line, the program and the model are one, and parts of their texts", async () => {
  const asked = [0, 1, 2].map((n) => ({ id: String(n), ...question(n) }));
  const found = await findAnswers(run, asked, { length: 32, seed: run.configuration.seed });
  const together = await listed(answerSpans(run, asked));
  const alone = await listed(answerSpans(run, asked, { batchSize: 1 }));
  expect(alone).toEqual(together);
  expect(together.map(({ text, start }) => [text, start])).toEqual(
    found.map(({ text, start }) => [text, start]),
  );
  const lines = asked.map(({ question: q, context }) => `${q}\t${context}\n`);
  await fs.writeFile(at("q.tsv"), `${lines[0]!}\n${lines[1]!}${lines[2]!}`);
  const { code, stdout } = await relpos("answer", "--model", at("cli"), "--file", at("q.tsv"), "--threads", "1");
  expect(code).toBe(0);
  const texts = found.map(({ text }) => text.trim());
  expect(stdout).toBe(`${texts[0]!}\n\n${texts[1]!}\n${texts[2]!}\n`);
  for (const [n, text] of texts.entries()) expect(asked[n]!.context).toContain(text);
  const { text } = (await listed(answerSpans(run, asked, { longestAnswer: 1 })))[0]!;
  expect(text).toHaveLength(1);
});

test("trained for longer, it finds answers that it was not trained on", async () => {
  const more = { steps: 220, batch: 16, dropout: 0, width: 32, encoderLayers: 2, learningRate: 0.02 };
  const out = at("longer");
  await trainPairRun({ folder: out, settings: { ...settings, ...more, sourceLength: 64 } });
  const { train } = await loadPairs({ files: [at("squad.json")] });
  const trained = await openSpanRun(out);
  const asked = train.map(({ span: places }) => ({ ...places! }));
  const found = await listed(answerSpans(trained, asked));
  const right = found.filter(({ text }, n) => text === asked[n]!.answers[0]!.text).length;
  expect(right / asked.length).toBeGreaterThan(0.5);
});

describe("refused before anything is written", () => {
  test.each([
    [["--decoder-layers", "2"], /decoderLayers \(--decoder-layers\) is of another architecture/],
    [["--label-smoothing", "0.1"], /labelSmoothing \(--label-smoothing\) is of another/],
    [["--task", "translate"], /the task is translate\. Choose the task answer/],
    [["--source-length", "8"], /question .* has \d+ tokens; a row of 8 has room for 4/],
    [["--data", "dates"], /answers that have a place in their text/],
  ])("%s", async (extra, message) => {
    const { code, stderr } = await relpos("train", ...call, ...span, ...tiny, ...extra, "--out", at("no"));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    await expect(fs.access(at("no"))).rejects.toThrow();
  });

  test("options of generation, and other verbs", async () => {
    const beams = await relpos("answer", "--model", at("cli"), "--file", at("q.tsv"), "--beams", "2");
    expect([beams.code, beams.stderr]).toEqual([2, expect.stringMatching(/--beams is of texts that are written/)]);
    const verb = await relpos("summarise", "--model", at("cli"), "x");
    expect([verb.code, verb.stderr]).toEqual([2, expect.stringMatching(/trained to answer, and not to summarise/)]);
  });
});
