/**
 * The report's tables: every compared number with its interval, and what each trial cost.
 *
 * @module
 */
import { between, bits, grouped, memory, multiple, seconds, signed } from "./format.ts";
import type { Html } from "../drawing/html.ts";
import { html } from "../drawing/html.ts";
import type { Measured, TrainedModel } from "../comparison/results.ts";
import { mean } from "../comparison/statistics.ts";
import type { AnyResults, TaskMeasured } from "../comparison/task-results.ts";
import { isOfTask } from "../comparison/task-results.ts";
import { scoreOf, wordingOf } from "./wording.ts";
import type { AnyCompared } from "./wording.ts";

export function comparisonTables(results: AnyResults): Html {
  const footnotes: string[] = [];
  const rows: readonly AnyCompared[] = results.comparison;
  const tables = wordingOf(results)
    .protocols.filter((protocol) => rows.some((row) => row.protocol === protocol))
    .map((protocol) => comparisonTable(results, protocol, footnotes));
  const notes = footnotes.map((reason, i) => html`<li>[${i + 1}] ${reason}</li>`);
  return html`${tables}${
    footnotes.length > 0
      ? html`<ul class="footnotes">
          ${notes}
        </ul>`
      : ""
  }`;
}

function comparisonTable(results: AnyResults, protocol: string, footnotes: string[]): Html {
  const { encodings, testLengths, trainLength } = results.configuration;
  const words = wordingOf(results);
  const head = testLengths.map(
    (length) =>
      html`<th scope="col">
        ${grouped(length)} <small>${multiple(length, trainLength)} train</small>
      </th>`,
  );
  const body = encodings.map((encoding, index) => {
    const cells = testLengths.map((length) =>
      cell(
        (results.comparison as readonly AnyCompared[]).find(
          (row) => row.encoding === encoding && row.length === length && row.protocol === protocol,
        ),
        footnotes,
      ),
    );
    return html`<tr>
      ${nameCell(encoding, index)}${cells}
    </tr>`;
  });
  const title =
    `${words.protocol(protocol)}: ${words.measure.toLowerCase()}, ` +
    `and the difference to the ${words.superlative}`;
  return table(title, "encoding", head, body);
}

function cell(row: AnyCompared | undefined, footnotes: string[]): Html {
  if (!row) return html`<td></td>`;
  if ("failed" in row) {
    const reason = `${row.encoding}: ${row.failed}`;
    if (!footnotes.includes(reason)) footnotes.push(reason);
    return html`<td class="none">– [${footnotes.indexOf(reason) + 1}]</td>`;
  }
  const { difference, interval, standing } = row;
  const detail =
    standing === "best"
      ? interval
        ? `${bits(interval.low)} to ${bits(interval.high)}`
        : "best"
      : signed(difference.mean);
  const range =
    standing !== "best" && difference.simultaneous
      ? html`<small>${between(difference.simultaneous)}</small>`
      : "";
  return html`<td class="${standing}">${bits(scoreOf(row))}<small>${detail}</small>${range}</td>`;
}

/** One row a trial. */
export function costTable(results: AnyResults): Html {
  const { configuration } = results;
  const trials: readonly TrainedModel[] = results.trials;
  const head = [
    "seed",
    "parameters",
    "seconds per step",
    "peak memory",
    "last training loss",
    isOfTask(results) ? "accuracy by token at train length" : "perplexity at train length",
  ].map((name) => html`<th scope="col">${name}</th>`);
  const body = configuration.encodings.flatMap((encoding, index) =>
    trials
      .filter((trial) => trial.encoding === encoding)
      .map((trial) => {
        const measured = measuredAtTrainLength(results, trial);
        return html`<tr>
          ${nameCell(encoding, index)}
          <td>${trial.seed}</td>
          <td>${grouped(trial.parameters)}</td>
          <td>${seconds(trial.secondsPerStep)}</td>
          <td>${memory(trial.peakMemoryBytes)}</td>
          <td>${lastLoss(trial.trainingLoss)}</td>
          <td>${measured === undefined ? "–" : bits(measured)}</td>
        </tr>`;
      }),
  );
  return table("Each trial", "encoding", head, body);
}

/** Perplexity, or accuracy by token, of a trial at the train length. */
function measuredAtTrainLength(results: AnyResults, trial: TrainedModel): number | undefined {
  const { trainLength } = results.configuration;
  const [protocol] = wordingOf(results).protocols;
  const { evaluations } = trial as AnyResults["trials"][number];
  const found = [...evaluations].find(
    (entry): entry is Measured | TaskMeasured =>
      entry.length === trainLength && entry.protocol === protocol && !("unsupported" in entry),
  );
  return found && ("perplexity" in found ? found.perplexity : found.tokenAccuracy);
}

/** Mean of the last twentieth of the steps: one batch says little. */
function lastLoss(entries: readonly { readonly loss: number }[]): string {
  const tail = entries.slice(-Math.max(1, Math.floor(entries.length / 20)));
  if (tail.length === 0) return "–";
  return bits(mean(tail.map(({ loss }) => loss)));
}

function nameCell(encoding: string, index: number): Html {
  return html`<th scope="row" class="k${index}" title="${encoding}">
    <i class="swatch"></i>${encoding}
  </th>`;
}

function table(title: string, corner: string, head: readonly Html[], body: readonly Html[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}">
    <table>
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          <th scope="col">${corner}</th>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}
