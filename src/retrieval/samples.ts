/**
 * The samples of a task at a length and depth, and the same questions with other hidden values.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import { InputError } from "../errors.ts";
import { random } from "../random/random.ts";
import { fitSample } from "./fit.ts";
import type { FittedSample } from "./fit.ts";
import { noiseFiller, promptOf } from "./long-text.ts";
import type { Filler } from "./long-text.ts";
import { answerText } from "./task.ts";
import type { Draft, RetrievalTask, ValueKind, Wording } from "./task.ts";

/** What samples are made of. */
export interface SampleRequest {
  readonly task: RetrievalTask;
  readonly wording: Wording;
  readonly values: ValueKind;
  readonly tokenizer: Pick<Tokenizer, "encode" | "decode">;
  readonly beginTokens: readonly number[];
  /** The text around needles. */
  readonly prose: Filler;
  readonly length: number;
  /** From 0 to 1. */
  readonly depth: number;
  readonly seed: number;
  readonly samples: number;
  /** Tokens that a model may write behind a prompt whose answer has so many. Default: those of the answer. */
  readonly room?: ((answer: number) => number) | undefined;
}

/** A sample, and its answer behind a prompt that hides another one. */
export interface PairedSample {
  readonly answers: readonly string[];
  readonly sample: FittedSample;
  readonly without: FittedSample;
}

/**
 * The samples, or the least number of tokens that the task needs. A sample has the same needles at every depth and length.
 *
 * @throws {InputError} the text is too short for the length, or has characters that the tokenizer lacks
 */
export function drawSamples(
  request: SampleRequest,
): readonly PairedSample[] | { readonly needs: number } {
  const drawn: PairedSample[] = [];
  let near = 0;
  for (let n = 0; n < request.samples; n++) {
    const drafts = draftsOf(request, n);
    const pair: FittedSample[] = [];
    for (const draft of [drafts.own, drafts.other]) {
      const fitted = fitDraft(request, { ...draft, answers: drafts.own.answers }, n, near);
      if ("needs" in fitted) return fitted;
      near = fitted.size.words;
      pair.push(fitted);
    }
    requireAnswer(request, pair[0]!, answerText(drafts.own));
    drawn.push({ answers: drafts.own.answers, sample: pair[0]!, without: pair[1]! });
  }
  return drawn;
}

/** @throws {InputError} the tokens of an answer are those of another text: the tokenizer lacks some of it */
function requireAnswer(
  { tokenizer, values }: SampleRequest,
  { ids, answerFrom }: FittedSample,
  answer: string,
): void {
  const plain = (text: string): string => text.replace(/\s/g, "").toLowerCase();
  const decoded = tokenizer.decode(ids.subarray(answerFrom));
  if (plain(decoded) === plain(answer)) return;
  throw new InputError(
    `retrieve: the tokenizer has no tokens for the answer ${JSON.stringify(answer.trim())}, which becomes ` +
      `${JSON.stringify(decoded.trim())}. ` +
      (values === "numbers"
        ? "Hide words in place of numbers, or give another model."
        : "Give another model."),
  );
}

function draftsOf(
  { task, wording, values, depth, seed }: SampleRequest,
  n: number,
): { readonly own: Draft; readonly other: Draft } {
  const draft = (hidden: string): Draft =>
    task.draft({
      ...{ wording, values, depth },
      random: random(seed, "retrieval", task.name, n),
      hidden: random(seed, "retrieval", task.name, n, hidden),
    });
  const own = draft("hidden");
  for (let other = 0; ; other++) {
    const again = draft(`hidden again ${other}`);
    if (!again.answers.some((answer) => own.answers.includes(answer))) return { own, other: again };
  }
}

function fitDraft(
  request: SampleRequest,
  draft: Draft,
  n: number,
  near: number,
): FittedSample | { readonly needs: number } {
  const { tokenizer, beginTokens, length, prose, seed, task, room = (answer) => answer } = request;
  const { long } = draft;
  const isText = long.kind === "text";
  // A token has a letter at least, and most words have a token of their own.
  const filler = isText && long.filler === "prose" ? prose : noiseFiller(length);
  const words = filler.words.length - 1;
  const least = Math.min(length, words);
  const end =
    filler === prose
      ? least + random(seed, "retrieval", task.name, n, "text").integer(words - least + 1)
      : words;
  return fitSample({
    ...{ tokenizer, beginTokens, length, near, room, answer: answerText(draft), byLetters: isText },
    prompt: (size) => promptOf(draft, size, filler, end),
    most: isText ? end : length,
  });
}
