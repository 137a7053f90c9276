/**
 * Started by accumulate.test.ts: trains two steps and sends its peak of memory to its parent.
 * Arguments: batch, micro-batches.
 *
 * @module
 */
import { encodingById } from "../../src/encodings/index.ts";
import { transformerConfig } from "../../src/model/config.ts";
import { languageModel } from "../../src/model/transformer.ts";
import { compile } from "../../src/runtime/node.ts";
import { peakMemory } from "../../src/sweep/peak-memory.ts";
import { sgd } from "../../src/training/optimiser.ts";
import { languageTraining } from "../../src/training/language-objective.ts";
import { train } from "../../src/training/train.ts";
import { constantRate } from "../../src/training/schedule.ts";

const [batch, accumulate] = process.argv.slice(2).map(Number);
const config = transformerConfig({ vocab: 256, model: 64, heads: 4, layers: 3 });
await train({
  ...languageTraining(
    languageModel(config, encodingById("alibi"), 128),
    Int32Array.from({ length: 5000 }, (_, at) => (at * at) % 256),
    { batch: batch!, length: 128 },
  ),
  plan: {
    steps: 2,
    accumulate: accumulate!,
    optimiser: sgd(),
    schedule: constantRate(1e-2),
    clipNorm: 0,
    seed: 1,
    checkpointEvery: 10,
  },
  compile,
  compileOptions: { threads: 1 },
});
process.send?.(peakMemory());
process.disconnect();
