/**
 * Variable tracking: a value is assigned to a variable, that one to the next, and so on; which variables have the value?
 *
 *     Memorize and track the chain(s) of variable assignment hidden in the following text. / The grass is green. … VAR JKLPQ =
 *     48213 … VAR MWXAB = VAR JKLPQ … / Question: Find all variables that are assigned the value 48213 in the text above.
 *     Answer: According to the chain(s) of variable assignment in the text above, 5 variables are assgined the value 48213,
 *     they are: → JKLPQ, MWXAB, …
 *
 * One chain of four assignments after the first; with the short wording of two, and names of one letter.
 *
 * Source:    Hsieh et al. 2024 (RULER), https://arxiv.org/abs/2404.06654, section 3 and appendix B
 * Reference: NVIDIA/RULER, scripts/data/synthetic/variable_tracking.py, with its spelling
 * Differs:   no solved example is shown first. Where the likeliest tokens are judged, the names are expected in the order of the
 *            chain, joined by ", "
 *
 * @module
 */
import type { Random } from "../../random/random.ts";
import { different, valueOf } from "../draw.ts";
import type { RetrievalTask } from "../task.ts";

const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const variables = { published: 5, short: 3 } as const;
const nameLength = { published: 5, short: 1 } as const;

export const variableTracking: RetrievalTask = {
  name: "variables",
  summary: "the variables of a chain of assignments",
  placed: false,
  writtenTokens: 30,
  space: (wording) => ({
    answers: variables[wording],
    possible: letters.length ** nameLength[wording],
    repeat: false,
  }),
  draft({ random, hidden, wording, values }) {
    const value = valueOf(random, values, 5);
    const names = namesOf(hidden, variables[wording], nameLength[wording]);
    const places = names.map(() => random.uniform()).sort((a, b) => a - b);
    const short = wording === "short";
    const variable = short ? "" : "VAR ";
    const insertions = names.map((name, at) => ({
      text: `${variable}${name} = ${at === 0 ? value : `${variable}${names[at - 1]!}`}.`,
      depth: places[at]!,
    }));
    return {
      introduction: short
        ? ""
        : "Memorize and track the chain(s) of variable assignment hidden in the following text.\n\n",
      long: { kind: "text", filler: "noise", insertions },
      question: short
        ? ` Variables with ${value}:`
        : `\nQuestion: Find all variables that are assigned the value ${value} in the text above. ` +
          `Answer: According to the chain(s) of variable assignment in the text above, ${names.length} variables are ` +
          `assgined the value ${value}, they are:`,
      answers: names,
    };
  },
};

/** Different names. */
function namesOf(random: Random, count: number, length: number): string[] {
  if (length === 1) return different(random, letters, count);
  const names = new Set<string>();
  while (names.size < count)
    names.add(Array.from({ length }, () => letters[random.integer(letters.length)]!).join(""));
  return [...names];
}
