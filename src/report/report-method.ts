/**
 * The last part of the report: how everything was measured, the command, the machine.
 *
 * @module
 */
import { grouped, listed, multiple } from "./format.ts";
import type { Html } from "../drawing/html.ts";
import { html } from "../drawing/html.ts";
import { samplesParagraph } from "./report-task.ts";
import type { Results } from "../comparison/results.ts";
import { mostBatches } from "../comparison/statistics.ts";
import type { AnyResults } from "../comparison/task-results.ts";
import { isOfTask } from "../comparison/task-results.ts";
import { rankedRows } from "./wording.ts";

export function method(results: AnyResults): Html {
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

function paragraphs(results: AnyResults): readonly Html[] {
  const { seeds, encodings } = results.configuration;
  const ofTask = isOfTask(results);
  return [
    html`<p>
      <b>Training.</b> Every trial has the same model, ${ofTask ? "task" : "text"}, order of batches
      and number of steps; only the position encoding differs. Trials with the same seed share it.
      ${
        seeds.length === 1
          ? "One seed was trained, so the luck of the initialisation is not in the intervals."
          : `The seeds are ${listed(seeds.map(String))}.`
      }
    </p>`,
    ...(isOfTask(results) ? [samplesParagraph(results)] : textParagraphs(results)),
    html`<p>
      <b>Intervals.</b>
      ${intervalWords(results)}
    </p>`,
    html`<p>
      <b>Several comparisons.</b> With ${encodings.length} encodings, some would look different by
      luck. So the encodings of one length are compared with the ${ofTask ? "highest" : "lowest"} at
      95 % for all together (Bonferroni). What is called ${ofTask ? "highest" : "lowest"} or level
      then holds the truly best encoding with 95 % confidence. Each length is a family of its own.
      Changes from the train length to longer ones hold at 95 % for all encodings and lengths
      together.
    </p>`,
  ];
}

function textParagraphs({ configuration }: Results): readonly Html[] {
  const { corpus, stride, trainLength, testLengths } = configuration;
  return [
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
  ];
}

function intervalWords(results: AnyResults): string {
  const bySeed = rankedRows(results).some((row) => row.over === "paired seeds");
  if (isOfTask(results))
    return bySeed
      ? `They are Student intervals over seeds, paired by seed: what the seeds share, samples among it, ` +
          `cancels. Where seeds agree exactly, the interval is that of the samples alone, and never of width zero.`
      : `They are computed over the samples, which both of two encodings answer.`;
  return bySeed
    ? `They are Student intervals over seeds, paired by seed: what the seeds share cancels. The text is taken ` +
        `as given.`
    : `They are computed over paired windows of the text. Neighbouring windows resemble each other, so they ` +
        `are pooled into at most ${mostBatches} batches, and the correlation that remains between a batch and ` +
        `the next widens the interval.`;
}

function facts(results: AnyResults): Html {
  const { configuration, environment } = results;
  const { model, notes = {} } = configuration;
  const rows: readonly (readonly [string, string])[] = [
    [
      "model",
      `width ${model.width}, ${model.heads} heads, ${model.layers} layers, hidden ${model.hidden}`,
    ],
    isOfTask(results)
      ? ["vocabulary", grouped(configuration.vocab)]
      : [
          "tokenizer",
          `${results.configuration.tokenizer}; vocabulary ${grouped(configuration.vocab)}`,
        ],
    [
      "training",
      `${grouped(configuration.steps)} steps of ${configuration.batch} ${isOfTask(results) ? "samples" : "windows"}, ` +
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
