/**
 * Generation in relpos, in PyTorch eager with a cache and in transformers.js: the time of a prompt, and tokens a second after it.
 *
 *     node bench/generation.ts [--python PATH] [--transformers-js FOLDER] [--prompt 512] [--tokens 256] [--rounds 5]
 *         [--threads 2] [--encoding alibi|llama|...] [--lengths 100,500,1000,2000]
 *
 * The models are the GPTs of `rivals/gpt-shape.ts` with 5 and 29 million parameters, greedy, one text. Programs take
 * turns. A generated token takes the difference of generating and reading the prompt, divided by the tokens.
 * FOLDER is where `npm install @huggingface/transformers@4.3.1` was run; it is given a float32 export of the same weights, and
 * must generate the same tokens. `--encoding llama` makes Llamas of the same sizes, which PyTorch's program is not. With `--lengths`, only the time of a token after texts of those lengths is measured, in relpos.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, takeTurns } from "./compared.ts";
import type { Timed, Turns } from "./compared.ts";
import { describeMachine, machineLine } from "./machine.ts";
import type { GptShape } from "./rivals/gpt-shape.ts";
import type { RivalProgram } from "./rivals/rival.ts";

const { values } = parseArgs({
  options: {
    python: { type: "string" },
    "transformers-js": { type: "string" },
    prompt: { type: "string", default: "512" },
    tokens: { type: "string", default: "256" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    encoding: { type: "string", default: "alibi" },
    lengths: { type: "string" },
  },
});

type Sizes = Omit<GptShape, "batch" | "length">;

const models: readonly Sizes[] = [
  { width: 256, layers: 4, heads: 8, vocab: 4096 },
  { width: 512, layers: 8, heads: 8, vocab: 4096 },
];
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const { encoding, python, "transformers-js": installed } = values;
const [prompt, tokens] = [Number(values.prompt), Number(values.tokens)];
const modes = ["prompt", "generate"] as const;

function node(name: string, script: string, ...args: readonly string[]): RivalProgram {
  return { name, command: process.execPath, args: [file(script), ...args] };
}

async function timed(
  programs: readonly RivalProgram[],
  sizes: Sizes,
  length: number,
  turns: Pick<Turns, "rounds" | "steps">,
): Promise<Timed[]> {
  const job = {
    shape: { batch: 1, length, ...sizes },
    threads: Number(values.threads),
    optimiser: "sgd",
  } as const;
  return await takeTurns(programs, job, { ...turns, patience: 300_000 });
}

/** Reading a prompt and generating, in all programs. */
async function compare(sizes: Sizes): Promise<void> {
  const programs = modes.flatMap((mode): RivalProgram[] => [
    node(`relpos ${mode}`, "./rivals/relpos-generate.ts", mode, encoding, values.tokens),
    ...(python
      ? [
          {
            name: `PyTorch ${mode}`,
            command: python,
            args: [file("../oracle/torch_generate.py")],
            options: { mode, tokens, flushDenormals: true },
          },
        ]
      : []),
    ...(installed
      ? [
          node(
            `transformers.js ${mode}`,
            "./rivals/transformers-js.ts",
            ...[mode, encoding, values.tokens, installed],
          ),
        ]
      : []),
  ]);
  const turns = { rounds: Number(values.rounds), steps: 1 };
  const results = await timed(programs, sizes, prompt + tokens, turns);
  for (const { name, failed } of results) if (failed) console.log(`  ${name}: ${failed}`);
  const of = (name: string): readonly number[] =>
    results.find((each) => each.name === name)?.rounds ?? [];
  const perToken = (who: string): number[] =>
    of(`${who} generate`).map((ms, round) => (ms - (of(`${who} prompt`)[round] ?? NaN)) / tokens);
  const others = [...(python ? ["PyTorch"] : []), ...(installed ? ["transformers.js"] : [])];
  for (const who of ["relpos", ...others]) {
    const token = median(perToken(who));
    console.log(
      `  ${who.padEnd(15)} prompt ${median(of(`${who} prompt`)).toFixed(0)} ms, ` +
        `token ${token.toFixed(2)} ms (${(1000 / token).toFixed(0)} a second)`,
    );
  }
  for (const who of others) {
    const ratio = (theirs: readonly number[], ours: readonly number[]): string => {
      const all = ours.map((ms, round) => (theirs[round] ?? NaN) / ms);
      return `${median(all).toFixed(2)} (${Math.min(...all).toFixed(2)} … ${Math.max(...all).toFixed(2)})`;
    };
    console.log(
      `  ${who} / relpos: prompt ${ratio(of(`${who} prompt`), of("relpos prompt"))}, ` +
        `token ${ratio(perToken(who), perToken("relpos"))}`,
    );
  }
}

/** The time of a token after texts of several lengths. */
async function grow(sizes: Sizes, lengths: readonly number[]): Promise<void> {
  for (const length of lengths) {
    const program = node(`after ${length}`, "./rivals/relpos-decode.ts", encoding);
    const turns = { rounds: Number(values.rounds), steps: 20 };
    const [result] = await timed([program], sizes, length + 1, turns);
    const { rounds, failed } = result!;
    console.log(`  after ${length} tokens: ${failed ?? `${median(rounds).toFixed(2)} ms a token`}`);
  }
}

console.log(machineLine(describeMachine()));
if (!python) console.log("PyTorch is left out; --python PATH names an interpreter that has torch.");
if (!installed)
  console.log(
    "transformers.js is left out; --transformers-js FOLDER names a folder in which it is installed.",
  );
for (const sizes of models) {
  const { width, layers } = sizes;
  console.log(`width ${width}, ${layers} layers, prompt ${prompt}, ${tokens} tokens`);
  await (values.lengths ? grow(sizes, values.lengths.split(",").map(Number)) : compare(sizes));
}
