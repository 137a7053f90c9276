/**
 * Flip-flop: remember one bit. After every `r` (read) comes the bit that followed the last `w` (write);
 * bits after `i` (ignore) mean nothing.
 *
 *     length 8:   w 0 i 0 i 1 w 1 i 1 r (1) i 1 r (1)
 *
 * The first instruction writes and the last one reads. Those between are sampled with probabilities in percent:
 *
 *                 w, r (each)    i
 *     trained         10        80
 *     sparse           1        98
 *     dense           45        10
 *
 * The shares hold at every length, so the number of reads in a sample does not: with 20 instructions it is 2.8,
 * sparse 1.2, dense 9.1, and with 256 it is 26.4, 3.5 and 115.3. A sample is right if every read is, so samples of
 * different lengths and conditions are not equally hard to guess; accuracy by token, which is that of a read, is one
 * half for a guesser everywhere.
 *
 * Source:    Liu et al. 2023, https://arxiv.org/abs/2306.00946, with 512 tokens; Golovneva et al. 2024,
 *            https://arxiv.org/abs/2405.18719
 * Reference: the paper; its data sets of the same three mixtures
 * Differs:   only bits after `r` are scored, as in the paper's clean mode. A length counts instructions, of
 *            two tokens each. A sample is right if every read is; the share of right reads is the accuracy by
 *            token.
 *
 * @module
 */
import type { Random } from "../random/random.ts";
import { defineTask } from "./define-task.ts";
import { flipFlops } from "./papers.ts";
import { Symbols } from "./symbols.ts";
import { checkLength, conditionOf, trained } from "./task.ts";
import type { Sample, Task } from "./task.ts";

/** Percent of writes, and of reads. */
const activity: Readonly<Record<string, number>> = { trained: 10, sparse: 1, dense: 45 };

/** The flip-flop language. */
export const flipFlop = defineTask({
  id: "flip-flop",
  summary: "Remember the last bit that was written, through bits to ignore.",
  length: "instructions",
  paper: flipFlops,
  example: { seed: 6, length: 8, text: "w 0 i 0 i 1 w 1 i 1 r (1) i 1 r (1)" },
  create() {
    const symbols = new Symbols(["w", "r", "i", "0", "1"]);
    const task: Task = {
      id: "flip-flop",
      vocabulary: symbols.vocabulary,
      shortest: 2,
      training: "exactly",
      conditions: [
        trained,
        {
          id: "sparse",
          summary:
            "Reads and writes are ten times as rare. Below 36 instructions, most samples have only the first write " +
            "and the last read: one bit is asked.",
        },
        { id: "dense", summary: "One instruction of ten is to be ignored, and nearly half read." },
      ],
      longest(length) {
        checkLength(task, length);
        return 2 * length;
      },
      sample(random, length, condition) {
        checkLength(task, length);
        return draw(symbols, random, length, activity[conditionOf(task, condition).id]!);
      },
    };
    return task;
  },
});

function draw(symbols: Symbols, random: Random, length: number, percent: number): Sample {
  const tokens: string[] = [];
  const scored: number[] = [];
  let memory = "";
  for (let place = 0; place < length; place++) {
    const sampled = random.integer(100);
    let instruction = sampled < percent ? "w" : sampled < 2 * percent ? "r" : "i";
    if (place === 0) instruction = "w";
    if (place === length - 1) instruction = "r";
    const bit = String(random.integer(2));
    if (instruction === "w") memory = bit;
    if (instruction === "r") scored.push(tokens.length + 1);
    tokens.push(instruction, instruction === "r" ? memory : bit);
  }
  return { tokens: symbols.ids(tokens), scored };
}
