/** Decodes on the processor and on WebGPU, and writes the difference and what crossed to the device as JSON. */
import { compileDecoder } from "../../src/generation/compile-decoder.ts";
import type { Decoder } from "../../src/generation/decoder.ts";
import type { Compile } from "../../src/runtime/session.ts";
import { concat } from "../../src/operators/slicing.ts";
import { add, multiply } from "../../src/operators/arithmetic.ts";
import { sum } from "../../src/operators/reduction.ts";
import { input } from "../../src/operators/source.ts";
import { countingRuntime } from "../runtime/counting-runtime.ts";
import { trainedModel } from "./trained-model.ts";

/** What the test reads of an encoding. */
export interface DecodingReport {
  /** The largest difference of logits between WebGPU and the processor. */
  readonly difference: number;
  /** Where weights and cache were when the last steps began, and where the next cache was left. */
  readonly locations: readonly string[];
  /** The most numbers of a tensor that was made on the host during the last steps. */
  readonly largestMade: number;
  /** Sessions that were not released. */
  readonly open: number;
}

/** What the test reads of state itself. */
export interface StateReport {
  readonly text: readonly number[];
  readonly rolledBack: readonly number[];
  readonly written: readonly number[];
  readonly scale: readonly number[];
  readonly counts: readonly number[];
  readonly totals: readonly number[];
  readonly open: number;
}

const steps = 3;

async function decode(decoder: Decoder): Promise<Float32Array[]> {
  const found = [await decoder.prefill([[1, 2, 3, 4], [5]]), await decoder.step([6, 7])];
  await decoder.step([1, 1]);
  decoder.rollback();
  for (let step = 0; step < steps; step++) found.push(await decoder.step([step, step + 1]));
  return found.map(({ data }) => data);
}

async function report(encoding: string): Promise<DecodingReport> {
  const trained = trainedModel(encoding);
  const [processor, device] = [countingRuntime(), countingRuntime()];
  const onDevice: Compile = (graph, options) =>
    device.compile(graph, { ...options, device: "webgpu" });
  const options = { threads: 1, maxLength: 16 };
  const expected = await compileDecoder(trained, { ...options, compile: processor.compile });
  const decoder = await compileDecoder(trained, { ...options, compile: onDevice });
  const wanted = await decode(expected);
  const found = await decode(decoder);
  // Between two steps nothing else was made, so the last ones are these.
  const last = device.runs.slice(-steps);
  const fed = new Set(["tokens", "positions", "keyPositions", "keyMask", "pastTokens"]);
  const locations = last.flatMap(({ locations, outputs }) => [
    ...Object.entries(locations)
      .filter(([name]) => !fed.has(name))
      .map(([, location]) => location),
    ...Object.entries(outputs)
      .filter(([name]) => name.startsWith("next:"))
      // The cache of a later step has taken its place, and its memory is free.
      .map(([, { location }]) => (location === "none" ? "freed" : location)),
  ]);
  const perStep = Object.keys(last[0]!.inputs).filter((name) => fed.has(name)).length;
  const largestMade = Math.max(...device.made.slice(-steps * perStep));
  await decoder.dispose();
  await expected.dispose();
  return {
    difference: Math.max(
      ...wanted.flatMap((row, at) => Array.from(row, (x, k) => Math.abs(x - found[at]![k]!))),
    ),
    locations: [...new Set(locations)].sort(),
    largestMade,
    open: device.open(),
  };
}

/** Each kind of state, read, written, rolled back and reset. */
async function stateReport(): Promise<StateReport> {
  const runtime = countingRuntime();
  const x = input("x", ["batch", "fresh"]);
  const [scale, count] = [input("scale", []), input("count", [])];
  const text = input("text", ["batch", "past"]);
  const next = concat([text, multiply(x, scale)], 1);
  const program = await runtime.compile(
    {
      inputs: [x],
      outputs: { total: sum(next) },
      state: {
        scale: { kind: "readOnly", current: scale, initial: Float32Array.of(10) },
        text: { kind: "growing", current: text, next },
        count: { current: count, next: add(count, 1), initial: Float32Array.of(0) },
      },
    },
    { device: "webgpu", threads: 1 },
  );
  const totals: number[] = [];
  const run = async (...values: number[]): Promise<void> => {
    const feed = { shape: [1, values.length], data: Float32Array.from(values) };
    totals.push((await program.run({ x: feed }))["total"]!.data[0]!);
  };
  const read = async (name: string): Promise<number[]> => [...(await program.readState(name))];
  await run(1, 2);
  await run(3);
  const [texts, counts] = [await read("text"), [...(await read("count"))]];
  await run(4);
  program.rollback();
  const rolledBack = await read("text");
  counts.push(...(await read("count")));
  await run(5);
  program.writeState("text", Float32Array.of(7), [1, 1]);
  program.writeState("scale", Float32Array.of(2));
  await run(1);
  const [written, scales] = [await read("text"), await read("scale")];
  program.resetState();
  counts.push(...(await read("count")));
  await run(1);
  await program.dispose();
  return { text: texts, rolledBack, written, scale: scales, counts, totals, open: runtime.open() };
}

const decoding: Record<string, DecodingReport> = {};
for (const encoding of process.argv.slice(2)) decoding[encoding] = await report(encoding);
process.stdout.write(JSON.stringify({ decoding, state: await stateReport() }));
