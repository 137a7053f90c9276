/**
 * What each encoding costs beside `none`: a training step and a decoded token, at 512 and at 4,096 tokens.
 *
 *     node bench/costs.ts [--encodings rope,t5] [--rounds 5] [--threads 2] [--out docs/encodings/costs.json]
 *
 * Each encoding is a process of its own, four of them beside one with `none`; they take turns, and a ratio is
 * formed within each round. Results are written after each measurement, and those that are there are kept, so
 * that a run that was stopped goes on; --again measures anew.
 */
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { splitEncodings } from "../src/encodings/compose/split-encodings.ts";
import { encodings } from "../src/encodings/index.ts";
import { median, ratio, takeTurns } from "./compared.ts";
import type { Timed } from "./compared.ts";
import { describeMachine, machineLine } from "./machine.ts";
import type { GptShape } from "./rivals/gpt-shape.ts";
import type { RivalProgram } from "./rivals/rival.ts";

const { values } = parseArgs({
  options: {
    encodings: { type: "string" },
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    out: { type: "string", default: "docs/encodings/costs.json" },
    again: { type: "boolean", default: false },
  },
});

const model = { width: 256, heads: 8, layers: 2, vocab: 256 } as const;

/** Encodings that take turns with one `none`. */
const together = 4;

/** What is measured: the program, its shape, and steps a turn. */
const measurements = [
  { name: "train 512", file: "relpos.ts", shape: { ...model, batch: 4, length: 512 }, steps: 3 },
  { name: "train 4096", file: "relpos.ts", shape: { ...model, batch: 1, length: 4096 }, steps: 1 },
  {
    name: "decode 512",
    file: "relpos-decode.ts",
    shape: { ...model, batch: 1, length: 512 },
    steps: 200,
  },
  {
    name: "decode 4096",
    file: "relpos-decode.ts",
    shape: { ...model, batch: 1, length: 4096 },
    steps: 100,
  },
] as const satisfies readonly { name: string; file: string; shape: GptShape; steps: number }[];

/** One figure beside that of `none` in the same rounds. */
interface Cost {
  /** Median milliseconds of a step. */
  readonly ms: number;
  /** Time over that of `none`: median, lowest and highest round. */
  readonly times: readonly [median: number, low: number, high: number];
  /** Peak of the process, in bytes, and of the one with `none`. */
  readonly peakBytes: number;
  readonly peakBytesOfNone: number;
}

/** Costs of an encoding by the name of the measurement, or why there is none. */
type Costs = Record<string, Cost | { readonly failed: string }>;

/** What the file holds. */
interface Document {
  readonly machine: string;
  readonly rounds: number;
  readonly threads: number;
  readonly model: typeof model;
  readonly costs: Record<string, Costs>;
}

const rounds = Number(values.rounds);
const threads = Number(values.threads);
const fresh: Document = {
  machine: machineLine(describeMachine()),
  rounds,
  threads,
  model,
  costs: {},
};
const document: Document =
  fs.existsSync(values.out) && !values.again
    ? (JSON.parse(fs.readFileSync(values.out, "utf8")) as Document)
    : fresh;

function program(file: string, encoding: string): RivalProgram {
  return {
    name: encoding,
    command: process.execPath,
    args: [fileURLToPath(new URL(`./rivals/${file}`, import.meta.url)), encoding],
  };
}

const chosen = values.encodings ? splitEncodings(values.encodings) : encodings.map(({ id }) => id);
for (let first = 0; first < chosen.length; first += together)
  for (const measurement of measurements)
    await measure(chosen.slice(first, first + together), measurement);

/** Some encodings and one process with `none`, in turn. */
async function measure(
  ids: readonly string[],
  { name, file, shape, steps }: (typeof measurements)[number],
): Promise<void> {
  const open = ids.filter((id) => {
    const before = document.costs[id]?.[name];
    return before === undefined || "failed" in before;
  });
  if (open.length === 0) return;
  // A name of its own: `none` is measured against itself, too, which shows the noise.
  const programs = [program(file, "none"), ...open.map((id) => program(file, id))];
  const job = { shape, threads, optimiser: "sgd" } as const;
  const [none, ...timed] = await takeTurns(programs, job, { rounds, steps, patience: 300_000 });
  timed.forEach((own, at) => {
    const id = open[at]!;
    const cost = costOf(own, none!);
    (document.costs[id] ??= {})[name] = cost;
    console.log(
      `${id.padEnd(24)} ${name.padEnd(12)} ` +
        ("failed" in cost
          ? cost.failed
          : `${cost.ms} ms  ${cost.times[0]} × none (${cost.times[1]} … ${cost.times[2]})  ` +
            `${(cost.peakBytes / 1e9).toFixed(2)} GB (none ${(cost.peakBytesOfNone / 1e9).toFixed(2)})`),
    );
  });
  fs.writeFileSync(values.out, `${JSON.stringify(document, null, 2)}\n`);
}

function costOf(own: Timed, none: Timed): Cost | { readonly failed: string } {
  const failed = own.failed ?? none.failed;
  if (failed !== undefined) return { failed };
  const { median: times, low, high } = ratio(own, none);
  return {
    ms: rounded(median(own.rounds), 2),
    times: [rounded(times, 3), rounded(low, 3), rounded(high, 3)],
    peakBytes: own.peakBytes,
    peakBytesOfNone: none.peakBytes,
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
