import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { writeModel } from "../../src/onnx/write-model.ts";
import * as op from "../../src/operators/index.ts";
import { evaluate, valueOf } from "../../src/tensor/evaluate.ts";
import { nodesOf, rematerialise } from "../../src/tensor/tensor.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { compile } from "../../src/runtime/node.ts";

const x = op.input("x", [2, 3]);
const w = op.input("w", [3, 3]);
const data = {
  x: Float32Array.from([0.3, -1.2, 0.8, 1.5, -0.4, 0.1]),
  w: Float32Array.from([0.2, -0.7, 0.4, 1.1, 0.5, -0.3, -0.9, 0.6, 0.8]),
};

/** `Σ (sin(2 x w) w)²`; `around` builds the sine. */
function lossWith(around: (build: () => Tensor) => Tensor): Tensor {
  const h = op.matmul(x, w);
  const mixed = op.matmul(
    around(() => op.sin(op.multiply(h, 2))),
    w,
  );
  return op.sum(op.multiply(mixed, mixed));
}

const numbers = (tensor: Tensor): number[] => [
  ...evaluate(
    [tensor],
    new Map([
      [x, valueOf([2, 3], [...data.x])],
      [w, valueOf([3, 3], [...data.w])],
    ]),
  )[0]!.data,
];
const named = (outputs: readonly Tensor[], name: string): number =>
  nodesOf(outputs).filter(({ operator }) => operator.name === name).length;
/** How often an operator occurs in the written model; 0x22 is the protobuf tag of a node's op_type. */
const written = (outputs: Readonly<Record<string, Tensor>>, opType: string): number => {
  const bytes = Buffer.from(writeModel({ inputs: [x, w], outputs }, "cpu")).toString("latin1");
  return bytes.split(`\x22${String.fromCharCode(opType.length)}${opType}`).length - 1;
};

describe("rematerialised tensors", () => {
  const kept = lossWith((build) => build());
  const rematerialised = lossWith((build) => rematerialise(build));

  test("are computed again for gradients, which keep their values", () => {
    const [plain, recomputed] = [kept, rematerialised].map((loss) => gradients(loss, [w])[0]!);
    expect(numbers(recomputed!)).toEqual(numbers(plain!));
    expect(named([kept, plain!], "sin")).toBe(1);
    expect(named([rematerialised, recomputed!], "sin")).toBe(2);
    expect(named([rematerialised, recomputed!], "matmul")).toBe(named([kept, plain!], "matmul"));
  });

  test("are written twice in the model, whose run gives the same values", async () => {
    const loss = rematerialised;
    const outputs = { loss, dw: gradients(loss, [w])[0]! };
    expect(written(outputs, "Sin")).toBe(2);
    expect(written({ loss: kept, dw: gradients(kept, [w])[0]! }, "Sin")).toBe(1);
    const program = await compile({ inputs: [x, w], outputs });
    const run = await program.run({
      x: { shape: [2, 3], data: data.x },
      w: { shape: [3, 3], data: data.w },
    });
    numbers(outputs.dw).forEach((value, at) => expect(run["dw"]!.data[at]).toBeCloseTo(value, 4));
    await program.dispose();
  });

  test("with keepResult, the returned tensor is not computed again", () => {
    const loss = lossWith((build) => rematerialise(build, { keepResult: true }));
    expect(named([loss, gradients(loss, [w])[0]!], "sin")).toBe(1);
  });

  test("have gradients of gradients", () => {
    const second = (loss: Tensor): Tensor => {
      const [dw] = gradients(loss, [w]);
      return gradients(op.sum(op.multiply(dw!, dw!)), [x])[0]!;
    };
    const expected = numbers(second(kept));
    numbers(second(rematerialised)).forEach((value, at) =>
      expect(value).toBeCloseTo(expected[at]!, 10),
    );
  });
});
