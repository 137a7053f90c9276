/**
 * Ctrl-C, SIGTERM and a terminal that closes: the first stops the work after its current step, a second Ctrl-C or SIGTERM
 * ends the process and those that it started.
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

/** The signals that ask a process to stop. SIGHUP comes when its terminal closes. */
export const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A signal for work, aborted by the user. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** From now on `stopSignals` abort the signal. */
  listen(): void;
  /** While this work runs, which hears nothing, they end the process; afterwards they abort the signal. */
  endDuring<Result>(work: () => Promise<Result>): Promise<Result>;
  /** They end the process again. */
  release(): void;
}

/**
 * A signal that `stopSignals` abort once it listens, until it is released. A second SIGINT or SIGTERM ends the process
 * with code 130; a second SIGHUP does not, because a closing terminal sends one and its shell may send another. Prints a
 * line on standard error.
 */
export function interruptOnceListening(): Interrupt {
  const controller = new AbortController();
  let listening = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (signal !== "SIGHUP") process.exit(130);
      return;
    }
    process.stderr.write("\nstopping after the current step; once more to stop at once\n");
    controller.abort();
  };
  const interrupt: Interrupt = {
    signal: controller.signal,
    listen() {
      if (listening) return;
      listening = true;
      for (const signal of stopSignals) process.on(signal, onSignal);
    },
    release() {
      listening = false;
      for (const signal of stopSignals) process.off(signal, onSignal);
    },
    async endDuring(work) {
      interrupt.release();
      try {
        return await work();
      } finally {
        interrupt.listen();
      }
    },
  };
  return interrupt;
}

/** The same, which listens at once. */
export function abortOnInterrupt(): Interrupt {
  const interrupt = interruptOnceListening();
  interrupt.listen();
  return interrupt;
}
