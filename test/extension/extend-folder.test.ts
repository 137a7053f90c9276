/** Folders of models for longer texts: whole, proven, or not there. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { extendFolder } from "../../src/extension/extend-folder.ts";
import type { ExtendFolderOptions } from "../../src/extension/extend-folder.ts";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { openRun } from "../../src/runs/open-run.ts";
import { writeExampleRun } from "../runs/example-run.ts";
import { familyFolder, wordsOf } from "./checkpoint.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-extend-folder-"));
afterAll(() => rmSync(place, { recursive: true }));
const at = (name: string): string => path.join(place, name);
const file = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};
const text = [file("text.txt", wordsOf(700))];
const llama = familyFolder(place, "llama");
const compileOptions = { threads: 1 };
const bytes = (folder: string, name: string): Buffer => readFileSync(path.join(folder, name));

describe("a pretrained model", () => {
  test("has the same weights and tokenizer, another configuration, and the proof", async () => {
    mkdirSync(path.join(llama, "onnx"));
    writeFileSync(path.join(llama, "pytorch_model.bin"), "x");
    const out = at("yarn");
    const options = { method: "yarn(fast=8)", factor: 4, text, compileOptions };
    const document = await extendFolder({ model: llama, out, ...options });
    expect(readdirSync(out).sort()).toEqual([
      ...["config.json", "extension.json", "model.safetensors", "tokenizer.json"],
    ]);
    expect(document.notCopied).toEqual(["onnx", "pytorch_model.bin"]);
    for (const name of ["model.safetensors", "tokenizer.json"])
      expect(bytes(out, name).equals(bytes(llama, name))).toBe(true);
    expect(JSON.parse(bytes(out, "extension.json").toString("utf8"))).toEqual(document);
    expect(document).toMatchObject({
      ...{ schema: "relpos-extension/1", model: llama, method: "yarn(fast=8)", factor: 4 },
      ...{ originalLength: 512, textLength: 2048, readBy: "transformers" },
      readBack: { rotation: 0, logits: 0 },
    });
    const { positions, tokens } = document.text!;
    expect(tokens).toBe(640);
    expect(positions.map(({ position, far }) => [position, far])).toEqual([
      ...[
        [256, false],
        [511, false],
        [512, true],
        [639, true],
      ],
    ]);
    for (const { largestDifference, prediction } of positions) {
      expect(largestDifference).toBeGreaterThan(1e-3);
      expect(prediction.before.highest).toHaveLength(5);
    }
    const loaded = await loadCheckpoint(out);
    expect(loaded.contextLength).toBe(2048);
    expect(bytes(out, "config.json").toString("utf8")).not.toContain("attention_factor");
  });

  test("an attention factor of 1 is written with a point, which transformers asks for", async () => {
    const out = at("by-parts");
    await extendFolder({ model: llama, out, method: "ntk-by-parts(fast=8)", factor: 4, text });
    expect(bytes(out, "config.json").toString("utf8")).toContain('"attention_factor": 1.0');
  });

  test.each(["log-n", "mrrope(fast=16)", "clipped-rope(clipped=2)", "dynamic-ntk", "dca"])(
    "%s is read again",
    async (method) => {
      const out = at(`again-${method}`);
      const document = await extendFolder({ model: llama, out, method, factor: 4, text });
      expect(document.readBack).toEqual({ rotation: 0, logits: 0 });
      expect(document.text!.positions.at(-1)!.largestDifference).toBeGreaterThan(1e-6);
      expect((await loadCheckpoint(out)).contextLength).toBe(2048);
    },
  );

  test("without a tokenizer no logits are compared", async () => {
    const bare = familyFolder(place, "mistral");
    rmSync(path.join(bare, "tokenizer.json"));
    const document = await extendFolder({ model: bare, out: at("bare"), method: "pi", factor: 2 });
    expect(document.text).toBeUndefined();
    expect(document.readBack).toEqual({ rotation: 0 });
  });
});

test("a run is written as a run, with its checkpoint and what it was before", async () => {
  writeExampleRun(at("run"));
  const abc = [file("abc.txt", "abc\ncab\nbca\n".repeat(20))];
  const out = at("run-long");
  const options = { method: "pi", factor: 2, text: abc, compileOptions };
  const document = await extendFolder({ model: at("run"), out, ...options });
  expect(document).toMatchObject({ originalLength: 16, readBy: "relpos" });
  const run = await openRun(out);
  expect(run.model.encoding.id).toBe("rope(base=500,scaling={type=linear,factor=2})");
  expect(run.step).toBe(3);
});

describe("nothing is written", () => {
  const refused = async (
    options: Partial<ExtendFolderOptions> & { surprise?: number },
  ): Promise<string> => {
    const out = options.out ?? at("refused");
    const before = readdirSync(place).sort();
    const error: unknown = await extendFolder({
      ...{ model: llama, out, method: "yarn(fast=8)", factor: 4, text, compileOptions },
      ...options,
    }).then(
      () => "accepted",
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(InputError);
    expect(readdirSync(place).sort()).toEqual(before);
    return (error as Error).message;
  };

  test("into a folder with files; an empty one is used", async () => {
    mkdirSync(at("foreign"));
    file("foreign/mine.txt", "mine");
    expect(await refused({ out: at("foreign") })).toMatch(
      /foreign has files already \(mine\.txt\)/,
    );
    expect(await refused({ out: path.join(text[0]!, "below") })).toMatch(/lies below a file/);
    mkdirSync(at("empty"));
    await extendFolder({ model: llama, out: at("empty"), method: "pi", factor: 2, text });
    expect(existsSync(at("empty/config.json"))).toBe(true);
  });

  test.each([
    [{ factor: 0.5 }, /factor must be a number above 1/],
    [{ method: "spiral" }, /method "spiral" is unknown/],
    [{ model: path.join(place, "gone") }, /gone does not exist/],
    [{ text: [path.join(place, "gone.txt")] }, /gone\.txt does not exist/],
    [{ surprise: 1 }, /option "surprise" does not exist/],
  ])("%j", async (options, message) => {
    expect(await refused(options)).toMatch(message);
  });

  test("of a text that is too short to have a far position", async () => {
    const short = [file("short.txt", wordsOf(513))];
    expect(await refused({ text: short })).toMatch(
      /has 513 tokens, .* of 512: no position of it is far/,
    );
  });

  test("of a folder without weights, and of an encoder-decoder", async () => {
    const empty = familyFolder(place, "qwen2");
    rmSync(path.join(empty, "model.safetensors"));
    expect(await refused({ model: empty })).toMatch(/has no weights/);
    const t5 = familyFolder(place, "qwen3", { model_type: "t5" });
    expect(await refused({ model: t5 })).toMatch(
      /this is T5, an encoder-decoder, .* Give the folder of a decoder/,
    );
  });

  test("when it is stopped, or a file disappears while it is copied", async () => {
    const controller = new AbortController();
    controller.abort();
    const before = readdirSync(place).sort();
    const options = { model: llama, out: at("stopped"), method: "pi", factor: 2, text };
    await expect(extendFolder({ ...options, signal: controller.signal })).rejects.toThrow(/abort/);
    expect(readdirSync(place).sort()).toEqual(before);
  });
});
