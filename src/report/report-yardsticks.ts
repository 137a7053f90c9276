/**
 * The report's parts on what models are held against: measures beside the ranked one, yardsticks and warnings.
 *
 * @module
 */
import type { Results } from "../comparison/results.ts";
import { html } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { decimal, grouped, multiple } from "../format.ts";
import { besideMeasures } from "./beside.ts";
import { nameCell, table } from "./report-tables.ts";
import { warningTexts } from "./warning-texts.ts";
import { yardstickMeasures } from "./yardstick-tables.ts";

/** Each measure that is shown beside the ranked one, by encoding and length. */
export function besideHtml(results: Results): readonly Html[] {
  const { encodings, testLengths, trainLength } = results.configuration;
  const head = testLengths.map(
    (length) =>
      html`<th scope="col">
        ${grouped(length)} <small>${multiple(length, trainLength)} train</small>
      </th>`,
  );
  return besideMeasures(results).map(({ title, measure, rows }) =>
    table(
      title,
      "encoding",
      head,
      rows.map(
        ({ encoding, values }) =>
          html`<tr>
            ${nameCell(encoding, encodings.indexOf(encoding))}
            ${values.map(
              (value) =>
                html`<td>
                  ${value === undefined ? "–" : decimal(value, measure.printed.digits)}
                </td>`,
            )}
          </tr>`,
      ),
    ),
  );
}

/** What counting, compressing or guessing reaches; undefined where the results have no yardsticks. */
export function yardsticksHtml(results: Results): readonly Html[] | undefined {
  const tables = yardstickMeasures(results);
  if (tables.length === 0) return undefined;
  return tables.map(({ title, head, rows }) =>
    table(
      title,
      "",
      head.map((name) => html`<th scope="col">${name}</th>`),
      rows.map(
        ({ name, cells }) =>
          html`<tr>
            <th scope="row" class="sentence">${name}</th>
            ${cells.map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
      ),
    ),
  );
}

/** The warnings, each a paragraph. */
export function warningsHtml(results: Results): readonly Html[] {
  return warningTexts(results).map((text) => html`<p class="warning">${text}</p>`);
}
