/**
 * Writes exported folders with the logits that relpos gives, for `check_exports.py`:
 *
 *     node oracle/write-exports.ts FOLDER && python oracle/check_exports.py FOLDER
 *
 * Checkpoints of all families of the golden file families.json, some extended to longer texts, and models with random
 * weights as `relpos train` makes them, each in both formats where it has both. Encoder-decoders are made by
 * write-pair-exports.ts. Encoders are those of encoder-families.json.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exportModel } from "../src/export/export-model.ts";
import { openExportable } from "../src/export/open-exportable.ts";
import { isPair } from "../src/export/export-source.ts";
import type { Exportable, ExportableDecoder } from "../src/export/export-source.ts";
import { extendFolder } from "../src/extension/extend-folder.ts";
import { textLogits } from "../src/extension/text-logits.ts";
import { encodingById } from "../src/encodings/index.ts";
import { transformerConfig } from "../src/model/config.ts";
import type { TransformerOptions } from "../src/model/config.ts";
import { languageModel } from "../src/model/transformer.ts";
import type { ModelRun } from "../src/runs/run-document.ts";
import "../src/runtime/node.ts";
import { loadEncoder } from "../src/families/load-encoder.ts";
import type { LoadedEncoder } from "../src/families/load-encoder.ts";
import { encodeTexts } from "../src/evaluation/encode-texts.ts";
import { readGolden } from "../test/golden/golden.ts";
import { pairModels, writePair } from "./write-pair-exports.ts";
import { familyFolder, wordsOf } from "../test/extension/checkpoint.ts";
import { madeWeights } from "../test/families/made-weights.ts";

const [place] = process.argv.slice(2);
if (place === undefined) throw new Error("name the folder to write to");
rmSync(place, { recursive: true, force: true });
mkdirSync(place, { recursive: true });
const length = 24;
const tokens = Int32Array.from({ length: length + 1 }, (_, at) => (7 * at * at + at) % 53);
const listed: object[] = [];

async function write(name: string, source: Exportable): Promise<void> {
  if (isPair(source)) return void listed.push(...(await writePair(place!, name, source)));
  const positions = Array.from({ length }, (_, at) => at);
  const rows = await textLogits(source, { name, tokens, positions }, {});
  for (const format of ["huggingface", "onnx"] as const) {
    const out = path.join(place!, `${name}-${format}`);
    const refused = await exportModel({ model: source, format, out }).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    const logits = rows.map((row) => Array.from(row));
    listed.push({
      name,
      format,
      folder: out,
      refused,
      tokens: Array.from(tokens.slice(0, -1)),
      logits,
    });
    if (refused !== undefined) console.log(`${name}, ${format}: ${refused}`);
  }
}

async function writeEncoder(
  folder: string,
  name: string,
  encoder: LoadedEncoder,
): Promise<object[]> {
  const text = Array.from({ length: 21 }, (_, at) => 4 + ((7 * at * at + at) % 49));
  const [found] = await encodeTexts(encoder, [text]);
  const [values, width] = found!.logits
    ? [found!.logits, encoder.model.config.vocab]
    : [found!.hidden, encoder.model.config.model];
  const logits = text.map((_, at) => Array.from(values.slice(at * width, (at + 1) * width)));
  const written: object[] = [];
  for (const format of ["huggingface", "onnx"] as const) {
    const out = path.join(folder, `${name}-${format}`);
    await exportModel({ model: encoder, format, out });
    written.push({ name, format, folder: out, text, head: encoder.head !== undefined, logits });
  }
  return written;
}

function run(encoding: string, options: Partial<TransformerOptions>): ExportableDecoder {
  const sizes = { vocab: 53, model: 24, heads: 4, layers: 2, hidden: 96 };
  const config = transformerConfig({ ...sizes, ...options });
  const model = languageModel(config, encodingById(encoding), 64);
  const weights = new Map(
    model.parameters.specs.map(({ name, shape }) => [
      name,
      { shape, data: madeWeights([name, shape]) },
    ]),
  );
  const configuration = { encoding: { id: encoding }, trainLength: 64 } as unknown as ModelRun;
  return { model, weights, configuration };
}

const { cases } = JSON.parse(
  readFileSync(new URL("../test/golden/families.json", import.meta.url), "utf8"),
) as { readonly cases: readonly { readonly name: string }[] };
for (const { name } of cases)
  await write(name, await openExportable({ folder: familyFolder(place, name) }));

const text = path.join(place, "text.txt");
writeFileSync(text, wordsOf(700));
for (const [family, method] of [
  ["llama", "yarn(fast=8)"],
  ["qwen2", "pi"],
  ["gpt-neox", "pi"],
  ["gemma3", "pi"],
  ["llama", "log-n"],
] as const) {
  const out = path.join(place, `extended-${family}-${method.replace(/\W.*/, "")}`);
  const model = familyFolder(place, family);
  await extendFolder({ model, out, method, factor: 4, text: [text] });
  await write(path.basename(out), await openExportable({ folder: out }));
}

const llama = { norm: "rms", activation: "swiglu", bias: false } as const;
const runs: readonly (readonly [string, string, Partial<TransformerOptions>])[] = [
  ["run-rope", "rope", {}],
  ["run-rope-plain", "rope", { bias: false }],
  ["run-rope-tied", "rope(base=500,rotated=2)", { tiedHead: true, form: "parallel-two" }],
  ["run-rope-llama", "rope(base=500)", { ...llama, keyValueHeads: 2 }],
  ["run-rope-llama-biased", "rope", { ...llama, bias: true, headDim: 8, tiedHead: true }],
  ["run-rope-pi", "rope(scaling={type=linear,factor=2})", llama],
  ["run-rope-phi", "rope(rotated=4)", { form: "parallel", keyValueHeads: 2 }],
  [
    "run-rope-gptj",
    "rope(layout=interleaved)",
    { form: "parallel", activation: "gelu-tanh", bias: false },
  ],
  ["run-rope-falcon", "rope", { keyValueHeads: 1 }],
  ["run-rope-rms", "rope", { norm: "rms" }],
  ["run-rope-swiglu", "rope", { activation: "swiglu" }],
  ["run-alibi", "alibi", {}],
  ["run-alibi-mpt", "alibi", { bias: false }],
  ["run-alibi-mpt-heads", "alibi", { bias: false, heads: 6, tiedHead: true }],
  ["run-learned", "learned", {}],
  ["run-learned-plain", "learned", { bias: false, tiedHead: true, activation: "relu" }],
  ["run-none", "none", {}],
  ["run-none-llama", "none", llama],
  ["run-t5", "t5", {}],
  ["run-fire", "fire", {}],
  ["run-cope", "cope", {}],
  ["run-sinusoidal", "sinusoidal", {}],
];
for (const [name, encoding, options] of runs) await write(name, run(encoding, options));
for (const [name, source] of await pairModels(place)) await write(name, source);
for (const { name } of readGolden("encoder-families").cases) {
  const folder = familyFolder(place, name, {}, "encoder-families");
  listed.push(...(await writeEncoder(place, name, await loadEncoder(folder))));
}
writeFileSync(path.join(place, "exports.json"), JSON.stringify(listed));
console.log(`${listed.length} exports`);
