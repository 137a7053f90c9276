/**
 * Training, one step at a time.
 *
 * Everything that changes is either state (parameters, moments, the step number) or a function of the seed and the
 * step (batches, dropout). So a checkpoint of the state is the whole run: steps after `restore` are those of a
 * trainer that was never stopped.
 *
 * @module
 */
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import { initialValues } from "../parameters/initialise.ts";
import type { ParameterSpec } from "../parameters/spec.ts";
import { fittingWeights } from "../parameters/weights.ts";
import type { Weights } from "../parameters/weights.ts";
import { compileBound } from "../runtime/bound.ts";
import type { Compile, CompileOptions, ProgramGraph } from "../runtime/session.ts";
import { lastCountFloat32 } from "../tensor/float32.ts";
import { checkFeeds } from "./batch-source.ts";
import type { BatchSource, Feeds } from "./batch-source.ts";
import { checkCheckpoint } from "./checkpoint.ts";
import type { Checkpoint, StepMetrics } from "./checkpoint.ts";
import { diagnose } from "./diagnose.ts";
import { firstNotFinite, TrainingDiverged } from "./divergence.ts";
import type { Objective } from "./objective.ts";
import { trainableSpecs } from "./objective.ts";
import { tooManySteps, trainingPlan } from "./plan.ts";
import type { PlanOptions, TrainingPlan } from "./plan.ts";
import { refuseLargeState } from "./state-size.ts";
import { measureOutput } from "./step-names.ts";
import { StepPrograms } from "./step-programs.ts";
import { trainStep } from "./train-step.ts";

/** What a trainer is made of. */
export interface TrainerRequest {
  readonly objective: Objective;
  readonly plan: PlanOptions;
  readonly batches: BatchSource;
  /**
   * Values that parameters start from, all of them; further tensors are left out. Arrays of parameters that are not
   * trained are read in every step and not copied. Default: first values from the plan's seed.
   */
  readonly weights?: Weights;
  /** A checkpoint to go on from. */
  readonly checkpoint?: Checkpoint;
  /** Default: the runtime of the entry point. */
  readonly compile?: Compile;
  readonly compileOptions?: CompileOptions;
}

/** The names of what a trainer is made of, without a checkpoint. */
export const trainerNames: NamesOf<Omit<TrainerRequest, "checkpoint">> = {
  objective: true,
  plan: true,
  batches: true,
  weights: true,
  compile: true,
  compileOptions: true,
};

const names: NamesOf<TrainerRequest> = { ...trainerNames, checkpoint: true };

/** What a trainer keeps of its request, complete. */
interface Parts extends Pick<TrainerRequest, "objective" | "batches" | "compileOptions"> {
  readonly plan: TrainingPlan;
  readonly graph: ProgramGraph;
  readonly programs: StepPrograms;
  readonly compile: Compile;
  /** Parameters that are not trained, which are fed in each step. */
  readonly frozen: readonly ParameterSpec[];
  readonly weights: Weights | undefined;
  /** Shapes of all tensors of a checkpoint. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** A compiled training: one `step()` at a time, its state to save and restore. */
export class Trainer {
  readonly plan: TrainingPlan;
  readonly #parts: Parts;
  #frozen: Feeds | undefined;
  #stepsDone = 0;
  #rate: number;
  #runMilliseconds = NaN;
  #busy = false;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.plan = parts.plan;
    this.#rate = parts.plan.schedule.maximum;
  }

  /**
   * Compiles the training step.
   *
   * @throws {RangeError} the plan, the objective, the weights or the checkpoint is impossible; see `trainingPlan`,
   *   `objective`, `fittingWeights` and `checkCheckpoint`
   */
  static async create(request: TrainerRequest): Promise<Trainer> {
    refuseUnknownNames("trainer", request, names);
    const { objective, batches, weights, checkpoint, compileOptions } = request;
    const { compile = compileBound } = request;
    const plan = trainingPlan(request.plan);
    if (weights) fittingWeights(objective.parameters.specs, weights);
    const { accumulate, optimiser, schedule, clipNorm, seed } = plan;
    const step = { accumulate, optimiser, schedule, clipNorm, seed };
    const graphOf = (shaped: Objective): ProgramGraph =>
      trainStep(shaped, { ...step, ...(weights ? { weights } : {}) });
    const graph = graphOf(objective);
    const trained = new Set(trainableSpecs(objective));
    const frozen = objective.parameters.specs.filter((spec) => !trained.has(spec));
    const shapes = new Map([
      ...Object.entries(graph.state!).map(([name, { current }]): [string, readonly number[]] => [
        name,
        current.shape as number[],
      ]),
      ...frozen.map(({ name, shape }): [string, readonly number[]] => [name, shape]),
    ]);
    if (checkpoint) checkCheckpoint(checkpoint, shapes);
    refuseLargeState(objective.parameters.specs, shapes);
    const steps = { objective, graphOf, compile, compileOptions };
    const programs = await StepPrograms.create(steps, graph);
    const rest = { plan, graph, programs, compile, frozen, weights, shapes };
    const trainer = new Trainer({
      ...rest,
      objective,
      batches,
      ...(compileOptions ? { compileOptions } : {}),
    });
    if (checkpoint) trainer.restore(checkpoint);
    return trainer;
  }

  /** Steps done in all, those of a restored checkpoint included. */
  get stepsDone(): number {
    return this.#stepsDone;
  }

  /** Wall time of the last step's run in milliseconds, without the making of its batch; NaN before the first. */
  get runMilliseconds(): number {
    return this.#runMilliseconds;
  }

  /**
   * One step on the next batch. It may go beyond the plan's steps.
   *
   * @throws {RangeError} 16,777,216 steps are done, after which the step number cannot count
   * @throws {ShapeError} the batch has not the arrays that the objective declares
   * @throws {TrainingDiverged} loss or gradients are not finite; the trainer is back at the state before the step
   */
  async step(): Promise<StepMetrics> {
    return await this.#alone(async () => {
      const { plan, programs } = this.#parts;
      const step = this.#stepsDone;
      if (step >= lastCountFloat32) throw tooManySteps("trainer", step + 1);
      const request = { seed: plan.seed, step, microBatches: plan.accumulate };
      const feeds = await this.#parts.batches(request);
      const { objective, program } = await programs.forBatch(feeds, plan.accumulate);
      checkFeeds(objective, feeds, request);
      const frozen = this.#frozenValues();
      const started = performance.now();
      const outputs = await program.run({ ...feeds, ...frozen });
      this.#runMilliseconds = performance.now() - started;
      const read = (name: string): number => outputs[name]!.data[0]!;
      const [loss, gradientNorm, rate] = [read("loss"), read("gradientNorm"), read("rate")];
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
        program.rollback();
        const what = Number.isFinite(loss)
          ? `gradient became ${gradientNorm}`
          : `loss became ${loss}`;
        throw new TrainingDiverged(step, {
          what,
          where: await this.#diagnose(objective, feeds),
          rate,
        });
      }
      this.#rate = rate;
      this.#stepsDone = step + 1;
      const measures = Object.keys(outputs)
        .filter((name) => name.startsWith(measureOutput("")))
        .map((name) => [name.slice(measureOutput("").length), read(name)]);
      return {
        ...{ step, loss, gradientNorm, rate },
        ...(measures.length > 0
          ? { measures: Object.fromEntries(measures) as Record<string, number> }
          : {}),
      };
    });
  }

  /**
   * A copy of the whole state: parameters, moments, the step number.
   *
   * @throws {TrainingDiverged} the last update left the finite range
   */
  async save(): Promise<Checkpoint> {
    return await this.#alone(async () => {
      const checkpoint = await this.#capture();
      const bad = firstNotFinite(checkpoint.tensors);
      if (bad === undefined) return checkpoint;
      const what = "update was too large for float32";
      const details = { what, where: `"${bad}"`, rate: this.#rate };
      throw new TrainingDiverged(this.#stepsDone - 1, details);
    });
  }

  /**
   * Replaces the state by that of a checkpoint; the next step is the one that followed it.
   *
   * @throws {RangeError} the checkpoint has other tensors; see `checkCheckpoint`
   */
  restore(checkpoint: Checkpoint): void {
    this.#requireIdle();
    const { programs, graph, shapes, frozen } = this.#parts;
    checkCheckpoint(checkpoint, shapes);
    const { tensors, step } = checkpoint;
    for (const name of Object.keys(graph.state!))
      programs.first.writeState(name, tensors.get(name)!.data);
    this.#frozen = Object.fromEntries(frozen.map(({ name }) => [name, tensors.get(name)!]));
    this.#stepsDone = step;
  }

  /** A copy of the parameters, trained and not. */
  async weights(): Promise<Weights> {
    return await this.#alone(async () => {
      const { tensors } = await this.#capture();
      return new Map(fittingWeights(this.#parts.objective.parameters.specs, tensors));
    });
  }

  /** Frees the compiled steps. */
  async dispose(): Promise<void> {
    await this.#parts.programs.dispose();
  }

  /** Values of the parameters that are not trained, by name. */
  #frozenValues(): Feeds {
    const { frozen, weights, plan } = this.#parts;
    this.#frozen ??= Object.fromEntries(
      frozen.map((spec) => [
        spec.name,
        {
          shape: spec.shape,
          data: weights?.get(spec.name)?.data ?? initialValues(spec, plan.seed),
        },
      ]),
    );
    return this.#frozen;
  }

  async #capture(): Promise<Checkpoint> {
    const { programs, graph, shapes } = this.#parts;
    const frozen = this.#frozenValues();
    const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    for (const [name, shape] of shapes) {
      const data = Object.hasOwn(graph.state!, name)
        ? await programs.first.readState(name)
        : Float32Array.from(frozen[name]!.data);
      tensors.set(name, { shape, data });
    }
    return { step: this.#stepsDone, tensors };
  }

  async #diagnose(objective: Objective, feeds: Feeds): Promise<string> {
    const { plan, compile, compileOptions } = this.#parts;
    const { step, tensors } = await this.#capture();
    const { seed, accumulate: microBatches } = plan;
    const failed = { objective, seed, microBatches, feeds, step, tensors };
    return await diagnose(failed, compile, compileOptions);
  }

  #requireIdle(): void {
    if (this.#busy)
      throw new Error(
        "trainer: a call is still running. Await each step(), save() and weights() before the next.",
      );
  }

  /** Runs a call that no other may overlap. */
  async #alone<Result>(call: () => Promise<Result>): Promise<Result> {
    this.#requireIdle();
    this.#busy = true;
    try {
      return await call();
    } finally {
      this.#busy = false;
    }
  }
}
