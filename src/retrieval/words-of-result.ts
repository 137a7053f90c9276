/**
 * What a result means, in sentences: for the terminal and for the page.
 *
 * @module
 */
import { short } from "../format.ts";
import type { RetrievalResult, AskedTask } from "./result.ts";

/** What guessing reaches, and which words were used. */
export function chanceInWords(
  { wording, chance }: AskedTask,
  { values, judge }: Pick<RetrievalResult, "values" | "judge">,
): string {
  const percent = `${short(100 * chance)} %`;
  return (
    `${wording === "published" ? "Published wording" : "Short wording"}, hidden ${values}. ` +
    (judge === "written"
      ? `As many guesses among all possible answers as were asked for find ${percent} of them.`
      : `Guessing among all possible answers is right in ${percent} of the samples.`)
  );
}

/** How it was measured. */
export function methodLines(result: RetrievalResult): readonly string[] {
  const { text, seed, samples, cells, judge } = result;
  const shorter = cells.flatMap((cell) =>
    "tokens" in cell && cell.tokens.least < cell.length ? [cell.length - cell.tokens.least] : [],
  );
  const exact =
    shorter.length === 0
      ? "Every prompt has exactly that many."
      : `Prompts have exactly that many, or the nearest number below: up to ${Math.max(...shorter)} fewer.`;
  const behind = judge === "written" ? "what the model may write behind it" : "its answer";
  return [
    `A length counts the tokens of the prompt, of ${behind}, and those that begin a text. ${exact}`,
    `${samples} samples at each length and depth, the same needles everywhere, seed ${seed}; intervals are 95 %: Wilson's of shares, ` +
      `Student's t of gains, paired by sample. ${judgeInWords(result)}`,
    `Nats a token is the loss of the answer. Without is the loss of the same answer behind a prompt that hides another one: ` +
      `what the answer costs a model that did not read it. Gain is the difference; it shows what exact answers of small models do not.`,
    `The text around needles is from ${text}.`,
  ];
}

function judgeInWords({ judge, tasks }: RetrievalResult): string {
  if (judge === "likeliest")
    return (
      `A sample is right where every token of its answer is the likeliest, which is what greedy decoding writes; several answers ` +
      `are expected in a fixed order.`
    );
  const short = tasks.some(({ wording }) => wording === "short");
  return (
    `The model writes behind the prompt, always the likeliest token, and the score of a sample is the share of its answers that occur ` +
    `in this text, in any order and either case${short ? "; with the short wording, as whole words in their own case" : ""}.`
  );
}
