/** relpos itself, behind the protocol of its rivals. */
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { compile } from "../../src/runtime/node.ts";
import { firstValues } from "../../src/runtime/session.ts";
import { adamW, sgd } from "../../src/training/optimiser.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { languageObjective } from "../../src/training/language-objective.ts";
import { trainStep } from "../../src/training/train-step.ts";
import { elementCount } from "../../src/tensor/shape.ts";
import { optimiserSettings } from "./gpt-shape.ts";
import { fixedBatch } from "./gpt-values.ts";
import { serve } from "./serve.ts";
import type { Prepare } from "./serve.ts";

/** Which encoding stands in the model; the rivals all have ALiBi. */
const encoding = process.argv[2] ?? "alibi";

const prepare: Prepare = async (shape, threads, optimiser) => {
  const { batch, length, width, heads, layers, vocab } = shape;
  const config = transformerConfig({ vocab, model: width, heads, layers });
  const model = languageModel(config, encodingById(encoding), length);
  const { learningRate } = optimiserSettings[optimiser];
  const graph = trainStep(languageObjective(model, { batch, length }), {
    optimiser: optimiser === "sgd" ? sgd() : adamW({ beta2: 0.999, weightDecay: 0.01 }),
    schedule: constantRate(learningRate),
    clipNorm: 0,
    seed: 1,
  });
  const program = await compile(graph, { threads });
  const { tokens, targets } = fixedBatch(shape);
  // Encodings that draw positions in each layer take a row for each.
  const placed = graph.inputs.at(-1)!.shape as number[];
  const rows = elementCount(placed) / length;
  const feeds = {
    tokens: { shape: [batch, length], data: tokens },
    targets: { shape: [batch, length], data: targets },
    positions: {
      shape: placed,
      data: Int32Array.from({ length: rows * length }, (_, at) => at % length),
    },
  };
  let fresh = true;
  return {
    notes: [],
    start() {
      // A program draws its first values itself, when it first runs.
      if (fresh) return void (fresh = false);
      for (const [name, slot] of Object.entries(graph.state ?? {}))
        program.writeState(name, firstValues(slot));
    },
    async step() {
      return (await program.run(feeds))["loss"]!.data[0]!;
    },
  };
};

await serve(prepare);
