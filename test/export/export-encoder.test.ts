/** Exported encoders: in ONNX Runtime with padding on either side, and as folders of transformers that are read again. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import { encodeTexts } from "../../src/evaluation/encode-texts.ts";
import { exportModel } from "../../src/export/export-model.ts";
import { loadEncoder } from "../../src/families/load-encoder.ts";
import "../../src/runtime/node.ts";
import { familyFolder } from "../extension/checkpoint.ts";
import { readGolden } from "../golden/golden.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-export-encoder-"));
afterAll(() => rmSync(place, { recursive: true }));
const { cases } = readGolden("encoder-families");
const at = (...names: string[]): string => path.join(place, ...names);
const parsed = (...names: string[]): Record<string, unknown> =>
  JSON.parse(readFileSync(at(...names), "utf8")) as Record<string, unknown>;

const texts = [
  [8, 11, 4, 17, 5, 40, 7],
  [9, 22, 6],
];
const padding = 1;

function padded(side: "left" | "right", fill: number, row: readonly number[]): number[] {
  const more = Array.from({ length: texts[0]!.length - row.length }, () => fill);
  return side === "left" ? [...more, ...row] : [...row, ...more];
}

function int64(rows: readonly (readonly number[])[]): ort.Tensor {
  const data = BigInt64Array.from(rows.flat(), BigInt);
  return new ort.Tensor("int64", data, [rows.length, rows[0]!.length]);
}

/** The numbers of each text, without those of padding. */
function ofTexts({ data, dims }: ort.Tensor, side: "left" | "right"): Float32Array[] {
  const [, length, width] = dims as [number, number, number];
  return texts.map((ids, row) => {
    const first = row * length + (side === "left" ? length - ids.length : 0);
    return (data as Float32Array).slice(first * width, (first + ids.length) * width);
  });
}

function largest(found: readonly Float32Array[], wanted: readonly Float32Array[]): number {
  const [a, b] = [found, wanted].map((rows) => rows.flatMap((row) => [...row]));
  expect(a).toHaveLength(b!.length);
  const scale = Math.max(...b!.map(Math.abs));
  return Math.max(...b!.map((value, index) => Math.abs(value - a![index]!))) / scale;
}

describe.each(cases.map(({ name }) => name))("%s", (name) => {
  test("gives in ONNX Runtime the numbers of relpos", async () => {
    const folder = familyFolder(place, name, {}, "encoder-families");
    const encoder = await loadEncoder(folder);
    const out = at(`${name}-onnx`);
    const exported = await exportModel({ model: folder, format: "onnx", out });
    expect(exported).toMatchObject({ family: encoder.family, tokenizer: true });
    const segments = texts.map((ids) => ids.map((_, index) => (index > 3 ? 1 : 0)));
    const several = encoder.model.config.segments > 1;
    const wanted = await encodeTexts(encoder, texts, several ? { segments } : {});
    const session = await ort.InferenceSession.create(path.join(out, "onnx/model.onnx"), {
      ...{ intraOpNumThreads: 1, logSeverityLevel: 3 },
    });
    expect(session.inputNames).toEqual([
      ...["input_ids", "attention_mask"],
      ...(several ? ["token_type_ids"] : []),
    ]);
    expect(session.outputNames).toEqual([
      ...(encoder.head ? ["logits"] : []),
      "last_hidden_state",
    ]);
    for (const side of ["right", "left"] as const) {
      const results = await session.run({
        input_ids: int64(texts.map((row) => padded(side, padding, row))),
        attention_mask: int64(texts.map((row) => padded(side, 0, row.map(() => 1)))),
        ...(several && { token_type_ids: int64(segments.map((row) => padded(side, 0, row))) }),
      });
      const hidden = ofTexts(results["last_hidden_state"]!, side);
      expect(largest(hidden, wanted.map((text) => text.hidden)), side).toBeLessThan(2e-6);
      if (!encoder.head) continue;
      const logits = ofTexts(results["logits"]!, side);
      expect(largest(logits, wanted.map((text) => text.logits!)), side).toBeLessThan(2e-6);
    }
    await session.release();
  }); // prettier-ignore

  test("keeps its weights as a folder of transformers", async () => {
    const folder = familyFolder(place, name, {}, "encoder-families");
    const out = at(`${name}-again`);
    await exportModel({ model: folder, format: "huggingface", out });
    const [before, after] = [await loadEncoder(folder), await loadEncoder(out)];
    expect(after.weights).toEqual(before.weights);
    expect(after.head).toEqual(before.head);
  });
});

test("an encoder goes by its own type, and by the architecture of the head that it has", async () => {
  expect(parsed("bert-pretraining-onnx", "config.json")).toMatchObject({
    ...{ model_type: "bert", architectures: ["BertForMaskedLM"], type_vocab_size: 3 },
    "transformers.js_config": { dtype: "fp32" },
  });
  expect(parsed("roberta-base-again", "config.json")).toMatchObject({
    ...{ model_type: "roberta", architectures: ["RobertaModel"] },
  });
  const { model: encoder, weights } = await loadEncoder(at("bert-again"));
  const model = { model: encoder, weights };
  const out = at("in-memory");
  const exporting = exportModel({ model, format: "huggingface", out });
  await expect(exporting).rejects.toThrow(/encoders are written as folders .* read from one/);
  expect(existsSync(out)).toBe(false);
});
