/**
 * The report's tables: every compared number with its interval, and what each trial cost.
 *
 * @module
 */
import { isRanked } from "../comparison/ranked.ts";
import type { Compared } from "../comparison/ranked.ts";
import type { Results } from "../comparison/results.ts";
import type { Trial } from "../comparison/trial-record.ts";
import { html } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import {
  between,
  decimal,
  grouped,
  inSentence,
  memory,
  multiple,
  seconds,
  signed,
} from "../format.ts";
import { mean } from "../measures/estimate.ts";
import type { Measure } from "../measures/measure.ts";
import { Footnotes, rowAt, wordingOf } from "./rows.ts";
import { lossUnit } from "./unit.ts";
import type { LossUnit } from "./unit.ts";

/** A table for each protocol, and the reasons of what has no number. */
export function comparisonTables(results: Results): Html {
  const footnotes = new Footnotes();
  const tables = wordingOf(results)
    .protocols.filter(({ id }) => results.comparison.some((row) => row.protocol === id))
    .map((protocol) => comparisonTable(results, protocol, footnotes));
  const notes = footnotes.reasons.map((reason, i) => html`<li>[${i + 1}] ${reason}</li>`);
  return html`${tables}${
    notes.length > 0
      ? html`<ul class="footnotes">
          ${notes}
        </ul>`
      : ""
  }`;
}

function comparisonTable(
  results: Results,
  protocol: { readonly id: string; readonly name: string },
  footnotes: Footnotes,
): Html {
  const { encodings, testLengths, trainLength } = results.configuration;
  const { measure } = wordingOf(results);
  const head = testLengths.map(
    (length) =>
      html`<th scope="col">
        ${grouped(length)} <small>${multiple(length, trainLength)} train</small>
      </th>`,
  );
  const body = encodings.map((encoding, index) => {
    const cells = testLengths.map((length) =>
      cell(rowAt(results, encoding, length, protocol.id), measure, footnotes),
    );
    return html`<tr>
      ${nameCell(encoding, index)}${cells}
    </tr>`;
  });
  const { name, superlative } = measure.printed;
  const title = `${protocol.name}: ${inSentence(name)}, and the difference to the ${superlative}`;
  return table(title, "encoding", head, body);
}

function cell(
  row: Compared | undefined,
  { printed: { digits } }: Measure,
  footnotes: Footnotes,
): Html {
  if (!row) return html`<td></td>`;
  if (!isRanked(row)) return html`<td class="none">– [${footnotes.of(row)}]</td>`;
  const { difference, interval, standing, value } = row;
  const detail =
    standing === "best"
      ? interval
        ? `${decimal(interval.low, digits)} to ${decimal(interval.high, digits)}`
        : "best"
      : signed(difference.mean, digits);
  const range =
    standing !== "best" && difference.simultaneous
      ? html`<small>${between(difference.simultaneous, digits)}</small>`
      : "";
  return html`<td class="${standing}">
    ${decimal(value, digits)}<small>${detail}</small>${range}
  </td>`;
}

/** One row a trial. */
export function costTable(results: Results): Html {
  const { encodings } = results.configuration;
  const [, ...others] = wordingOf(results).measures;
  const unit = lossUnit(results);
  const head = [
    "seed",
    "parameters",
    "seconds per step, alone",
    "peak memory",
    `last training loss, ${unit.name}`,
    ...others.map(({ printed }) => `${inSentence(printed.name)} at train length`),
  ].map((name) => html`<th scope="col">${name}</th>`);
  const body = encodings.flatMap((encoding, index) =>
    results.trials
      .filter((trial) => trial.encoding === encoding)
      .map(
        (trial) =>
          html`<tr>
            ${nameCell(encoding, index)}
            <td>${trial.seed}</td>
            <td>${grouped(trial.parameters)}</td>
            <td>${seconds(trial.secondsPerStep)}</td>
            <td>${memory(trial.peakMemoryBytes)}</td>
            <td>${lastLoss(trial.trainingLoss, unit)}</td>
            ${others.map((measure) => html`<td>${atTrainLength(results, trial, measure)}</td>`)}
          </tr>`,
      ),
  );
  return table("Each trial", "encoding", head, body);
}

/** A measure's value of a trial at the train length, under the first protocol. */
function atTrainLength(results: Results, trial: Trial, { id, printed }: Measure): string {
  const { trainLength } = results.configuration;
  const [protocol] = wordingOf(results).protocols;
  const found = trial.evaluations.find(
    (entry) => entry.length === trainLength && entry.protocol === protocol.id,
  );
  const value = found && "values" in found ? found.values[id] : undefined;
  return value === undefined ? "–" : decimal(value, printed.digits);
}

/** Mean of the last twentieth of the steps: the loss of one batch varies too much. */
function lastLoss(entries: readonly { readonly loss: number }[], { perNat }: LossUnit): string {
  const tail = entries.slice(-Math.max(1, Math.floor(entries.length / 20)));
  if (tail.length === 0) return "–";
  return decimal(perNat * mean(tail.map(({ loss }) => loss)));
}

/** The first cell of an encoding's row; `index` is its place among the encodings. */
export function nameCell(encoding: string, index: number): Html {
  return html`<th scope="row" class="k${index}" title="${encoding}">
    <i class="swatch"></i>${encoding}
  </th>`;
}

/** A table that scrolls sideways where it is wide. */
export function table(
  title: string,
  corner: string,
  head: readonly Html[],
  body: readonly Html[],
): Html {
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
