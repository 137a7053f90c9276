/** Asks the runtime check of the contract on WebGPU for every encoding of the list, as JSON. */
import { encodings } from "../../src/encodings/index.ts";
import { runCheck, subjectOf } from "../../src/contract/run-contract.ts";
import type { ContractResult } from "../../src/contract/run-contract.ts";
import { runtime } from "../../src/contract/runtime.ts";
import { compile } from "../../src/runtime/node.ts";
import type { Compile } from "../../src/runtime/session.ts";
import { checksOf } from "../encodings/registry.ts";

const onWebgpu: Compile = (graph, options) => compile(graph, { ...options, device: "webgpu" });
const results: Record<string, ContractResult> = {};
for (const definition of encodings) {
  const options = checksOf(definition.id).needed ?? {};
  results[definition.id] = await runCheck(runtime, subjectOf(definition, options, onWebgpu));
}
process.stdout.write(JSON.stringify(results));
