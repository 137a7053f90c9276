/**
 * A pretrained model of 110 million parameters: the time and memory of loading it, and the time of a token with weights in
 * float32, int8 and int4.
 *
 *     node bench/pretrained.ts [--rounds 7] [--tokens 8] [--prompt 256] [--threads 1]
 *
 * The model has Llama's shape and random weights; `relpos export` writes it to a temporary folder, in float32 and in bfloat16.
 * Loadings are processes of their own, which take turns. Memory is the peak of a process above what it had before it loaded.
 * Weights take turns too, in one process: a prompt, then tokens after it. Times of the processor leave out waiting for
 * other programs.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  compileDecoder,
  encodingById,
  exportModel,
  languageModel,
  loadCheckpoint,
} from "../src/index.ts";
import { quantised, quantisedTypes, transformerConfig } from "../src/index.ts";
import { initialValues } from "../src/parameters/initialise.ts";
import { median } from "./compared.ts";
import { describeMachine, machineLine } from "./machine.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    tokens: { type: "string", default: "8" },
    prompt: { type: "string", default: "256" },
    threads: { type: "string", default: "1" },
  },
});
const [rounds, tokens, prompt] = [values.rounds, values.tokens, values.prompt].map(Number) as [
  number,
  number,
  number,
];

const config = transformerConfig({
  ...{ vocab: 16_000, model: 768, layers: 12, heads: 12, hidden: 2048 },
  ...{ norm: "rms", activation: "swiglu", bias: false },
});

/** What a process of `loading.ts` measured. */
interface Loading {
  readonly ms: number;
  readonly processorMs: number;
  readonly peakBytes: number;
}

async function writeModel(place: string, dtype: "float32" | "bfloat16"): Promise<string> {
  const model = languageModel(config, encodingById("rope"), 2048);
  const weights = new Map(
    model.parameters.specs.map((spec) => [
      spec.name,
      { shape: spec.shape, data: initialValues(spec, 1) },
    ]),
  );
  const out = path.join(place, dtype);
  await exportModel({ model: { model, weights }, format: "huggingface", dtype, out });
  return out;
}

function load(folder: string): Loading {
  const script = fileURLToPath(new URL("loading.ts", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Loading;
}

function measureLoading(folders: readonly string[]): void {
  const found = new Map(folders.map((folder) => [folder, [] as Loading[]]));
  for (let round = 0; round < rounds; round++)
    for (const [folder, measured] of found) measured.push(load(folder));
  for (const [folder, measured] of found) {
    const { size } = fs.statSync(path.join(folder, "model.safetensors"));
    const of = (key: keyof Loading): number => median(measured.map((each) => each[key]));
    console.log(
      `${path.basename(folder)}: ${(of("ms") / 1000).toFixed(2)} s, ${(of("processorMs") / 1000).toFixed(2)} s of the processor, ` +
        `${(of("peakBytes") / 1e6).toFixed(0)} MB for a file of ${(size / 1e6).toFixed(0)} MB`,
    );
  }
}

async function measureTokens(folder: string): Promise<void> {
  const trained = await loadCheckpoint(folder);
  const ids = Array.from({ length: prompt }, (_, at) => (at * 37) % config.vocab);
  const runs: { name: string; run: () => Promise<unknown>; wall: number[]; own: number[] }[] = [];
  for (const type of ["float32", ...quantisedTypes] as const) {
    const model = type === "float32" ? trained : quantised(trained, type);
    const decoder = await compileDecoder(model, { threads: Number(values.threads) });
    const read = (): Promise<unknown> => decoder.prefill([ids]);
    const write = async (): Promise<void> => {
      for (let token = 0; token < tokens; token++) await decoder.step([5]);
    };
    await read();
    await write();
    runs.push({ name: `${type}, prompt`, run: read, wall: [], own: [] });
    runs.push({ name: `${type}, token`, run: write, wall: [], own: [] });
  }
  for (let round = 0; round < rounds; round++)
    for (const { name, run, wall, own } of runs) {
      const count = name.endsWith("token") ? tokens : 1;
      const [started, before] = [performance.now(), process.cpuUsage()];
      await run();
      const { user, system } = process.cpuUsage(before);
      wall.push((performance.now() - started) / count);
      own.push((user + system) / 1000 / count);
    }
  for (const { name, wall, own } of runs) {
    const first = runs.find((other) => other.name.split(",")[1] === name.split(",")[1])!;
    const ratio = median(own.map((ms, round) => first.own[round]! / ms));
    console.log(
      `${name.padEnd(16)} ${median(own).toFixed(1)} ms of the processor, ${median(wall).toFixed(1)} ms in all; ` +
        `${ratio.toFixed(2)} times the rate of float32`,
    );
  }
}

console.log(
  `${machineLine(describeMachine())}; medians of ${rounds} rounds, ${values.threads} threads`,
);
const place = fs.mkdtempSync(path.join(os.tmpdir(), "relpos-bench-"));
try {
  const folders = [await writeModel(place, "float32"), await writeModel(place, "bfloat16")];
  measureLoading(folders);
  await measureTokens(folders[0]!);
} finally {
  fs.rmSync(place, { recursive: true });
}
