/**
 * What a trial trains on and how its model is judged. There is one for text and one for tasks, see `kinds/`; a
 * caller can write one for data of their own.
 *
 * @module
 */
import type { Measures } from "../measures/measure.ts";
import type { TrainedModel } from "../model/trained-model.ts";
import type { Compile, CompileOptions } from "../runtime/session.ts";
import type { RowSource } from "../training/language-objective.ts";
import type { Evaluation } from "./trial-record.ts";

/** What a trial trains on and is judged on. */
export interface TrialData {
  /** What models are judged by. */
  readonly measures: Measures;
  /** The ways in which a model is judged at each length, the most important first. */
  readonly protocols: readonly string[];
  /** What training reads. */
  readonly training: Int32Array | RowSource;
  /** Judges a trained model at one length under every protocol, in their order. */
  judge(request: JudgeRequest): Promise<Judgement>;
  /**
   * Mean nats a token of a trained model at the train length, on data that it was not trained on and is not judged on.
   * Learning rates are chosen by it; absent where they are not.
   */
  readonly validate?: (request: ValidateRequest) => Promise<number>;
}

/** A model whose validation loss is asked for. */
export type ValidateRequest = Pick<JudgeRequest, "trained" | "seed" | "compile" | "compileOptions">;

/** A model to be judged at a length. */
export interface JudgeRequest {
  readonly trained: TrainedModel;
  readonly length: number;
  readonly seed: number;
  readonly compile?: Compile | undefined;
  readonly compileOptions?: CompileOptions | undefined;
  readonly onEvaluation?: ((length: number, protocol: string) => void) | undefined;
}

/** How a model did at one length. */
export interface Judgement {
  readonly evaluations: readonly Evaluation[];
  /** Mean nats per token at each position, where that was measured. */
  readonly lossByPosition?: readonly number[];
}
