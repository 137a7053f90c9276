/**
 * Writes training steps of every encoding as .onnx files, for `check_onnx.py`:
 *
 *     node oracle/write-models.ts FOLDER && python oracle/check_onnx.py FOLDER/*.onnx
 *
 * Short models have dropout and gradient accumulation, long ones the mapped attention.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { writeModel } from "../src/onnx/write-model.ts";
import { languageModel } from "../src/model/transformer.ts";
import { transformerConfig } from "../src/model/config.ts";
import { encodings } from "../src/encodings/index.ts";
import { trainStep } from "../src/training/train-step.ts";
import { adamW } from "../src/training/optimiser.ts";
import { constantRate } from "../src/training/schedule.ts";
const folder = process.argv[2];
if (folder === undefined) throw new Error("name the folder to write to");
for (const encoding of encodings)
  for (const [device, length] of [
    ["cpu", 16],
    ["webgpu", 16],
    ["cpu", 1024],
  ] as const) {
    const short = length === 16;
    const dropout = short && device === "cpu" ? 0.1 : 0;
    const config = transformerConfig({ vocab: 64, model: 24, heads: 3, layers: 2, dropout });
    const graph = trainStep(languageModel(config, encoding, length), {
      batch: 2,
      length,
      accumulate: short ? 2 : 1,
      optimiser: adamW(),
      schedule: constantRate(1e-3),
      clipNorm: 1,
      seed: 1,
    });
    const slots = Object.entries(graph.state!);
    const next = slots.map(([name, slot]) => [`next:${name}`, slot.next]);
    const bytes = writeModel(
      {
        inputs: [...graph.inputs, ...slots.map(([, slot]) => slot.current)],
        outputs: { ...graph.outputs, ...Object.fromEntries(next) },
      },
      device,
    );
    writeFileSync(`${folder}/${encoding.id}-${device}-${length}.onnx`, bytes);
  }
