import { beforeAll, describe, expect, test, vi } from "vitest";
import { typesOf, UnsupportedOnDevice } from "../../src/onnx/devices.ts";
import { GraphWriter } from "../../src/onnx/graph-writer.ts";
import { writeModel } from "../../src/onnx/write-model.ts";
import * as op from "../../src/operators/index.ts";
import { scope } from "../../src/tensor/tensor.ts";
import type { DType, Tensor } from "../../src/tensor/tensor.ts";
import { operatorCases } from "../operators/cases.ts";
import { differentiate } from "../operators/check-gradient.ts";
import { computationOf } from "../operators/computation.ts";
import { runsAlone } from "./one-node-model.ts";
import { probes } from "./probes.ts";

const types: readonly DType[] = ["float32", "int32", "bool"];
const bare = (opType: string): string => opType.split(".").at(-1)!;

describe.each(Object.entries(probes))("%s on the processor", (opType, probe) => {
  test.each(types)("%s runs if and only if the table allows it", async (type) => {
    const { runs, reason } = await runsAlone("cpu", bare(opType), type, probe);
    const found = runs ? "runs on the processor" : `does not run on the processor (${reason})`;
    const advice = `${opType} of ${type} ${found}; correct its types in src/onnx/devices.ts`;
    expect(typesOf(bare(opType))?.includes(type), advice).toBe(runs);
    if (!runs) expect(reason).toMatch(/Type Error|NOT_IMPLEMENTED|Could not find an impl/);
  });
});

describe("the table", () => {
  const written = new Set<string>();
  beforeAll(() => {
    const spy = vi.spyOn(GraphWriter.prototype, "node");
    for (const each of operatorCases) {
      const computation = computationOf(each);
      const { outputs, inputs } = differentiate(computation);
      for (const device of ["cpu", "webgpu"] as const)
        writeModel(
          { inputs: Object.values(inputs), outputs: named([...computation.all, ...outputs]) },
          device,
        );
    }
    for (const [opType, , , options] of spy.mock.calls)
      written.add(options?.domain === undefined ? opType : `${options.domain}.${opType}`);
    spy.mockRestore();
  });

  test("in src/onnx/devices.ts has every ONNX operator that the cases write", () => {
    written.delete("Loop"); // its types are those of its body
    expect(written.size).toBeGreaterThan(50);
    expect([...written].filter((opType) => typesOf(bare(opType)) === undefined)).toEqual([]);
  });

  test("of calls in test/onnx/probes.ts has every ONNX operator that the cases write", () => {
    written.delete("Loop");
    expect([...written].filter((opType) => probes[opType] === undefined)).toEqual([]);
  });
});

describe("a model is refused with the node's name", () => {
  const model = (x: Tensor, y: Tensor, device: "cpu" | "webgpu" = "cpu"): (() => unknown) => {
    return () => writeModel({ inputs: [x], outputs: { y } }, device);
  };
  const choice = (x: Tensor): Tensor =>
    scope("blocks.3", () => scope("attention", () => op.where(x, x, op.not(x))));

  test("where the type has no kernel", () => {
    const x = op.input("x", [3], "bool");
    expect(model(x, choice(x))).toThrow(UnsupportedOnDevice);
    expect(model(x, choice(x), "webgpu")).toThrow(
      "onnx: Where was given bool at node blocks.3.attention/where; on webgpu it takes float32 or " +
        "int32. Cast the input first.",
    );
  });
  test("inside the body of a map too", () => {
    const x = op.input("x", [4], "bool");
    const [y] = op.mapBlocks({
      blocks: 2,
      inputs: [{ tensor: x, kind: "sliced", axis: 0 }],
      body: ([part]) => [{ tensor: choice(part!), kind: "stacked", axis: 0 }],
    });
    expect(model(x, y!)).toThrow(/Where was given bool at node blocks.3.attention\/where/);
  });
  test("where the type is that of a result in between", () => {
    const x = op.input("x", [3]);
    const mask = op.less(x, op.scalar(0));
    expect(model(x, op.where(mask, mask, mask))).toThrow(/Where was given bool/);
    expect(model(x, op.where(mask, x, x))).not.toThrow();
  });
});

function named(outputs: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(outputs.map((tensor, at) => [`y${at}`, tensor]));
}
