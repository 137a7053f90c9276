/**
 * The gallery: one heat map for each encoding, queries down, keys to the right, so that the distance
 * query − key is 0 on the diagonal and grows to the lower left.
 *
 * Encodings add numbers of very different size, so each picture has its own scale, written under it. A
 * picture with both signs gets a diverging ramp whose middle is zero.
 *
 * @module
 */
import type { Results } from "../comparison/results.ts";
import type { ScorePicture } from "../comparison/trial-record.ts";
import { extent, scaleOf } from "../drawing/heat-map.ts";
import { heatMapPicture, scaleKey } from "../drawing/heat-map-picture.ts";
import { html, trusted } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { rampGradient } from "../drawing/palette.ts";
import type { Ramp, Scheme } from "../drawing/palette.ts";

/** The pictures of the encodings that have one; undefined where none has. */
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
  const scale = scaleOf(range);
  return html`<figure class="card">
    ${heading} ${heatMapPicture(picture, scale, { alt })} ${scaleKey(scale)}
    <figcaption>${picture.caption}</figcaption>
  </figure>`;
}

/** Style rules for the keys' ramps in one scheme. */
export function rampRules(scheme: Scheme): Html {
  const rule = (ramp: Ramp): string =>
    `.ramp.${ramp} { background: ${rampGradient(scheme, ramp)}; }`;
  return trusted([rule("sequential"), rule("diverging")].join(" "));
}
