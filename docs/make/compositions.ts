/**
 * The section on compositions: examples that are made, and refusals that are raised, while it is written.
 *
 * @module
 */
import { encodingById } from "../../src/encodings/index.ts";
import { factsOf } from "../../src/explanation/facts.ts";
import { referenceShape } from "../../src/explanation/reference-shape.ts";
import { learntInWords } from "../../src/explanation/words.ts";
import { list, table } from "./markdown.ts";

const opening = `## Several at once

A composition can be written in place of any id: \`relpos compare --encodings "rope,layers(3*rope,none),rope+alibi"\`. Options
go in parentheses, lists in brackets: \`t5(buckets=64)\`, \`abacus(digits=[1,2,4])\`. In TypeScript the same are values,
\`combine\`, \`byLayer\` and \`byHeads\`: see [\`examples/06-compositions.ts\`](../examples/06-compositions.ts).
`;

const written: readonly (readonly [text: string, meaning: string])[] = [
  ["rope+alibi", "both in every layer: vectors are turned, scores get the bias"],
  ["cope+rope", "positions counted by content, over rotation"],
  ["layers(3*rope,none)", "by layer, in a pattern that repeats: every fourth has no positions"],
  ["heads(alibi,none)", "by heads, in equal groups: half of them have the bias"],
  ["layers(rope+alibi,heads(t5(form=scaled),none))", "compositions of compositions"],
];

const refused = ["rope+pope", "layers(rope,sinusoidal)", "heads(sinusoidal,rope)", "dape+dape-v2"];

/** The section. Throws where an example cannot be made, or a refusal is none. */
export function compositionsSection(): string {
  const rows = written.map(([text, meaning]) => {
    const facts = factsOf(encodingById(text), referenceShape);
    return [`\`${text}\``, meaning, learntInWords(facts), facts.shiftInvariant ? "yes" : "no"];
  });
  return [
    opening,
    table(["Written", "Means", "Learns", "Shift-invariant"], rows),
    `What two parts cannot both do is refused when the model is made:\n`,
    list(refused.map((text) => `\`${text}\`: “${refusalOf(text)}”`)),
  ].join("\n");
}

function refusalOf(text: string): string {
  try {
    encodingById(text).create(referenceShape);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`documents: ${text} was to be refused, but it can be made.`);
}
