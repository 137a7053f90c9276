/** `relpos export`, and the commands of docs/export.md. */
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { read } from "../documents/documents.ts";
import { familyFolder } from "../extension/checkpoint.ts";
import { exampleRun, writeExampleRun } from "../runs/example-run.ts";
import { Hold } from "./hold.ts";
import { relpos, start, workplace } from "./relpos.ts";

const { folder, remove } = workplace("export");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
for (const name of ["models", "runs"]) mkdirSync(at(name));
renameSync(familyFolder(folder, "llama"), at("models/llama"));
renameSync(familyFolder(folder, "t5", {}, "pair-families"), at("models/t5"));
renameSync(familyFolder(folder, "bert", {}, "encoder-families"), at("models/bert"));
writeExampleRun(at("runs/book"));
beforeAll(async () => {
  const sizes = ["--width", "16", "--heads", "2", "--encoder-layers", "1", "--decoder-layers", "1"];
  const data = ["--task", "translate", "--data", "dates(train=12,test=4)", "--tokenizer", "byte"];
  const train = ["train", ...data, ...sizes, "--batch", "4", "--steps", "2", "--threads", "1"];
  const { code, stderr } = await relpos(...train, "--out", at("runs/de-en"));
  expect(code, stderr).toBe(0);
});
const { text: page } = read("docs/export.md");

test("the commands of the guide write what it says", async () => {
  const commands = [...page.matchAll(/^npx relpos (.+)$/gm)].map(([, command]) => command!);
  expect(commands).toHaveLength(10);
  for (const command of commands) {
    const words = command
      .split(" ")
      .map((word) => (/^(models|runs)\//.test(word) ? at(word) : word));
    const { code, stdout, stderr } = await relpos(...words);
    expect([code, stderr], command).toEqual([0, ""]);
    const onnx = command.includes("onnx");
    const pair = /t5|de-en/.test(command);
    const [, type = "float32"] = /--dtype (\w+)/.exec(command) ?? [];
    const suffix = { float16: "_fp16", int4: "_q4" }[type] ?? "";
    const file = `onnx/${pair ? "decoder_model_merged" : "model"}${suffix}.onnx`;
    expect(stdout).toMatch(new RegExp(`${onnx ? file : "model.safetensors"} +\\d`));
    expect(stdout).toContain(`in ${type}`);
    expect(existsSync(path.join(words.at(-1)!, "tokenizer_config.json"))).toBe(true);
  }
});

test("a call that is killed between the two models leaves nothing that the next one does not remove", async () => {
  const out = at("killed");
  const words = ["export", "--model", at("models/t5"), "--format", "onnx", "--out", out];
  const hold = new Hold(at("hold"), {
    ...({ at: "replace", name: "decoder_model_merged.onnx" } as const),
    count: 1,
  });
  const { child, outcome } = start(words, { env: hold.env });
  await hold.held();
  child.kill("SIGKILL");
  await outcome;
  expect(existsSync(out)).toBe(false);
  const left = readdirSync(folder).filter((name) => name.includes("killed"));
  expect(left).toHaveLength(1);
  const { code, stderr } = await relpos(...words);
  expect([code, stderr]).toEqual([0, ""]);
  expect(readdirSync(path.join(out, "onnx"))).toHaveLength(2);
  expect(readdirSync(folder).filter((name) => name.includes("killed"))).toEqual(["killed"]);
}, 60_000);

test("--json prints the files", async () => {
  const out = at("json");
  const { stdout } = await relpos(
    ...["export", "--model", at("runs/book"), "--format", "huggingface", "--out", out, "--json"],
  );
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ format: "huggingface", family: "GPT-NeoX", dtype: "float32", encoding: "rope(base=500)" },
    files: [{ name: "config.json" }, { name: "model.safetensors" }, {}, {}],
  });
});

describe("refused in one sentence, and nothing is written", () => {
  mkdirSync(at("runs/untrained"));
  writeFileSync(at("runs/untrained/run.json"), JSON.stringify(exampleRun));

  test.each<[string, readonly string[], RegExp]>([
    ["runs/book", ["--format", "gguf"], /format "gguf" is unknown\. Known: onnx, huggingface\./],
    [
      "runs/book",
      ["--format", "onnx", "--dtype", "bfloat16"],
      /onnx are float32, float16, int8, int4, got bfloat16/,
    ],
    [
      "runs/book",
      ["--format", "huggingface", "--dtype", "int8"],
      /huggingface are float32, float16, bfloat16, got int8/,
    ],
    ["runs/book", ["--format", "huggingface", "--dtype", "f16"], /dtype "f16" is unknown/],
    ["runs/book", ["--format", "onnx", "--trial", "rope-1"], /has no trials/],
    ["runs/untrained", ["--format", "onnx"], /checkpoint/],
    ["runs/gone", ["--format", "onnx"], /does not exist/],
    ["models/llama", ["--format", "onnx", "--out", "INSIDE"], /is inside the model's folder/],
    ["models/llama", ["--format", "onnx", "--out", "/proc/model"], /cannot write/],
  ])("%s %j", async (model, options, message) => {
    const before = readdirSync(folder, { recursive: true }).sort();
    const given = options.map((word) => (word === "INSIDE" ? at("models/llama/onnx") : word));
    const out = options.includes("--out") ? [] : ["--out", at("refused")];
    const { code, stdout, stderr } = await relpos("export", "--model", at(model), ...given, ...out);
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
  });
});
