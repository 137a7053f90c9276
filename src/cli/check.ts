/**
 * `relpos check`: the contract suite on one encoding, without a test runner.
 *
 * @module
 */
import { holds } from "../contract/check.ts";
import type { Measure } from "../contract/check.ts";
import { contract, runContract } from "../contract/run-contract.ts";
import type { ContractResult } from "../contract/run-contract.ts";
import { RunError } from "../errors.ts";
import { wrapped } from "../explanation/columns.ts";
import { chooseEncoding } from "../loading/encoding-file.ts";
import { printableStrings } from "../printable.ts";
import { compile } from "../runtime/node.ts";
import { version } from "../version.ts";
import type { CheckOptions } from "./check-options.ts";
import { Colours } from "./colours.ts";
import { printOutput } from "./print.ts";

const schema = "relpos-check/1";
const margin = 14;

/**
 * Runs the command.
 *
 * @throws {RunError} a check fails
 */
export async function check(name: string, { json }: CheckOptions): Promise<void> {
  const { definition, file } = await chooseEncoding(name);
  const colours = new Colours(process.stdout);
  if (!json) printOutput(`${file ? `${definition.id} of ${file.path}` : definition.id}\n\n`);
  const results = await runContract(definition, {
    compile,
    onResult: (result) => {
      if (!json) process.stdout.write(textOf(printableStrings(result), colours));
    },
  });
  const failed = results.filter(({ passed }) => !passed);
  if (json) {
    const encoding = { id: definition.id, ...(file ? { file } : {}) };
    const document = { schema, relpos: version, encoding, passed: failed.length === 0, results };
    // Numbers that are not finite become null.
    printOutput(`${JSON.stringify(document)}\n`);
  } else {
    const warned = results.filter(({ warnings }) => warnings.length > 0).length;
    const skipped = results.filter((result) => result.skipped !== undefined).length;
    printOutput(
      `\n${contract.length - failed.length - skipped} passed, ${failed.length} failed` +
        `${skipped > 0 ? `, ${skipped} skipped` : ""}${warned > 0 ? `, ${warned} with a warning` : ""}\n`,
    );
  }
  if (failed.length > 0)
    throw new RunError(
      `${definition.id} does not keep the contract in ${failed.map((each) => each.check).join(", ")}.`,
    );
}

/** A line for the check, and one for each number or fault. */
function textOf(result: ContractResult, colours: Colours): string {
  const { check, asks, passed, measures, faults, warnings, skipped } = result;
  const word = skipped !== undefined ? "skipped" : passed ? "passed" : "FAILED";
  const colour = skipped !== undefined ? "quiet" : passed ? "good" : "bad";
  const lines = [
    `${colours.paint(word, colour)}  ${check.padEnd(margin)} ${asks}`,
    ...(skipped === undefined ? [] : [detail(skipped)]),
    ...[...faults, ...warnings.map((warning) => `Warning: ${warning}`)].map((words) =>
      wrapped(words, 80 - 10)
        .map(detail)
        .join("\n"),
    ),
    ...measures.map((measure) => {
      const words = detail(measureText(measure));
      return holds(measure) ? colours.paint(words, "quiet") : colours.paint(words, "bad");
    }),
  ];
  return `${lines.join("\n")}\n`;
}

function detail(words: string): string {
  return `${" ".repeat(9)}${words}`;
}

function measureText(measure: Measure): string {
  const { what, value, must, limit } = measure;
  const sign = must === "below" ? "<" : ">";
  const words = holds(measure) ? sign : `is not ${sign}`;
  return `${what}: ${number(value)} ${words} ${number(limit)}`;
}

function number(value: number): string {
  return value === 0 ? "0" : value.toExponential(1).replace(/e([+-]\d+)$/, "e$1");
}
