/**
 * The report: one HTML file that needs nothing else, neither script nor network. The verdict comes first,
 * then the figures it rests on, then every number, then how it was all measured.
 *
 * @module
 */
import { grouped, multiple } from "./format.ts";
import { escapeHtml, html, trusted } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import {
  differenceFigure,
  lengthFigure,
  positionFigure,
  trainingFigure,
} from "./report-figures.ts";
import { gallery } from "./report-gallery.ts";
import { method } from "./report-method.ts";
import { styleSheet } from "./report-style.ts";
import { comparisonTables, costTable } from "./report-tables.ts";
import { taskSection } from "./report-task.ts";
import type { AnyResults } from "../comparison/task-results.ts";
import { isOfTask } from "../comparison/task-results.ts";
import { rankedRows, wordingOf } from "./wording.ts";
import { verdict } from "./verdict.ts";

/** The whole file as text. The same results give the same bytes. */
export function renderReport(results: AnyResults): string {
  const { configuration } = results;
  const subject = isOfTask(results)
    ? `the ${results.configuration.task.name} task`
    : results.configuration.corpus.name;
  const title = `${countOf(configuration.encodings.length)} on ${subject}`;
  const pictures = gallery(results);
  const compared = rankedRows(results).length > 0;
  const rising = isOfTask(results)
    ? "Right answers as samples grow longer"
    : "Loss as the text grows longer";
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="relpos ${results.relpos}" />
        <title>${title}</title>
        ${styleSheet(configuration.encodings.length)}
      </head>
      <body>
        <main>
          <header>
            <p class="kicker">relpos compare</p>
            <h1>${title}</h1>
            <p class="dek">${summary(results)}</p>
          </header>
          ${verdictBlock(results)}
          ${isOfTask(results) ? section("The task", taskSection(results)) : ""}
          ${compared ? section(rising, lengthFigure(results)) : ""}
          ${compared ? section("How far from the best", differenceFigure(results)) : ""}
          ${
            isOfTask(results)
              ? ""
              : section("Where in the window the loss falls", positionFigure(results))
          }
          ${section("How they trained", trainingFigure(results))}
          ${pictures ? section("What each encoding tells attention", galleryNote, pictures) : ""}
          ${section("Every number", tableNote(results), comparisonTables(results))}
          ${section("What it cost", costTable(results))} ${method(results)}
        </main>
      </body>
    </html>`;
  return `${renumbered(document.source.replace(/^ +/gm, ""))}\n`;
}

/** Plot numbers its clip paths through the life of the process; the page counts them from 1. */
function renumbered(page: string): string {
  const numbers = new Map<string, number>();
  return page.replace(/\b(id="|url\(#)plot-clip-(\d+)/g, (_, before: string, id: string) => {
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    return `${before}clip-${number}`;
  });
}

const galleryNote = html`<p>
  Queries run down, keys to the right: the diagonal is distance 0, and the past lies to its left.
  Each picture has its own scale.
</p>`;

function tableNote(results: AnyResults): Html {
  const { superlative } = wordingOf(results);
  return html`<p>
    The ${superlative} number of a column is marked, with its own 95 % interval beneath. Under the
    others stand the paired difference to it and the interval that holds for the whole column; the
    pale ones cannot be told apart from the ${superlative}.
  </p>`;
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

function summary(results: AnyResults): string {
  const { model, seeds, steps, trainLength, testLengths } = results.configuration;
  const longest = Math.max(...testLengths);
  const [trained, judged] = isOfTask(results)
    ? [`samples of length ${grouped(trainLength)}`, `samples of length ${grouped(longest)} at most`]
    : [`windows of ${grouped(trainLength)} tokens`, `windows of up to ${grouped(longest)} tokens`];
  return (
    `The same Transformer (${model.layers} layers of width ${model.width}), trained for ${grouped(steps)} ` +
    `steps on ${trained} with ` +
    `${seeds.length === 1 ? "one seed" : `${seeds.length} seeds`} for each encoding, and judged on ` +
    `${judged}, ${multiple(longest, trainLength)} what it was trained on.`
  );
}

function verdictBlock(results: AnyResults): Html {
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
