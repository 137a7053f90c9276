/**
 * What the WebGPU provider makes of the operator table, as one JSON document on standard output.
 *
 * It runs in a process of its own because the graphics driver is chosen by environment variables that
 * are read when the process starts; see `webgpu.test.ts`.
 *
 * @module
 */
import { gradients } from "../../src/autodiff/gradients.ts";
import { typesOf } from "../../src/onnx/devices.ts";
import type { Device } from "../../src/onnx/devices.ts";
import * as op from "../../src/operators/index.ts";
import { compile } from "../../src/runtime/node.ts";
import { printGraph } from "../../src/tensor/print.ts";
import { declare, generator } from "../operators/case.ts";
import { operatorCases } from "../operators/cases.ts";
import { largestError, runCases } from "./case-model.ts";
import { runsAlone } from "./one-node-model.ts";
import { probes } from "./probes.ts";

/** What the test reads. */
export interface WebgpuReport {
  /** Operators that the provider leaves to the processor, for the first type of the table. */
  readonly leftToProcessor: readonly string[];
  readonly cases: readonly {
    readonly name: string;
    readonly what: string;
    readonly error: number;
    readonly tolerance: number;
  }[];
  /** Loss and first weights of a few training steps, by device. */
  readonly training: Readonly<Record<"cpu" | "webgpu", readonly number[]>>;
}

/** WGSL guarantees an error of sin and cos below 2⁻¹¹ only, and gradients sum several. */
const trigonometricTolerance = 2 ** -9;

async function compareCases(): Promise<WebgpuReport["cases"]> {
  const results = await runCases(operatorCases, { device: "webgpu", threads: 1 });
  return operatorCases.flatMap(({ name, inputs, build, tolerance }) => {
    const trigonometric = /= (sin|cos)\(/.test(printGraph(build(declare(inputs))));
    const floatTolerance = trigonometric ? trigonometricTolerance : tolerance;
    return results.get(name)!.map((compared) => ({
      name,
      what: compared.what,
      error: finite(largestError(compared)),
      tolerance: compared.dtype === "float32" ? floatTolerance : 0,
    }));
  });
}

async function findLeftToProcessor(): Promise<string[]> {
  const left: string[] = [];
  for (const [label, probe] of Object.entries(probes)) {
    const opType = label.split(".").at(-1)!;
    const { runs } = await runsAlone("webgpu", opType, typesOf(opType)![0]!, probe);
    if (!runs) left.push(opType);
  }
  return left.sort();
}

/** Three steps of gradient descent on a token classifier with attention, with state on the device. */
async function train(device: Device): Promise<number[]> {
  const random = generator(5);
  const [vocab, width, length] = [11, 8, 6];
  const shapes = { table: [vocab, width], query: [width, width], output: [width, vocab] };
  const parameters = Object.entries(shapes).map(([name, shape]) => ({
    name,
    tensor: op.input(name, shape),
    initial: Float32Array.from({ length: shape[0]! * shape[1]! }, () => random() - 0.5),
  }));
  const [table, query, output] = parameters.map(({ tensor }) => tensor);
  const tokens = op.input("tokens", [length], "int32");
  const targets = op.input("targets", [length], "int32");
  const x = op.gather(table!, tokens);
  const scores = op.matmul(op.matmul(x, query!), x, { transposeB: true, scale: 0.3 });
  const mixed = op.add(x, op.softmaxMatmul(scores, x).output);
  const loss = op.mean(op.crossEntropy(op.matmul(op.gelu(mixed), output!), targets));
  const found = gradients(loss, [table!, query!, output!]);
  const program = await compile(
    {
      inputs: [tokens, targets],
      outputs: { loss },
      state: Object.fromEntries(
        parameters.map(({ name, tensor, initial }, at) => [
          name,
          { current: tensor, next: op.subtract(tensor, op.multiply(found[at]!, 0.5)), initial },
        ]),
      ),
    },
    { device, threads: 1 },
  );
  const numbers: number[] = [];
  for (let step = 0; step < 3; step++) {
    const result = await program.run({
      // Repeated tokens: their rows of the table collect several gradients.
      tokens: { shape: [length], data: Int32Array.of(3, 1, 3, 3, 0, 1) },
      targets: { shape: [length], data: Int32Array.of(1, 3, 3, 0, 1, 10) },
    });
    numbers.push(result["loss"]!.data[0]!);
  }
  for (const { name } of parameters) numbers.push(...(await program.readState(name)));
  await program.dispose();
  return numbers;
}

const report: WebgpuReport = {
  leftToProcessor: await findLeftToProcessor(),
  cases: await compareCases(),
  training: { cpu: await train("cpu"), webgpu: await train("webgpu") },
};
process.stdout.write(JSON.stringify(report));

/** JSON has neither NaN nor Infinity. */
function finite(error: number): number {
  return Number.isFinite(error) ? error : Number.MAX_VALUE;
}
