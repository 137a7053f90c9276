/**
 * What is said of a hook that failed or returned what it must not: the file, the encoding, the hook, what it was given
 * and what it must return.
 *
 * @module
 */
import { isTensor } from "./hook-results.ts";
import type { StateHook, TensorHook } from "./hook-results.ts";
import type { ModelShape, PositionEncoding } from "./position-encoding.ts";

/** A hook that failed, or returned what it must not. */
export class HookError extends RangeError {
  override readonly name = "HookError";
  readonly hook: string;

  constructor(hook: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.hook = hook;
  }
}

/** For which model an encoding was made, and in which file it is. */
export interface HookOwner {
  readonly shape: ModelShape;
  /** The file of the encoding, for messages; absent: it is in none. */
  readonly source?: string | undefined;
}

/** What a user writes and relpos calls. */
export type Hook = TensorHook | StateHook | "at" | "sampling";

/** Errors that name their encoding: those made here, and those in which an encoding says why it cannot. */
const named = new WeakSet<Error>();

/** What `call` gives; an error that it throws names the encoding and the hook. */
export function guard<Result>(
  encoding: PositionEncoding,
  hook: Hook,
  { source }: HookOwner,
  words: string,
  call: () => Result,
): Result {
  try {
    return call();
  } catch (cause) {
    const failed = (said: string): HookError =>
      speaking(
        new HookError(
          hook,
          `${speakerOf(encoding, source)}: its hook "${hook}" failed: ${said}.${words}`,
          { cause },
        ),
      );
    if (!(cause instanceof Error)) throw failed(`it threw ${describe(cause)}`);
    if (named.has(cause)) {
      if (source === undefined || cause.message.startsWith(source)) throw cause;
      throw speaking(new HookError(hook, `${source}: ${cause.message}`, { cause }));
    }
    const { limit, id } = encoding;
    const speaks =
      cause instanceof RangeError &&
      (cause.message.startsWith(`${id}:`) || (limit && cause.message.includes(limit.reason)));
    if (speaks) throw speaking(cause);
    throw failed(cause.message.trim().replace(/[.]$/, ""));
  }
}

/** The first words of a message: the file and the encoding. */
export function speakerOf({ id }: PositionEncoding, source: string | undefined): string {
  return source === undefined ? id : `${source}: ${id}`;
}

/** The error, which the hooks of a composition around it then leave as it is. */
export function speaking<Kind extends Error>(error: Kind): Kind {
  named.add(error);
  return error;
}

/** The error for what a hook returned. */
export function wrong(
  encoding: PositionEncoding,
  hook: string,
  { source }: HookOwner,
  expected: string,
  returned: string,
  remedy = plainRemedy,
): HookError {
  return speaking(
    new HookError(
      hook,
      `${speakerOf(encoding, source)}: its hook "${hook}" must return ${expected}, ` +
        `but it returned ${returned}. ${remedy}`,
    ),
  );
}

const plainRemedy =
  "Return the tensor that the hook computes; leave the hook out where it does nothing.";

/** What to do about a value that is no tensor. */
export function remedyFor(value: unknown): string {
  if (value === undefined)
    return "Is a `return` missing? Leave the hook out where it does nothing.";
  return value instanceof Promise ? "A hook is no async function: remove `async`." : plainRemedy;
}

/** A value in words. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (isTensor(value)) return "one tensor";
  if (value instanceof Promise) return "a promise";
  if (typeof value === "object") return `an object { ${Object.keys(value).join(", ")} }`;
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "number" ? `the number ${value}` : `a ${typeof value}`;
}
