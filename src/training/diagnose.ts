/**
 * Where the numbers of a step first leave the finite range.
 *
 * @module
 */
import { gather } from "../operators/indexing.ts";
import { abs } from "../operators/pointwise.ts";
import { max } from "../operators/reduction.ts";
import { input } from "../operators/source.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Feeds } from "./batch-source.ts";
import { buildLoss } from "./build-loss.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { firstNotFinite } from "./divergence.ts";
import { prepared, stepInputs } from "./objective.ts";
import type { Objective } from "./objective.ts";
import { diagnosisPrefix, stateNames } from "./step-names.ts";
import { seedOfMicroBatch, seedOfStep } from "./train-step.ts";

/** The step that failed. */
export interface FailedStep {
  readonly objective: Objective;
  readonly seed: number;
  readonly microBatches: number;
  readonly feeds: Feeds;
  /** Steps done before it. */
  readonly step: number;
  /** Parameters before it. */
  readonly tensors: Checkpoint["tensors"];
}

/**
 * The first parameter that is not finite, else the first stage of the forward pass whose output is not finite on
 * this batch, else "the loss", else "the backward pass".
 */
export async function diagnose(
  { objective, seed, microBatches, feeds, step, tensors }: FailedStep,
  compile: Compile,
  options?: CompileOptions,
): Promise<string> {
  const { parameters } = objective;
  const values = new Map(parameters.specs.map(({ name }) => [name, tensors.get(name)!]));
  const bad = firstNotFinite(values);
  if (bad !== undefined) return `parameter ${bad}`;

  const fed = stepInputs(objective, microBatches);
  const number = input(numberName, [], "int32");
  const done = input(stateNames.step, []);
  const stepSeed = seedOfStep(done, seed);
  const whole = prepared(objective, fed, microBatches);
  const rows = Object.entries(whole).map(([name, tensor]): [string, Tensor] => [
    name,
    microBatches === 1 || objective.inputs[name]!.shared ? tensor : gather(tensor, number),
  ]);
  const scalars = {
    step: done,
    seed: microBatches === 1 ? stepSeed : seedOfMicroBatch(stepSeed, number),
  };
  const { loss, stages } = buildLoss(objective, Object.fromEntries(rows), scalars);
  const points = [...stages, { name: "the loss", output: loss }];
  const program = await compile(
    {
      inputs: [...Object.values(fed), number, done, ...parameters.tensors],
      outputs: Object.fromEntries(
        points.map(({ output }, at) => [pointName(at), max(abs(output))]),
      ),
    },
    options,
  );
  try {
    for (let micro = 0; micro < microBatches; micro++) {
      const largest = await program.run({
        ...feeds,
        ...Object.fromEntries(values),
        [numberName]: { shape: [], data: Int32Array.of(micro) },
        [stateNames.step]: { shape: [], data: Float32Array.of(step) },
      });
      const found = points.find((_, at) => !Number.isFinite(largest[pointName(at)]!.data[0]));
      if (found) return found.name;
    }
    return "the backward pass";
  } finally {
    await program.dispose();
  }
}

const numberName = `${diagnosisPrefix}micro-batch`;

function pointName(at: number): string {
  return `${diagnosisPrefix}point ${at}`;
}
