/**
 * The report's tables: every compared number with its interval, and what each trial cost.
 *
 * @module
 */
import { between, bits, grouped, memory, multiple, seconds, signed } from "./format.ts";
import type { Html } from "./html.ts";
import { html } from "./html.ts";
import type { Compared, Protocol, Results } from "./results.ts";
import { isMeasured, isRanked, protocols } from "./results.ts";

export function comparisonTables(results: Results): Html {
  const footnotes: string[] = [];
  const tables = protocols
    .filter((protocol) => results.comparison.some((row) => row.protocol === protocol))
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

function comparisonTable(results: Results, protocol: Protocol, footnotes: string[]): Html {
  const { encodings, testLengths, trainLength, stride } = results.configuration;
  const title =
    protocol === "windows"
      ? "Windows that do not overlap"
      : `Sliding windows, stride ${grouped(stride)}`;
  const head = testLengths.map(
    (length) =>
      html`<th scope="col">
        ${grouped(length)} <small>${multiple(length, trainLength)} train</small>
      </th>`,
  );
  const body = encodings.map((encoding, index) => {
    const cells = testLengths.map((length) =>
      cell(
        results.comparison.find(
          (row) => row.encoding === encoding && row.length === length && row.protocol === protocol,
        ),
        footnotes,
      ),
    );
    return html`<tr>
      ${nameCell(encoding, index)}${cells}
    </tr>`;
  });
  return table(`${title}: bits per byte, and the difference to the lowest`, "encoding", head, body);
}

function cell(row: Compared | undefined, footnotes: string[]): Html {
  if (!row) return html`<td></td>`;
  if (!isRanked(row)) {
    const reason = `${row.encoding}: ${row.failed}`;
    if (!footnotes.includes(reason)) footnotes.push(reason);
    return html`<td class="none">– [${footnotes.indexOf(reason) + 1}]</td>`;
  }
  const { difference, interval, standing } = row;
  const detail =
    standing === "best"
      ? interval
        ? `${bits(interval.low)} to ${bits(interval.high)}`
        : "lowest"
      : signed(difference.mean);
  const range =
    standing !== "best" && difference.simultaneous
      ? html`<small>${between(difference.simultaneous)}</small>`
      : "";
  return html`<td class="${standing}">
    ${bits(row.bitsPerByte)}<small>${detail}</small>${range}
  </td>`;
}

/** One row a trial. */
export function costTable({ configuration, trials }: Results): Html {
  const head = [
    "seed",
    "parameters",
    "seconds per step",
    "peak memory",
    "last training loss",
    "perplexity at train length",
  ].map((name) => html`<th scope="col">${name}</th>`);
  const body = configuration.encodings.flatMap((encoding, index) =>
    trials
      .filter((trial) => trial.encoding === encoding)
      .map((trial) => {
        const perplexity = trial.evaluations
          .filter(isMeasured)
          .find((e) => e.length === configuration.trainLength && e.protocol === "windows");
        return html`<tr>
          ${nameCell(encoding, index)}
          <td>${trial.seed}</td>
          <td>${grouped(trial.parameters)}</td>
          <td>${seconds(trial.secondsPerStep)}</td>
          <td>${memory(trial.peakMemoryBytes)}</td>
          <td>${lastLoss(trial.trainingLoss)}</td>
          <td>${perplexity ? bits(perplexity.perplexity) : "–"}</td>
        </tr>`;
      }),
  );
  return table("Each trial", "encoding", head, body);
}

/** Mean of the last twentieth of the steps: one batch says little. */
function lastLoss(entries: readonly { readonly loss: number }[]): string {
  const tail = entries.slice(-Math.max(1, Math.floor(entries.length / 20)));
  if (tail.length === 0) return "–";
  return bits(tail.reduce((sum, { loss }) => sum + loss, 0) / tail.length);
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
