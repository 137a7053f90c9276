/**
 * Beam search in relpos and by transformers' `generate` in PyTorch: sentences a second, with one MarianMTModel of random weights
 * that both load.
 *
 *     node bench/translation.ts --python PATH [--rounds 5] [--threads 2] [--sentences 256] [--batch 32] [--beams 5]
 *         [--length 16] [--width 256] [--heads 8] [--hidden 512] [--layers 3] [--tokens 8000]
 *
 * Sources have random tokens and lengths like those of Multi30k (`rivals/drawn-pairs.ts`), sorted by length, in batches.
 * Hardly a target ends by itself, so each has `--length` tokens, about the mean of Multi30k's. Both keep keys and values. The
 * programs take turns, and a turn writes all targets; they are compared afterwards.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, takeTurns } from "./compared.ts";
import type { Timed } from "./compared.ts";
import { describeMachine, machineLine } from "./machine.ts";
import { drawnPairs, symbolsOf } from "./rivals/drawn-pairs.ts";
import type { TranslationJob } from "./rivals/relpos-translation.ts";
import type { RivalProgram } from "./rivals/rival.ts";

const { values } = parseArgs({
  options: {
    python: { type: "string" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    sentences: { type: "string", default: "256" },
    batch: { type: "string", default: "32" },
    beams: { type: "string", default: "5" },
    length: { type: "string", default: "16" },
    width: { type: "string", default: "256" },
    heads: { type: "string", default: "8" },
    hidden: { type: "string", default: "512" },
    layers: { type: "string", default: "3" },
    tokens: { type: "string", default: "8000" },
  },
});
const { python } = values;
if (python === undefined) {
  console.error(
    "--python PATH is missing: an interpreter with torch and transformers makes the model.",
  );
  process.exit(2);
}
const number = (name: Exclude<keyof typeof values, "python">): number => Number(values[name]);
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const translator = file("../oracle/torch_translation.py");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "relpos-bench-"));
process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
const { begin, end, vocab } = symbolsOf(number("tokens"));
const sizes = {
  ...{ width: number("width"), heads: number("heads"), hidden: number("hidden") },
  ...{ layers: number("layers"), vocab, begin, end },
};
execFileSync(python, [translator, "make", folder, JSON.stringify(sizes)], { stdio: "pipe" });
const job: TranslationJob = {
  sources: drawnPairs(number("sentences"), number("tokens"))
    .map(({ source }) => Array.from(source))
    .sort((a, b) => a.length - b.length),
  ...{ batch: number("batch"), beams: number("beams"), tokens: number("length"), begin, end },
  out: path.join(folder, "targets"),
};
const jobFile = path.join(folder, "job.json");
fs.writeFileSync(jobFile, JSON.stringify(job));

console.log(machineLine(describeMachine()));
console.log(
  `width ${sizes.width}, ${sizes.heads} heads, hidden ${sizes.hidden}, ${sizes.layers} + ${sizes.layers} layers, vocabulary ${vocab}; ` +
    `${values.sentences} sentences in batches of ${values.batch}, ${values.beams} beams, ${values.length} tokens, ` +
    `${values.threads} threads`,
);
const programs: readonly RivalProgram[] = [
  {
    name: "relpos",
    command: process.execPath,
    args: [file("./rivals/relpos-translation.ts"), folder, jobFile],
  },
  {
    name: "PyTorch",
    command: python,
    args: [translator],
    options: { folder, file: jobFile, flushDenormals: true },
  },
];
const shape = { batch: job.batch, length: job.tokens, ...sizes };
const timed = await takeTurns(
  programs,
  { shape, threads: number("threads"), optimiser: "sgd" },
  { rounds: number("rounds"), steps: 1, patience: 900_000 },
);
const perSecond = ({ rounds }: Timed): number[] =>
  rounds.map((ms) => (1000 * job.sources.length) / ms);
for (const each of timed)
  console.log(
    `  ${each.name.padEnd(8)} ` +
      (each.failed ??
        `${median(perSecond(each)).toFixed(1)} sentences a second (${Math.min(...perSecond(each)).toFixed(1)} … ` +
          `${Math.max(...perSecond(each)).toFixed(1)})  ${(each.peakBytes / 1e9).toFixed(2)} GB`),
  );
const [ours, theirs] = timed;
if (ours && theirs && !ours.failed && !theirs.failed) {
  const ratios = perSecond(ours).map((own, round) => own / perSecond(theirs)[round]!);
  console.log(
    `  relpos / PyTorch: ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} … ` +
      `${Math.max(...ratios).toFixed(2)}); the goal is at least 1.5`,
  );
  const [mine, others] = ["relpos", "torch"].map(
    (name) => JSON.parse(fs.readFileSync(`${job.out}.${name}`, "utf8")) as number[][],
  );
  // Python keeps the end symbol.
  const same = mine!.filter((ids, at) => {
    const other = others![at]!;
    return ids.join() === (other.at(-1) === end ? other.slice(0, -1) : other).join();
  }).length;
  console.log(`  ${same} of ${job.sources.length} targets are the same, token for token`);
}
