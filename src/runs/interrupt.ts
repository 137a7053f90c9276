/**
 * Ctrl-C: the first stops the work after its current step, the second ends the process.
 *
 * @module
 */

/** The user stopped the command; nothing is lost. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode = 1;
}

/**
 * A signal that is aborted by SIGINT or SIGTERM, for as long as it is not released. A second SIGINT or SIGTERM ends the
 * process with code 130. Prints a line on standard error.
 */
export function abortOnInterrupt(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write("\nstopping after the current step; once more to stop at once\n");
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
