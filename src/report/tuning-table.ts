/**
 * The learning rates that were tried, and the one that each encoding was trained with.
 *
 * @module
 */
import type { Results } from "../comparison/results.ts";
import type { Tuning } from "../comparison/tuning.ts";
import { html } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { decimal, shortened } from "../format.ts";
import { aligned } from "./aligned.ts";
import { table } from "./report-tables.ts";
import { lossUnit } from "./unit.ts";

/** For a terminal: the losses of all rates, the chosen one marked. No lines where all encodings had one rate. */
export function tuningTable(results: Results): readonly string[] {
  const { tuning } = results;
  if (tuning === undefined) return [];
  const { name, perNat } = lossUnit(results);
  const { rates, encodings } = tuning;
  const head = ["encoding", ...rates.map((rate) => `${rate}  `)];
  const body = encodings.map(({ encoding, rate, losses }) => [
    shortened(encoding, 20),
    ...losses.map((loss, at) => `${decimal(perNat * loss, 3)} ${rates[at] === rate ? "*" : " "}`),
  ]);
  return [
    `${titleOf(name)} (* chosen)`,
    ...aligned(
      [head, ...body].map((row) => row.map((text) => ({ text }))),
      false,
    ),
    tuningInWords(tuning),
  ];
}

/** The same for the report; undefined where all encodings had one rate. */
export function tuningHtml(results: Results): Html | undefined {
  const { tuning } = results;
  if (tuning === undefined) return undefined;
  const { name, perNat } = lossUnit(results);
  const { rates, encodings } = tuning;
  const head = rates.map((rate) => html`<th scope="col">${rate}</th>`);
  const body = encodings.map(({ encoding, rate, losses }) => {
    const cells = losses.map(
      (loss, at) =>
        html`<td class="${rates[at] === rate ? "best" : "behind"}">
          ${decimal(perNat * loss, 3)}
        </td>`,
    );
    return html`<tr>
      <th scope="row">${encoding}</th>
      ${cells}
    </tr>`;
  });
  return html`<p>${tuningInWords(tuning)}</p>
    ${table(`${titleOf(name)}; the chosen one is marked`, "encoding", head, body)}`;
}

function titleOf(unit: string): string {
  return `Validation loss in ${unit} at each learning rate`;
}

/** How the rates were chosen. */
export function tuningInWords({ seed, judgedOn, rates }: Tuning): string {
  return (
    `Each encoding was trained with the one of ${rates.length} learning rates that gave the lowest loss on ${judgedOn}. ` +
    `No other number comes from these models: each rate had one, with the seed ${seed}, which no trial has, and nothing ` +
    `else is measured on what they were judged on.`
  );
}
