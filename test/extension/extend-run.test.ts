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

test("positions that are remapped are an encoding of the run, which is read again", async () => {
  const run = await open("remapped");
  const { configuration, model } = extend(run, { method: "self-extend", factor: 2 });
  const id = "self-extend(base=500,window=6,group=3)";
  expect([configuration.encoding.id, model.encoding.id]).toEqual([id, id]);
  writeFileSync(path.join(run.folder, "run.json"), JSON.stringify(configuration));
  expect((await openRun(run.folder)).model.encoding.id).toBe(id);
  // By 16 · 2 tokens: rerope and its relatives have half the length of training as their window.
  for (const [method, expected] of [
    ["rerope(logN=false)", "rerope(base=500,window=8)"],
    ["leaky-rerope(logN=false)", `leaky-rerope(base=500,window=8,slower=${23 / 7})`],
    ["dca", "dca(base=500,chunk=10,size=12,cap=code)"],
    ["streaming-llm", "streaming-llm(base=500,sinks=4,recent=12)"],
    ["lm-infinite", "lm-infinite(base=500,global=10,length=16)"],
  ] as const)
    expect(extend(run, { method, factor: 2 }).model.encoding.id).toBe(expected);
  expect(() => extend(run, { method: "self-extend", factor: 9 })).toThrow(
    /do not fit into a window/,
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
