/**
 * Do encoder-decoders write in transformers.js what they write in relpos, and do encoders give the same numbers? Called by
 * check-transformers-js.ts.
 *
 * Models: one trained here for each encoding, with the tokenizers byte, char, word and bpe; a checkpoint of each family of the
 * golden file pair-families.json, with larger weights, so that the tokens differ. Of each: two sources of different lengths,
 * each alone, and both at once with padding on either side. No pair of tokens is repeated, or random models would write one token
 * again and again. The text that the pipeline writes for a run must be that of relpos.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { exportModel } from "../src/export/export-model.ts";
import { encodeTexts } from "../src/evaluation/encode-texts.ts";
import { loadEncoder } from "../src/families/load-encoder.ts";
import { loadEncoderDecoder } from "../src/families/load-encoder-decoder.ts";
import { compileTargetGenerator } from "../src/generation/target-generator.ts";
import type { TargetModel } from "../src/generation/target-generator.ts";
import { targetsOf } from "../src/generation/targets-of.ts";
import { textTargets } from "../src/generation/translate.ts";
import type { TextTargetModel } from "../src/generation/source-writer.ts";
import { openPairRun } from "../src/runs/open-pair-run.ts";
import { trainPairRun } from "../src/runs/train-pair-run.ts";
import { familyFolder } from "../test/extension/checkpoint.ts";
import type { FamilyCase } from "../test/families/decoder-logits.ts";
import { livelyFile } from "../test/families/made-weights.ts";
import { readGolden } from "../test/golden/golden.ts";
import type { TransformersJs } from "./transformers-js.ts";

/** What was found of a model. */
export interface PairRow {
  readonly model: string;
  readonly encoding: string;
  /** Tokens that are those of relpos, of each text alone, and of both with padding on a side. */
  readonly alone: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Different tokens among those of each text. */
  readonly different: readonly number[];
  /** Whether the pipeline writes the text of relpos; absent: the model's tokens are no text. */
  readonly text?: boolean;
}

/** How many of the first tokens are equal. */
export function equal(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((id, place) => id !== b[place]);
  return at < 0 ? a.length : at;
}

/** Encodings of encoder, decoder and the attention between them, and the tokenizer. */
const runs = [
  ["rope", "rope", "none", "byte"],
  ["alibi", "alibi", "none", "char"],
  ["t5", "t5", "none", "word"],
  ["sinusoidal", "sinusoidal", "none", "bpe:300"],
  ["learned", "learned", "none", "byte"],
  ["none", "none", "none", "char"],
  ["fire", "cope", "none", "word"],
  ["rope", "alibi", "rope", "bpe:300"],
] as const;

/** The rows of all models. */
export async function pairRows(
  library: TransformersJs,
  place: string,
  tokens: number,
): Promise<PairRow[]> {
  const rows: PairRow[] = [];
  const add = (row: PairRow): void => {
    console.log(JSON.stringify(row));
    rows.push(row);
  };
  const files = pairFiles(place);
  const texts = ["one two three four five", "nine ten one"];
  for (const [encoding, decoderEncoding, crossEncoding, tokenizer] of runs) {
    const name = [encoding, decoderEncoding, crossEncoding].join("-");
    const folder = path.join(place, `pair-${name}`);
    await trainPairRun({
      folder,
      settings: {
        ...{ data: { files }, tokenizer, encoding, decoderEncoding, crossEncoding },
        ...{ width: 32, heads: 4, encoderLayers: 2, decoderLayers: 2, steps: 60, batch: 8 },
        ...{ learningRate: 3e-3, evaluationTokens: 128, shapes: 2 },
      },
    });
    const run = await openPairRun(folder);
    const model = textTargets(run) as TextTargetModel;
    const sources = texts.map((text) => Array.from(model.encodeSource(text)));
    const row = await checked(library, { place, name, folder, model, sources, texts, tokens });
    const written = await library.written(exportedTo(place, name), texts[0]!, tokens);
    const own: string[] = [];
    for await (const { text } of targetsOf(model, [texts[0]!], { maxTokens: tokens }))
      own.push(text);
    add({ model: `trained here, ${tokenizer}`, ...row, text: own[0] === written });
  }
  const known = ["w1 w2 w3 w4 w5 w6 w7", "w9 w8"];
  const { cases } = readGolden("pair-families") as unknown as { cases: readonly FamilyCase[] };
  for (const { name, options } of cases) {
    const folder = familyFolder(place, name, {}, "pair-families");
    writeFileSync(path.join(folder, "model.safetensors"), livelyFile(options.tensors));
    const { targetTokens, ...loaded } = await loadEncoderDecoder(folder);
    const model = { ...loaded, begin: [targetTokens.begin!], endTokens: [] };
    const sources = known.map((text) => Array.from(loaded.tokenizer!.encode(text)));
    const given = { place, name, folder, model, sources, texts: known, tokens };
    add({ model: name, ...(await checked(library, given)) });
  }
  return rows;
}

/** What was found of an encoder. */
export interface EncoderRow {
  readonly model: string;
  readonly encoding: string;
  /** The largest difference from relpos, as a share of the largest number, of two texts at once. */
  readonly error: number;
}

/** The rows of all encoders of the golden file encoder-families.json. */
export async function encoderRows(library: TransformersJs, place: string): Promise<EncoderRow[]> {
  const rows: EncoderRow[] = [];
  const texts = ["w1 w5 w3 w4 w5 w6 w7", "w9 w8"];
  for (const { name } of readGolden("encoder-families").cases) {
    const folder = familyFolder(place, name, {}, "encoder-families");
    const encoder = await loadEncoder(folder);
    const out = exportedTo(place, name);
    const { encoding } = await exportModel({ model: encoder, format: "onnx", out });
    const ids = texts.map((text) => encoder.tokenizer!.encode(text));
    const own = await encodeTexts(encoder, ids);
    const wanted = own.flatMap(({ logits, hidden }) => [...(logits ?? hidden)]);
    const found = await library.encode(out, texts, encoder.head !== undefined);
    const values = found.flatMap((row) => [...row]);
    const scale = Math.max(...wanted.map(Math.abs));
    const differences = wanted.map((value, at) => Math.abs(value - (values[at] ?? NaN)));
    const error = values.length === wanted.length ? Math.max(...differences) / scale : Infinity;
    const row = { model: name, encoding, error: Number(error.toPrecision(2)) };
    console.log(JSON.stringify(row));
    rows.push(row);
  }
  return rows;
}

/** Sentences of number words, and the same words in reverse. */
function pairFiles(place: string): string[] {
  const words = "one two three four five six seven eight nine ten".split(" ");
  const random = (at: number): number => (Math.imul(at + 1, 0x9e3779b1) >>> 16) % words.length;
  const lines = Array.from({ length: 300 }, (_, line) =>
    Array.from({ length: 16 }, (_, at) => words[random((16 * line + at) ** 2)]!),
  );
  return (["source", "target"] as const).map((side) => {
    const file = path.join(place, `${side}.txt`);
    const text = lines.map((line) => (side === "source" ? line : line.toReversed()).join(" "));
    writeFileSync(file, `${text.join("\n")}\n`);
    return file;
  });
}

function exportedTo(place: string, name: string): string {
  return path.join(place, `${name}-pair-onnx`);
}

interface Checked {
  readonly place: string;
  readonly name: string;
  readonly folder: string;
  readonly model: TargetModel;
  readonly sources: readonly (readonly number[])[];
  readonly texts: readonly string[];
  readonly tokens: number;
}

async function checked(
  library: TransformersJs,
  { place, name, folder, model, sources, texts, tokens }: Checked,
): Promise<Omit<PairRow, "model">> {
  const out = exportedTo(place, name);
  const { encoding } = await exportModel({ model: folder, format: "onnx", out });
  const generator = compileTargetGenerator({ ...model, tokenizer: undefined, endTokens: [] });
  const expected: number[][] = sources.map(() => []);
  for await (const { row, ids } of generator.generate(sources, {
    ...{ maxTokens: tokens, noRepeatNgram: 2 },
  }))
    expected[row]!.push(...ids);
  await generator.dispose();
  const opened = await library.openPair(out, "encodeSource" in model);
  const compared = async (given: readonly string[], side: "left" | "right"): Promise<number[]> => {
    const found = await opened.generate(given, tokens, side);
    return found.map((ids, row) => equal(expected[texts.indexOf(given[row]!)]!, ids));
  };
  const alone: number[] = [];
  for (const text of texts) alone.push(...(await compared([text], "right")));
  const [left, right] = [await compared(texts, "left"), await compared(texts, "right")];
  await opened.dispose();
  const different = expected.map((ids) => new Set(ids).size);
  return { encoding, alone, left, right, different };
}
