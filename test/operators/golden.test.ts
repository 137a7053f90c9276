/**
 * Operators against PyTorch in float64: values, and gradients of Σ y · cotangent.
 */
import { expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as op from "../../src/operators/index.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import type { Tensor, Value } from "../../src/tensor/tensor.ts";
import { goldenDifference, readGolden } from "../golden/golden.ts";
import type { GoldenCase } from "../golden/golden.ts";

type Inputs = Readonly<Record<string, Tensor>>;
type Options = GoldenCase["options"];

/** Applies an operator over the last axis to another axis. */
function along(x: Tensor, axis: unknown, build: (x: Tensor) => Tensor): Tensor {
  const last = x.shape.length - 1;
  const axes = [...x.shape.keys()];
  const place = (axis as number) < 0 ? (axis as number) + axes.length : (axis as number);
  [axes[place], axes[last]] = [last, place];
  return op.transpose(build(op.transpose(x, axes)), axes);
}

const builders: Readonly<Record<string, (inputs: Inputs, options: Options) => Tensor>> = {
  softmax: ({ x }, { axis }) => along(x!, axis, op.softmax),
  log_softmax: ({ x }, { axis }) => along(x!, axis, op.logSoftmax),
  // Each element of x − logSoftmax(x) is ln Σ exp of its row.
  logsumexp: ({ x }) =>
    op.sum(op.slice(op.subtract(x!, op.logSoftmax(x!)), -1, 0, 1), { axes: [-1] }),
  layer_norm: ({ x, weight, bias }, { epsilon }) =>
    op.layerNorm(x!, weight!, bias!, epsilon as number),
  rms_norm: ({ x, weight }, { epsilon }) => op.rmsNorm(x!, weight!, epsilon as number),
  gelu: ({ x }, { approximate }) => (approximate === "tanh" ? op.geluTanh(x!) : op.gelu(x!)),
  silu: ({ x }) => op.silu(x!),
  leaky_relu: ({ x }, { slope }) => op.leakyRelu(x!, slope as number),
  inverse_unit_lower: ({ x }) => op.inverseUnitLower(x!),
  softplus: ({ x }) => op.softplus(x!),
  erf: ({ x }) => op.erf(x!),
  cross_entropy: ({ logits, targets }, { smoothing = 0 }) =>
    op.mean(op.crossEntropy(logits!, targets!, { smoothing: smoothing as number })),
  cumsum: ({ x }, { axis, reverse }) =>
    op.cumsum(x!, axis as number, { reverse: reverse as boolean }),
  gather: ({ x, index }, { axis }) => op.takeAlongAxis(x!, index!, axis as number),
  scatter_add: ({ base, source, index }, { axis }) =>
    op.scatterAddAlong(base!, index!, source!, axis as number),
};

const { cases } = readGolden("operators");

test("each operator of the golden file has a builder", () => {
  const names = cases.map(({ name }) => builderName(name));
  expect([...new Set(names)].sort()).toEqual(Object.keys(builders).sort());
});

test.each(cases)(
  "$name equals PyTorch",
  ({ name, options, inputs, outputs, gradients: slopes }) => {
    const integers = new Set(["targets", "index"]);
    const declared = Object.fromEntries(
      Object.entries(inputs).map(([key, { shape }]) => [
        key,
        op.input(key, shape, integers.has(key) ? "int32" : "float32"),
      ]),
    );
    const given = new Map<Tensor, Value>(
      Object.entries(inputs).map(([key, { shape, data }]) => [
        declared[key]!,
        { shape, data: Float64Array.from(data) },
      ]),
    );
    const y = builders[builderName(name)]!(declared, options);
    const loss = op.sum(op.multiply(y, declared["cotangent"]!));
    const keys = Object.keys(slopes);
    const found = gradients(
      loss,
      keys.map((key) => declared[key]!),
    );
    const [value, ...dInputs] = evaluate([y, ...found], given);
    expect(value!.shape).toEqual(outputs["y"]!.shape);
    expect(goldenDifference(value!.data, outputs["y"]!)).toBeLessThan(valueTolerance);
    keys.forEach((key, at) => {
      expect(dInputs[at]!.shape, key).toEqual(slopes[key]!.shape);
      expect(goldenDifference(dInputs[at]!.data, slopes[key]!), key).toBeLessThan(1e-7);
    });
  },
);

function builderName(name: string): string {
  return name.split(/,? (?:over|of|exact|tanh|reverse)/)[0]!;
}

/** Both sides compute in float64, constants included. */
const valueTolerance = 1e-12;
