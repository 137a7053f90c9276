/** Folders of exported models: whole, with their tokenizers, or not there. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError, RunError } from "../../src/errors.ts";
import { exportModel } from "../../src/export/export-model.ts";
import type { ExportOptions } from "../../src/export/export-model.ts";
import { quantised } from "../../src/model/quantised-model.ts";
import { familyFolder } from "../extension/checkpoint.ts";
import { livelyModel } from "../generation/trained-model.ts";
import { exampleCheckpoint, exampleRun, writeExampleRun } from "../runs/example-run.ts";
import { OnnxSession } from "./onnx-session.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-export-"));
afterAll(() => rmSync(place, { recursive: true }));
const at = (...names: string[]): string => path.join(place, ...names);
const parsed = (...names: string[]): Record<string, unknown> =>
  JSON.parse(readFileSync(at(...names), "utf8")) as Record<string, unknown>;
writeExampleRun(at("run"));
const llama = familyFolder(place, "llama");

test("a run has a model, its tokenizer with a token of padding, and what programs read of both", async () => {
  const exported = await exportModel({ model: at("run"), format: "onnx", out: at("onnx") });
  expect(exported).toMatchObject({ format: "onnx", encoding: "rope(base=500)", tokenizer: true });
  expect(exported.files.map(({ name }) => name)).toEqual([
    ...["config.json", "generation_config.json", "onnx/model.onnx"],
    ...["tokenizer.json", "tokenizer_config.json"],
  ]);
  expect(readdirSync(at("onnx"), { recursive: true })).toHaveLength(6);
  expect(parsed("onnx", "config.json")).toMatchObject({
    ...{ model_type: "llama", vocab_size: 4, num_hidden_layers: 1, pad_token_id: 4 },
    "transformers.js_config": { dtype: "fp32" },
  });
  expect(parsed("onnx", "generation_config.json")).toEqual({ do_sample: false, pad_token_id: 4 });
  expect(parsed("onnx", "tokenizer_config.json")).toMatchObject({ pad_token: "<|padding|>" });
  const session = await OnnxSession.open(at("onnx", "onnx", "model.onnx"));
  expect(session.inputs).toEqual({
    input_ids: ["batch_size", "sequence_length"],
    attention_mask: ["batch_size", "total_sequence_length"],
    "past_key_values.0.key": ["batch_size", 2, "past_sequence_length", 4],
    "past_key_values.0.value": ["batch_size", 2, "past_sequence_length", 4],
  });
  await session.release();
});

test("a pretrained model keeps its tokenizer and the ids that end its texts", async () => {
  writeFileSync(path.join(llama, "generation_config.json"), '{"eos_token_id":[2,999],"top_p":0.9}');
  writeFileSync(path.join(llama, "chat_template.jinja"), "{{ messages }}");
  const out = at("llama-onnx");
  const exported = await exportModel({ model: llama, format: "onnx", out });
  expect(exported).toMatchObject({ family: "Llama", encoding: "rope" });
  expect(parsed("llama-onnx", "config.json")).toMatchObject({
    ...{ model_type: "llama", head_dim: 6, max_position_embeddings: 512, eos_token_id: [2, 999] },
  });
  expect(parsed("llama-onnx", "generation_config.json")).toMatchObject({ top_p: 0.9 });
  for (const name of ["tokenizer.json", "chat_template.jinja"])
    expect(readFileSync(path.join(out, name))).toEqual(readFileSync(path.join(llama, name)));
  expect(existsSync(path.join(out, "tokenizer_config.json"))).toBe(true);
});

test("a run that goes on from a model keeps its longer texts and the ids that end them", async () => {
  const source = { path: "models/llama", files: [], encodingLength: 64, endTokens: [2, 3] };
  const configuration = { ...exampleRun, source };
  const model = { ...livelyModel("rope"), configuration };
  await exportModel({ model, format: "onnx", out: at("further") });
  expect(parsed("further", "config.json")).toMatchObject({
    ...{ max_position_embeddings: 64, eos_token_id: [2, 3] },
  });
});

test("many weights are in a file beside the model, which gives the same logits", async () => {
  const model = livelyModel("alibi");
  const logits = async (folder: string, externalBytes: number): Promise<Float32Array> => {
    await exportModel({ model, format: "onnx", out: at(folder), externalBytes });
    const session = await OnnxSession.open(at(folder, "onnx", "model.onnx"));
    const called = await session.call([[1, 2, 3]], [[1, 1, 1]]);
    await session.release();
    return called.logits[0]![2]!;
  };
  const whole = await logits("whole", 2 ** 30);
  expect(await logits("apart", 0)).toEqual(whole);
  expect(readdirSync(at("apart", "onnx")).sort()).toEqual(["model.onnx", "model.onnx_data"]);
  expect(parsed("apart", "config.json")["transformers.js_config"]).toEqual({
    ...{ dtype: "fp32", use_external_data_format: { "model.onnx": 1 } },
  });
});

test.each([
  ["float16", "fp16", "model_fp16.onnx"],
  ["int8", "q8", "model_quantized.onnx"],
  ["int4", "q4", "model_q4.onnx"],
] as const)("weights in %s", async (dtype, named, file) => {
  const model = livelyModel("rope");
  const out = at(dtype);
  const exported = await exportModel({ model, format: "onnx", dtype, out, externalBytes: 0 });
  expect(exported).toMatchObject({ dtype, encoding: "rope" });
  expect(readdirSync(at(dtype, "onnx"))).toContain(file);
  expect(existsSync(at(dtype, "onnx", `${file}_data`))).toBe(true);
  expect(parsed(dtype, "config.json")["transformers.js_config"]).toEqual({
    ...{ dtype: named, use_external_data_format: { [file]: 1 } },
  });
  const session = await OnnxSession.open(at(dtype, "onnx", file));
  expect((await session.call([[1, 2]], [[1, 1]])).logits[0]).toHaveLength(2);
  await session.release();
});

test.each(["onnx", "huggingface"] as const)("quantised weights are no %s", async (format) => {
  const model = quantised(livelyModel("rope"), "int8");
  const exporting = exportModel({ model, format, out: at("few-bits") });
  await expect(exporting).rejects.toThrow(
    /the weights are quantised, and again .* the dtype int8 or int4/,
  );
  expect(existsSync(at("few-bits"))).toBe(false);
});

describe("nothing is written", () => {
  const refused = async (options: Readonly<Record<string, unknown>>): Promise<string> => {
    const before = readdirSync(place, { recursive: true }).sort();
    const given = { model: at("run"), format: "onnx", out: at("refused"), ...options };
    const error: unknown = await exportModel(given as ExportOptions).then(
      () => "accepted",
      (error: unknown) => error,
    );
    expect(error instanceof InputError || error instanceof RunError, String(error)).toBe(true);
    expect(readdirSync(place, { recursive: true }).sort()).toEqual(before);
    return (error as Error).message;
  };

  test.each([
    ["an unknown format", { format: "gguf" }, 'format "gguf" is unknown. Known: onnx'],
    ["an unknown option", { quantised: true }, "quantised"],
    ["a folder that is not there", { model: at("gone") }, "does not exist"],
    ["a folder with files", { out: at("run") }, "has files already"],
    [
      "a place in the model's folder",
      { out: at("run", "sub", "onnx") },
      "inside the model's folder",
    ],
    ["a trial of a run", { trial: "rope-1" }, "has no trials"],
    ["a trial of a pretrained model", { model: llama, trial: "rope-1" }, "Leave the trial out"],
    ["a limit that is no number", { externalBytes: -1 }, "must be a number of 0 or more"],
  ])("%s", async (_, options, message) => {
    expect(await refused(options)).toContain(message);
  });

  test("a place in the model's folder behind a link", async () => {
    symlinkSync(at("run"), at("link"));
    expect(await refused({ out: at("link", "onnx") })).toContain("inside the model's folder");
  });

  test("a run that has no weights yet, and a damaged checkpoint", async () => {
    mkdirSync(at("untrained"));
    writeFileSync(at("untrained", "run.json"), JSON.stringify(exampleRun));
    expect(await refused({ model: at("untrained") })).toMatch(/checkpoint/);
    const damaged = familyFolder(place, "mistral");
    writeFileSync(path.join(damaged, "model.safetensors"), "x");
    expect(await refused({ model: damaged })).toMatch(/model\.safetensors/);
  });

  test.each(["onnx", "huggingface"])("a weight that is NaN or infinite, as %s", async (format) => {
    for (const wrong of [NaN, Infinity]) {
      const checkpoint = exampleCheckpoint(exampleRun);
      const [, gain] = [...checkpoint.tensors].find(([name]) => name.includes("norm"))!;
      gain.data[1] = wrong;
      const run = at(`run-${wrong}-${format}`);
      writeExampleRun(run, exampleRun, checkpoint);
      expect(await refused({ model: run, format })).toMatch(
        new RegExp(
          `checkpoint\\.safetensors: the parameter \\S*norm\\S* has ${wrong} at \\[1\\], which`,
        ),
      );
      const model = livelyModel("rope");
      model.weights.get("tokens.weight")!.data[3] = -wrong;
      expect(await refused({ model, format })).toMatch(
        new RegExp(`export: the parameter tokens\\.weight has ${-wrong} at \\[0, 3\\]`),
      );
    }
  });

  test.each([
    ["randomized", "draws the positions"],
    ["abacus(digits=[1,2,3,4,5,6,7,8,9,10],maxOffset=1)", "reads the ids of earlier tokens"],
    ["fox", "needs more numbers of each token (gates)"],
    ["path", "needs more numbers of each token"],
    ["layers(rope,fox)", "gates"],
  ])("%s", async (encoding, reason) => {
    const message = await refused({ model: livelyModel(encoding) });
    expect(message).toContain("keeps of earlier tokens their keys and values alone");
    expect(message).toContain(reason);
  });

  test("a signal that stops it", async () => {
    const signal = AbortSignal.abort();
    const out = at("stopped");
    await expect(exportModel({ model: at("run"), format: "onnx", out, signal })).rejects.toThrow();
    expect(existsSync(out)).toBe(false);
  });
});
