/** relpos' training step on pairs, behind the protocol of the rivals: a step passes once over all batches of the job. */
import { positionsFeed } from "../../src/model/positions.ts";
import type { EncoderDecoder } from "../../src/model/encoder-decoder.ts";
import { random } from "../../src/random/random.ts";
import { compile } from "../../src/runtime/node.ts";
import type { Feeds } from "../../src/training/batch-source.ts";
import { pairObjective } from "../../src/training/pair-objective.ts";
import { constantRate } from "../../src/training/schedule.ts";
import { adamW } from "../../src/training/optimiser.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { pairModel, readPairJob } from "./pair-job.ts";
import type { PairJob } from "./pair-job.ts";
import { serve } from "./serve.ts";
import type { Prepare } from "./serve.ts";

const [file = ""] = process.argv.slice(2);

const prepare: Prepare = async (_, threads) => {
  const job = readPairJob(file);
  const model = pairModel(job);
  const batches = job.batches.map((batch) => feedsOf(model, batch));
  const [first] = job.batches;
  const [batch, sourceLength] = first!.source.shape as [number, number];
  const targetLength = first!.target.shape[1]!;
  const trainer = await Trainer.create({
    objective: pairObjective(model, {
      ...{ batch, sourceLength, targetLength, labelSmoothing: job.labelSmoothing },
    }),
    batches: ({ step }) => batches[step % batches.length]!,
    plan: {
      steps: 2 ** 24,
      schedule: constantRate(5e-4),
      optimiser: adamW({ beta2: 0.98, weightDecay: 0.01 }),
      clipNorm: 1,
    },
    ...{ compile, compileOptions: { threads } },
  });
  return {
    notes: [],
    start: () => undefined,
    async step() {
      let loss = NaN;
      for (let left = batches.length; left > 0; left--) ({ loss } = await trainer.step());
      return loss;
    },
  };
};

function feedsOf(model: EncoderDecoder, batch: PairJob["batches"][number]): Feeds {
  const { encoder, decoder, config } = model;
  const { source, sourceMask, target, next, weights } = batch;
  const [from, to] = [source.shape[1]!, target.shape[1]!];
  const drawn = random(1, "benchmark");
  return {
    source: { shape: source.shape, data: Int32Array.from(source.data) },
    sourceMask: { shape: sourceMask.shape, data: Uint8Array.from(sourceMask.data) },
    target: { shape: target.shape, data: Int32Array.from(target.data) },
    next: { shape: next.shape, data: Int32Array.from(next.data) },
    weights: { shape: weights.shape, data: Float32Array.from(weights.data) },
    sourcePositions: positionsFeed(encoder, config.encoderLayers, from, drawn, true),
    targetPositions: positionsFeed(decoder, config.decoderLayers, to, drawn, true),
  };
}

await serve(prepare);
