/**
 * A pass key between sentences that say nothing.
 *
 *     There is an important info hidden inside a lot of irrelevant text. Find it and memorize them. I will quiz you about
 *     the important information there. / The grass is green. … / The pass key is 9054. Remember it. 9054 is the pass key. /
 *     The grass is green. … / What is the pass key? The pass key is → 9054
 *
 * Source:    Mohtashami & Jaggi 2023, https://arxiv.org/abs/2305.16300, section 4.2 and appendix
 * Reference: epfml/landmark-attention, llama/run_test.py
 * Differs:   the key is uniform from 10,000 to 99,999, there from 1 to 50,000, so that all answers are of one length. A model that
 *            writes gets 128 tokens, as RULER gives its like task niah_single_1
 *
 * @module
 */
import { valueCount, valueOf } from "../draw.ts";
import type { RetrievalTask } from "../task.ts";

const digits = 5;

export const passkey: RetrievalTask = {
  name: "passkey",
  summary: "a pass key in sentences that repeat",
  placed: true,
  space: (_, values) => ({ answers: 1, possible: valueCount(values, digits), repeat: true }),
  writtenTokens: 128,
  draft({ hidden, wording, values, depth }) {
    const key = valueOf(hidden, values, digits);
    const short = wording === "short";
    const sentence = short
      ? `The pass key is ${key}.`
      : `The pass key is ${key}. Remember it. ${key} is the pass key.`;
    return {
      introduction: short
        ? ""
        : "There is an important info hidden inside a lot of irrelevant text. Find it and memorize them. " +
          "I will quiz you about the important information there.\n",
      long: { kind: "text", filler: "noise", insertions: [{ text: sentence, depth }] },
      question: short ? " The pass key is" : "\nWhat is the pass key? The pass key is",
      answers: [key],
    };
  },
};
