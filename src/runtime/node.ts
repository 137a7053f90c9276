/**
 * ONNX Runtime in Node: the processor, and WebGPU or CUDA where the machine has them.
 *
 * @module
 */
import { bindCompile } from "./bound.ts";
import { compileWith } from "./compile.ts";
import "./node-memory.ts"; // sizes are checked against the memory of this machine
import { loadRuntime } from "./node-package.ts";
import { keepsEqualNodes } from "./runtime-package.ts";
import type { RuntimePackage } from "./runtime-package.ts";
import type { CompileOptions, Program, ProgramGraph } from "./session.ts";

const ort = loadRuntime();

const runtime: RuntimePackage = {
  ort,
  fillsGivenOutputs: true,
  sessionOptions: (device, threads) => ({
    executionProviders: [device === "wasm" ? "cpu" : device],
    graphOptimizationLevel: "all",
    // A third less memory at the peak, at no cost in time.
    enableMemPattern: false,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    // Far attention weights underflow to subnormal numbers, which slow products down threefold.
    extra: { ...keepsEqualNodes, session: { set_denormal_as_zero: "1" } },
  }),
};

/** Compiles a graph for Node. */
export function compile(graph: ProgramGraph, options: CompileOptions = {}): Promise<Program> {
  return compileWith(runtime, graph, options);
}

bindCompile(compile);

/** Version of the runtime, for reports. */
export const runtimeVersion: string = ort.env.versions.node ?? ort.env.versions.common;
