import type { GptShape, OptimiserName } from "./gpt-shape.ts";

/**
 * What a benchmark asks of a rival, one JSON document a line on its standard input. The rival answers each
 * with one line on standard output; everything else it has to say goes to standard error.
 */
export type Request =
  | {
      readonly command: "setup";
      readonly shape: GptShape;
      readonly threads: number;
      readonly optimiser: OptimiserName;
    }
  | { readonly command: "run"; readonly steps: number }
  | { readonly command: "memory" }
  | { readonly command: "exit" };

/** Ready to train. `notes` says in words where this rival departs from the model or the request. */
export type SetupReply = {
  readonly ok: true;
  readonly setupMs: number;
  readonly notes?: readonly string[];
};

/** The milliseconds of each step, and the loss that the last one met (before its update). */
export type RunReply = { readonly ms: readonly number[]; readonly loss: number };

/** The most memory the process ever held, in bytes. */
export type MemoryReply = { readonly peakBytes: number };

/** Why the rival could not do what it was asked. */
export type ErrorReply = { readonly error: string };

/** The last answer before the process ends. */
export type ExitReply = { readonly ok: true };

/** The answer that belongs to each command. */
export type ReplyTo = {
  readonly setup: SetupReply;
  readonly run: RunReply;
  readonly memory: MemoryReply;
  readonly exit: ExitReply;
};
