/**
 * The report's figures with their words: what is drawn, how it was smoothed, what the reader may conclude.
 *
 * @module
 */
import type { Curve } from "./curves.ts";
import { ceilingOf, lossByPosition, scoreByLength, trainingLoss } from "./curves.ts";
import { forestFigure } from "./forest.ts";
import { grouped, multiple } from "./format.ts";
import type { Html } from "../drawing/html.ts";
import { html, trusted } from "../drawing/html.ts";
import { ink } from "../drawing/palette.ts";
import { lineFigure } from "./plots.ts";
import type { Results } from "../comparison/results.ts";
import { baseLength } from "../comparison/results.ts";
import type { AnyResults } from "../comparison/task-results.ts";
import { isOfTask } from "../comparison/task-results.ts";
import { rankedRows, wordingOf } from "./wording.ts";

export function lengthFigure(results: AnyResults): Html {
  const { testLengths, trainLength } = results.configuration;
  const words = wordingOf(results);
  const drawn = words.protocols.map((protocol) => ({
    protocol,
    curves: scoreByLength(results, protocol),
  }));
  const all = drawn.flatMap(({ curves }) => curves);
  const atBase = all.flatMap((curve) =>
    curve.points.filter((point) => point.x === baseLength(results.configuration)),
  );
  const ceiling = Math.min(
    words.most,
    ceilingOf(
      all,
      atBase.map((point) => point.high ?? point.y),
    ),
  );
  const floor = Math.min(
    ...all.flatMap((curve) => curve.points.map((point) => point.low ?? point.y)),
  );
  const measure = words.measure.toLowerCase();
  const panels = drawn
    .filter(({ curves }) => curves.some((curve) => curve.points.length > 0))
    .map(
      ({ protocol, curves }) =>
        html`<div class="subfigure">
          <h3>${words.protocol(protocol)}, ${measure}</h3>
          ${lineFigure({
            description: `${words.measure} by test length, ${words.protocol(protocol).toLowerCase()}`,
            curves,
            x: { scale: "log2", ticks: testLengths, multipleOf: trainLength },
            points: true,
            ceiling: words.most < Infinity ? words.most : ceiling,
            floor: words.most < Infinity ? words.least : floor,
          })}
        </div>`,
    );
  return html`<figure class="subfigure">
    ${legend(drawn[0]!.curves, Math.max(...testLengths))}
    <div class="pair">${panels}</div>
    <figcaption class="note">${lengthNote(results)} ${leaving(all, ceiling)}</figcaption>
  </figure>`;
}

function lengthNote(results: AnyResults): string {
  return isOfTask(results)
    ? `Test length in ${results.configuration.task.length}; higher is better. Bars are 95 % intervals of each ` +
        `mean, cut at 0 and 1. All encodings with a seed answer the same samples: judge differences by the ` +
        `next figure.`
    : `Test length in tokens, doubling to the right; lower is better. Bars are 95 % intervals of each mean. ` +
        `Because all encodings read the same text, differences between them are surer than the bars suggest: ` +
        `judge those by the next figure.`;
}

function leaving(curves: readonly Curve[], ceiling: number): string {
  return curves.some((curve) => curve.points.some((point) => point.y > ceiling))
    ? "Lines that leave through the top end at the number beside their name."
    : "";
}

export function differenceFigure(results: AnyResults): Html {
  const { encodings, testLengths, trainLength } = results.configuration;
  const words = wordingOf(results);
  // A text is judged in windows; a task's other conditions are judgments of their own.
  const protocols = isOfTask(results) ? words.protocols : words.protocols.slice(0, 1);
  const panels = protocols.flatMap((protocol) =>
    testLengths.flatMap((length) => {
      const rows = rankedRows(results).filter(
        (row) => row.length === length && row.protocol === protocol,
      );
      if (rows.length === 0) return [];
      const drawn = protocol === protocols[0] ? "" : `, ${protocol}`;
      const title = `${words.length(length)}, ${multiple(length, trainLength)} the train length${drawn}`;
      return [
        html`<div class="subfigure">
          <h3>${title}</h3>
          ${forestFigure(rows, encodings, `Difference to the best at ${title}`, words.worse)}
        </div>`,
      ];
    }),
  );
  const what = isOfTask(results)
    ? "Exact match minus the highest (the diamond)."
    : "Bits per byte more than the lowest (the diamond), in windows that do not overlap.";
  return html`<figure class="subfigure">
    <div class="pair">${panels}</div>
    <figcaption class="note">
      ${what} The thick bar is the 95 % interval of one difference; the thin line is the interval
      that holds for all differences of a panel together. A thin line that reaches zero means that
      the two cannot be told apart, written “level”. Each panel has its own scale.
    </figcaption>
  </figure>`;
}

export function positionFigure(results: Results): Html {
  const { trainLength } = results.configuration;
  const curves = lossByPosition(results);
  const all = curves.flatMap((curve) => curve.points);
  const longest = Math.max(4, ...curves.map((curve) => curve.reach));
  const ticks = Array.from({ length: 30 }, (_, i) => 2 ** i).filter((t) => t >= 4 && t <= longest);
  const inside = all.filter((point) => point.x >= 8 && point.x <= trainLength);
  const ceiling = ceilingOf(
    curves,
    inside.map((point) => point.y),
  );
  return html`<figure class="subfigure single">
    ${legend(curves, longest)}
    ${lineFigure({
      description: "Loss by position in the longest window",
      curves,
      x: { scale: "log2", ticks },
      width: 860,
      rule: { x: trainLength, label: `train length ${grouped(trainLength)}` },
      ceiling,
    })}
    <figcaption class="note">
      Nats per token at each position of the longest window an encoding could run, from the fourth
      position on, averaged over windows${results.configuration.seeds.length > 1 ? ", seeds" : ""}
      and bins of a sixth of an octave. Left of the rule, more context makes the next token easier.
      Right of it are positions that training never showed. ${leaving(curves, ceiling)}
    </figcaption>
  </figure>`;
}

export function trainingFigure(results: AnyResults): Html {
  const curves = trainingLoss(results);
  const late = curves.flatMap((curve) =>
    curve.points.filter((point) => point.x > results.configuration.steps / 3).map((p) => p.y),
  );
  const ceiling = ceilingOf(curves, late);
  return html`<figure class="subfigure single">
    ${legend(curves, 0)}
    ${lineFigure({
      description: "Training loss by step",
      curves,
      x: { scale: "linear" },
      width: 860,
      ceiling,
    })}
    <figcaption class="note">
      Nats per${isOfTask(results) ? " scored" : ""} token of the training batches by step, averaged
      over runs of
      neighbouring${results.configuration.seeds.length > 1 ? " steps and over seeds" : " steps"}.
      ${leaving(curves, ceiling) && "The first steps lie above the frame."}
    </figcaption>
  </figure>`;
}

/** Names and line samples; pointing at one brings its lines forward. `longest` tells which curves end early. */
function legend(curves: readonly Curve[], longest: number): Html {
  const items = curves.map(({ encoding, index, points, reach }) => {
    const { color, dash } = ink(index);
    const note =
      points.length === 0
        ? html`<small>no number</small>`
        : reach < longest
          ? html`<small>to ${grouped(reach)}</small>`
          : "";
    const sample = trusted(
      `<svg width="22" height="8" aria-hidden="true"><line x1="1" x2="21" y1="4" y2="4" ` +
        `stroke="${color}" stroke-width="2.5" stroke-dasharray="${dash}"/></svg>`,
    );
    return html`<li class="k${index}" tabindex="0">${sample}${encoding} ${note}</li>`;
  });
  return html`<ul class="legend">
    ${items}
  </ul>`;
}
