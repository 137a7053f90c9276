/**
 * Generation in relpos and in PyTorch eager with a cache: the time of a prompt, and tokens a second after it.
 *
 *     node bench/generation.ts --python PATH [--prompt 512] [--tokens 256] [--rounds 5] [--threads 2] [--encoding alibi]
 *
 * The models are the GPTs of `rivals/gpt-shape.ts` with 5 and 29 million parameters, greedy, one text. Programs take
 * turns. A generated token takes the difference of generating and reading the prompt, divided by the tokens.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, takeTurns } from "./compared.ts";
import { describeMachine, machineLine } from "./machine.ts";
import type { RivalProgram } from "./rivals/rival.ts";

const { values } = parseArgs({
  options: {
    python: { type: "string" },
    prompt: { type: "string", default: "512" },
    tokens: { type: "string", default: "256" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    encoding: { type: "string", default: "alibi" },
  },
});

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const [prompt, tokens] = [Number(values.prompt), Number(values.tokens)];
const modes = ["prompt", "generate"] as const;
const programs = modes.flatMap((mode): RivalProgram[] => [
  {
    name: `relpos ${mode}`,
    command: process.execPath,
    args: [file("./rivals/relpos-generate.ts"), mode, values.encoding, values.tokens],
  },
  ...(values.python
    ? [
        {
          name: `PyTorch ${mode}`,
          command: values.python,
          args: [file("../oracle/torch_generate.py")],
          options: { mode, tokens, flushDenormals: true },
        },
      ]
    : []),
]);

console.log(machineLine(describeMachine()));
for (const sizes of [
  { width: 256, layers: 4, heads: 8, vocab: 4096 },
  { width: 512, layers: 8, heads: 8, vocab: 4096 },
]) {
  const timed = await takeTurns(
    programs,
    {
      shape: { batch: 1, length: prompt + tokens, ...sizes },
      threads: Number(values.threads),
      optimiser: "sgd",
    },
    { rounds: Number(values.rounds), steps: 1, patience: 300_000 },
  );
  const of = (name: string): readonly number[] =>
    timed.find((each) => each.name === name)?.rounds ?? [];
  console.log(`width ${sizes.width}, ${sizes.layers} layers, prompt ${prompt}, ${tokens} tokens`);
  for (const { name, failed } of timed) if (failed) console.log(`  ${name}: ${failed}`);
  for (const who of values.python ? ["relpos", "PyTorch"] : ["relpos"]) {
    const [read, all] = [of(`${who} prompt`), of(`${who} generate`)];
    const token = all.map((ms, round) => (ms - (read[round] ?? NaN)) / tokens);
    console.log(
      `  ${who.padEnd(8)} prompt ${median(read).toFixed(0)} ms, ` +
        `token ${median(token).toFixed(2)} ms (${(1000 / median(token)).toFixed(0)} a second)`,
    );
  }
  if (values.python) {
    const ratio = (mode: string): string => {
      const [ours, theirs] = [of(`relpos ${mode}`), of(`PyTorch ${mode}`)];
      const all = ours.map((ms, round) => (theirs[round] ?? NaN) / ms);
      return `${median(all).toFixed(2)} (${Math.min(...all).toFixed(2)} … ${Math.max(...all).toFixed(2)})`;
    };
    console.log(`  PyTorch / relpos: prompt ${ratio("prompt")}, whole ${ratio("generate")}`);
  }
}
