/**
 * The compiled training steps of an objective: one for each set of batch shapes, all with one state.
 *
 * @module
 */
import type { Compile, CompileOptions, Program, ProgramGraph } from "../runtime/session.ts";
import type { Feeds } from "./batch-source.ts";
import type { InputShapes, Objective } from "./objective.ts";

/** A step for batches of the objective's shapes. */
export interface StepProgram {
  readonly objective: Objective;
  readonly program: Program;
}

/** How a step is compiled. */
export interface StepProgramsRequest {
  readonly objective: Objective;
  /** The step's graph; those of one trainer declare the same state. */
  readonly graphOf: (objective: Objective) => ProgramGraph;
  readonly compile: Compile;
  readonly compileOptions?: CompileOptions | undefined;
}

/** Steps for the shapes of an objective's inputs, and for others where it is `reshaped`. */
export class StepPrograms {
  readonly #request: StepProgramsRequest;
  readonly #first: StepProgram;
  readonly #byShapes = new Map<string, StepProgram>();

  private constructor(request: StepProgramsRequest, program: Program) {
    const { objective } = request;
    this.#request = request;
    this.#first = { objective, program };
    this.#byShapes.set(keyOf(objective, declaredShapes(objective)), this.#first);
  }

  /** Compiles the step for the declared shapes, whose program has the state. */
  static async create(
    request: StepProgramsRequest,
    graph: ProgramGraph = request.graphOf(request.objective),
  ): Promise<StepPrograms> {
    const { objective, compile, compileOptions } = request;
    const program = await compile(forObjective(objective, graph), compileOptions);
    return new StepPrograms(request, program);
  }

  /** The program of the declared shapes, and of the state. */
  get first(): Program {
    return this.#first.program;
  }

  /**
   * The step for the shapes of a batch. Where the objective has no other shapes, or the arrays are not those of its inputs,
   * it is the first, whose checks say what is wrong.
   *
   * @throws {RangeError} the objective for these shapes has other parameters
   */
  async forBatch(feeds: Feeds, microBatches: number): Promise<StepProgram> {
    const { objective, graphOf, compile, compileOptions } = this.#request;
    const shapes = objective.reshaped && shapesOf(objective, feeds, microBatches);
    if (shapes === undefined) return this.#first;
    const key = keyOf(objective, shapes);
    const known = this.#byShapes.get(key);
    if (known !== undefined) return known;
    const other = objective.reshaped!(shapes);
    if (other.parameters !== objective.parameters || other.trainable !== objective.trainable)
      throw new RangeError(
        "objective: `reshaped` must return an objective with the same `parameters` and `trainable`. Give it those of " +
          "the objective that it was called on.",
      );
    const graph = { ...graphOf(other), sharesStateOf: this.first };
    const program = await compile(forObjective(objective, graph), compileOptions);
    const step = { objective: other, program };
    this.#byShapes.set(key, step);
    return step;
  }

  /** Frees all programs. */
  async dispose(): Promise<void> {
    for (const { program } of this.#byShapes.values()) await program.dispose();
  }
}

/** Batches of several shapes take turns: the programs of a dozen would keep several times the memory of one. */
function forObjective(objective: Objective, graph: ProgramGraph): ProgramGraph {
  return objective.reshaped === undefined ? graph : { ...graph, keepsMemory: false };
}

function declaredShapes({ inputs }: Objective): InputShapes {
  return Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
}

/** Shapes of one micro-batch; undefined where an array is missing or has another number of axes than its input. */
function shapesOf(
  { inputs }: Objective,
  feeds: Feeds,
  microBatches: number,
): InputShapes | undefined {
  const shapes: Record<string, readonly number[]> = {};
  for (const [name, { shape: declared, shared = false }] of Object.entries(inputs)) {
    const given = Object.hasOwn(feeds, name) ? feeds[name]!.shape : undefined;
    const shape = shared || microBatches === 1 ? given : given?.slice(1);
    if (shape?.length !== declared.length) return undefined;
    shapes[name] = shape;
  }
  return shapes;
}

function keyOf({ inputs }: Objective, shapes: InputShapes): string {
  return Object.keys(inputs)
    .map((name) => shapes[name]!.join())
    .join(" ");
}
