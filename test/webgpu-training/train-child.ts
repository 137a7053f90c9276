/** Trains the example on the processor and on WebGPU, and writes both series of losses as JSON. */
import { compile } from "../../src/runtime/node.ts";
import { trainExample } from "../browser/training-example.ts";

const run = { encoding: process.argv[2]!, steps: Number(process.argv[3]) };
const processor = await trainExample(run, compile, { device: "cpu", threads: 1 });
const webgpu = await trainExample(run, compile, { device: "webgpu", threads: 1 });
process.stdout.write(JSON.stringify({ processor, webgpu }));
