/**
 * A heat map in a page: its image in the colours of either scheme, and the key of its scale.
 *
 * @module
 */
import { short } from "../format.ts";
import { heatMap } from "./heat-map.ts";
import type { HeatMapData, HeatScale } from "./heat-map.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";

/** The image; `alt` says what it shows. Rows are as many as columns, unless `rows` says otherwise. */
export function heatMapPicture(
  data: HeatMapData,
  scale: HeatScale,
  { alt, rows = data.size }: { readonly alt: string; readonly rows?: number },
): Html {
  return html`<picture>
    <source srcset="${heatMap(data, scale, "dark")}" media="(prefers-color-scheme: dark)" />
    <img
      src="${heatMap(data, scale, "light")}"
      width="${data.size}"
      height="${rows}"
      alt="${alt}"
    />
  </picture>`;
}

/** What the ends of the ramp stand for. */
export function scaleKey({ from, to, ramp, flat }: HeatScale): Html {
  return flat
    ? html`<p class="flat">${short(from)} everywhere</p>`
    : html`<p class="key">
        <span>${short(from)}</span><i class="ramp ${ramp}"></i><span>${short(to)}</span>
      </p>`;
}
