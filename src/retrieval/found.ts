/**
 * Which answers a text has.
 *
 * Source:    Hsieh et al. 2024 (RULER), https://arxiv.org/abs/2404.06654
 * Reference: NVIDIA/RULER, scripts/eval/synthetic/constants.py, string_match_all
 * Differs:   with the short wording an answer must be a whole word, and its letters as they were asked for: a name of one letter
 *            occurs in nearly every text
 *
 * @module
 */
import type { Wording } from "./task.ts";

/** How many of the answers occur in a text: anywhere and in either case, or as whole words where the wording is short. */
export function answersFound(text: string, answers: readonly string[], wording: Wording): number {
  const occurs = wording === "short" ? wholeWordsOf(text) : anywhereIn(text);
  return answers.filter(occurs).length;
}

function anywhereIn(text: string): (answer: string) => boolean {
  const lower = text.toLowerCase();
  return (answer) => lower.includes(answer.toLowerCase());
}

function wholeWordsOf(text: string): (answer: string) => boolean {
  const words = ` ${text.split(/[^\p{L}\p{N}]+/u).join(" ")} `;
  return (answer) => words.includes(` ${answer} `);
}
