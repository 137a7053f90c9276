/**
 * What the report tells of a task: what is asked, a sample, how answers are judged.
 *
 * @module
 */
import { grouped } from "./format.ts";
import type { Html } from "../drawing/html.ts";
import { html } from "../drawing/html.ts";
import type { TaskResults } from "../comparison/task-results.ts";

/** The task in words and one sample. */
export function taskSection({ configuration }: TaskResults): Html {
  const { task } = configuration;
  const [, ...others] = task.conditions;
  return html`<p>
      ${task.summary} A length counts ${task.length}. A sample, with the scored tokens in
      parentheses:
    </p>
    <pre><code>${task.example}</code></pre>
    <p></p>
    <p>
      A sample is answered right if every scored token is the model’s most likely one. Answers are
      determined by what stands before them, so that is exact match under greedy decoding.
      ${others.map(({ id, summary }) => `Samples drawn ${id}: ${summary}`).join(" ")}
    </p>`;
}

/** How samples were drawn, for the method. */
export function samplesParagraph({ configuration }: TaskResults): Html {
  const { task } = configuration;
  return html`<p>
    <b>Samples.</b> Training draws fresh samples at each step, from the seed and the step alone,
    padded on the right to ${grouped(task.rowTokens)} tokens; only scored tokens count in the loss.
    Judged are ${grouped(task.samples)} samples at each length, from a stream of their own for each
    seed, the same for all encodings. A short question may occur in both.
  </p>`;
}
