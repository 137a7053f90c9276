/**
 * Evaluation windows: which tokens are scored, with how much of the text before them.
 *
 * Losses at two lengths can be compared only where they are about the same tokens. So the scored part of a text is
 * chosen once, as spans whose length is a multiple of the longest window (`evaluationSpans`), and then every
 * length covers these same spans: each of their targets is scored exactly once.
 *
 *     windows          non-overlapping: what a model does when its context starts empty every `length` tokens
 *     slidingWindows   each window scores its last `stride` tokens only, so that all but the first tokens of the
 *                      text are predicted from at least length − stride tokens of context
 *
 * All windows have the full length, because a compiled graph has fixed shapes. Where a span does not divide
 * by the length (or the stride), the last window begins earlier and scores only what is left.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** Targets tokens[start + 1] … tokens[start + targets]. */
export interface Span {
  readonly start: number;
  readonly targets: number;
}

export interface EvaluationSpans {
  readonly spans: readonly Span[];
  /** Targets in all spans. */
  readonly targets: number;
  /** What is scored, in words for reports. */
  readonly description: string;
}

export interface SpanOptions {
  /** The longest window of the evaluation; spans are multiples of it. */
  readonly longest: number;
  /** Score at most this many targets, but at least one window of the longest length. Default: all there are. */
  readonly limit?: number;
  /** Under a limit: the beginning of the text, or windows spread evenly over it. Default "even". */
  readonly spread?: "even" | "leading";
}

export interface EvaluationWindow {
  /** Where in the text the window begins. */
  readonly start: number;
  /** [position], a view into the text: do not write to it. */
  readonly tokens: Int32Array;
  /** [position], a view into the text: the token after each of `tokens`. */
  readonly targets: Int32Array;
  /** Positions scoredFrom … length − 1 are scored by this window, those before it are context only. */
  readonly scoredFrom: number;
}

/**
 * The targets an evaluation scores, the same at every length up to `longest`.
 *
 * @param available number of tokens in the text
 * @throws InputError when the text does not hold one window of the longest length and its last target
 */
export function evaluationSpans(available: number, options: SpanOptions): EvaluationSpans {
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

/**
 * Non-overlapping windows over the spans.
 *
 * @param spans default: all targets of the text
 * @throws InputError when a span is shorter than a window
 */
export function* windows(
  tokens: Int32Array,
  { length, spans = wholeText(tokens) }: { length: number; spans?: readonly Span[] },
): Generator<EvaluationWindow, void> {
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
 * tokens; a span that begins later takes its context from the text before it.
 *
 * @param stride from 1 (full context for each token, slow) to length
 * @throws InputError when a span is shorter than a window, or the stride is out of range
 */
export function* slidingWindows(
  tokens: Int32Array,
  options: { length: number; stride: number; spans?: readonly Span[] },
): Generator<EvaluationWindow, void> {
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
      // Near the text's beginning there is no earlier context to slide over: score up to the window's end.
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
        `the targets ${start + 1} … ${start + targets} reach beyond the ${tokens.length} tokens of the text. ` +
          `Choose spans with evaluationSpans for this text.`,
      );
    if (targets < length)
      throw new InputError(
        `a span of ${targets} targets does not hold one window of ${length}. ` +
          `Give more text, a shorter length, or spans made for the longest length.`,
      );
  }
}

function checkLength(name: string, length: number): void {
  if (!Number.isSafeInteger(length) || length < 1)
    throw new InputError(`${name} must be a positive integer, got ${length}.`);
}
