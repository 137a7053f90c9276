/**
 * A result as one HTML file that needs nothing else, neither script nor network.
 *
 * @module
 */
import { html, trusted } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import type { GridMap } from "../drawing/grid-map.ts";
import { between, signed } from "../format.ts";
import { htmlPage } from "../report/html-page.ts";
import { version } from "../version.ts";
import { taskMaps } from "./maps.ts";
import type { AskedTask, RetrievalResult } from "./result.ts";
import { chanceInWords, methodLines } from "./words-of-result.ts";

/** The whole file as text. The same result gives the same bytes. */
export function retrievalPage(result: RetrievalResult, title: string): string {
  return htmlPage({
    ...{ title, version, command: "relpos retrieve", curves: 1, style: more },
    summary: html`What the model finds in a text, by the length of the text and by the depth at
    which it is hidden.`,
    sections: html`${taskMaps(result).map(
        ({ facts, accuracy, gain }) =>
          html`<section>
            <h2>${facts.task}: ${facts.summary}</h2>
            <p>${chanceInWords(facts, result)}</p>
            <div class="maps">
              ${drawn(accuracy, `${facts.task}, right answers by length and depth`)}
              ${drawn(gain, `${facts.task}, gain by length and depth`)}
            </div>
            ${table(facts, result)}
          </section>`,
      )}
      <section>
        <h2>How it was measured</h2>
        ${methodLines(result).map((line) => html`<p>${line}</p>`)}
      </section>
      <footer>relpos ${version}</footer>`,
  });
}

function drawn({ markup, width, height }: GridMap, description: string): Html {
  return html`<svg
    class="map"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    role="img"
    aria-label="${description}"
  >
    ${trusted(markup)}
  </svg>`;
}

function table({ task }: AskedTask, { cells, judge }: RetrievalResult): Html {
  const writes = judge === "written";
  const rows = cells
    .filter((cell) => cell.task === task)
    .map((cell) => {
      const place = html`<td>${cell.length}</td>
        <td>${cell.depth === null ? "all" : `${cell.depth} %`}</td>`;
      if (!("accuracy" in cell))
        return html`<tr>
          ${place}
          <td colspan="${writes ? 6 : 5}">${cell.unsupported}</td>
        </tr>`;
      const { right, samples, accuracy, interval, nats, natsWithout, gain } = cell;
      return html`<tr>
        ${place} ${writes ? html`<td>${Math.round(100 * accuracy)} %</td>` : ""}
        <td>${right} of ${samples}</td>
        <td>${Math.round(100 * interval.low)} to ${Math.round(100 * interval.high)} %</td>
        <td>${nats.toFixed(3)}</td>
        <td>${natsWithout.toFixed(3)}</td>
        <td>${signed(gain.mean)}${gain.interval === null ? "" : ` (${between(gain.interval)})`}</td>
      </tr>`;
    });
  return html`<div class="scroll">
    <table class="numbers">
      <thead>
        <tr>
          <th>length</th>
          <th>depth</th>
          ${writes ? html`<th>found</th>` : ""}
          <th>${writes ? "all found" : "right"}</th>
          <th>95 %</th>
          <th>nats a token</th>
          <th>without</th>
          <th>gain</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

const more = trusted(`<style>
.maps { display: flex; flex-wrap: wrap; gap: 28px 48px; }
.map { max-width: 100%; height: auto; font: 12px system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
.map text { fill: var(--ink); } .map .quiet { fill: var(--quiet); }
.map .dark { display: none; }
@media (prefers-color-scheme: dark) { .map .light { display: none; } .map .dark { display: inline; } }
.scroll { overflow-x: auto; margin-top: 24px; }
.numbers { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
.numbers th, .numbers td { padding: 3px 14px 3px 0; text-align: right; border-bottom: 1px solid var(--grid); white-space: nowrap; }
</style>`);
