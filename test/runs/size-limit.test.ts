/**
 * Sizes that do not fit in memory are refused before anything of that size is allocated, and no size that works is.
 */
import { afterEach, describe, expect, test } from "vitest";
import { experiments } from "../../reproduce/experiments.ts";
import { available } from "../../reproduce/run.ts";
import { kindOf } from "../../src/comparison/kinds/index.ts";
import { modelConfig, rowLength } from "../../src/comparison/settings.ts";
import { smallModel } from "../../src/contract/small-model.ts";
import { bucketStarts } from "../../src/encodings/t5.ts";
import { encodingById } from "../../src/encodings/index.ts";
import { InputError } from "../../src/errors.ts";
import { refuseLargeGeneration } from "../../src/generation/size-limit.ts";
import { limitMemory } from "../../src/memory.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { TransformerEncoder } from "../../src/model/encoder.ts";
import { languageModel } from "../../src/model/transformer.ts";
import type { LanguageModel } from "../../src/model/transformer.ts";
import { encodingPicture } from "../../src/pictures/encoding-picture.ts";
import { expand } from "../../src/operators/movement.ts";
import { input } from "../../src/operators/source.ts";
import {
  refuseTooLarge,
  refuseTooLargeEvaluation,
  refuseTooLargeModel,
} from "../../src/runs/size-limit.ts";
import { compile } from "../../src/runtime/node.ts";
import { machineMemory } from "../../src/runtime/node-memory.ts";
import { refuseLargeState } from "../../src/training/state-size.ts";
import { relpos, tinyModel, workplace } from "../cli/relpos.ts";

const { folder, text, remove } = workplace("size-limit");
afterEach(() => limitMemory(machineMemory));
const gb = 1e9;

function model(encoding: string, sizes: object = {}, length = 64): LanguageModel {
  const config = transformerConfig({ vocab: 256, model: 128, heads: 4, layers: 2, ...sizes });
  return languageModel(config, encodingById(encoding), length);
}

describe("relpos refuses within a second", () => {
  const compare = ["compare", "--text", text, "--steps", "4", "--out", folder];
  const train = ["train", "--text", text, ...tinyModel, "--steps", "4", "--out", folder];

  test.each<[string[], RegExp]>([
    [
      [...compare, "--encodings", "layers(1000*layers(1000*layers(100*none)))"],
      /at most 10000 encodings in all/,
    ],
    [[...compare, "--encodings", "learned(maxLength=100000000)"], /from 1 to 16777216, got 1000/],
    [
      [...train, "--width", "1024", "--encoding", "learned(maxLength=16000000)"],
      /learned\(maxLength=16000000\): the model's parameters take 65\.\d GB, .*\[16,000,000, 1,024\]\. Lower maxLength\. .*RELPOS_MEMORY=64/,
    ],
    [[...compare, "--encodings", "t5(buckets=1000000000)"], /from 2 to 1024, got 1000000000/],
    [[...train, "--encoding", "t5(maxDistance=16777216)"], /from 2 to 1048576, got 16777216/],
    [[...train, "--encoding", "deberta(maxDistance=16777216)"], /from 1 to 1048576/],
    [[...train, "--encoding", "dynamic-position-bias(depth=16777216)"], /from 1 to 100/],
    [[...train, "--encoding", "rel-proj(basis=16777216)"], /rel-proj.*the model's parameters take/],
    [
      ["compare", "--task", "copy", "--test-lengths", "20,1000000", "--out", folder],
      /none: judging rows of 2,000,002 tokens .* for scores between all tokens .*shorter test lengths/,
    ],
    [
      ["compare", "--task", "copy", "--evaluation-samples", "1000000000", "--out", folder],
      /judging rows of .*Choose fewer samples \(--evaluation-samples\)/,
    ],
    [
      [...compare, "--encodings", "all", "--layers", "1000000000"],
      /^relpos: a model of width 128 with 1,000,000,000 layers/,
    ],
    [["explain", "learned(maxLength=10000000)"], /a picture is drawn .*at most 10,000,000.*maxLen/],
  ])("%j", async (args, message) => {
    const { code, stderr } = await relpos(...args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^relpos: [^\n]*\.\n$/);
    expect(code).toBe(2);
  });

  test("removes the folder", async () => {
    await remove();
  });
});

describe("in the library", () => {
  test("a model whose parameters exceed the memory is not made", () => {
    limitMemory(() => gb);
    expect(() => model("learned(maxLength=2000000)")).toThrow(
      /learned\(maxLength=2000000\): .* 1\.03 GB, and this machine has 1 GB\. .* Lower maxLength/,
    );
    expect(() => model("none", { layers: 1e9 })).toThrow(/Choose a smaller width, fewer layers/);
    expect(() => model("none", { vocab: 1e7 })).toThrow(/10,000,000 tokens .* smaller vocabulary/);
    expect(() => new TransformerEncoder(512, 8, 1e9)).toThrow(/1,000,000,000 layers/);
    limitMemory(() => 2 * gb);
    expect(model("learned(maxLength=2000000)").parameters.count).toBeGreaterThan(256e6);
  });

  test("a state that exceeds it is not compiled", () => {
    const { specs } = model("none").parameters;
    const shapes = new Map(specs.map(({ name, shape }) => [name, shape]));
    const bytes = 2 * 4 * model("none").parameters.count;
    limitMemory(() => bytes - 1);
    expect(() => refuseLargeState(specs, shapes)).toThrow(/optimiser's state take .*The largest is/);
    limitMemory(() => bytes);
    expect(() => refuseLargeState(specs, shapes)).not.toThrow();
  });

  test("a tensor that exceeds it is not given to the runtime", async () => {
    const x = input("x", [1, 1]);
    limitMemory(() => 3999);
    const graph = { inputs: [x], outputs: { y: expand(x, [100, 10]) } };
    await expect(compile(graph)).rejects.toThrow(/expand \[100, 10\] alone takes .*RELPOS_MEMORY/);
    limitMemory(() => 4000);
    await (await compile(graph)).dispose();
  });

  test("checks and pictures are refused models that take minutes", () => {
    expect(() => smallModel(encodingById("learned(maxLength=50000)"))).toThrow(
      /checks compute in float64, on a model of at most 1,000,000 parameters, .*Lower maxLength/,
    );
    expect(() => encodingPicture(encodingById("learned(maxLength=100000)"))).toThrow(/picture/);
  });

  test("the largest buckets are found", () => {
    expect(bucketStarts(true, 1024, 2 ** 20)).toHaveLength(1024);
  });
});

describe("RELPOS_MEMORY", () => {
  test("is the limit in GB; what is no number is refused", () => {
    const before = process.env["RELPOS_MEMORY"];
    try {
      process.env["RELPOS_MEMORY"] = "0.5";
      expect(machineMemory()).toBe(0.5e9);
      for (const wrong of ["-1", "many", "0"]) {
        process.env["RELPOS_MEMORY"] = wrong;
        expect(machineMemory).toThrow(InputError);
      }
      delete process.env["RELPOS_MEMORY"];
      expect(machineMemory()).toBeGreaterThan(1e8);
    } finally {
      if (before !== undefined) process.env["RELPOS_MEMORY"] = before;
    }
  });
});

describe("what is counted", () => {
  test("the vocabulary of characters: weights and logits", () => {
    const size = { width: 128, hidden: 512, layers: 2, batch: 8, length: 64, accumulate: 1 };
    const vocab = 1_112_063;
    expect(() => refuseTooLarge({ ...size, vocab, models: 1 }, 3.9 * gb)).toThrow(
      /1,112,063 kinds of tokens .* the tokenizer byte/,
    );
    expect(() => refuseTooLarge({ ...size, vocab, models: 1 }, 5.5 * gb)).toThrow(/a step of 8 win/);
    // The logits and their gradient.
    expect(() => refuseTooLarge({ ...size, vocab, models: 1 }, 9.5 * gb)).toThrow(/a step of 8 win/);
    expect(() => refuseTooLarge({ ...size, vocab, models: 1 }, 10 * gb)).not.toThrow();
    expect(() => refuseTooLarge({ ...size, vocab, models: 2 }, 19 * gb)).toThrow(/fewer processes/);
    expect(() => refuseTooLarge({ ...size, vocab: 100, models: 1 }, gb)).not.toThrow();
  });

  test("what an encoding learns, nine times while it is trained, and for each process", () => {
    const learned = model("learned(maxLength=1000000)");
    limitMemory(() => 4.5 * gb);
    const training = { batch: 8, length: 64 };
    expect(() => refuseTooLargeModel(learned, training)).toThrow(/4\.6\d GB.*Lower maxLength/);
    limitMemory(() => 5 * gb);
    expect(() => refuseTooLargeModel(learned, training)).not.toThrow();
    expect(() => refuseTooLargeModel(learned, { ...training, models: 2 })).toThrow(
      /training 2 at once takes more than 9\.\d+ GB, .* Or lower --processes\./,
    );
  });

  test("an evaluation: its logits, the state of a training beside it, and each process", () => {
    const many = model("none", { vocab: 400_000 });
    const logits = 2048 * 400_000 * 4;
    const parameters = 4 * many.parameters.count;
    limitMemory(() => logits + parameters + 0.1 * gb);
    expect(() => refuseTooLargeEvaluation(many, { length: 64 })).not.toThrow();
    expect(() => refuseTooLargeEvaluation(many, { length: 64, whileTraining: true })).toThrow(
      /a tokenizer with fewer tokens, such as byte/,
    );
    expect(() => refuseTooLargeEvaluation(many, { length: 64, models: 2 })).toThrow(
      /by 2 models at once .* Or lower --processes\./,
    );
  });

  test("the width of heads, before frequencies of that width are made", () => {
    expect(() => model("rope", { headDim: 2e9 })).toThrow(
      /4 heads of width 2,000,000,000 .* smaller width of heads/,
    );
  });

  test("generation: the cache of all tokens, beams and prompts, and the scores of a prompt", () => {
    limitMemory(() => gb);
    const size = { prompt: 10, prompts: 1, beams: 1, maxTokens: 100, kept: Infinity };
    const none = model("none");
    const refused = (more: object): (() => void) => () => refuseLargeGeneration(none, { ...size, ...more });
    expect(refused({})).not.toThrow();
    // 2 layers of keys and values of width 128 in float32: 2,048 bytes a token.
    expect(refused({ maxTokens: 1e9 })).toThrow(
      /keeping 1,000,000,010 tokens of 1 text takes more than 2,050 GB.*at most 48\d,\d{3} tokens \(maxTokens\), or keep a window/,
    );
    expect(refused({ maxTokens: 1e9, kept: 1000 })).not.toThrow();
    expect(refused({ maxTokens: 480_000 })).not.toThrow();
    expect(refused({ maxTokens: 480_000, beams: 2 })).toThrow(/1 text with 2 beams/);
    expect(refused({ maxTokens: 480_000, prompts: 2 })).toThrow(/2 texts/);
    expect(refused({ prompt: 9000 })).toThrow(/reading 1 text of up to 9,000 tokens .*shorter prompts/);
    expect(refused({ prompt: 9000, pieceLength: 100 })).not.toThrow();
    // Without a cache the text alone is kept.
    const uncached = { ...none, encoding: { ...none.encoding, cache: { keys: "recompute" as const } } };
    expect(() => refuseLargeGeneration(uncached, { ...size, maxTokens: 2e6 })).not.toThrow();
  });

  test("whole matrices of scores, and blocks where the length or the encoding permits", () => {
    limitMemory(() => 2 * gb);
    const none = model("none");
    expect(() => refuseTooLargeEvaluation(none, { length: 16_383 })).toThrow(/multiple of 128/);
    expect(() => refuseTooLargeEvaluation(none, { length: 16_384 })).not.toThrow();
    expect(() => refuseTooLargeEvaluation(model("path"), { length: 16_384 })).toThrow(/path: /);
    expect(() => refuseTooLargeModel(none, { batch: 1, length: 16_383 })).toThrow(/train length/);
    // A length beyond the encoding's end is not run.
    expect(() => refuseTooLargeEvaluation(model("learned"), { length: 16_383 })).not.toThrow();
  });

  test("samples of a task and windows of a small stride", () => {
    limitMemory(() => gb);
    const none = model("none");
    const windows = 1e7;
    expect(() => refuseTooLargeEvaluation(none, { length: 64, windows })).toThrow(/larger stride/);
    const samples = 1e7;
    expect(() => refuseTooLargeEvaluation(none, { length: 64, samples })).toThrow(/fewer samples/);
    expect(() => refuseTooLargeEvaluation(none, { length: 64, samples: 1e5 })).not.toThrow();
  });
});

describe("nothing that works is refused, with 4 GB", () => {
  test("the largest shape of the benchmark", () => {
    const shape = { vocab: 4096, model: 512, heads: 8, layers: 8 };
    limitMemory(() => 4 * gb);
    const large = model("alibi", shape, 512);
    expect(() => refuseTooLargeModel(large, { batch: 4, length: 512 })).not.toThrow();
  });

  // What a study names is no list of encodings.
  const comparisons = experiments.filter(({ study }) => study === undefined);

  test.each(comparisons)("the experiment $id", (experiment) => {
    const { settings } = available(experiment);
    limitMemory(() => 4 * gb);
    const config = modelConfig(settings, kindOf(settings).vocabulary(settings) ?? 256);
    const length = rowLength(settings);
    for (const id of settings.encodings) {
      const made = languageModel(config, encodingById(id), length);
      refuseTooLargeModel(made, { batch: settings.batch, length });
      for (const test of settings.testLengths)
        refuseTooLargeEvaluation(made, { length: 3 * test, samples: 1000 });
    }
  });
});
