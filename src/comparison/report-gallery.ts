/**
 * The gallery: one heat map for each encoding, queries down, keys to the right, so that the distance
 * query − key is 0 on the diagonal and grows to the lower left.
 *
 * Encodings add numbers of very different size, so each picture has its own scale, written under it. A
 * picture with both signs gets a diverging ramp whose middle is zero.
 *
 * @module
 */
import type { Html } from "./html.ts";
import { html, trusted } from "./html.ts";
import type { Ramp, Scheme } from "./palette.ts";
import { rampColor, rampGradient } from "./palette.ts";
import { pngDataUri } from "./png.ts";
import type { Results, ScorePicture } from "./results.ts";

const steps = 255; // colours of a ramp; index 0 of the palette is "no value"

export function gallery({ configuration, trials }: Results): Html | undefined {
  const cards = configuration.encodings.flatMap((encoding, index) => {
    const trial = trials.find((trial) => trial.encoding === encoding && trial.scorePicture);
    return trial?.scorePicture ? [card(encoding, index, trial.scorePicture)] : [];
  });
  return cards.length > 0 ? html`<div class="gallery">${cards}</div>` : undefined;
}

function card(encoding: string, index: number, picture: ScorePicture): Html {
  const range = extent(picture.values);
  const alt = `Score picture of ${encoding}: ${picture.caption}`;
  const heading = html`<h3 class="name k${index}"><i class="swatch"></i>${encoding}</h3>`;
  if (!range)
    return html`<figure class="card">
      ${heading}
      <p class="quiet">no finite value</p>
      <figcaption>${picture.caption}</figcaption>
    </figure>`;
  const [low, high] = range;
  const flat = low === high;
  const ramp: Ramp = low < 0 && high > 0 ? "diverging" : "sequential";
  const bound = Math.max(-low, high);
  const [from, to] = ramp === "diverging" ? [-bound, bound] : [low, high];
  const key = flat
    ? html`<p class="flat">${short(low)} everywhere</p>`
    : html`<p class="key">
        <span>${short(from)}</span><i class="ramp ${ramp}"></i><span>${short(to)}</span>
      </p>`;
  return html`<figure class="card">
    ${heading}
    <picture>
      <source
        srcset="${heatMap(picture, from, to, ramp, "dark")}"
        media="(prefers-color-scheme: dark)"
      />
      <img
        src="${heatMap(picture, from, to, ramp, "light")}"
        width="${picture.size}"
        height="${picture.size}"
        alt="${alt}"
      />
    </picture>
    ${key}
    <figcaption>${picture.caption}</figcaption>
  </figure>`;
}

function heatMap(
  { size, values }: ScorePicture,
  low: number,
  high: number,
  ramp: Ramp,
  scheme: Scheme,
): string {
  // A flat picture has no scale to show; it takes the ramp's calm colour.
  const calm = ramp === "diverging" ? 0.5 : 0.12;
  const pixels = Uint8Array.from(values, (value) => {
    if (!Number.isFinite(value)) return 0;
    const t = high > low ? (value - low) / (high - low) : calm;
    return 1 + Math.round(t * (steps - 1));
  });
  const colors = Array.from({ length: steps }, (_, i) => rampColor(scheme, ramp, i / (steps - 1)));
  return pngDataUri({ width: size, height: size, pixels, palette: [[0, 0, 0], ...colors] });
}

/** Style rules for the keys' ramps in one scheme. */
export function rampRules(scheme: Scheme): Html {
  const rule = (ramp: Ramp): string =>
    `.ramp.${ramp} { background: ${rampGradient(scheme, ramp)}; }`;
  return trusted([rule("sequential"), rule("diverging")].join(" "));
}

function extent(values: readonly number[]): [low: number, high: number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

function short(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(1).replace("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
