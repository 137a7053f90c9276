/**
 * What a result means, in sentences: for the terminal and for the page.
 *
 * @module
 */
import { short } from "../format.ts";
import type { RetrievalResult, AskedTask } from "./result.ts";
import type { ValueKind } from "./task.ts";

/** What guessing reaches, and which words were used. */
export function chanceInWords({ wording, chance }: AskedTask, values: ValueKind): string {
  return (
    `${wording === "published" ? "Published wording" : "Short wording"}, hidden ${values}. ` +
    `Guessing among all possible answers is right in ${short(100 * chance)} % of the samples.`
  );
}

/** How it was measured. */
export function methodLines({ text, seed, samples, cells }: RetrievalResult): readonly string[] {
  const shorter = cells.flatMap((cell) =>
    "tokens" in cell && cell.tokens.least < cell.length ? [cell.length - cell.tokens.least] : [],
  );
  const exact =
    shorter.length === 0
      ? "Every prompt has exactly that many."
      : `Prompts have exactly that many, or the nearest number below: up to ${Math.max(...shorter)} fewer.`;
  return [
    `A length counts the tokens of the prompt, of its answer, and those that begin a text. ${exact}`,
    `${samples} samples at each length and depth, the same needles everywhere, seed ${seed}; intervals are 95 %: Wilson's of shares, ` +
      `Student's t of gains, paired by sample. A sample is right where every token of its answer is the likeliest, which is what ` +
      `greedy decoding writes.`,
    `Nats a token is the loss of the answer. Without is the loss of the same answer behind a prompt that hides another one: ` +
      `what the answer costs a model that did not read it. Gain is the difference; it shows what exact answers of small models do not.`,
    `The text around needles is from ${text}.`,
  ];
}
