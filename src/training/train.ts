/**
 * A training run: batches in, metrics and checkpoints out, exactly repeatable and resumable.
 *
 * Everything that moves is either program state (parameters, moments, the step) or derived from the
 * seed and the step (batches, dropout), so a checkpoint of the state is the whole run.
 *
 * @module
 */
import { positionsFeed } from "../model/positions.ts";
import type { LanguageModel } from "../model/transformer.ts";
import { random } from "../random/random.ts";
import type { Compile, CompileOptions, HostTensor, Program } from "../runtime/session.ts";
import { printShape } from "../tensor/shape.ts";
import { batchFeeds, textBatches } from "./batch-source.ts";
import type { BatchSource } from "./batch-source.ts";
import { diagnose } from "./diagnose.ts";
import type { Optimiser } from "./optimiser.ts";
import type { Schedule } from "./schedule.ts";
import { trainStep } from "./train-step.ts";

/** How long and how a model is trained. */
export interface TrainingPlan {
  readonly steps: number;
  /** Sequences a step; with accumulation, sequences a micro-batch. */
  readonly batch: number;
  readonly length: number;
  readonly accumulate: number;
  readonly optimiser: Optimiser;
  readonly schedule: Schedule;
  readonly clipNorm: number;
  readonly seed: number;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
}

/** One line of `metrics.jsonl`. */
export interface StepMetrics {
  /** Steps done before this one. */
  readonly step: number;
  /** Mean cross-entropy before the step, in nats a token. */
  readonly loss: number;
  /** Of all gradients together, before clipping. */
  readonly gradientNorm: number;
  readonly rate: number;
}

/** Program state by name, after `step` steps. */
export interface Checkpoint {
  readonly step: number;
  readonly tensors: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly data: Float32Array }
  >;
}

/** Where a run keeps itself. In memory, nothing needs to be kept. */
export interface RunStorage {
  /** The last checkpoint, with metrics cut back to it; undefined for a new run. */
  load(): Promise<Checkpoint | undefined>;
  /** Keeps a checkpoint and the metrics since the last one. */
  save(checkpoint: Checkpoint, metrics: readonly StepMetrics[]): Promise<void>;
}

/** Keeps nothing. */
export const noStorage: RunStorage = {
  load: () => Promise.resolve(undefined),
  save: () => Promise.resolve(),
};

/** What a run needs. */
export interface TrainingRequest {
  readonly model: LanguageModel;
  /** The training text, or any other source of batches. */
  readonly tokens: Int32Array | BatchSource;
  readonly plan: TrainingPlan;
  readonly compile: Compile;
  readonly compileOptions?: CompileOptions;
  readonly storage?: RunStorage;
  readonly onStep?: (metrics: StepMetrics) => void;
  /** Stops after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** What a run gives. */
export interface TrainingResult {
  /** Steps done in all; fewer than planned if it was stopped. */
  readonly step: number;
  /** Parameters and optimiser state, by name. */
  readonly checkpoint: Checkpoint;
  /** Wall time of each step done here, in milliseconds. */
  readonly milliseconds: readonly number[];
}

/** Loss, gradient or state became NaN or infinite; the last good state was kept. */
export class TrainingDiverged extends Error {
  override readonly name = "TrainingDiverged";
  /** Steps done before the one that failed. */
  readonly step: number;
  /** The first layer or parameter that is not finite, or "the backward pass". */
  readonly where: string;
  /** The step whose state is in the storage; undefined if none is. */
  readonly kept: number | undefined;

  constructor(
    step: number,
    what: string,
    { where, rate, kept }: { where: string; rate: number; kept: number | undefined },
  ) {
    super(
      `training diverged: at step ${step} the ${what}, first in ${where}. ` +
        `${kept === undefined ? "No checkpoint was kept" : `The checkpoint of step ${kept} was kept`}. ` +
        `Lower the learning rate (it was ${rate.toPrecision(3)}), lengthen the warm-up, or clip gradients.`,
    );
    this.step = step;
    this.where = where;
    this.kept = kept;
  }
}

/** Trains, from the storage's checkpoint if it has one. */
export async function train(request: TrainingRequest): Promise<TrainingResult> {
  const { model, tokens, plan, compile, storage = noStorage, onStep, signal } = request;
  const source = tokens instanceof Int32Array ? textBatches(tokens) : tokens;
  const graph = trainStep(model, { ...plan, weighted: source.weighted });
  const program = await compile(graph, request.compileOptions);
  const shapes = new Map(
    Object.entries(graph.state!).map(([name, slot]) => [name, slot.current.shape as number[]]),
  );
  try {
    const before = await storage.load();
    let step = before?.step ?? 0;
    if (before) restore(program, shapes, before);

    const { encoding, config } = model;
    const positionsAt = (at: number): HostTensor => {
      const stream = random(plan.seed, "step", "positions", at);
      return positionsFeed(encoding, config.layers, plan.length, stream, true);
    };
    const milliseconds: number[] = [];
    let pending: StepMetrics[] = [];
    let kept = before?.step;
    let rate = plan.schedule.maximum;
    const keep = async (checkpoint: Checkpoint): Promise<Checkpoint> => {
      await storage.save(checkpoint, pending);
      kept = checkpoint.step;
      pending = [];
      return checkpoint;
    };
    const finiteState = async (): Promise<Checkpoint> => {
      const checkpoint = await capture(program, shapes, step);
      const where = firstNotFinite(checkpoint);
      if (where === undefined) return checkpoint;
      const what = "update was too large for float32";
      throw new TrainingDiverged(step - 1, what, { where, rate, kept });
    };

    while (step < plan.steps && !signal?.aborted) {
      const feeds = { ...batchFeeds(source, plan, step), positions: positionsAt(step) };
      const started = performance.now();
      const outputs = await program.run(feeds);
      milliseconds.push(performance.now() - started);
      const read = (name: string): number => outputs[name]!.data[0]!;
      const metrics: StepMetrics = {
        step,
        loss: read("loss"),
        gradientNorm: read("gradientNorm"),
        rate: read("rate"),
      };
      if (!Number.isFinite(metrics.loss) || !Number.isFinite(metrics.gradientNorm)) {
        program.rollback();
        const last = await capture(program, shapes, step);
        if (firstNotFinite(last) === undefined) await keep(last);
        const what = Number.isFinite(metrics.loss)
          ? `gradient became ${metrics.gradientNorm}`
          : `loss became ${metrics.loss}`;
        const { tensors } = last;
        const where = await diagnose(model, plan, feeds, tensors, compile, request.compileOptions);
        throw new TrainingDiverged(step, what, { where, rate: metrics.rate, kept });
      }
      rate = metrics.rate;
      step++;
      pending.push(metrics);
      onStep?.(metrics);
      if (step % plan.checkpointEvery === 0 && step < plan.steps) await keep(await finiteState());
    }
    return { step, checkpoint: await keep(await finiteState()), milliseconds };
  } finally {
    await program.dispose();
  }
}

/** Puts a checkpoint into the program, which must have the same tensors. */
function restore(
  program: Program,
  shapes: ReadonlyMap<string, readonly number[]>,
  { tensors }: Checkpoint,
): void {
  const misfit = (what: string): RangeError =>
    new RangeError(
      `checkpoint: ${what}; it was made by another model or optimiser. ` +
        `Continue with the settings it was trained with, or start in another folder.`,
    );
  for (const [name, shape] of shapes) {
    const stored = tensors.get(name);
    if (stored === undefined) throw misfit(`it has no "${name}"`);
    if (stored.shape.join() !== shape.join())
      throw misfit(`"${name}" is ${printShape(stored.shape)} in it, ${printShape(shape)} here`);
    program.writeState(name, stored.data);
  }
  for (const name of tensors.keys())
    if (!shapes.has(name)) throw misfit(`it has "${name}", which this model has not`);
}

/** The name of the first tensor that is not finite, as part of a sentence. */
function firstNotFinite({ tensors }: Checkpoint): string | undefined {
  for (const [name, { data }] of tensors) {
    // 0 · x is NaN where x is NaN or infinite, and so is every sum with it.
    let zero = 0;
    for (let at = 0; at < data.length; at++) zero += 0 * data[at]!;
    if (zero !== 0) return `"${name}"`;
  }
  return undefined;
}

async function capture(
  program: Program,
  shapes: ReadonlyMap<string, readonly number[]>,
  step: number,
): Promise<Checkpoint> {
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [name, shape] of shapes)
    tensors.set(name, { shape, data: await program.readState(name) });
  return { step, tensors };
}
