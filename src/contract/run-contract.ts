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
import { effect } from "./effect.ts";
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
  effect,
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
  readonly warnings: readonly string[];
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

/** The beginning of what is said of a check that threw. */
const failed = "It failed: ";

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
  const failures = new Map<string, string>();
  for (const check of contract) {
    const result = subject
      ? toldOnce(await runCheck(check, subject), failures)
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

/** The result, in which a failure that an earlier check had is only named: sizes alone make it no other. */
function toldOnce(result: ContractResult, failures: Map<string, string>): ContractResult {
  const faults = result.faults.map((fault) => {
    if (!fault.startsWith(failed)) return fault;
    const key = fault.replace(/ It was given .*/s, "").replace(/\d+/g, "#");
    const earlier = failures.get(key);
    failures.set(key, earlier ?? result.check);
    return earlier === undefined ? fault : `${failed}as in the check "${earlier}".`;
  });
  return { ...result, faults };
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
    return resultOf(check, { faults: [`${failed}${messageOf(error)}`] });
  }
}

function resultOf(
  { name, asks }: ContractCheck,
  { measures = [], faults = [], warnings = [], skipped }: Findings,
): ContractResult {
  const passed = faults.length === 0 && measures.every(holds);
  return { check: name, asks, passed, measures, faults, warnings, ...(skipped ? { skipped } : {}) };
}

function messageOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return /^gather: index -?\d+ is outside/.test(words)
    ? `${words} A table is read where it has no row: declare limit where it ends, or keep the index within it (minimum, maximum).`
    : words;
}
