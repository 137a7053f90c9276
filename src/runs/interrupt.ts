/**
 * Ctrl-C: the first asks the work to stop at a safe place, the second ends the process.
 *
 * @module
 */

/** The user stopped the work; what is done is kept. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode = 1;
}

/** A signal that SIGINT and SIGTERM abort, until it is released. */
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
