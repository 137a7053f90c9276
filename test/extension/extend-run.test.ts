/** Runs that were trained here, for longer texts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { extend } from "../../src/extension/extend.ts";
import { openRun } from "../../src/runs/open-run.ts";
import type { ModelRun } from "../../src/runs/run-document.ts";
import { exampleRun, writeExampleRun } from "../runs/example-run.ts";

const place = mkdtempSync(path.join(tmpdir(), "relpos-extend-run-"));
afterAll(() => rmSync(place, { recursive: true }));
const open = async (name: string, run: ModelRun = exampleRun) => {
  const folder = path.join(place, name);
  writeExampleRun(folder, run);
  return await openRun(folder);
};

test("a run with rope: the base and the length of training are its own", async () => {
  const run = await open("run");
  const longer = extend(run, { method: "yarn(fast=2,slow=0.25)", factor: 2 });
  const id =
    "rope(base=500,scaling={type=yarn,factor=2,fast=2,length=16,ramp=index,slow=0.25,truncate=true})";
  expect(longer.configuration.encoding).toEqual({ id });
  expect(longer.configuration.changes).toEqual([
    { name: "encoding.id", before: "rope(base=500)", now: id },
  ]);
  expect(longer.model.encoding.id).toBe(id);
  expect(longer.weights).toBe(run.weights);
  expect(longer.extension).toMatchObject({ originalLength: 16, textLength: 32, readBy: "relpos" });
  const { before, after } = longer.extension.proof.extended[0]!.rotation;
  expect(before.frequencies[1]).toBeCloseTo(500 ** -0.5, 7);
  expect(after.frequencies[1]).toBeCloseTo(500 ** -0.5 / 2, 7);
  expect(after.attentionFactor).toBeCloseTo(1 + 0.1 * Math.log(2), 6);
});

test("its folder is read as the run that it was made of, and as what it is now", async () => {
  const run = await open("written");
  const { configuration, extension } = extend(run, { method: "log-n", factor: 4 });
  writeFileSync(path.join(run.folder, "run.json"), JSON.stringify(configuration));
  const again = await openRun(run.folder);
  expect(again.model.encoding.id).toBe("rope(base=500)+log-n(length=16)");
  expect(extension.proof.extended[0]!.rotation.after.distances.at(-1)!.magnitude).toBeCloseTo(
    Math.log(64) / Math.log(16),
    6,
  );
  expect(() => extend(again, { method: "pi", factor: 2 })).toThrow(
    /has a rule for longer texts already, rope\(base=500\)\+log-n/,
  );
});

test("other encodings, a scaling that was trained with, another length are refused", async () => {
  const options = { method: "pi", factor: 2 };
  const encodings = ["alibi", "layers(rope,none)", "p-rope"];
  for (const [at, id] of encodings.entries()) {
    const run = await open(`other-${at}`, { ...exampleRun, encoding: { id } });
    expect(() => extend(run, options), id).toThrow(/was trained with .*Give a run that was/);
  }
  const scaled = { ...exampleRun, encoding: { id: "rope(scaling={type=linear,factor=2})" } };
  const trained = await open("scaled", scaled);
  expect(() => extend(trained, options)).toThrow(/has a rule for longer texts already, linear/);
  const run = await open("length");
  expect(() => extend(run, { ...options, originalLength: 17 })).toThrow(/was trained at length 16/);
});
