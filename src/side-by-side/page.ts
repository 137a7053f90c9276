/**
 * Models side by side as one HTML file that needs nothing else, neither script nor network.
 *
 * @module
 */
import { countClipPaths } from "../drawing/clip-paths.ts";
import { html, trusted } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { lineChart } from "../drawing/line-chart.ts";
import type { LineChartOptions } from "../drawing/line-chart.ts";
import { markupOf } from "../drawing/svg.ts";
import { between, grouped, signed } from "../format.ts";
import { legend } from "../report/report-legend.ts";
import { htmlPage } from "../report/html-page.ts";
import { version } from "../version.ts";
import { lengthChart, positionChart, protocolNames } from "./charts.ts";
import type { SideProtocol, SideBySide, SideLoss } from "./result.ts";
import { breakLines, methodLines, standingLines } from "./words.ts";

/** What a page is given beside the result. */
export interface SidePageOptions {
  readonly title: string;
  /** Tokens of the texts of training, where they are known. */
  readonly contextLength?: number;
  /** What charts are drawn into, which is not changed. */
  readonly document: Document;
}

/** The whole file as text. The same result gives the same bytes. */
export function sidePage(result: SideBySide, options: SidePageOptions): string {
  const { title, document, contextLength } = options;
  const lengths = (["windows", "sliding"] as const).map((protocol) => ({
    protocol,
    chart: lengthChart(result, protocol),
  }));
  const position = positionChart(result, contextLength);
  const longest = Math.max(...result.lengths);
  const page = htmlPage({
    ...{
      title,
      version,
      command: "relpos evaluate",
      curves: result.models.length,
      style: more,
    },
    summary: html`Perplexity on ${result.text}.`,
    sections: html`<section>
        <h2>Which is lowest</h2>
        ${lines([...standingLines(result), ...breakLines(result)])}
      </section>
      <section>
        <h2>Perplexity by length</h2>
        <figure>
          ${legend(lengths[0]!.chart.curves, longest)}
          <div class="pair">
            ${lengths.map(
              ({ protocol, chart }) =>
                html`<div class="subfigure">
                  <h3>${protocolNames[protocol]}</h3>
                  ${drawn(document, chart)}
                </div>`,
            )}
          </div>
        </figure>
      </section>
      <section>
        <h2>Loss by position</h2>
        <figure class="single">
          ${legend(position.curves, longest)}
          <div class="subfigure">
            <h3>${position.description}</h3>
            ${drawn(document, position)}
          </div>
        </figure>
      </section>
      <section>
        <h2>Every number</h2>
        ${lengths.map(({ protocol }) => table(result, protocol))}
      </section>
      <section>
        <h2>How it was measured</h2>
        ${lines(methodLines(result))}
      </section>
      <footer>relpos ${version}</footer>`,
  });
  return countClipPaths(page);
}

function lines(texts: readonly string[]): Html {
  return html`${texts.map((line) => html`<p>${line}</p>`)}`;
}

function drawn(document: Document, chart: LineChartOptions): Html {
  const sizes = (["wide", "narrow"] as const).map((size) => {
    const drawing = lineChart(document, chart, size);
    return drawing
      ? markupOf(drawing)
      : html`<p class="quiet ${size}">No finite value to draw.</p>`;
  });
  return html`<div class="plots">${sizes}</div>`;
}

function table({ models, lengths, losses }: SideBySide, protocol: SideProtocol): Html {
  const rows = models.map((model, index) => {
    const cells = lengths.map((length) =>
      cell(
        losses.find(
          (loss) => loss.model === model && loss.length === length && loss.protocol === protocol,
        )!,
      ),
    );
    return html`<tr>
      <th scope="row" class="k${index}"><i class="swatch"></i>${model}</th>
      ${cells}
    </tr>`;
  });
  return html`<div class="scroll">
    <table>
      <caption>
        ${protocolNames[protocol]}: perplexity, and nats a token above the lowest
      </caption>
      <thead>
        <tr>
          <th scope="col">model</th>
          ${lengths.map((length) => html`<th scope="col">${grouped(length)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** The classes of the report's own tables: the best and those level with it are marked. */
const classes = { lowest: "best", level: "level", higher: "behind" } as const;

function cell(loss: SideLoss): Html {
  if (!("nats" in loss)) return html`<td class="none" title="${loss.unsupported}">–</td>`;
  const { perplexity, standing, difference } = loss;
  const detail =
    standing === "lowest"
      ? "lowest"
      : `${signed(difference.mean)}${difference.interval === null ? "" : ` (${between(difference.interval)})`}`;
  return html`<td class="${classes[standing]}">
    ${perplexity.toPrecision(5)}<small>${detail}</small>
  </td>`;
}

const more = trusted(`<style>
figure { margin: 0; }
</style>`);
