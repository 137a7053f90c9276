/**
 * The report: one HTML file that needs nothing else, neither script nor network. The verdict comes first,
 * then the figures it rests on, then every number, then how it was all measured.
 *
 * @module
 */
import { countClipPaths } from "../drawing/clip-paths.ts";
import type { Results } from "../comparison/results.ts";
import { escapeHtml, html, trusted } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { grouped, multiple } from "../format.ts";
import {
  differenceFigure,
  lengthFigure,
  positionFigure,
  trainingFigure,
} from "./report-figures.ts";
import { gallery } from "./report-gallery.ts";
import { method } from "./report-method.ts";
import { htmlPage } from "./html-page.ts";
import { comparisonTables, costTable } from "./report-tables.ts";
import { besideHtml, warningsHtml, yardsticksHtml } from "./report-yardsticks.ts";
import { rankedRows, wordingOf } from "./rows.ts";
import { tuningHtml } from "./tuning-table.ts";
import { verdict } from "./verdict.ts";

/**
 * The whole file as text. The same results give the same bytes.
 *
 * @param document what charts are drawn into, which is not changed. Default: the page's own. In Node pass one of
 *   linkedom, or call the `renderReport` of "relpos", which does.
 * @throws {TypeError} there is no document
 */
export function renderReport(results: Results, document: Document = pageDocument()): string {
  const { configuration } = results;
  const { words } = wordingOf(results);
  const title = `${countOf(configuration.encodings.length)} on ${words.title}`;
  const pictures = gallery(results);
  const compared = rankedRows(results).length > 0;
  const without = yardsticksHtml(results);
  const rates = tuningHtml(results);
  const byPosition = results.trials.some((trial) => trial.lossByPosition !== undefined);
  const page = htmlPage({
    ...{
      title,
      version: results.relpos,
      command: "relpos compare",
      curves: configuration.encodings.length,
    },
    summary: summary(results),
    sections: html`${verdictBlock(results)} ${warningsHtml(results)} ${about(results)}
    ${compared ? section(words.rising, lengthFigure(results, document)) : ""}
    ${compared ? section("Difference to the best", differenceFigure(results, document)) : ""}
    ${
      byPosition ? section("Loss by position in the window", positionFigure(results, document)) : ""
    }
    ${section("Training loss", trainingFigure(results, document))}
    ${pictures ? section("What each encoding does to attention scores", galleryNote, pictures) : ""}
    ${section(
      "Every number",
      tableNote(results),
      comparisonTables(results),
      ...besideHtml(results),
    )}
    ${without ? section("Without a neural network", yardstickNote, ...without) : ""}
    ${rates ? section("Learning rates", rates) : ""} ${section("What it cost", costTable(results))}
    ${method(results)}`,
  });
  return countClipPaths(page);
}

function pageDocument(): Document {
  if (typeof document !== "undefined") return document;
  throw new TypeError(
    "renderReport: there is no page whose document charts could be drawn into. Pass a document, such as " +
      'linkedom\'s parseHTML("<html><body></body></html>").document.',
  );
}

const galleryNote = html`<p>
  Queries run down, keys to the right: the diagonal is distance 0, and the past lies to its left.
  Each picture has its own scale.
</p>`;

const yardstickNote = html`<p>
  What is reached without a model, by counting, compressing, copying or guessing, on exactly what
  the models were judged on. It has no part in the ranking.
</p>`;

function tableNote(results: Results): Html {
  const { measure, words } = wordingOf(results);
  const { superlative } = measure.printed;
  const columns = words.columns === undefined ? "" : ` ${capital(words.columns)}.`;
  const ranked = rankedRows(results);
  if (ranked.length > 0 && ranked.every(({ standing }) => standing !== "best"))
    return html`<p>No number is marked, because all have the worst possible value.${columns}</p>`;
  return html`<p>
    The ${superlative} number of a column is marked, with its own 95 % interval below. The others
    have the paired difference to it and the interval that holds for the whole column; those with a
    pale mark are not shown to be worse than the ${superlative}.${columns}
  </p>`;
}

function capital(sentence: string): string {
  return sentence[0]!.toUpperCase() + sentence.slice(1);
}

/** The question that models answer, where the kind has a section for it. */
function about(results: Results): Html | string {
  const { about } = wordingOf(results).words;
  if (about === undefined) return "";
  return section(
    about.heading,
    html`<p>${about.before}</p>
      <pre><code>${about.example}</code></pre>
      <p>${about.after}</p>`,
  );
}

function section(title: string, ...content: readonly Html[]): Html {
  return html`<section>
    <h2>${title}</h2>
    ${content}
  </section>`;
}

function countOf(encodings: number): string {
  const words = [
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
  ];
  return `${words[encodings] ?? encodings} position encoding${encodings === 1 ? "" : "s"}`;
}

function summary(results: Results): string {
  const { model, seeds, steps, trainLength, testLengths } = results.configuration;
  const { words } = wordingOf(results);
  const longest = Math.max(...testLengths);
  return (
    `The same ${words.model ?? "Transformer"} (${model.layers} ${model.layers === 1 ? "layer" : "layers"} of width ${model.width}` +
    `${words.model === "encoder-decoder" ? " in each half" : ""}), trained for ${grouped(steps)} ` +
    `steps on ${words.trainedOn}, with ` +
    `${seeds.length === 1 ? "one seed" : `${seeds.length} seeds`} for each encoding, and judged on ` +
    `${words.judgedOn}, ${multiple(longest, trainLength)} the train length.`
  );
}

function verdictBlock(results: Results): Html {
  const lines = verdict(results).map(
    ({ heading, text }, i) =>
      html`<div class="${i < 2 ? "lead" : "rest"}">
        <dt>${heading}</dt>
        <dd>${withNames(text, results.configuration.encodings)}</dd>
      </div>`,
  );
  return html`<dl class="verdict">${lines}</dl>`;
}

/** Encoding names in bold, wherever the text names one as a whole word. */
function withNames(text: string, encodings: readonly string[]): Html {
  const names = [...encodings]
    .sort((a, b) => b.length - a.length) // "rope-2d" before "rope"
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\w-])(${names.join("|")})(?![\\w-])`, "g");
  const parts = text.split(pattern); // every odd part is a name
  return trusted(
    parts
      .map((part, i) => (i % 2 === 1 ? `<b>${escapeHtml(part)}</b>` : escapeHtml(part)))
      .join(""),
  );
}
