/**
 * The last part of the report: how everything was measured, the command, the machine.
 *
 * @module
 */
import { baseLength } from "../comparison/configuration.ts";
import type { Results } from "../comparison/results.ts";
import { html } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { grouped, listed } from "../format.ts";
import { wordingOf } from "./rows.ts";

/** How everything was measured, and the command that measures it again. */
export function method(results: Results): Html {
  const { command, relpos, startedAt } = results;
  return html`<section class="prose">
      <h2>How this was measured</h2>
      ${paragraphs(results)}
    </section>
    <section>
      <h2>Make it again</h2>
      <pre><code>${command}</code></pre>
      ${facts(results)}
    </section>
    <footer>
      Written by relpos ${relpos}${startedAt ? ` for a run begun ${startedAt}` : ""}. The numbers
      are in results.json beside this file.
    </footer>`;
}

function paragraphs(results: Results): readonly Html[] {
  const { configuration } = results;
  const { seeds, encodings, trainLength } = configuration;
  const base = baseLength(configuration);
  const pairs = (encodings.length * (encodings.length - 1)) / 2;
  const { measure, words } = wordingOf(results);
  const { superlative } = measure.printed;
  const { uncertainty } = measure;
  return [
    paragraph(
      "Training",
      `Every trial has the same sizes, ${words.data} and number of steps. Trials with the same seed also have the same ` +
        `first values, for all that their encodings have in common, and the same batches in the same order: they ` +
        `differ in the position encoding` +
        (configuration.learningRate === undefined ? " and its learning rate. " : " alone. ") +
        (seeds.length === 1
          ? "One seed was trained."
          : `The seeds are ${listed(seeds.map(String))}.`),
    ),
    ...words.method.map(({ heading, text }) => paragraph(heading, text)),
    paragraph(
      "Intervals",
      `An interval contains two errors: other seeds would give other models, and other ${uncertainty.items.kind} other ` +
        `values. ${uncertainty.words} Between seeds, the variance of each encoding starts from what was measured ` +
        `before (${uncertainty.spread.words}) and is estimated from its own seeds and those of all encodings together; ` +
        `seeds are paired, so what a seed changes for all encodings cancels. ` +
        (seeds.length === 1 ? "With one seed only the earlier measurement is left." : ""),
    ),
    paragraph(
      "Several comparisons",
      (pairs === 0
        ? "One encoding has no rival, so no difference is judged. "
        : `${pairs === 1 ? "One pair of encodings is" : `${pairs} pairs of encodings are`} compared at each length, and of ` +
          `many pairs some look different by chance. So the intervals of one length hold for all its pairs together with ` +
          `95 % (max-t, by simulation), and the ${superlative} may be chosen by looking: if all encodings were equal, one ` +
          `would be called behind at a length in 5 % of comparisons at most. Each length is a family of its own. `) +
        `The intervals of changes from ${base === trainLength ? "the train length" : words.length(base)} to longer ones hold ` +
        `with 95 % for all encodings and lengths together.`,
    ),
  ];
}

function paragraph(heading: string, text: string): Html {
  return html`<p><b>${heading}.</b> ${text}</p>`;
}

function facts(results: Results): Html {
  const { configuration, environment } = results;
  const { model, notes = {} } = configuration;
  const { words } = wordingOf(results);
  const rows: readonly (readonly [string, string])[] = [
    [
      "model",
      `width ${model.width}, ${model.heads} heads, ${model.layers} layers, hidden ${model.hidden}`,
    ],
    ...words.facts,
    [
      "training",
      `${grouped(configuration.steps)} steps of ${configuration.batch} ${words.rows}, ` +
        (configuration.learningRate === undefined
          ? "learning rates by encoding, see above"
          : `learning rate ${configuration.learningRate}`),
    ],
    ...Object.entries(notes).map(([name, note]) => [name, String(note)] as const),
    [
      "runtime",
      `ONNX Runtime ${environment.onnxruntime} on ${environment.device}, Node ${environment.node}`,
    ],
    ["threads", `${environment.threads} of ${environment.cores} cores`],
    ["machine", `${environment.cpu}, ${environment.platform}`],
  ];
  return html`<dl class="facts">
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}
