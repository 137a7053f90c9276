/**
 * Does transformers.js generate from exported folders what relpos generates?
 *
 *     node oracle/check-transformers-js.ts FOLDER [--write]
 *
 * FOLDER is where `npm install @huggingface/transformers@4.3.1` was run. Each model is exported, opened there with its
 * tokenizer and no option but its place, and continues two texts of different lengths greedily: each alone, and both at
 * once, where the shorter is padded on the left. All must give the 64 tokens that relpos gives. Models: one trained here
 * for each encoding, with the tokenizers byte, char, word and a file; a checkpoint of each family of the golden file
 * families.json. Encoder-decoders and encoders are checked by pairs-in-transformers-js.ts. `--write` records the result in
 * docs/make/transformers-js.json.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportModel } from "../src/export/export-model.ts";
import { openDecoder } from "../src/runs/open-decoder.ts";
import { compileGenerator } from "../src/generation/generator.ts";
import { promptIds } from "../src/generation/prompt-ids.ts";
import { trainRun } from "../src/runs/train-run.ts";
import { trainTokenizer } from "../src/data/train-tokenizer-file.ts";
import { familyFolder } from "../test/extension/checkpoint.ts";
import { encoderRows, equal, pairRows } from "./pairs-in-transformers-js.ts";
import type { EncoderRow, PairRow } from "./pairs-in-transformers-js.ts";
import { loadTransformersJs } from "./transformers-js.ts";

const [installed, write] = process.argv.slice(2);
if (installed === undefined) throw new Error("name the folder where transformers.js is installed");
const library = await loadTransformersJs(installed);
const place = mkdtempSync(path.join(tmpdir(), "relpos-transformers-js-"));
const tokens = 64;
const encodings = ["rope", "alibi", "t5", "fire", "learned", "sinusoidal", "cope", "none"];
const families = JSON.parse(
  readFileSync(new URL("../test/golden/families.json", import.meta.url), "utf8"),
) as { readonly cases: readonly { readonly name: string }[] };

interface Row {
  readonly model: string;
  readonly encoding: string;
  /** Tokens that are those of relpos, of each text alone and of both at once: 64 each. */
  readonly alone: readonly number[];
  readonly padded: readonly number[];
  /** Different tokens among those of each text. */
  readonly different: readonly number[];
}

async function check(name: string, folder: string, texts: readonly string[]): Promise<Row> {
  const source = await openDecoder({ folder });
  const out = path.join(place, `${name.replace(/[^\w.]+/g, "-")}-onnx`);
  const { encoding } = await exportModel({ model: source, format: "onnx", out });
  const generator = compileGenerator(source);
  const expected: number[][] = texts.map(() => []);
  const prompts = promptIds(texts, source.tokenizer, []);
  for await (const { row, ids } of generator.generate(prompts, { maxTokens: tokens }))
    expected[row]!.push(...ids);
  await generator.dispose();
  const opened = await library.open(out);
  const alone: number[] = [];
  for (const [row, text] of texts.entries()) {
    const [found] = await opened.generate([text], tokens);
    alone.push(equal(expected[row]!, found!));
  }
  const both = await opened.generate(texts, tokens);
  await opened.dispose();
  const padded = both.map((found, row) => equal(expected[row]!, found));
  const different = expected.map((ids) => new Set(ids).size);
  const result = { model: name, encoding, alone, padded, different };
  console.log(JSON.stringify(result));
  return result;
}

const rows: Row[] = [];
const pairs: PairRow[] = [];
const encoders: EncoderRow[] = [];
try {
  encoders.push(...(await encoderRows(library, place)));
  pairs.push(...(await pairRows(library, place, tokens)));
  const corpus = path.join(place, "text.txt");
  const words = "one two three four five six seven eight nine ten".split(" ");
  const random = (at: number): number => (Math.imul(at + 1, 0x9e3779b1) >>> 16) % words.length;
  const lines = Array.from({ length: 700 }, (_, line) =>
    Array.from({ length: 9 }, (_, at) => words[random((9 * line + at) ** 2)]!).join(" "),
  );
  writeFileSync(corpus, lines.join("\n"));
  const file = path.join(place, "tokenizer.json");
  await trainTokenizer({ corpus: { text: [corpus] }, out: file, settings: { vocab: 300 } });
  const texts = ["one two three four five", "nine ten one"];
  const kinds = ["byte", "char", "word", file];
  for (const [at, encoding] of encodings.entries()) {
    const folder = path.join(place, `run-${encoding}`);
    const tokenizer = kinds[at % kinds.length]!;
    await trainRun({
      folder,
      settings: {
        ...{ corpus: { text: [corpus] }, tokenizer, encoding, length: 128, steps: 60, batch: 4 },
        ...{ width: 32, heads: 4, layers: 2, learningRate: 3e-3, evaluationTokens: 128 },
      },
    });
    const kind = path.isAbsolute(tokenizer) ? "tokenizer.json" : tokenizer;
    rows.push(await check(`trained here, ${kind}, ${encoding}`, folder, texts));
  }
  const known = ["w1 w2 w3 w4 w5 w6 w7", "w9 w8"];
  for (const { name } of families.cases) {
    const folder = familyFolder(place, name);
    rows.push(await check(name, folder, known));
  }
} finally {
  rmSync(place, { recursive: true });
}
const all = [
  ...rows.map(({ alone, padded }) => [...alone, ...padded]),
  ...pairs.map(({ alone, left, right, text }) => [
    ...[...alone, ...left, ...right],
    text === false ? 0 : tokens,
  ]),
];
const wrong = encoders.filter(({ error }) => !(error < 1e-5));
console.log(
  `${encoders.length - wrong.length} of ${encoders.length} encoders give the same numbers`,
);
const failed = all.filter((counts) => counts.some((count) => count !== tokens));
console.log(`${all.length - failed.length} of ${all.length} models give the same ${tokens} tokens`);
if (write === "--write") {
  const file = new URL("../docs/make/transformers-js.json", import.meta.url);
  writeFileSync(
    file,
    `${JSON.stringify({ version: library.version, tokens, rows, pairs, encoders }, null, 1)}\n`,
  );
}
process.exitCode = failed.length + wrong.length > 0 ? 1 : 0;
