/**
 * Evaluation windows: which tokens are scored, and how much context each has.
 *
 * Losses at two lengths can be compared only if they are over the same tokens. So the targets to score are chosen
 * once, as spans whose length is a multiple of the longest window (`evaluationSpans`). At every length, each target
 * of these spans is scored exactly once.
 *
 *     windows          do not overlap; the first token of each window has no context
 *     slidingWindows   overlap; each window scores its last `stride` tokens only, so that all tokens except the
 *                      first ones of the text have a context of at least length − stride tokens
 *
 * All windows have the same length, because a compiled graph has fixed shapes. Where the length (or the stride) does
 * not divide a span, its last window begins earlier and scores only the targets that are left.
 *
 * @module
 */
import { InputError, refuseUnknownNames } from "../errors.ts";
import type { NamesOf } from "../errors.ts";

/** The targets tokens[start + 1] … tokens[start + targets]. */
export interface Span {
  readonly start: number;
  readonly targets: number;
}

/** The targets of an evaluation. */
export interface EvaluationSpans {
  readonly spans: readonly Span[];
  /** The number of targets of all spans. */
  readonly targets: number;
  /** The scored targets as text, for reports. */
  readonly description: string;
}

/** Which targets of a text to score. */
export interface SpanOptions {
  /** The longest window of the evaluation, in tokens; the length of each span is a multiple of it. */
  readonly longest: number;
  /** Score at most this many targets, but at least one longest window. Default: all. */
  readonly limit?: number;
  /** With a limit: "leading" scores the beginning of the text, "even" windows spread over it. Default "even". */
  readonly spread?: "even" | "leading";
}

const names: NamesOf<SpanOptions> = { longest: true, limit: true, spread: true };

/** A window of the text with the targets that it scores. */
export interface EvaluationWindow {
  /** The index in the text of the first token. */
  readonly start: number;
  /** [position], a view of the text: do not write to it. */
  readonly tokens: Int32Array;
  /** [position], a view of the text: the token after each of `tokens`. */
  readonly targets: Int32Array;
  /** The window scores positions scoredFrom … length − 1; those before are only context. */
  readonly scoredFrom: number;
}

/**
 * The targets of an evaluation, the same at every length up to `longest`.
 *
 * @param available the number of tokens of the text
 * @throws {InputError} for fewer tokens than one longest window and its last target, or a length or limit below 1
 */
export function evaluationSpans(available: number, options: SpanOptions): EvaluationSpans {
  refuseUnknownNames("evaluationSpans", options, names, (message) => new InputError(message));
  const { longest, limit = Infinity, spread = "even" } = options;
  checkLength("the longest window", longest);
  if (!(limit >= 1))
    throw new InputError(`the limit of scored tokens must be 1 or more, got ${limit}.`);
  const fitting = Math.floor((available - 1) / longest);
  if (fitting < 1)
    throw new InputError(
      `the text has ${available} tokens; a window of ${longest} needs ${longest + 1}. ` +
        `Give more text or a shorter length.`,
    );
  const pieces = Math.min(fitting, Math.max(1, Math.floor(limit / longest)));
  const targets = pieces * longest;
  if (pieces === fitting || spread === "leading")
    return {
      spans: [{ start: 0, targets }],
      targets,
      description: `the first ${targets} of ${available - 1} targets`,
    };
  const spans = Array.from({ length: pieces }, (_, i) => ({
    start: Math.floor((i * (available - 1)) / pieces),
    targets: longest,
  }));
  return {
    spans,
    targets,
    description: `${targets} of ${available - 1} targets, in ${pieces} pieces of ${longest} spread evenly`,
  };
}

/** The spans in stretches of `longest` targets: every length up to it is judged on the same stretches, in this order. */
export function stretchesOf(spans: readonly Span[], longest: number): Span[] {
  return spans.flatMap(({ start, targets }) =>
    Array.from({ length: Math.ceil(targets / longest) }, (_, at) => ({
      start: start + at * longest,
      targets: Math.min(longest, targets - at * longest),
    })),
  );
}

/**
 * Windows over the spans that do not overlap.
 *
 * @param tokens the text
 * @param options the length of a window in tokens, and the spans; default: all targets of the text
 * @throws {InputError} for a span that is shorter than a window or exceeds the text
 */
export function* windows(
  tokens: Int32Array,
  options: { length: number; spans?: readonly Span[] },
): Generator<EvaluationWindow, void> {
  refuseUnknownNames(
    "windows",
    options,
    { length: true, spans: true, targets: true, description: true },
    (message) => new InputError(message),
  );
  const { length, spans = wholeText(tokens) } = options;
  checkSpans(tokens, length, spans);
  for (const span of spans) {
    const end = span.start + span.targets;
    for (let next = span.start; next < end; next += length) {
      const start = Math.min(next, end - length);
      yield windowAt(tokens, start, length, next - start);
    }
  }
}

/**
 * Overlapping windows, each scoring its last `stride` tokens. The first window of the text scores all of its
 * tokens. A span that begins later has the text before it as context.
 *
 * @param tokens the text
 * @param options the length of a window, the stride from 1 (longest context, slow) to the length, and the spans;
 *   default: all targets of the text
 * @throws {InputError} for a span that is shorter than a window or exceeds the text, or a stride out of range
 */
export function* slidingWindows(
  tokens: Int32Array,
  options: { length: number; stride: number; spans?: readonly Span[] },
): Generator<EvaluationWindow, void> {
  const known = {
    length: true,
    stride: true,
    spans: true,
    targets: true,
    description: true,
  } as const;
  refuseUnknownNames("slidingWindows", options, known, (message) => new InputError(message));
  const { length, stride, spans = wholeText(tokens) } = options;
  checkSpans(tokens, length, spans);
  if (!Number.isSafeInteger(stride) || stride < 1 || stride > length)
    throw new InputError(
      `the stride must be an integer from 1 to the window's length ${length}, got ${stride}.`,
    );
  for (const span of spans) {
    const end = span.start + span.targets;
    let next = span.start;
    while (next < end) {
      // At the beginning of the text there is no earlier context: score up to the end of the window.
      const start = Math.max(0, Math.min(next + stride, end) - length);
      yield windowAt(tokens, start, length, next - start);
      next = start + length;
    }
  }
}

function windowAt(
  tokens: Int32Array,
  start: number,
  length: number,
  scoredFrom: number,
): EvaluationWindow {
  return {
    start,
    tokens: tokens.subarray(start, start + length),
    targets: tokens.subarray(start + 1, start + length + 1),
    scoredFrom,
  };
}

function wholeText(tokens: Int32Array): readonly Span[] {
  return [{ start: 0, targets: tokens.length - 1 }];
}

function checkSpans(tokens: Int32Array, length: number, spans: readonly Span[]): void {
  checkLength("the window's length", length);
  for (const { start, targets } of spans) {
    if (start < 0 || start + targets >= tokens.length)
      throw new InputError(
        `the targets ${start + 1} … ${start + targets} exceed the ${tokens.length} tokens of the text. ` +
          `Choose spans with evaluationSpans for this text.`,
      );
    if (targets < length)
      throw new InputError(
        `a span of ${targets} targets is shorter than a window of ${length}. ` +
          `Give more text, a shorter length, or spans for the longest length.`,
      );
  }
}

function checkLength(name: string, length: number): void {
  if (!Number.isSafeInteger(length) || length < 1)
    throw new InputError(`${name} must be a positive integer, got ${length}.`);
}
