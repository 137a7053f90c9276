/**
 * `docs/tasks.md`, from the list of tasks.
 *
 * @module
 */
import { tasks } from "../../src/tasks/index.ts";
import type { TaskDefinition } from "../../src/tasks/task.ts";
import { describeOptions } from "../../src/options/description.ts";
import { link, list, table } from "./markdown.ts";
import { optionsTable } from "./options.ts";

const opening = `# Tasks

This page is written from the list in \`src/tasks/index.ts\` by \`node docs/make/all.ts\`; a test holds it up to date.

A task generates rows of tokens of which every answer is known, at any length. A model is trained on it instead of on
text, and judged by how many samples it answers right at lengths that training never showed:

\`\`\`
npx relpos compare --task copy --encodings none,rope,t5 --seeds 1,2,3
npx relpos compare --task "counting(variables=5)" --train-length 32 --test-lengths 32,64
\`\`\`

\`relpos tasks\` prints this list, with \`--json\` as data.

- Training generates new samples at each step from the seed and the step alone, so a run that was stopped ends as one
  that was not. Rows are padded on the right, which a causal model cannot see, and only scored tokens (below in
  parentheses) count in the loss: its mean is over them.
- Judged are \`--evaluation-samples\` samples at each length, from a stream of their own for each seed, the same for
  all encodings. A short question may occur in training too.
- Exact match is the share of samples all of whose scored tokens are the model's most likely ones, each given the
  right tokens before it. As every answer follows from the tokens before it, that is exact match under greedy
  decoding: at the first wrong token the two differ, and then the sample is wrong in both.
- Accuracy by token is the share of scored tokens that are right in the same pass. After a wrong token the right one
  is given, so greedy decoding would have fewer. It has a table of its own under that of exact match: an encoding that
  answers no long sample right may still answer most of its tokens right.
- Unless other lengths are given, models are judged at 1, 1.1, 1.2, 1.5 and 2 times the train length: most encodings that
  fail beyond training do so within these.
- Below the tables is what guessing reaches on the same samples, without reading the question: a symbol of answers at
  random, the most frequent symbol at each place of the answer, and the most frequent one after the symbol before. A
  model that does no better has learned how answers look, and nothing of the task.
- Answers have the same distribution at every length: each symbol is as likely as the others. Of \`addition\` that holds
  for the last digit. Where an answer has several tokens, the share of those that follow from the one before grows with the
  length, above all in what is sorted; the guesses say by how much.
- Intervals are over seeds, paired, and never narrower than the samples alone would make them; with one seed they
  are over samples.

Of the ten tasks of the NoPE study these are seven; LEGO, SCAN and PCFG are not here.
`;

/** The page. */
export function tasksPage(): string {
  const overview = table(
    ["Task", "Asks", "A length counts"],
    tasks.map(({ id, summary, length }) => [link(`\`${id}\``, `#${id}`), summary, length]),
  );
  return [opening, overview, ...tasks.map(section)].join("\n");
}

function section(definition: TaskDefinition): string {
  const { id, summary, length, paper, options, example } = definition;
  const { conditions, training, shortest, vocabulary } = definition.create();
  const facts = [
    `Paper: ${link(paper.title, paper.url)} (${paper.year})`,
    `A length counts ${length}; the least is ${shortest}`,
    `Training: ${training === "up to" ? "every length up to the longest, alike often" : "one length"}`,
    `Vocabulary: ${vocabulary.length} symbols`,
    ...conditions.slice(1).map(({ id, summary }) => `Judged besides, \`${id}\`: ${summary}`),
  ];
  const described = describeOptions(options);
  return [
    `## ${id}\n`,
    `${summary} Length ${example.length}:\n`,
    `\`\`\`\n${example.text}\n\`\`\`\n`,
    list(facts),
    ...(described.length > 0 ? [optionsTable(described)] : []),
  ].join("\n");
}
