/**
 * The logits of a loaded decoder against those of transformers: texts of 1, 7 and 300 tokens, read whole, in pieces and in
 * a batch that is padded on the left.
 */
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import type { Decoder } from "../../src/generation/decoder.ts";
import { compile } from "../../src/runtime/node.ts";
import { readGolden } from "../golden/golden.ts";
import type { GoldenCase, GoldenTensor } from "../golden/golden.ts";
import { madeTokens, writeCheckpoint } from "./made-weights.ts";
import type { NamedShape } from "./made-weights.ts";

/** A case of `families.json`. */
export interface FamilyCase extends GoldenCase {
  readonly options: {
    readonly config: Readonly<Record<string, unknown>>;
    readonly tensors: readonly NamedShape[];
  };
}

/** The cases, by the model_type of their configurations. */
export function familyCases(...modelTypes: readonly string[]): readonly FamilyCase[] {
  const cases = readGolden("families").cases as unknown as readonly FamilyCase[];
  return cases.filter(({ options }) => modelTypes.includes(options.config["model_type"] as string));
}

const tolerance = 1e-5;

/**
 * The largest difference from golden logits `[length, vocab]`, as a share of the largest golden number; `from` is the
 * first position that `actual` has.
 */
function error(actual: Float32Array, golden: GoldenTensor, from = 0): number {
  const [, vocab] = golden.shape as [number, number];
  const { every = 1, data } = golden;
  const largest = Math.max(...data.map(Math.abs));
  let worst = 0;
  let compared = 0;
  for (const [k, expected] of data.entries()) {
    const at = k * every - from * vocab;
    if (at < 0 || at >= actual.length) continue;
    compared++;
    const difference = Math.abs(actual[at]! - expected) / largest;
    if (!(difference <= worst)) worst = difference;
  }
  expect(compared).toBeGreaterThan(0);
  return worst;
}

/** The row of a batch of logits `[batch, sequence, vocab]`, without the padding on the left. */
function rowOf(
  logits: { shape: readonly number[]; data: Float32Array },
  row: number,
  length: number,
) {
  const [, sequence, vocab] = logits.shape as [number, number, number];
  return logits.data.subarray(
    ((row + 1) * sequence - length) * vocab,
    (row + 1) * sequence * vocab,
  );
}

/** Declares the tests of cases. */
export function testDecoders(cases: readonly FamilyCase[]): void {
  let place: string;
  beforeAll(() => {
    place = mkdtempSync(path.join(tmpdir(), "relpos-families-"));
  });
  afterAll(() => rmSync(place, { recursive: true }));

  test.each(cases)("$name", async ({ name, options, outputs }) => {
    const folder = writeCheckpoint(path.join(place, name), options.config, options.tensors);
    const loaded = await loadCheckpoint(folder);
    const decoder = await compileDecoder(loaded, { compile, logits: "all", threads: 1 });
    try {
      const errors = await errorsOf(decoder, outputs);
      if (process.env["SHOW_ERRORS"]) console.log(name, JSON.stringify(errors));
      for (const [what, value] of Object.entries(errors))
        expect(value, what).toBeLessThan(tolerance);
    } finally {
      await decoder.dispose();
    }
  });
}

async function errorsOf(
  decoder: Decoder,
  outputs: FamilyCase["outputs"],
): Promise<Record<string, number>> {
  const golden = (length: number): GoldenTensor => outputs[`logits${length}`]!;
  const texts = [madeTokens(1), madeTokens(7)];
  const errors: Record<string, number> = {};
  const padded = await decoder.prefill(texts);
  for (const [row, text] of texts.entries()) {
    const own = rowOf(padded, row, text.length);
    errors[`padded ${text.length}`] = error(own, golden(text.length));
  }
  const lengths = Object.keys(outputs).map((name) => Number(name.slice("logits".length)));
  for (const length of lengths.filter((each) => each > 1)) {
    const text = madeTokens(length);
    const whole = await decoder.prefill([text]);
    errors[`whole ${length}`] = error(whole.data, golden(length));
    const read = length - 4;
    await decoder.prefill([text.slice(0, read)]);
    const steps = [
      await decoder.step([text.slice(read, read + 2)]),
      await decoder.step([text.slice(read + 2, read + 3)]),
      await decoder.step([text.slice(read + 3)]),
    ];
    const data = Float32Array.from(steps.flatMap((step) => [...step.data]));
    errors[`cached ${length}`] = error(data, golden(length), read);
  }
  return errors;
}
