/**
 * What a page says of an encoding in prose: how it works, when to use it, who does, and what happens beyond the
 * train length. It is data of the documents and no part of the package's code.
 *
 * @module
 */
import type { EncodingFacts } from "../../../src/explanation/facts.ts";
import type { Users } from "./users/sources.ts";

/** What happens to a model with default options on texts longer than those it was trained on. */
export type Beyond =
  /** There is no number: the encoding declares a limit at the train length. */
  | "ends"
  /** The loss stays near that at the train length. */
  | "holds"
  /** The loss rises. */
  | "fails"
  /** One or the other, by an option, the base or the task; the words say which. */
  | "depends"
  /** Neither measured here nor settled in the literature. */
  | "open";

/** The prose of one encoding, but for who uses it. */
export interface EncodingProse {
  readonly intuition: string;
  readonly use: string;
  readonly beyond: { readonly outcome: Beyond; readonly words: string };
}

/** The prose of one encoding, and who uses it. */
export interface EncodingGuide extends EncodingProse, Users {}

/** What the code knows that prose may contradict. */
export interface KnownFacts extends Pick<
  EncodingFacts,
  "id" | "limit" | "shiftInvariant" | "cache"
> {
  /** Whether a bidirectional model can have it. */
  readonly encoder: boolean;
  readonly trainLength: number;
}

/** Sentences of a guide that the code contradicts; none where all agree. */
export function contradictions(guide: EncodingGuide, facts: KnownFacts): string[] {
  const { outcome, words } = guide.beyond;
  const all = [guide.intuition, guide.use, guide.usedBy, words].join(" ");
  const ends = facts.limit?.length === facts.trainLength;
  const says = (pattern: RegExp): boolean => pattern.test(all);
  const wrong: (readonly [boolean, string])[] = [
    [
      (outcome === "ends") !== ends,
      `says "${outcome}", but its limit is ${facts.limit ? `${facts.limit.length} tokens` : "none"}`,
    ],
    [
      facts.limit !== null && says(/\b(no limit|any length)\b/i),
      `says that any length has numbers, but its limit is ${facts.limit?.length} tokens`,
    ],
    [
      facts.limit !== null && !ends && !words.includes("limit"),
      `does not say that its limit is ${facts.limit?.length} tokens`,
    ],
    [
      facts.encoder && says(/\b(causal (models?|attention) only|needs a causal)\b/i),
      "says that it needs a causal model, but a bidirectional one can have it",
    ],
    [
      !facts.encoder && !says(/\bcausal (models?|attention) only\b/i),
      "does not say that it is for causal models only",
    ],
    [
      facts.shiftInvariant && says(/\babsolute encoding\b/i),
      "is called an absolute encoding, but scores do not change when all positions are shifted",
    ],
    [
      !facts.shiftInvariant && says(/\bdepends? only on (the )?distances?\b/i),
      "is said to depend only on the distance, but a shift of all positions changes its scores",
    ],
    [
      facts.cache.keys === "rewritten" && !says(/rewrit/),
      "does not say that new tokens rewrite cached keys",
    ],
    [
      (facts.cache.tokenState?.length ?? 0) > 0 && !says(/cache/),
      "does not say that more than keys and values is cached",
    ],
  ];
  return wrong.flatMap(([applies, sentence]) => (applies ? [`${facts.id} ${sentence}.`] : []));
}
