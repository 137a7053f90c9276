/** Encoder-decoders for write-exports.ts: checkpoints of all families, and models as `relpos train --task` makes them. */
import path from "node:path";
import { pairSymbols } from "../src/data/pairs/pair-tokens.ts";
import { tokenizerFrom } from "../src/data/tokenizers.ts";
import { exportModel } from "../src/export/export-model.ts";
import type { Exportable, ExportablePair } from "../src/export/export-source.ts";
import { openExportable } from "../src/export/open-exportable.ts";
import { encodingById } from "../src/encodings/index.ts";
import { forwardPair } from "../src/model/encode-decode.ts";
import { encoderDecoderConfig } from "../src/model/encoder-decoder-config.ts";
import type { EncoderDecoderOptions } from "../src/model/encoder-decoder-config.ts";
import { encoderDecoder } from "../src/model/encoder-decoder.ts";
import { input } from "../src/operators/source.ts";
import { compile } from "../src/runtime/node.ts";
import { familyFolder } from "../test/extension/checkpoint.ts";
import { madeWeights } from "../test/families/made-weights.ts";
import { readGolden } from "../test/golden/golden.ts";
import { positionsFrom } from "../test/model/small-model.ts";

const source = Array.from({ length: 19 }, (_, at) => (7 * at * at + at) % 53);
const target = Array.from({ length: 11 }, (_, at) => (5 * at * at + 3 * at) % 53);

async function logitsOf({ model, weights }: ExportablePair): Promise<number[][]> {
  const ids = (name: string, { length }: readonly number[]) => input(name, [1, length], "int32");
  const [read, written] = [ids("source", source), ids("target", target)];
  const { logits } = forwardPair(model, {
    source: { tokens: read, positions: positionsFrom(0, source.length) },
    target: { tokens: written, positions: positionsFrom(0, target.length) },
  });
  const inputs = [read, written, ...model.parameters.tensors];
  const program = await compile({ inputs, outputs: { logits } }, { threads: 1 });
  const feed = (values: readonly number[]) => ({
    shape: [1, values.length],
    data: Int32Array.from(values),
  });
  const feeds = { source: feed(source), target: feed(target) };
  const result = await program.run({ ...Object.fromEntries(weights), ...feeds });
  await program.dispose();
  const data = Array.from(result["logits"]!.data);
  return target.map((_, at) => data.slice(at * 53, (at + 1) * 53));
}

/** Writes a model in both formats, and tells what is to be found there. */
export async function writePair(
  place: string,
  name: string,
  model: ExportablePair,
): Promise<object[]> {
  const logits = await logitsOf(model);
  const listed: object[] = [];
  for (const format of ["huggingface", "onnx"] as const) {
    const out = path.join(place, `${name}-${format}`);
    const refused = await exportModel({ model, format, out }).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    listed.push({ name, format, folder: out, refused, source, target, logits });
    if (refused !== undefined) console.log(`${name}, ${format}: ${refused}`);
  }
  return listed;
}

type Options = Partial<EncoderDecoderOptions>;

function run(encoding: string, options: Options, decoderEncoding = encoding): ExportablePair {
  const sizes = { vocab: 53, model: 24, heads: 4, encoderLayers: 2, decoderLayers: 3, hidden: 40 };
  const config = encoderDecoderConfig({ ...sizes, tiedHead: true, ...options });
  const [encoder, decoder] = [encoding, decoderEncoding].map((id) => ({
    definition: encodingById(id),
  }));
  const parts = { sourceLength: 40, targetLength: 24 };
  const model = encoderDecoder(config, { encoder: encoder!, decoder: decoder!, ...parts });
  const weights = new Map(
    model.parameters.specs.map(({ name, shape }) => [
      name,
      { shape, data: madeWeights([name, shape]) },
    ]),
  );
  const characters = Array.from({ length: 51 }, (_, at) => String.fromCharCode(65 + at)).join("");
  const tokenizer = tokenizerFrom({ id: "char", characters });
  return { model, weights, tokenizer, symbols: pairSymbols(tokenizer) };
}

const t5 = { norm: "rms", bias: false } as const;
const runs: readonly (readonly [string, string, Options])[] = [
  ["pair-t5", "t5", { ...t5, activation: "geglu-tanh" }],
  ["pair-t5-gelu", "t5", t5],
  ["pair-t5-scaled", "t5(form=scaled,buckets=8)", { ...t5, activation: "swiglu", headDim: 8 }],
  ["pair-t5-untied", "t5", { ...t5, activation: "relu", tiedHead: false }],
  ["pair-t5-layer-norms", "t5", {}],
  ["pair-learned", "learned", {}],
  ["pair-learned-plain", "learned", { bias: false, activation: "relu", tiedHead: false }],
  ["pair-learned-post", "learned", { form: "post" }],
  ["pair-sinusoidal", "sinusoidal", {}],
  ["pair-sinusoidal-concat", "sinusoidal(layout=concat,embedScale=none)", { bias: false }],
  ["pair-sinusoidal-post", "sinusoidal", { form: "post", activation: "silu" }],
  ["pair-sinusoidal-t2t", "sinusoidal(layout=t2t)", {}],
  ["pair-rope", "rope", {}],
  ["pair-alibi", "alibi", {}],
  ["pair-none", "none", {}],
];

/** The models by name. */
export async function pairModels(place: string): Promise<(readonly [string, Exportable])[]> {
  const { cases } = readGolden("pair-families");
  const found: (readonly [string, Exportable])[] = [];
  for (const { name } of cases) {
    const folder = familyFolder(place, name, {}, "pair-families");
    found.push([name, await openExportable({ folder })]);
  }
  found.push(...runs.map(([name, id, options]) => [name, run(id, options)] as const));
  found.push(["pair-two-encodings", run("rope", {}, "alibi")]);
  return found;
}
