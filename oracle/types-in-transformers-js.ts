/**
 * Does transformers.js generate from weights in few bytes what it should?
 *
 *     node oracle/types-in-transformers-js.ts FOLDER
 *
 * FOLDER is where `npm install @huggingface/transformers@4.3.1` was run. A run that is trained here, of 1.9 million parameters,
 * and a checkpoint of Llama are exported in each type of the format onnx, opened there with no option but their place, and
 * continue two texts greedily by 64 tokens, both at once. Relpos generates with float32 weights that were rounded to float16,
 * and with those of `quantised`. A checkpoint of T5 is exported in float16, and in float32 with weights that were rounded:
 * transformers.js must generate the same from both.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportModel } from "../src/export/export-model.ts";
import { openDecoder } from "../src/runs/open-decoder.ts";
import type { OnnxType } from "../src/export/formats.ts";
import { typesOfFormat } from "../src/export/formats.ts";
import { compileGenerator } from "../src/generation/generator.ts";
import type { TextModel } from "../src/generation/generator.ts";
import { promptIds } from "../src/generation/prompt-ids.ts";
import { loadEncoderDecoder } from "../src/families/load-encoder-decoder.ts";
import { quantised } from "../src/model/quantised-model.ts";
import type { Weights } from "../src/parameters/weights.ts";
import { trainRun } from "../src/runs/train-run.ts";
import { familyFolder } from "../test/extension/checkpoint.ts";
import { loadTransformersJs } from "./transformers-js.ts";

const [installed] = process.argv.slice(2);
if (installed === undefined) throw new Error("name the folder where transformers.js is installed");
const library = await loadTransformersJs(installed);
const place = mkdtempSync(path.join(tmpdir(), "relpos-transformers-js-"));
const tokens = 64;

/** JavaScript's own rounding, which TypeScript does not know yet. */
const { f16round } = Math as unknown as { f16round: (value: number) => number };

/** The model whose numbers the exported one has. */
function withNumbersOf<Model extends TextModel>(model: Model, type: OnnxType): Model {
  if (type === "float32") return model;
  if (type !== "float16") return quantised(model, type);
  return { ...model, weights: roundedOf(model.weights) };
}

function roundedOf(weights: Weights): Weights {
  return new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data, f16round) },
    ]),
  );
}

async function check(name: string, folder: string, texts: readonly string[]): Promise<boolean> {
  const source = await openDecoder({ folder });
  let same = true;
  for (const type of typesOfFormat.onnx) {
    const out = path.join(place, `${path.basename(folder)}-${type}`);
    const { files } = await exportModel({ model: source, format: "onnx", dtype: type, out });
    const generator = compileGenerator(withNumbersOf(source, type));
    const expected: number[][] = texts.map(() => []);
    const prompts = promptIds(texts, source.tokenizer, []);
    for await (const { row, ids } of generator.generate(prompts, { maxTokens: tokens }))
      expected[row]!.push(...ids);
    await generator.dispose();
    const opened = await library.open(out);
    const found = await opened.generate(texts, tokens);
    await opened.dispose();
    const equal = found.map((ids, row) => ids.filter((id, at) => id === expected[row]![at]).length);
    const bytes = files.find(({ name: file }) => file.endsWith(".onnx"))!.bytes;
    const different = expected.map((ids) => new Set(ids).size);
    console.log(JSON.stringify({ model: name, type, bytes, equal, different }));
    same &&= equal.every((count) => count === tokens);
  }
  return same;
}

async function checkPair(folder: string, texts: readonly string[]): Promise<boolean> {
  const source = await loadEncoderDecoder(folder);
  const tokensOf = async (dtype: "float32" | "float16"): Promise<number[][]> => {
    const model = dtype === "float16" ? source : { ...source, weights: roundedOf(source.weights) };
    const out = path.join(place, `${path.basename(folder)}-${dtype}`);
    await exportModel({ model, format: "onnx", dtype, out });
    const opened = await library.openPair(out, true);
    const found = await opened.generate(texts, tokens, "right");
    await opened.dispose();
    return found;
  };
  const [expected, found] = [await tokensOf("float32"), await tokensOf("float16")];
  const equal = found.map((ids, row) => ids.filter((id, at) => id === expected[row]![at]).length);
  const counts = expected.map((ids) => ids.length);
  const different = expected.map((ids) => new Set(ids).size);
  console.log(JSON.stringify({ model: "t5", type: "float16", equal, of: counts, different }));
  return equal.every((count, row) => count === counts[row]);
}

try {
  const run = path.join(place, "run");
  await trainRun({
    folder: run,
    settings: {
      ...{ encoding: "rope", length: 64, steps: 60, batch: 8, width: 192, heads: 4, layers: 4 },
      ...{ learningRate: 2e-3, evaluationTokens: 128 },
    },
  });
  const results = [
    await check("trained here", run, ["Call me Ishmael. Some", "The sea"]),
    await checkPair(familyFolder(place, "t5", {}, "pair-families"), [
      "w1 w2 w3 w4 w5 w6 w7",
      "w9 w8",
    ]),
    await check("llama", familyFolder(place, "llama"), ["w1 w2 w3 w4 w5 w6 w7", "w9 w8"]),
  ];
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  rmSync(place, { recursive: true });
}
