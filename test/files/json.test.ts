/**
 * JSON that nests too deep: each reader says so in a sentence that names the file.
 */
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/checkpoints/safetensors.ts";
import { parseResults, ResultsError } from "../../src/comparison/parse-results.ts";
import { RunError } from "../../src/errors.ts";
import { readJson } from "../../src/files/files.ts";
import { parseJson } from "../../src/json.ts";
import { readRunFile } from "../../src/runs/run-file.ts";
import { readMetrics } from "../../src/runs/run-storage.ts";

const folder = await fs.mkdtemp(path.join(os.tmpdir(), "relpos-json-"));
afterAll(() => fs.rm(folder, { recursive: true, force: true }));

const lists = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const tooDeep = /lie within one another more than 100 levels deep/;

describe("parseJson", () => {
  test("reads a hundred levels, and refuses one more", () => {
    expect(parseJson(lists(100))).toEqual(JSON.parse(lists(100)));
    expect(parseJson(objects(100))).toEqual(JSON.parse(objects(100)));
    expect(() => parseJson(lists(101))).toThrow(tooDeep);
    expect(() => parseJson(objects(101))).toThrow(tooDeep);
  });

  test("counts no bracket within a text", () => {
    const text = JSON.stringify({ a: `${'["\\'.repeat(200)}`, [`{"`.repeat(200)]: 1 });
    expect(parseJson(text)).toEqual(JSON.parse(text));
    expect(() => parseJson(`["${"\\\\"}", ${lists(101)}]`)).toThrow(tooDeep);
  });

  test("refuses what is not JSON with the words of the engine", () => {
    expect(() => parseJson("[1,")).toThrow(SyntaxError);
  });
});

describe("a file whose nesting is 10,000 deep", () => {
  const deep = objects(10_000);

  test("any JSON file", async () => {
    const file = path.join(folder, "any.json");
    await fs.writeFile(file, deep);
    await expect(readJson(file)).rejects.toThrow(tooDeep);
    await expect(readJson(file)).rejects.toThrow(/any\.json is not JSON/);
    await expect(readJson(file)).rejects.toBeInstanceOf(RunError);
  });

  test("run.json, also where only one field is deep", async () => {
    const run = path.join(folder, "run");
    await fs.mkdir(run);
    for (const text of [deep, `{"schema":"relpos-run/1","kind":"train","settings":${deep}}`]) {
      await fs.writeFile(path.join(run, "run.json"), text);
      await expect(readRunFile(run)).rejects.toThrow(/run\.json .*more than 100 levels deep/);
    }
  });

  test("a line of metrics.jsonl", async () => {
    await fs.writeFile(path.join(folder, "metrics.jsonl"), `{"step":0,"loss":${lists(10_000)}}\n`);
    await expect(readMetrics(folder)).rejects.toThrow(/metrics\.jsonl: line 1 is no step/);
  });

  test("results.json", () => {
    expect(() => parseResults(`{"schema":"relpos-compare/2","configuration":${deep}}`)).toThrow(
      ResultsError,
    );
    expect(() => parseResults(deep)).toThrow(tooDeep);
  });

  test("the header of safetensors", () => {
    const header = new TextEncoder().encode(deep);
    const bytes = new Uint8Array(8 + header.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(header, 8);
    expect(() => readSafetensors(bytes, "model.safetensors")).toThrow(
      /model\.safetensors is no intact safetensors file: .*more than 100 levels deep/,
    );
  });
});
