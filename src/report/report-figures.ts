/**
 * The report's figures with their words: what is drawn, how it was smoothed, what the reader may conclude.
 *
 * @module
 */
import type { Results } from "../comparison/results.ts";
import { forestPlot } from "../drawing/forest-plot.ts";
import { html } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { lineChart } from "../drawing/line-chart.ts";
import type { LineChartOptions } from "../drawing/line-chart.ts";
import { markupOf } from "../drawing/svg.ts";
import type { ChartSize } from "../drawing/svg.ts";
import { differenceCharts, leaves, lengthCharts, positionChart, trainingChart } from "./charts.ts";
import { valueByLength } from "./curves.ts";
import { legend } from "./report-legend.ts";
import { wordingOf } from "./rows.ts";
import { lossUnit } from "./unit.ts";

/** From so many encodings on, intervals are drawn for the one that is brought forward. */
const many = 11;

/** A drawing in both sizes, of which the style sheet shows one. */
function bothSizes(draw: (size: ChartSize) => Element | undefined): Html {
  const sizes = (["wide", "narrow"] as const).map((size) => {
    const drawing = draw(size);
    return drawing
      ? markupOf(drawing)
      : html`<p class="quiet ${size}">No finite value to draw.</p>`;
  });
  return html`<div class="plots">${sizes}</div>`;
}

/** The class of a figure of all encodings. */
function crowd({ configuration: { encodings } }: Results): string {
  return encodings.length >= many ? "subfigure many" : "subfigure";
}

const forward = html`Point at a name or a line, or click a name, to bring one encoding forward.`;

function forwardNote({ configuration: { encodings } }: Results, intervals: boolean): Html | string {
  if (encodings.length < 2) return "";
  return intervals && encodings.length >= many
    ? html`${forward} Its intervals are then drawn.`
    : forward;
}

/** The value of each encoding by length, a panel for each protocol. */
export function lengthFigure(results: Results, document: Document): Html {
  const { words, protocols } = wordingOf(results);
  const charts = lengthCharts(results);
  const panels = charts.map(
    ({ title, options }) =>
      html`<div class="subfigure">
        <h3>${title}</h3>
        ${bothSizes((size) => lineChart(document, options, size))}
      </div>`,
  );
  const curves = valueByLength(results, protocols[0].id);
  return html`<figure class="${crowd(results)}">
    ${legend(curves, Math.max(...results.configuration.testLengths))}
    <div class="pair">${panels}</div>
    <figcaption class="note">
      ${words.lengthNote} ${charts.some(({ options }) => leaves(options)) ? leaving : ""}
      ${forwardNote(results, true)}
    </figcaption>
  </figure>`;
}

const leaving =
  "A line leaves through the top at an arrow; the number beside its name is its last value.";

function leavingNote(options: LineChartOptions): string {
  return leaves(options) ? leaving : "";
}

/** The distance of each encoding to the best, a panel for each length and condition. */
export function differenceFigure(results: Results, document: Document): Html {
  const { words } = wordingOf(results);
  const panels = differenceCharts(results).map(
    ({ title, options }) =>
      html`<div class="subfigure">
        <h3>${title}</h3>
        ${bothSizes((size) => forestPlot(document, options, size))}
      </div>`,
  );
  return html`<figure class="subfigure">
    <div class="pair">${panels}</div>
    <figcaption class="note">
      ${words.differenceNote} The thick bar is the 95 % interval of one difference; the thin line is
      the interval that holds for all differences of a panel together. A thin line that reaches zero
      means that the encoding is not shown to be worse, written “level”. An arrow at the edge means
      that the value or the interval goes on outside. Each panel has its own scale.
    </figcaption>
  </figure>`;
}

/** The loss at each position of the longest window. */
export function positionFigure(results: Results, document: Document): Html {
  const { seeds } = results.configuration;
  const { options } = positionChart(results);
  const { name, note } = lossUnit(results);
  const longest = Math.max(4, ...options.curves.map((curve) => curve.reach));
  return html`<figure class="${crowd(results)} single">
    ${legend(options.curves, longest)} ${bothSizes((size) => lineChart(document, options, size))}
    <figcaption class="note">
      Loss in ${name} at each position of the longest window an encoding could run, from the fourth
      position on, averaged over windows${seeds.length > 1 ? ", seeds" : ""} and bins of a sixth of
      an octave. ${note} Left of the rule, more context makes the next token easier. Right of it are
      positions that training never showed. ${leavingNote(options)} ${forwardNote(results, false)}
    </figcaption>
  </figure>`;
}

/** The training loss by step. */
export function trainingFigure(results: Results, document: Document): Html {
  const { seeds } = results.configuration;
  const { options } = trainingChart(results);
  const { name, note } = lossUnit(results);
  return html`<figure class="${crowd(results)} single">
    ${legend(options.curves, 0)} ${bothSizes((size) => lineChart(document, options, size))}
    <figcaption class="note">
      Loss of the training batches in ${name} by step, averaged over runs of
      neighbouring${seeds.length > 1 ? " steps and over seeds" : " steps"}. ${note}
      ${leaves(options) ? "The first steps are above the frame, so that the differences at the end are seen." : ""}
      ${forwardNote(results, false)}
    </figcaption>
  </figure>`;
}
