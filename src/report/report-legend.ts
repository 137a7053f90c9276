/**
 * The legend of the line figures.
 *
 * @module
 */
import type { Curve } from "../drawing/curve.ts";
import { html, trusted } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { ink } from "../drawing/palette.ts";
import { grouped } from "../format.ts";

/** Names and line samples; pointing at one fades the lines of the others. Curves that end before `longest` say so. */
export function legend(curves: readonly Curve[], longest: number): Html {
  const items = curves.map(({ name, index, points, reach }) => {
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
    return html`<li class="k${index}" tabindex="0">${sample}${name} ${note}</li>`;
  });
  return html`<ul class="legend">
    ${items}
  </ul>`;
}
