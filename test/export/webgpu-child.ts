/** Exported encoder-decoders on WebGPU, in software: prints the largest difference of a logit from the processor's, for each encoding. */
import "../../src/runtime/node.ts";
import { onnxModel } from "../../src/export/onnx-model.ts";
import { encoderGraph, targetGraph } from "../../src/export/pair-graph.ts";
import { trainedPair } from "../generation/trained-pair.ts";
import { byId } from "../model/sequence-model.ts";
import { PairSession } from "./pair-session.ts";

const found: Record<string, number> = {};
for (const id of process.argv.slice(2)) {
  const trained = trainedPair({ encoder: byId(id), decoder: byId(id) });
  const [encoder, decoder] = [encoderGraph(trained.model), targetGraph(trained.model)].map(
    (graph) => onnxModel(trained, graph).model,
  );
  const logits = async (device: "cpu" | "webgpu"): Promise<number[]> => {
    const session = await PairSession.open(encoder!, decoder!, device);
    const sources = [
      [3, 1, 4, 1, 5],
      [9, 2, 6, 0, 0],
    ];
    await session.read(sources, [sources[0]!.map(() => 1), [1, 1, 1, 0, 0]]);
    const rows = await session.write([
      [0, 2],
      [0, 7],
    ]);
    for (const next of [7, 8]) rows.push(...(await session.write([[next], [next + 1]])));
    await session.release();
    return rows.flatMap((row) => [...row]);
  };
  const [own, other] = [await logits("cpu"), await logits("webgpu")];
  const scale = Math.max(...own.map(Math.abs));
  found[id] = Math.max(...own.map((value, at) => Math.abs(value - other[at]!))) / scale;
}
process.stdout.write(JSON.stringify(found));
