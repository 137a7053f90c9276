/**
 * `npm run bench`: the training step of relpos and of its rivals, run in turn; medians of rounds.
 *
 *     npm run bench -- [--shapes A,B,C,D] [--python PATH] [--optimiser sgd|adamw] [--rounds 7] [--steps 5]
 *                      [--only steps|encodings|startup] [--no-javascript]
 *
 * The PyTorch rivals run when --python names an interpreter that can import torch.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { encodings } from "../src/encodings/index.ts";
import { ratio, takeTurns } from "./compared.ts";
import type { Timed } from "./compared.ts";
import { describeMachine, machineLine } from "./machine.ts";
import type { GptShape, OptimiserName } from "./rivals/gpt-shape.ts";
import { javascriptRivals } from "./rivals/rival.ts";
import type { RivalProgram } from "./rivals/rival.ts";
import { measureStartup } from "./startup.ts";

const shapes: Readonly<Record<string, GptShape>> = {
  A: { batch: 4, length: 128, width: 256, heads: 8, layers: 4, vocab: 4096 },
  B: { batch: 8, length: 256, width: 256, heads: 8, layers: 4, vocab: 4096 },
  C: { batch: 12, length: 64, width: 128, heads: 4, layers: 4, vocab: 65 },
  D: { batch: 4, length: 512, width: 512, heads: 8, layers: 8, vocab: 4096 },
};

const { values } = parseArgs({
  allowNegative: true,
  options: {
    shapes: { type: "string", default: "A,B,C,D" },
    python: { type: "string" },
    optimiser: { type: "string", default: "sgd" },
    rounds: { type: "string", default: "7" },
    steps: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    only: { type: "string" },
    javascript: { type: "boolean", default: true },
  },
});
const turns = { rounds: Number(values.rounds), steps: Number(values.steps), patience: 180_000 };
const optimiser = values.optimiser as OptimiserName;
const threads = Number(values.threads);

function ours(encoding: string): RivalProgram {
  const file = fileURLToPath(new URL("./rivals/relpos.ts", import.meta.url));
  return {
    name: encoding === "alibi" ? "relpos" : encoding,
    command: process.execPath,
    args: [file, encoding],
  };
}

function pytorch(mode: "eager" | "compile"): RivalProgram {
  return {
    name: `PyTorch ${mode}`,
    command: values.python!,
    args: [fileURLToPath(new URL("../oracle/torch_step.py", import.meta.url))],
    options: { mode, flushDenormals: true },
  };
}

function print(title: string, timed: readonly Timed[]): void {
  console.log(`\n${title}`);
  const [first] = timed;
  for (const row of timed) {
    if (row.failed !== undefined) {
      console.log(`  ${row.name.padEnd(16)} failed: ${row.failed}`);
      continue;
    }
    const { median: times, low, high } = ratio(row, first!);
    const milliseconds = [...row.rounds].sort((a, b) => a - b)[Math.floor(row.rounds.length / 2)]!;
    console.log(
      `  ${row.name.padEnd(16)} ${milliseconds.toFixed(1).padStart(8)} ms a step  ` +
        `${times.toFixed(2).padStart(6)} × ${first!.name} (${low.toFixed(2)} … ${high.toFixed(2)})  ` +
        `${(row.peakBytes / 1e9).toFixed(2)} GB  set-up ${(row.setupMs / 1000).toFixed(2)} s`,
    );
  }
}

const torchVersion = values.python
  ? spawnSync(values.python, ["-c", "import torch; print(torch.__version__)"], { encoding: "utf8" })
  : undefined;
const hasTorch = torchVersion?.status === 0;
console.log(machineLine(describeMachine()));
console.log(
  hasTorch
    ? `PyTorch ${torchVersion.stdout.trim()}, subnormal numbers flushed to zero`
    : "PyTorch: skipped, give --python PATH of an interpreter that has torch",
);
console.log(
  `${optimiser}, ${threads} threads, ${turns.rounds} rounds of ${turns.steps} steps in turn`,
);

if (values.only === undefined || values.only === "steps")
  for (const name of values.shapes.split(",")) {
    const shape = shapes[name];
    if (shape === undefined) throw new Error(`shape ${name} is unknown. Known: A, B, C, D.`);
    const rivals = [ours("alibi"), ...(hasTorch ? [pytorch("eager"), pytorch("compile")] : [])];
    const { batch, length, width, layers } = shape;
    print(
      `Shape ${name}: ${batch} × ${length}, width ${width}, ${layers} layers`,
      await takeTurns(
        [...rivals, ...(values.javascript ? javascriptRivals : [])],
        { shape, threads, optimiser },
        turns,
      ),
    );
  }
if (values.only === undefined || values.only === "encodings") {
  const programs = encodings
    .map(({ id }) => ours(id))
    .map((program) => (program.name === "relpos" ? { ...program, name: "alibi" } : program));
  print(
    "Encodings, shape B, relative to none",
    await takeTurns(programs, { shape: shapes["B"]!, threads, optimiser }, turns),
  );
}
if (values.only === undefined || values.only === "startup") await measureStartup(shapes["D"]!);
