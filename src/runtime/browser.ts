/**
 * ONNX Runtime in the browser: Wasm threads where the page is cross-origin isolated, or WebGPU.
 *
 * @module
 */
import * as ort from "onnxruntime-web";
import { bindCompile } from "./bound.ts";
import { compileWith } from "./compile.ts";
import { keepsEqualNodes } from "./runtime-package.ts";
import type { RuntimePackage } from "./runtime-package.ts";
import type { CompileOptions, Program, ProgramGraph } from "./session.ts";

const runtime: RuntimePackage = {
  ort,
  fillsGivenOutputs: false,
  sessionOptions(device, threads) {
    // The thread count is a setting of the page, read when the first session starts.
    if (threads > 0) ort.env.wasm.numThreads = threads;
    return {
      executionProviders: [device === "webgpu" ? "webgpu" : "wasm"],
      graphOptimizationLevel: "all",
      enableMemPattern: false,
      logSeverityLevel: 3,
      extra: keepsEqualNodes,
    };
  },
};

/** Compiles a graph for the browser; the device is `wasm` unless said otherwise. */
export function compile(
  graph: ProgramGraph,
  { device = "wasm", ...options }: CompileOptions = {},
): Promise<Program> {
  return compileWith(runtime, graph, { ...options, device });
}

bindCompile(compile);

/** Where the runtime's own `.wasm` files are served from. */
export function serveRuntimeFrom(path: string): void {
  ort.env.wasm.wasmPaths = path;
}
