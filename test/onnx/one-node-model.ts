/**
 * Models of one node, written without asking the kernel table, to learn what a device runs.
 *
 * @module
 */
import * as ort from "onnxruntime-node";
import { opset } from "../../src/onnx/devices.ts";
import {
  encode,
  graphMessage,
  modelMessage,
  nodeMessage,
  encodeTensor,
  valueInfoMessage,
} from "../../src/onnx/protobuf.ts";
import type { AttributeContent } from "../../src/onnx/protobuf.ts";
import { onnxTypes } from "../../src/operators/cast.ts";
import type { DType } from "../../src/tensor/tensor.ts";

/** Another input of a node: a stored constant, or the data input again. */
export type Further =
  | "data"
  | {
      readonly type: DType | "int64";
      readonly shape: readonly number[];
      readonly values: readonly number[];
    };

/** How a kernel is called. */
export interface Probe {
  /** Of the data input; [3, 3] if absent. */
  readonly shape?: readonly number[];
  readonly domain?: string;
  readonly before?: readonly Further[];
  readonly after?: readonly Further[];
  readonly attributes?: readonly (readonly [string, AttributeContent])[];
  /** Type of the result, where it is not the data's. */
  readonly result?: DType | "int64";
  /** Results after the first, which nothing reads. Default 0. */
  readonly unread?: number;
}

const bytesOf = {
  float32: (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer),
  int32: (values: readonly number[]) => new Uint8Array(Int32Array.from(values).buffer),
  int64: (values: readonly number[]) => new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
  bool: (values: readonly number[]) => Uint8Array.from(values),
};

/** Whether one provider alone creates and runs the node with data of a type; the reason if not. */
export async function runsAlone(
  provider: "cpu" | "webgpu",
  opType: string,
  type: DType,
  {
    shape = [3, 3],
    domain = "",
    before = [],
    after = [],
    attributes = [],
    result = type,
    unread = 0,
  }: Probe,
): Promise<{ readonly runs: boolean; readonly reason: string }> {
  const initializers: Uint8Array[] = [];
  const name = (further: Further, position: number): string => {
    if (further === "data") return "x";
    const { type: elementType, shape, values } = further;
    const label = `constant ${position}`;
    const bytes = bytesOf[elementType](values);
    initializers.push(
      encodeTensor({ name: label, shape, elementType: onnxTypes[elementType], bytes }),
    );
    return label;
  };
  const inputs = [...before, "data" as const, ...after].map(name);
  const outputs = ["y", ...Array.from({ length: unread }, (_, at) => `unread ${at}`)];
  const model = encode(
    modelMessage({
      irVersion: opset.irVersion,
      producerVersion: "test",
      opsets: [
        { domain: "", version: opset.onnx },
        { domain: "com.microsoft", version: opset.contrib },
      ],
      graph: encode(
        graphMessage({
          name: opType,
          nodes: [
            encode(nodeMessage({ opType, domain, name: opType, inputs, outputs, attributes })),
          ],
          initializers,
          inputs: [encode(valueInfoMessage("x", onnxTypes[type], shape))],
          outputs: [encode(outputInfo(onnxTypes[result]))],
        }),
      ),
    }),
  );
  let session: ort.InferenceSession | undefined;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: [provider],
      ...(provider === "cpu" ? {} : { extra: { session: { disable_cpu_ep_fallback: "1" } } }),
      graphOptimizationLevel: "disabled",
      logSeverityLevel: 4,
      intraOpNumThreads: 1,
    });
    const size = shape.reduce((product, length) => product * length, 1);
    const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
    const ones = new arrays[type](size).fill(1) as Float32Array;
    await session.run({ x: new ort.Tensor(type as "float32", ones, shape) });
    return { runs: true, reason: "" };
  } catch (cause) {
    return { runs: false, reason: (cause as Error).message };
  } finally {
    await session?.release();
  }
}

/** The output's type alone: its shape is the runtime's to infer. */
function outputInfo(elementType: number): Parameters<typeof encode>[0] {
  return (writer) => {
    writer.writeStringField(1, "y");
    const tensorType = encode((inner) => inner.writeVarintField(1, elementType));
    writer.writeBytesField(
      2,
      encode((inner) => inner.writeBytesField(1, tensorType)),
    );
  };
}
