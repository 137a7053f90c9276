/**
 * The whole operator table as one program, so that a device compiles once.
 *
 * Every case gives its values and, where it has them, its gradients for a fixed random w.
 *
 * @module
 */
import { compile } from "../../src/runtime/node.ts";
import type { CompileOptions, HostTensor, TypedArray } from "../../src/runtime/session.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { DType, Tensor, Value } from "../../src/tensor/tensor.ts";
import { declare } from "../operators/case.ts";
import type { OperatorCase } from "../operators/case.ts";
import { differentiate } from "../operators/check-gradient.ts";

/** A tensor of a case by both ways. */
export interface Compared {
  /** `value 0`, `gradient of x`. */
  readonly what: string;
  readonly dtype: DType;
  readonly expected: Value;
  readonly received: HostTensor;
}

interface CaseGraph {
  readonly feeds: ReadonlyMap<Tensor, Value>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Values and gradients of a case; inputs are named after `label`. */
function graphOf(each: OperatorCase, label: string): CaseGraph {
  const inputs = declare(each.inputs, label);
  const built = each.build(inputs);
  const outputs = Object.fromEntries(built.map((tensor, at) => [`value ${at}`, tensor]));
  const values = Object.fromEntries(
    Object.entries(each.inputs).map(([name, { value }]) => [name, value]),
  );
  const floats = each.order === 0 ? [] : built.filter(({ dtype }) => dtype === "float32");
  const backward = differentiate({ inputs, values, outputs: floats }, label);
  backward.gradients.forEach((gradient, at) => {
    if (gradient !== undefined) outputs[`gradient of ${backward.names[at]}`] = gradient;
  });
  const feeds = new Map(
    Object.entries(backward.inputs).map(([name, tensor]) => [tensor, backward.values[name]!]),
  );
  return { feeds, outputs };
}

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>;

/** Runs cases on a device and by evaluate(); results by the case's name. */
export async function runCases(
  cases: readonly OperatorCase[],
  options: CompileOptions,
): Promise<Map<string, Compared[]>> {
  const graphs = cases.map((each, at) => graphOf(each, `${at} `));
  const labelled = graphs.flatMap(({ outputs }, at) =>
    Object.entries(outputs).map(([what, tensor]) => ({ at, what, tensor, label: `${at} ${what}` })),
  );
  const feeds = new Map(graphs.flatMap((graph) => [...graph.feeds]));
  const program = await compile(
    {
      inputs: [...feeds.keys()],
      outputs: Object.fromEntries(labelled.map(({ label, tensor }) => [label, tensor])),
    },
    options,
  );
  try {
    const received = await program.run(
      Object.fromEntries(
        [...feeds].map(([tensor, { shape, data }]) => {
          const typed: TypedArray = arrays[tensor.dtype].from(data);
          return [tensor.node.attributes["name"] as string, { shape, data: typed }];
        }),
      ),
    );
    const expected = evaluate(
      labelled.map(({ tensor }) => tensor),
      feeds,
    );
    const results = new Map<string, Compared[]>(cases.map(({ name }) => [name, []]));
    labelled.forEach(({ at, what, tensor, label }, position) =>
      results.get(cases[at]!.name)!.push({
        what,
        dtype: tensor.dtype,
        expected: expected[position]!,
        received: received[label]!,
      }),
    );
    return results;
  } finally {
    await program.dispose();
  }
}

/** The largest difference, relative where the expected number exceeds 1; NaN if one is. */
export function largestError({ expected, received }: Compared): number {
  let largest = 0;
  expected.data.forEach((value, at) => {
    const error = Math.abs(received.data[at]! - value) / Math.max(1, Math.abs(value));
    if (!(error <= largest)) largest = error;
  });
  return largest;
}
