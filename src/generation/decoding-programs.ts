/**
 * The graphs of one decoder, which share its state: with and without rows of positions, for one new token and for any number,
 * with and without a choice of rows, with and without tokens to forget. Each is compiled when it is first needed.
 *
 * A graph that runs often is compiled again on the processor, with its weights written into it: the runtime then arranges them for
 * its products once, which saves up to a fifth of a run. That takes about as long as a hundred runs save.
 *
 * @module
 */
import { inputName } from "../operators/source.ts";
import { compileBound } from "../runtime/bound.ts";
import { RunFailure } from "../runtime/session.ts";
import type { Program, ReadOnlySlot } from "../runtime/session.ts";
import { mostWritten } from "../runtime/written-slots.ts";
import { elementCount } from "../tensor/shape.ts";
import type { NumericShape } from "../tensor/shape.ts";
import type { TextInput } from "./decoded-text.ts";
import type { DecoderOptions } from "./decoder.ts";
import { decodingGraph } from "./decoding-graph.ts";
import type { DecodedModel, DecodingGraph, DecodingOptions } from "./decoding-graph.ts";
import { withRawKeys } from "./forgetting.ts";

/** A compiled graph and the inputs that each of its runs takes. */
export interface DecodingProgram {
  readonly program: Program;
  readonly inputs: readonly TextInput[];
}

/** What distinguishes the graphs of one state. */
export interface GraphKind extends Required<Pick<DecodingOptions, "rows" | "sequence">>, RunKind {}

/** What a step may ask for, and the reading of a prompt does not. */
export interface RunKind extends Pick<DecodingOptions, "logProbabilities"> {
  readonly choosesRows: boolean;
  readonly forgets: boolean;
}

/** A run that asks for nothing else. */
export const plainRun: RunKind = { choosesRows: false, forgets: false };

/** Runs of a graph after which its weights are written into it. */
const often = 128;

interface Compiled extends DecodingProgram {
  readonly graph: DecodingGraph;
  runs: number;
}

/** The programs of a decoder. */
export class DecodingPrograms {
  readonly #model: DecodedModel;
  readonly #weights: Readonly<Record<string, ReadOnlySlot>>;
  readonly #options: DecoderOptions;
  readonly #compiled = new Map<string, Compiled>();

  constructor(
    model: DecodedModel,
    weights: Readonly<Record<string, ReadOnlySlot>>,
    options: DecoderOptions,
  ) {
    this.#model = model;
    this.#weights = weights;
    this.#options = options;
  }

  /** The program of a run, compiled when it is first needed. */
  async of(kind: GraphKind): Promise<DecodingProgram> {
    const key = JSON.stringify(kind);
    const known = this.#compiled.get(key);
    if (known === undefined) {
      const graph = this.#graphOf(kind);
      const program = await this.#compile(graph, "small");
      const inputs = graph.inputs.map((tensor) => inputName(tensor) as TextInput);
      const compiled = { graph, program, inputs, runs: 0 };
      this.#compiled.set(key, compiled);
      return compiled;
    }
    if (++known.runs !== often || !this.#isWritten(known.program.device)) return known;
    try {
      const program = await this.#compile(known.graph, "all");
      this.#compiled.set(key, { ...known, program });
      await known.program.dispose();
    } catch (error) {
      // There is no memory for a second copy: the first goes on.
      if (!(error instanceof RunFailure)) throw error;
    }
    return this.#compiled.get(key)!;
  }

  /** Any of the programs: all have the same state. */
  get any(): Program {
    const [first] = this.#compiled.values();
    return first!.program;
  }

  async dispose(): Promise<void> {
    for (const { program } of this.#compiled.values()) await program.dispose();
  }

  #graphOf({ forgets, ...kind }: GraphKind): DecodingGraph {
    const { logits = "last", forgetsAfter } = this.#options;
    const model = forgetsAfter === undefined ? this.#model : withRawKeys(this.#model);
    return decodingGraph(model, {
      ...kind,
      logits,
      forgetsAfter: forgets ? forgetsAfter : undefined,
    });
  }

  async #compile(
    { inputs, others, outputs, cache }: DecodingGraph,
    writes: "small" | "all",
  ): Promise<Program> {
    const { compile = compileBound, device, threads } = this.#options;
    const [first] = this.#compiled.values();
    return await compile(
      {
        inputs: [...inputs, ...others],
        outputs: { ...outputs },
        state: { ...this.#weights, ...cache },
        writes,
        ...(first && { sharesStateOf: first.program }),
      },
      { ...(device && { device }), ...(threads !== undefined && { threads }) },
    );
  }

  /** Whether weights are written into graphs that run often. */
  #isWritten(device: Program["device"]): boolean {
    // Matrices of few bits are in the graph already.
    if (device !== "cpu" || this.#model.parameters.constants.size > 0) return false;
    const bytes = Object.values(this.#weights).reduce(
      (sum, { current: { shape } }) => sum + 4 * elementCount(shape as NumericShape),
      0,
    );
    return bytes <= mostWritten;
  }
}
