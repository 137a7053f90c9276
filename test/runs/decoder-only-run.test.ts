/** Decoder-only runs of pairs by the command line: trained, resumed, opened, evaluated, and used by each verb. */
import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluatePairRun, openPairRun, trainPairRun } from "../../src/index.ts";
import type { PairRunSettings } from "../../src/index.ts";
import { filesIn, relpos, workplace } from "../cli/relpos.ts";

const { folder, remove } = workplace("decoder-only");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);

const tiny = [
  ...["--architecture", "decoder-only", "--tokenizer", "byte", "--width", "16", "--heads", "2"],
  ...["--decoder-layers", "1", "--batch", "8", "--steps", "4", "--shapes", "2", "--threads", "1"],
  ...["--dropout", "0.1", "--label-smoothing", "0.1", "--checkpoint-every", "3"],
];
const settings: Partial<PairRunSettings> = {
  ...{ task: "translate", architecture: "decoder-only", tokenizer: "byte", width: 16, heads: 2 },
  ...{ decoderLayers: 1, batch: 8, steps: 4, shapes: 2, threads: 1 },
  ...{ dropout: 0.1, labelSmoothing: 0.1, checkpointEvery: 3 },
  data: { name: "dates", options: { train: 60, test: 8 } },
};
const dates = ["--task", "translate", "--data", "dates(train=60,test=8)"];

beforeAll(async () => {
  const { code, stderr } = await relpos("train", ...dates, ...tiny, "--out", at("cli"));
  expect(code, stderr).toBe(0);
});

test("the run of the command line is, byte for byte, one that was stopped and went on", async () => {
  const stop = new AbortController();
  const first = await trainPairRun({
    ...{ folder: at("stopped"), settings, signal: stop.signal },
    onStep: ({ step }) => step === 1 && stop.abort(),
  });
  expect(first.step).toBe(2);
  await trainPairRun({ folder: at("stopped"), settings });
  const names = await filesIn(at("cli"));
  for (const name of names) {
    const [a, b] = ["cli", "stopped"].map((run) => fs.readFile(path.join(at(run), name)));
    expect((await a!).equals(await b!), name).toBe(true);
  }
});

test("opened, it has one encoding and the loss of its evaluation.json", async () => {
  const run = await openPairRun(at("cli"));
  if (run.architecture !== "decoder-only") throw new Error(run.architecture);
  expect(run.model.encoding.id).toBe("rope");
  expect(run.model.config.layers).toBe(1);
  const { sourceLength, targetLength, trainLength } = run.configuration;
  expect(trainLength).toBeLessThanOrEqual(sourceLength + targetLength - 1);
  expect(trainLength).toBeGreaterThanOrEqual(sourceLength);
  const { validationLoss } = JSON.parse(
    await fs.readFile(path.join(at("cli"), "evaluation.json"), "utf8"),
  ) as { readonly validationLoss: number };
  const { parts } = await evaluatePairRun(run, { generation: { maxTokens: 3 } });
  expect(parts[0]).toMatchObject({ part: "validation", sources: "all" });
  expect(parts[0]!.nats).toBeCloseTo(validationLoss, 5);
  expect(Object.keys(parts[0]!.measures!)).toEqual(["bleu", "chrF", "exactText"]);
});

test("translate writes with it, greedily and by beams, the same in a batch as alone", async () => {
  const texts = ["4 May 2031", "am 4. Mai 2031"];
  for (const search of [[], ["--beams", "3"]]) {
    const call = (...args: string[]): ReturnType<typeof relpos> =>
      relpos("translate", "--model", at("cli"), "--threads", "1", "--max-tokens", "6", ...search, ...args);
    const { code, stdout, stderr } = await call(...texts);
    expect(code, stderr).toBe(0);
    const alone = await Promise.all(texts.map((text) => call(text)));
    expect(alone.map((each) => each.stdout).join("")).toBe(stdout);
  }
  const { code, stdout } = await relpos("evaluate", at("cli"), "--max-tokens", "3", "--examples", "2");
  expect(code).toBe(0);
  expect(stdout).toMatch(/translate, decoder-only, rope, 4 steps; greedy/);
});

test("answer and a limit of the encoding", async () => {
  await fs.writeFile(
    at("qa.txt"),
    Array.from({ length: 6 }, (_, n) => `1 Mary went to room ${n}.\n2 Where is Mary? \troom ${n}\t1\n`).join(""),
  );
  const data = ["--task", "answer", "--data", at("qa.txt"), "--encoding", "learned"];
  const trained = await relpos("train", ...data, ...tiny, "--out", at("answers"));
  expect(trained.code, trained.stderr).toBe(0);
  const call = ["answer", "--model", at("answers"), "--threads", "1", "--question", "Where is Mary?"];
  const { code, stdout } = await relpos(...call, "--context", "Mary went to room 3.", "--max-tokens", "2");
  expect([code, stdout.endsWith("\n")]).toEqual([0, true]);
  const long = await relpos(...call, "--context", "Mary went to room 3. ".repeat(9));
  expect(long.code).toBe(2);
  expect(long.stderr).toMatch(/--question: it has \d+ tokens, and learned ends at/);
});

describe("refused before anything is written", () => {
  test.each([
    [["--encoder-layers", "2"], /encoderLayers \(--encoder-layers\) is of another architecture: a decoder-only model/],
    [["--cross-encoding", "alibi"], /crossEncoding \(--cross-encoding\) is of another architecture: a decoder-only model/],
    [["--decoder-encoding", "alibi"], /decoderEncoding \(--decoder-encoding\) is of/],
    [["--encoding", "ropee"], /Did you mean "rope"/],
    [["--architecture", "encoder"], /Allowed choices are encoder-decoder, decoder-only/],
  ])("%s", async (extra, message) => {
    const { code, stderr } = await relpos("train", ...dates, ...tiny, ...extra, "--out", at("no"));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    await expect(fs.access(at("no"))).rejects.toThrow();
  });

  test("an architecture without a task, and another one for a run", async () => {
    const { stderr } = await relpos("train", "--architecture", "decoder-only", "--out", at("no"));
    expect(stderr).toMatch(/--architecture is for training from texts to texts/);
    const other = await relpos("train", ...dates, ...tiny, "--architecture", "encoder-decoder", "--out", at("cli"));
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/architecture/);
  });
});
