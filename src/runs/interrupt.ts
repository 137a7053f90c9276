/**
 * Ctrl-C: the first stops the work after its current step, the second ends the process and those that it started.
 *
 * A handler runs between two pieces of work only: not while a user's hook never returns, and not while the runtime
 * prepares a large model. So a command begins to listen with its first step. Before, the system ends it at once, and
 * nothing is lost: nothing was trained yet.
 *
 * @module
 */

/** The user stopped the command; nothing is lost. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode = 1;
}

/** The signals that ask a process to stop. */
const signals = ["SIGINT", "SIGTERM"] as const;

/** A signal for work, aborted by the user. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** From now on SIGINT and SIGTERM abort the signal. */
  listen(): void;
  /** They end the process again. */
  release(): void;
}

/**
 * A signal that SIGINT or SIGTERM aborts once it listens, until it is released. A second one ends the process with code
 * 130. Prints a line on standard error.
 */
export function interruptOnceListening(): Interrupt {
  const controller = new AbortController();
  let listening = false;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write("\nstopping after the current step; once more to stop at once\n");
    controller.abort();
  };
  return {
    signal: controller.signal,
    listen() {
      if (listening) return;
      listening = true;
      for (const signal of signals) process.on(signal, onSignal);
    },
    release() {
      listening = false;
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

/**
 * A signal that is aborted by SIGINT or SIGTERM, for as long as it is not released. A second SIGINT or SIGTERM ends the
 * process with code 130. Prints a line on standard error.
 */
export function abortOnInterrupt(): { readonly signal: AbortSignal; release(): void } {
  const interrupt = interruptOnceListening();
  interrupt.listen();
  return interrupt;
}
