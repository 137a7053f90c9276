/**
 * Tensors of a graph beside what a reference says they are, by float64 evaluation and by the runtime.
 *
 * @module
 */
import { expect } from "vitest";
import { inputName } from "../../src/operators/source.ts";
import { compile } from "../../src/runtime/node.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { goldenDifference } from "../golden/golden.ts";
import type { GoldenTensor } from "../golden/golden.ts";
import { hostTensor } from "./small-model.ts";

/** A tensor of the graph and what the reference says it is. */
export interface Comparison {
  readonly name: string;
  readonly tensor: Tensor;
  readonly golden: GoldenTensor;
}

/** Largest differences by float64 evaluation and by the runtime's float32, relative to the tensor. */
async function differences(
  comparisons: readonly Comparison[],
  given: ReadonlyMap<Tensor, Value>,
): Promise<Record<string, { evaluated: number; run: number }>> {
  const values = evaluate(
    comparisons.map(({ tensor }) => tensor),
    given,
  );
  const outputs = Object.fromEntries(comparisons.map(({ name, tensor }) => [name, tensor]));
  const program = await compile({ inputs: [...given.keys()], outputs }, { threads: 1 });
  const found = await program.run(
    Object.fromEntries(
      [...given].map(([tensor, value]) => [
        inputName(tensor)!,
        tensor.dtype === "bool"
          ? { shape: value.shape, data: Uint8Array.from(value.data) }
          : hostTensor(value, tensor.dtype),
      ]),
    ),
  );
  await program.dispose();
  const sizes = comparisons.map(({ golden }) => Math.max(...golden.data.map(Math.abs)));
  // A key's bias has gradient 0: what rounding leaves of it is measured against the other gradients.
  const most = Math.max(...sizes.filter((_, at) => /gradient/.test(comparisons[at]!.name)));
  return Object.fromEntries(
    comparisons.map(({ name, golden }, at) => {
      const scale = sizes[at]! > 1e-9 * most ? sizes[at]! : most;
      const inUnits = { ...golden, data: golden.data.map((x) => x / scale) };
      const difference = (data: ArrayLike<number>): number =>
        goldenDifference(
          Array.from(data, (x) => x / scale),
          inUnits,
        );
      return [
        name,
        { evaluated: difference(values[at]!.data), run: difference(found[name]!.data) },
      ];
    }),
  );
}

// The files keep 12 digits. In float32 the errors of some hundred sums add up.
export const tolerances = { evaluated: 1e-9, run: 5e-6 };

/** Fails where a tensor differs from its reference by more than the tolerance. */
export async function expectEqual(
  comparisons: readonly Comparison[],
  given: ReadonlyMap<Tensor, Value>,
  allowed: typeof tolerances = tolerances,
): Promise<void> {
  for (const [name, found] of Object.entries(await differences(comparisons, given))) {
    expect(found.evaluated, `${name}, by evaluate`).toBeLessThan(allowed.evaluated);
    expect(found.run, `${name}, by the runtime`).toBeLessThan(allowed.run);
  }
}

/** A stored tensor as a value of the graph. */
export function toValue({ shape, data }: GoldenTensor): Value {
  return valueOf(shape, data);
}
