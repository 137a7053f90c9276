/**
 * Long causal attention in relpos and by PyTorch's `scaled_dot_product_attention`: time and peak memory.
 *
 *     node bench/attention.ts --python PATH [--length 4096] [--rounds 5] [--encodings alibi,rope,shaw]
 *                             [--padding 0.25] [--dropout 0.1] [--window 1024] [--key-value-heads 2]
 *
 * With padding (a share of each text), dropout of attention weights, a window or grouped queries, each encoding is
 * measured without and with them.
 *
 * One layer, 8 heads of 32, forward and backward, float32, subnormal numbers flushed to zero in both. PyTorch has
 * the bias as a mask ("bias"), the same with a gradient ("learned"), and its fused causal kernel ("plain").
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { splitEncodings } from "../src/encodings/compose/split-encodings.ts";
import { median, takeTurns } from "./compared.ts";
import { describeMachine, machineLine } from "./machine.ts";
import type { RivalProgram } from "./rivals/rival.ts";

const { values } = parseArgs({
  options: {
    python: { type: "string" },
    length: { type: "string", default: "4096" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    encodings: { type: "string", default: "alibi,t5,fire,rope,shaw,cope,fox" },
    padding: { type: "string" },
    dropout: { type: "string" },
    window: { type: "string" },
    "key-value-heads": { type: "string" },
  },
});

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const asked = (["padding", "dropout", "window", "key-value-heads"] as const).flatMap((name) => {
  const value = values[name];
  return value === undefined ? [] : [{ words: `${name} ${value}`, args: [`--${name}`, value] }];
});
const forms = [
  { words: "", args: [] as string[] },
  ...(asked.length > 0
    ? [
        {
          words: `, ${asked.map(({ words }) => words).join(", ")}`,
          args: asked.flatMap(({ args }) => args),
        },
      ]
    : []),
];
const ours = splitEncodings(values.encodings).flatMap((id) =>
  forms.map(({ words, args }): RivalProgram => ({
    name: `${id}${words}`,
    command: process.execPath,
    args: [file("./rivals/relpos-attention.ts"), id, ...args],
  })),
);
const theirs = (["bias", "learned", "plain"] as const).map((mode): RivalProgram => ({
  name: `PyTorch ${mode}`,
  command: values.python!,
  args: [file("../oracle/torch_attention.py")],
  options: { mode, flushDenormals: true },
}));
const shape = {
  batch: 1,
  length: Number(values.length),
  width: 256,
  heads: 8,
  layers: 1,
  vocab: 256,
};
console.log(machineLine(describeMachine()));
console.log(`1 × ${shape.length}, 8 heads of 32, forward and backward, ${values.threads} threads`);
const timed = await takeTurns(
  [...ours, ...(values.python ? theirs : [])],
  { shape, threads: Number(values.threads), optimiser: "sgd" },
  { rounds: Number(values.rounds), steps: 1, patience: 300_000 },
);
const widest = Math.max(16, ...timed.map(({ name }) => name.length));
for (const { name, rounds, peakBytes, failed } of timed)
  console.log(
    `  ${name.padEnd(widest)} ` +
      (failed ??
        `${median(rounds).toFixed(0).padStart(6)} ms (${Math.min(...rounds).toFixed(0)} … ` +
          `${Math.max(...rounds).toFixed(0)})  ${(peakBytes / 1e9).toFixed(2)} GB`),
  );
