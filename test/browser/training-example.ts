/**
 * A small training run that every runtime repeats: the same graph, the same batches, the same seed.
 *
 * It imports no runtime: the page hands in the browser's `compile`, a test hands in Node's.
 *
 * @module
 */
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import type { Compile, CompileOptions, HostTensor } from "../../src/runtime/session.ts";
import { batchAt } from "../../src/data/batches.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { languageObjective } from "../../src/training/language-objective.ts";
import { trainStep } from "../../src/training/train-step.ts";

/** One run of the example. */
export interface ExampleRun {
  readonly encoding: string;
  readonly steps: number;
}

const batch = 4;
const length = 32;
const vocab = 48;
const seed = 7;

/** The loss before each step, in nats a token, of a 2-layer model of width 32 under AdamW. */
export async function trainExample(
  { encoding, steps }: ExampleRun,
  compile: Compile,
  options: CompileOptions,
): Promise<number[]> {
  const config = transformerConfig({ vocab, model: 32, heads: 4, layers: 2 });
  const model = languageModel(config, encodingById(encoding), length);
  const schedule = constantRate(3e-3);
  const graph = trainStep(languageObjective(model, { batch, length }), {
    optimiser: adamW(),
    schedule,
    clipNorm: 1,
    seed,
  });
  const program = await compile(graph, options);
  // A text that can be learned: two interleaved arithmetic patterns.
  const text = Int32Array.from({ length: 4096 }, (_, i) => (i % 2 ? i * 5 : i * i) % vocab);
  const positions = Int32Array.from({ length }, (_, position) => position);
  try {
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const { tokens, targets } = batchAt(text, { batch, length, seed, step });
      const outputs = await program.run({
        tokens: rows(tokens),
        targets: rows(targets),
        positions: { shape: [length], data: positions },
      });
      losses.push(outputs["loss"]!.data[0]!);
    }
    return losses;
  } finally {
    await program.dispose();
  }
}

function rows(data: Int32Array): HostTensor {
  return { shape: [batch, length], data };
}

/** The largest difference between two runs, relative to the expected loss; NaN if one is NaN. */
export function largestDifference(
  received: readonly number[],
  expected: readonly number[],
): number {
  if (received.length !== expected.length) return NaN;
  return Math.max(...expected.map((loss, step) => Math.abs(received[step]! - loss) / loss));
}
