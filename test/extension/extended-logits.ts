/** Extended models against transformers, which loaded the folders that relpos writes (oracle/extended.py). */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExtensionDocument } from "../../src/extension/extend-folder.ts";
import { measureRotation } from "../../src/extension/measured-rotation.ts";
import type { MeasuredRotation } from "../../src/extension/measured-rotation.ts";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import { compile } from "../../src/runtime/node.ts";
import { madeTokens } from "../families/made-weights.ts";
import { readGolden } from "../golden/golden.ts";
import type { GoldenTensor } from "../golden/golden.ts";
import { extendedCases, nameOfCase, writeExtended } from "./extended-cases.ts";

const golden = new Map(readGolden("extended").cases.map((each) => [each.name, each]));
const lengths = [7, 200];

/** The largest difference, as a share of the largest golden number. */
function error(actual: ArrayLike<number>, { data, every = 1 }: GoldenTensor): number {
  const largest = Math.max(...data.map(Math.abs));
  return Math.max(...data.map((value, at) => Math.abs(actual[at * every]! - value) / largest));
}

/** Declares the tests of cases. */
export function testExtended(ofFamily: (family: string) => boolean): void {
  let place: string;
  beforeAll(() => {
    place = mkdtempSync(path.join(tmpdir(), "relpos-extended-"));
  });
  afterAll(() => rmSync(place, { recursive: true }));
  const cases = extendedCases.filter(({ family }) => ofFamily(family));

  test.each(cases.map((each) => ({ ...each, name: nameOfCase(each) })))(
    "$name",
    async ({ name, ...each }) => {
      const { outputs, options } = golden.get(name)!;
      const folder = await writeExtended(place, each);
      const read = (file: string): unknown =>
        JSON.parse(readFileSync(path.join(folder, file), "utf8"));
      expect(read("config.json")).toEqual(options["config"]);
      const { proof } = read("extension.json") as ExtensionDocument;
      const { layers, pairs } = proof.extended[0]!;
      // Only these rules depend on the length of the text.
      const dependent = /dynamic|longrope/.test(name);
      for (const texts of dependent ? lengths.map((length) => [length]) : [lengths]) {
        const loaded = await loadCheckpoint(folder, { textLength: texts[0]! });
        const rotation = measureRotation(loaded.model, layers[0]!, pairs, []);
        const decoder = await compileDecoder(loaded, { compile, logits: "all", threads: 1 });
        for (const length of texts) {
          requireRotation(rotation, outputs[`frequencies${length}`]!, outputs[`factor${length}`]!);
          const { data } = await decoder.prefill([madeTokens(length)]);
          const found = error(data, outputs[`logits${length}`]!);
          if (process.env["SHOW_ERRORS"]) console.log(name, length, found);
          expect(found, `logits at ${length}`).toBeLessThan(1e-5);
        }
        await decoder.dispose();
      }
    },
  );
}

function requireRotation(
  { frequencies, attentionFactor }: MeasuredRotation,
  golden: GoldenTensor,
  factor: GoldenTensor,
): void {
  expect(frequencies).toHaveLength(golden.data.length);
  frequencies.forEach((frequency, pair) =>
    expect(Math.abs(frequency / golden.data[pair]! - 1)).toBeLessThan(2e-6),
  );
  expect(Math.abs(attentionFactor / factor.data[0]! - 1)).toBeLessThan(1e-6);
}
