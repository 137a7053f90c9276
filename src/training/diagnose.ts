/**
 * Where a forward pass first leaves the finite numbers.
 *
 * @module
 */
import { sequencePositions } from "../model/positions.ts";
import { forward } from "../model/transformer.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { abs } from "../operators/pointwise.ts";
import { max } from "../operators/reduction.ts";
import { input } from "../operators/source.ts";
import type { Compile, CompileOptions, HostTensor } from "../runtime/session.ts";
import type { Checkpoint, TrainingPlan } from "./train.ts";

/**
 * The first stage whose output is NaN or infinite on this batch; "the backward pass" if all of the
 * forward pass is finite. `tensors` are the state before the failing step.
 */
export async function diagnose(
  model: LanguageModel,
  plan: TrainingPlan,
  feeds: Readonly<Record<string, HostTensor>>,
  tensors: Checkpoint["tensors"],
  compile: Compile,
  options?: CompileOptions,
): Promise<string> {
  for (const { name } of model.parameters.specs)
    if (!tensors.get(name)!.data.every(Number.isFinite)) return `parameter ${name}`;

  const { batch, length } = plan;
  const tokens = input("tokens", [batch, length], "int32");
  const places = sequencePositions(model.encoding, model.config.layers, length);
  const { positions, layerPositions } = places;
  const { stages, logits } = forward(model, { tokens, positions, layerPositions });
  const points = [...stages, { name: "head", output: logits }];
  const program = await compile(
    {
      inputs: [tokens, places.input, ...model.parameters.tensors],
      outputs: Object.fromEntries(points.map(({ name, output }) => [name, max(abs(output))])),
    },
    options,
  );
  try {
    const rows = plan.accumulate;
    const all = feeds["tokens"]!.data as Int32Array;
    for (let row = 0; row < rows; row++) {
      const data = all.slice(row * batch * length, (row + 1) * batch * length);
      const largest = await program.run({
        ...Object.fromEntries(model.parameters.specs.map(({ name }) => [name, tensors.get(name)!])),
        tokens: { shape: [batch, length], data },
        positions: feeds["positions"]!,
      });
      const bad = points.find(({ name }) => !Number.isFinite(largest[name]!.data[0]));
      if (bad) return bad.name;
    }
    return "the backward pass";
  } finally {
    await program.dispose();
  }
}
