/** Constants are stored once. */
import { expect, test } from "vitest";
import { GraphWriter } from "../../src/onnx/graph-writer.ts";

test("equal constants have one name; another number, shape or type has another", () => {
  const writer = new GraphWriter("cpu");
  const values = Float32Array.from({ length: 300 }, (_, at) => at / 7);
  const name = writer.tensor([300], "float32", values);
  expect(writer.tensor([300], "float32", values.slice())).toBe(name);
  expect(writer.scalar(1, "float32")).toBe(writer.scalar(1, "float32"));
  const others = [
    writer.tensor([300], "float32", values.with(299, -1)),
    writer.tensor([3, 100], "float32", values),
    writer.tensor([300], "int32", new Int32Array(300)),
    writer.scalar(1, "float32"),
    writer.scalar(1, "int32"),
  ];
  expect(new Set([name, ...others]).size).toBe(6);
});
