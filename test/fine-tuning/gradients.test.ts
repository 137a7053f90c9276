/**
 * Loss and gradients of a training step on loaded families, against those of transformers.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { decoderFamilies } from "../../src/families/index.ts";
import { loadCheckpoint } from "../../src/families/load-checkpoint.ts";
import { readFamily } from "../../src/families/read-family.ts";
import { sourceOf, valuesFrom } from "../../src/families/tensor-source.ts";
import { compile } from "../../src/runtime/node.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import type { Optimiser } from "../../src/training/optimiser.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { familyCases } from "../families/decoder-logits.ts";
import { madeTokens, writeCheckpoint } from "../families/made-weights.ts";
import { readGolden } from "../golden/golden.ts";
import type { GoldenTensor } from "../golden/golden.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-gradients-"));
afterAll(() => rmSync(place, { recursive: true }));

/** Keeps each gradient and moves nothing. */
const keeping: Optimiser = {
  id: "keeping",
  slots: ["gradient"],
  scalars: {},
  step: ({ parameter, gradient }) => ({ parameter, slots: { gradient } }),
};

const length = 19;
const rows = [madeTokens(20), madeTokens(21).slice(1)];

const all = familyCases(...decoderFamilies.map(({ modelType }) => modelType));
const golden = readGolden("family-gradients").cases;

test.each(golden)("$name", async ({ name, outputs: { loss: goldenLoss, ...gradients } }) => {
  const { config, tensors } = all.find((each) => each.name === name)!.options;
  const folder = writeCheckpoint(path.join(place, name), config, tensors);
  const { model, weights, configuration } = await loadCheckpoint(folder);
  const { family, description } = readFamily(decoderFamilies, configuration);
  const source = {
    weighted: false,
    at: () => ({
      tokens: Int32Array.from(rows.flatMap((row) => row.slice(0, length))),
      targets: Int32Array.from(rows.flatMap((row) => row.slice(1))),
    }),
  };
  const trainer = await Trainer.create({
    ...languageTraining(model, source, { batch: rows.length, length }),
    ...{ weights, compile, compileOptions: { threads: 1 } },
    plan: { steps: 1, optimiser: keeping, clipNorm: 0 },
  });
  const { loss } = await trainer.step();
  const state = await trainer.save();
  await trainer.dispose();
  const expected = goldenLoss!.data[0]!;
  expect(Math.abs(loss - expected) / expected).toBeLessThan(1e-5);

  const compared = new Set<string>();
  const worst: Record<string, number> = {};
  for (const spec of model.parameters.specs) {
    const from = sourceOf(spec.name, description.tensors)!;
    const named = from.bare ? from.name : `${family.prefix}${from.name}`;
    const wanted = gradients[named];
    if (wanted === undefined) throw new Error(`${spec.name}: no gradient of ${named}`);
    compared.add(named);
    const found = state.tensors.get(`optimiser.gradient.${spec.name}`)!.data;
    worst[spec.name] = error(found, wanted, placesOf(spec.shape, from, wanted.shape));
  }
  if (process.env["SHOW_ERRORS"]) console.log(name, Math.max(...Object.values(worst)));
  for (const [parameter, value] of Object.entries(worst))
    expect(value, parameter).toBeLessThan(1e-4);
  expect([...compared].sort()).toEqual(Object.keys(gradients).sort());
});

/** Where each entry of a parameter is in its tensor of the file. */
function placesOf(
  shape: readonly number[],
  source: Parameters<typeof valuesFrom>[2],
  stored: readonly number[],
): Float32Array {
  const count = stored.reduce((product, size) => product * size, 1);
  return valuesFrom(
    Float32Array.from({ length: count }, (_, at) => at),
    shape,
    {
      ...source,
      plus: 0,
    },
  );
}

/** The largest difference, as a share of the largest golden number. */
function error(
  found: Float32Array,
  { data, every = 1 }: GoldenTensor,
  places: Float32Array,
): number {
  const largest = Math.max(...data.map(Math.abs), 1e-6);
  let worst = 0;
  let compared = 0;
  for (const [at, place] of places.entries()) {
    if (place % every !== 0) continue;
    compared++;
    const difference = Math.abs(found[at]! - data[place / every]!) / largest;
    if (!(difference <= worst)) worst = difference;
  }
  // A part of a small tensor may lie between the written entries.
  if (places.length >= 3 * every) expect(compared).toBeGreaterThan(0);
  return worst;
}
