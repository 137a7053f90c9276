/**
 * Where commands print. Everything without colours of our own goes through here, so that a name from a file cannot hold
 * characters that a terminal obeys.
 *
 * @module
 */
import { printable } from "../printable.ts";

/** Prints a result. JSON stays the same document: `\u001b` is what JSON may write too. */
export function printOutput(text: string): void {
  process.stdout.write(printable(text));
}

/** Prints a message or progress on standard error. */
export function printError(text: string): void {
  process.stderr.write(printable(text));
}
