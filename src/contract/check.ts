/**
 * A check of the contract: what must be true, and what was found.
 *
 * @module
 */
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import type { LanguageModel } from "../model/transformer.ts";
import type { Compile } from "../runtime/session.ts";
import type { Value } from "../tensor/tensor.ts";
import type { SmallModelOptions } from "./small-model.ts";

/** A number that was measured and what it must be: below `limit`, or above it. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly must: "below" | "above";
  readonly limit: number;
}

/** What a check found. */
export interface Findings {
  readonly measures?: readonly Measure[];
  /** What is wrong beside the measures, in whole sentences. */
  readonly faults?: readonly string[];
  /** What a user may not have meant, in whole sentences; the check passes. */
  readonly warnings?: readonly string[];
  /** Why there was nothing to check. */
  readonly skipped?: string;
}

/** The encoding that is checked, in a small model. */
export interface Subject {
  readonly definition: EncodingDefinition;
  readonly options: object;
  /** Width 24, three heads, two layers, trained at length 7. */
  readonly model: LanguageModel;
  /** Random numbers for every parameter, large enough that each matters. */
  readonly values: ReadonlyMap<string, Value>;
  readonly compile: Compile;
  /** The same encoding in a model of other sizes. */
  readonly make: (sizes: SmallModelOptions) => LanguageModel;
}

/** One question of the contract. */
export interface ContractCheck {
  readonly name: string;
  /** What must be true. */
  readonly asks: string;
  run(subject: Subject): Findings | Promise<Findings>;
}

/** A measure that must be below its limit. */
export function below(what: string, value: number, limit: number): Measure {
  return { what, value, must: "below", limit };
}

/** A measure that must be above its limit. */
export function above(what: string, value: number, limit: number): Measure {
  return { what, value, must: "above", limit };
}

/** Whether a measure is as it must be; NaN never is. */
export function holds({ value, must, limit }: Measure): boolean {
  return must === "below" ? value < limit : value > limit;
}
