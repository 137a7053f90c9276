/**
 * The contract of a position encoding, checked one question after the other.
 *
 * @module
 */
import type { EncodingDefinition } from "../encodings/position-encoding.ts";
import { refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";
import type { Compile } from "../runtime/session.ts";
import { holds } from "./check.ts";
import type { ContractCheck, Findings, Measure, Subject } from "./check.ts";
import { declaration } from "./declaration.ts";
import { decoding } from "./decoding.ts";
import { farPositions } from "./far.ts";
import { future } from "./future.ts";
import { firstOrder, secondOrder } from "./gradients.ts";
import { lengthOne, longText } from "./lengths.ts";
import { padding } from "./padding.ts";
import { runtime } from "./runtime.ts";
import { shift } from "./shift.ts";
import { randomValues, smallModel, smallModelInWords } from "./small-model.ts";

/** All checks, in the order of reports. */
export const contract: readonly ContractCheck[] = [
  declaration,
  runtime,
  firstOrder,
  secondOrder,
  shift,
  farPositions,
  future,
  padding,
  lengthOne,
  longText,
  decoding,
];

/** The outcome of one check, as plain data. */
export interface ContractResult {
  readonly check: string;
  readonly asks: string;
  readonly passed: boolean;
  readonly measures: readonly Measure[];
  readonly faults: readonly string[];
  readonly skipped?: string;
}

/** What the checks are run with. */
export interface ContractOptions {
  /** Of the encoding. */
  readonly options?: object;
  readonly compile: Compile;
  /** Called after each check. */
  readonly onResult?: (result: ContractResult) => void;
}

const names: NamesOf<ContractOptions> = { options: true, compile: true, onResult: true };

/** Runs every check. An encoding that cannot be made fails the first; the others are then skipped. */
export async function runContract(
  definition: EncodingDefinition,
  given: ContractOptions,
): Promise<readonly ContractResult[]> {
  refuseUnknownNames("contract", given, names);
  const { options = {}, compile, onResult } = given;
  let subject: Subject | undefined;
  let reason = "";
  try {
    subject = subjectOf(definition, options, compile);
  } catch (error) {
    reason = messageOf(error);
  }
  const results: ContractResult[] = [];
  for (const check of contract) {
    const result = subject
      ? await runCheck(check, subject)
      : resultOf(
          check,
          check === declaration
            ? {
                faults: [
                  `${smallModelInWords} cannot have it: ${reason} Options go in parentheses, as in ` +
                    `"abacus(digits=[1,2,4])".`,
                ],
              }
            : { skipped: "it cannot be made" },
        );
    results.push(result);
    onResult?.(result);
  }
  return results;
}

/** An encoding in its small model. */
export function subjectOf(
  definition: EncodingDefinition,
  options: object,
  compile: Compile,
): Subject {
  const model = smallModel(definition, options);
  return {
    definition,
    options,
    model,
    values: randomValues(model),
    compile,
    make: (sizes) => smallModel(definition, options, sizes),
  };
}

/** Runs one check; what it throws is what is wrong. */
export async function runCheck(check: ContractCheck, subject: Subject): Promise<ContractResult> {
  try {
    return resultOf(check, await check.run(subject));
  } catch (error) {
    return resultOf(check, { faults: [`It failed: ${messageOf(error)}`] });
  }
}

function resultOf(
  { name, asks }: ContractCheck,
  { measures = [], faults = [], skipped }: Findings,
): ContractResult {
  const passed = faults.length === 0 && measures.every(holds);
  return { check: name, asks, passed, measures, faults, ...(skipped ? { skipped } : {}) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
