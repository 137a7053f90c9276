/**
 * The report's figures with their words: what is drawn, how it was smoothed, what the reader may conclude.
 *
 * @module
 */
import { baseLength } from "../comparison/configuration.ts";
import type { Results } from "../comparison/results.ts";
import { ceilingOf } from "../drawing/curve.ts";
import type { Curve } from "../drawing/curve.ts";
import { forestPlot } from "../drawing/forest-plot.ts";
import { html } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { lineChart } from "../drawing/line-chart.ts";
import { markupOf } from "../drawing/svg.ts";
import type { ChartSize } from "../drawing/svg.ts";
import { grouped, multiple } from "../format.ts";
import { worseSign } from "../measures/measure.ts";
import { lossByPosition, trainingLoss, valueByLength } from "./curves.ts";
import { legend } from "./report-legend.ts";
import { rankedRows, wordingOf } from "./rows.ts";

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

/** The value of each encoding by length, a panel for each protocol. */
export function lengthFigure(results: Results, document: Document): Html {
  const { testLengths, trainLength } = results.configuration;
  const { measure, protocols, words } = wordingOf(results);
  const { name, digits } = measure.printed;
  const [least, most] = measure.range;
  const drawn = protocols.map((protocol) => ({
    protocol,
    curves: valueByLength(results, protocol.id),
  }));
  const all = drawn.flatMap(({ curves }) => curves);
  const points = all.flatMap((curve) => curve.points);
  const atBase = points.filter((point) => point.x === baseLength(results.configuration));
  const ceiling = Math.min(
    most,
    ceilingOf(
      all,
      atBase.map((point) => point.high ?? point.y),
    ),
  );
  const floor = Math.min(...points.map((point) => point.low ?? point.y));
  // A measure that has a highest value is drawn over its whole range.
  const axis = most < Infinity ? { ceiling: most, floor: least } : { ceiling, floor };
  const panels = drawn
    .filter(({ curves }) => curves.some((curve) => curve.points.length > 0))
    .map(
      ({ protocol, curves }) =>
        html`<div class="subfigure">
          <h3>${protocol.name}, ${name.toLowerCase()}</h3>
          ${bothSizes((size) =>
            lineChart(
              document,
              {
                description: `${name} by test length, ${protocol.name.toLowerCase()}`,
                curves,
                x: { scale: "log2", ticks: testLengths, multipleOf: trainLength },
                points: true,
                digits,
                ...axis,
              },
              size,
            ),
          )}
        </div>`,
    );
  return html`<figure class="subfigure">
    ${legend(drawn[0]!.curves, Math.max(...testLengths))}
    <div class="pair">${panels}</div>
    <figcaption class="note">${words.lengthNote} ${leaving(all, ceiling)}</figcaption>
  </figure>`;
}

function leaving(curves: readonly Curve[], ceiling: number): string {
  return curves.some((curve) => curve.points.some((point) => point.y > ceiling))
    ? "Lines that leave through the top end at the number beside their name."
    : "";
}

/** The distance of each encoding to the best, a panel for each length and condition. */
export function differenceFigure(results: Results, document: Document): Html {
  const { encodings, testLengths, trainLength } = results.configuration;
  const { measure, protocols, words } = wordingOf(results);
  const { superlative, digits } = measure.printed;
  const panels = protocols
    .filter(({ role }) => role !== "check")
    .flatMap(({ id, role }) =>
      testLengths.flatMap((length) => {
        const rows = rankedRows(results).filter(
          (row) => row.length === length && row.protocol === id,
        );
        if (rows.length === 0) return [];
        const drawn = role === "main" ? "" : `, ${id}`;
        const title = `${words.length(length)}, ${multiple(length, trainLength)} the train length${drawn}`;
        const options = {
          description: `Difference to the best at ${title}`,
          rows: rows.map(({ encoding, difference, standing }) => ({
            name: encoding,
            index: encodings.indexOf(encoding),
            difference: difference.mean,
            ...{ interval: difference.interval, simultaneous: difference.simultaneous },
            standing,
          })),
          ...{ worse: worseSign(measure), superlative, digits },
        };
        return [
          html`<div class="subfigure">
            <h3>${title}</h3>
            ${bothSizes((size) => forestPlot(document, options, size))}
          </div>`,
        ];
      }),
    );
  return html`<figure class="subfigure">
    <div class="pair">${panels}</div>
    <figcaption class="note">
      ${words.differenceNote} The thick bar is the 95 % interval of one difference; the thin line is
      the interval that holds for all differences of a panel together. A thin line that reaches zero
      means that the encoding is not shown to be worse, written “level”. Each panel has its own
      scale.
    </figcaption>
  </figure>`;
}

/** The loss at each position of the longest window. */
export function positionFigure(results: Results, document: Document): Html {
  const { trainLength, seeds } = results.configuration;
  const curves = lossByPosition(results);
  const all = curves.flatMap((curve) => curve.points);
  const longest = Math.max(4, ...curves.map((curve) => curve.reach));
  const ticks = Array.from({ length: 30 }, (_, i) => 2 ** i).filter((t) => t >= 4 && t <= longest);
  const inside = all.filter((point) => point.x >= 8 && point.x <= trainLength);
  const ceiling = ceilingOf(
    curves,
    inside.map((point) => point.y),
  );
  const chart = {
    description: "Loss by position in the longest window",
    curves,
    x: { scale: "log2", ticks },
    width: 860,
    rule: { x: trainLength, label: `train length ${grouped(trainLength)}` },
    ceiling,
  } as const;
  return html`<figure class="subfigure single">
    ${legend(curves, longest)} ${bothSizes((size) => lineChart(document, chart, size))}
    <figcaption class="note">
      Nats per token at each position of the longest window an encoding could run, from the fourth
      position on, averaged over windows${seeds.length > 1 ? ", seeds" : ""} and bins of a sixth of
      an octave. Left of the rule, more context makes the next token easier. Right of it are
      positions that training never showed. ${leaving(curves, ceiling)}
    </figcaption>
  </figure>`;
}

/** The training loss by step. */
export function trainingFigure(results: Results, document: Document): Html {
  const { steps, seeds } = results.configuration;
  const { words } = wordingOf(results);
  const curves = trainingLoss(results);
  const late = curves.flatMap((curve) =>
    curve.points.filter((point) => point.x > steps / 3).map((p) => p.y),
  );
  const ceiling = ceilingOf(curves, late);
  const chart = {
    description: "Training loss by step",
    curves,
    x: { scale: "linear" },
    width: 860,
    ceiling,
  } as const;
  return html`<figure class="subfigure single">
    ${legend(curves, 0)} ${bothSizes((size) => lineChart(document, chart, size))}
    <figcaption class="note">
      Nats per ${words.token} of the training batches by step, averaged over runs of
      neighbouring${seeds.length > 1 ? " steps and over seeds" : " steps"}.
      ${leaving(curves, ceiling) && "The first steps are above the frame."}
    </figcaption>
  </figure>`;
}
