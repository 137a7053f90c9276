/**
 * The training step of an encoder-decoder on pairs of texts, in relpos and in PyTorch eager: `torch.nn.Transformer` of the same
 * sizes on the same batches.
 *
 *     node bench/pairs.ts [--python PATH] [--rounds 5] [--threads 2] [--width 256] [--heads 8] [--hidden 512] [--layers 3]
 *         [--batch 128] [--tokens 8000] [--batches 12] [--shapes 12] [--dropout 0.1] [--encoding sinusoidal]
 *
 * Pairs have random tokens and lengths like those of Multi30k (`rivals/drawn-pairs.ts`). Both programs are given the
 * batches that relpos makes, of pairs of like length, with the same padding; they take turns, and a turn passes once over all
 * batches. relpos compiles each shape of a batch when it first meets it, which is not timed.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, ratio, takeTurns } from "./compared.ts";
import { describeMachine, machineLine } from "./machine.ts";
import { pairJob } from "./rivals/pair-job.ts";
import type { RivalProgram } from "./rivals/rival.ts";

const { values } = parseArgs({
  options: {
    python: { type: "string" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    width: { type: "string", default: "256" },
    heads: { type: "string", default: "8" },
    hidden: { type: "string", default: "512" },
    layers: { type: "string", default: "3" },
    batch: { type: "string", default: "128" },
    tokens: { type: "string", default: "8000" },
    batches: { type: "string", default: "12" },
    shapes: { type: "string", default: "12" },
    dropout: { type: "string", default: "0.1" },
    encoding: { type: "string", default: "sinusoidal" },
  },
});
const [width, heads, hidden, layers] = [
  values.width,
  values.heads,
  values.hidden,
  values.layers,
].map(Number) as [number, number, number, number];
const [batch, tokens, batches] = [values.batch, values.tokens, values.batches].map(Number) as [
  number,
  number,
  number,
];
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "relpos-bench-"));
process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
const jobFile = path.join(folder, "job.json");
const job = pairJob({
  ...{ width, heads, hidden, layers, dropout: Number(values.dropout), labelSmoothing: 0.1 },
  ...{ encoding: values.encoding, tokens, batch, shapes: Number(values.shapes), batches },
  pairs: Math.max(2000, batch * batches),
});
fs.writeFileSync(jobFile, JSON.stringify(job));

const text = job.batches.reduce((sum, each) => sum + each.weights.data.reduce((a, b) => a + b), 0);
const places = job.batches.reduce((sum, each) => sum + each.weights.data.length, 0);
console.log(machineLine(describeMachine()));
console.log(
  `width ${width}, ${heads} heads, hidden ${hidden}, ${layers} + ${layers} layers, vocabulary ${job.vocab}, ` +
    `${job.parameters} parameters, ${batches} batches of up to ${batch} pairs, ` +
    `${(100 * (1 - text / places)).toFixed(0)} % of the targets padding, dropout ${values.dropout}, ${values.threads} threads`,
);
const programs: RivalProgram[] = [
  {
    name: `relpos (${values.encoding})`,
    command: process.execPath,
    args: [file("./rivals/relpos-pairs.ts"), jobFile],
  },
  ...(values.python
    ? [
        {
          name: "PyTorch",
          command: values.python,
          args: [file("../oracle/torch_pairs.py")],
          options: { file: jobFile, flushDenormals: true },
        },
      ]
    : []),
];
if (!values.python)
  console.log("PyTorch is left out; --python PATH names an interpreter that has torch.");
const shape = { batch, length: job.longest, width, heads, layers, vocab: job.vocab };
const timed = await takeTurns(
  programs,
  { shape, threads: Number(values.threads), optimiser: "adamw" },
  { rounds: Number(values.rounds), steps: 1, patience: 900_000 },
);
for (const { name, rounds, peakBytes, failed } of timed)
  console.log(
    `  ${name.padEnd(20)} ` +
      (failed ??
        `${(median(rounds) / batches).toFixed(0).padStart(6)} ms a step (${(Math.min(...rounds) / batches).toFixed(0)} … ` +
          `${(Math.max(...rounds) / batches).toFixed(0)})  ${(peakBytes / 1e9).toFixed(2)} GB`),
  );
const [ours, theirs] = timed;
if (ours && theirs && !ours.failed && !theirs.failed) {
  const { median: middle, low, high } = ratio(ours, theirs);
  console.log(
    `  relpos / PyTorch: ${middle.toFixed(2)} (${low.toFixed(2)} … ${high.toFixed(2)}); the goal is at most 0.8`,
  );
}
