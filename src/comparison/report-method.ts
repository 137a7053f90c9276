/**
 * The last part of the report: how everything was measured, the command, the machine.
 *
 * @module
 */
import { grouped, listed, multiple } from "./format.ts";
import type { Html } from "./html.ts";
import { html } from "./html.ts";
import type { Results } from "./results.ts";
import { isRanked } from "./results.ts";
import { mostBatches } from "./statistics.ts";

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

function paragraphs({ configuration, comparison }: Results): readonly Html[] {
  const { corpus, seeds, stride, trainLength, testLengths } = configuration;
  const count = configuration.encodings.length;
  const bySeed = comparison.some((row) => isRanked(row) && row.over === "paired seeds");
  return [
    html`<p>
      <b>Training.</b> Every trial has the same model, text, order of batches and number of steps;
      only the position encoding differs. Trials with the same seed share it.
      ${
        seeds.length === 1
          ? "One seed was trained, so the luck of the initialisation is not in the intervals."
          : `The seeds are ${listed(seeds.map(String))}.`
      }
    </p>`,
    html`<p>
      <b>Text.</b> ${corpus.name}, ${grouped(corpus.bytes)} bytes: ${grouped(corpus.trainBytes)} to
      train on, ${grouped(corpus.validationBytes)} held back (${corpus.split}). All numbers but the
      training loss come from the held-back part.
    </p>`,
    html`<p>
      <b>Quality.</b> Bits per byte is the model’s total surprise in bits over the bytes of the text
      it judged, so it does not depend on the tokenizer. Perplexity is e to the mean nats per token,
      and does.
    </p>`,
    html`<p>
      <b>Lengths.</b> The train length is ${grouped(trainLength)} tokens; the test lengths are
      ${listed(testLengths.map((length) => `${grouped(length)} (${multiple(length, trainLength)})`))}.
      Windows that do not overlap judge every token of a window, the first ones with hardly any
      context, so a longer window helps even without better use of distance. Sliding windows move by
      ${grouped(stride)} tokens and judge only those, so every judged token has nearly a whole
      window of context.
    </p>`,
    html`<p>
      <b>Intervals.</b>
      ${
        bySeed
          ? `They are Student intervals over seeds, paired by seed: what the seeds share cancels. The text is
          taken as given.`
          : `They are computed over paired windows of the text. Neighbouring windows resemble each other, so they
          are pooled into at most ${mostBatches} batches, and the correlation that remains between a batch and
          the next widens the interval.`
      }
    </p>`,
    html`<p>
      <b>Several comparisons.</b> With ${count} encodings, some would look different by luck. So the
      encodings of one length are compared with the lowest at 95 % for all together (Bonferroni).
      What is called lowest or level then holds the truly best encoding with 95 % confidence. Each
      length is a family of its own. Changes from the train length to longer ones hold at 95 % for
      all encodings and lengths together.
    </p>`,
  ];
}

function facts({ configuration, environment }: Results): Html {
  const { model, notes = {} } = configuration;
  const rows: readonly (readonly [string, string])[] = [
    [
      "model",
      `width ${model.width}, ${model.heads} heads, ${model.layers} layers, hidden ${model.hidden}`,
    ],
    ["tokenizer", `${configuration.tokenizer}; vocabulary ${grouped(configuration.vocab)}`],
    [
      "training",
      `${grouped(configuration.steps)} steps of ${configuration.batch} windows, ` +
        `learning rate ${configuration.learningRate}`,
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
