/**
 * Standard output and standard error that cannot be written to: a full disk behind a redirection, a pipe whose reader has
 * gone, a terminal that was closed.
 *
 * @module
 */
import { errorCode } from "../files/file-errors.ts";
import { printError } from "./print.ts";

/** Whether something that was to be printed on standard output is lost. */
export interface OutputState {
  readonly lost: boolean;
}

/**
 * Keeps a failing stream from ending the process: a run goes on without its progress. Where the result could not be
 * printed, one sentence on standard error says so, and the exit code is 1. A reader such as `head` may close the pipe
 * early; that is no failure.
 */
export function surviveFailingStreams(): OutputState {
  const state = { lost: false };
  process.stderr.on("error", () => undefined); // there is no other place where it could be said
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (errorCode(error) === "EPIPE" || state.lost) return;
    state.lost = true;
    process.exitCode ||= 1;
    const why = errorCode(error) === "ENOSPC" ? "the disk is full" : error.message;
    printError(
      `relpos: cannot write to standard output: ${why}. What was trained and written to files is whole.\n`,
    );
  });
  return state;
}
