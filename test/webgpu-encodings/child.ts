/** Asks the runtime check of the contract on WebGPU for every encoding of the list, as JSON. */
import { encodings } from "../../src/encodings/index.ts";
import { runCheck, subjectOf } from "../../src/contract/run-contract.ts";
import type { ContractResult } from "../../src/contract/run-contract.ts";
import { runtime } from "../../src/contract/runtime.ts";
import { compile } from "../../src/runtime/node.ts";
import type { Compile } from "../../src/runtime/session.ts";
import { printGraph } from "../../src/tensor/print.ts";
import { checksOf } from "../encodings/registry.ts";

/** What the test reads of one encoding. */
export interface WebgpuResult extends ContractResult {
  /** Whether the device itself computes sines or cosines. */
  readonly waves: boolean;
}

const results: Record<string, WebgpuResult> = {};
for (const definition of encodings) {
  const options = checksOf(definition.id).needed ?? {};
  let waves = false;
  const onWebgpu: Compile = (graph, given) => {
    waves = /= (sin|cos)\(/.test(printGraph([graph.outputs["loss"]!]));
    return compile(graph, { ...given, device: "webgpu" });
  };
  const result = await runCheck(runtime, subjectOf(definition, options, onWebgpu));
  results[definition.id] = { ...result, waves };
}
process.stdout.write(JSON.stringify(results));
