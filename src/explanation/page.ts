/**
 * An explanation as one HTML file that needs nothing else, neither script nor network.
 *
 * @module
 */
import { extent, scaleOf } from "../drawing/heat-map.ts";
import { heatMapPicture, scaleKey } from "../drawing/heat-map-picture.ts";
import type { HeatScale } from "../drawing/heat-map.ts";
import { html, trusted } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { htmlPage } from "../report/html-page.ts";
import { meanPlane } from "../pictures/by-distance.ts";
import type { Plane } from "../pictures/effect-on-scores.ts";
import type { EncodingPicture, PicturePart } from "../pictures/encoding-picture.ts";
import { optionInWords } from "../options/words.ts";
import { version } from "../version.ts";
import { curveChart } from "./curve-chart.ts";
import { curvesOf } from "./curves.ts";
import type { Explanation } from "./explanation.ts";
import { factList } from "./fact-list.ts";
import type { Fact } from "./fact-list.ts";
import { curveTitle, partTitle } from "./figure.ts";
import { isWebAddress } from "../printable.ts";

/** The whole file as text. The same explanation gives the same bytes. */
export function explanationPage({ facts, notes, picture }: Explanation): string {
  const options = facts.options.map((option) => ({
    name: option.name,
    words: optionInWords(option),
  }));
  const sections = html`<pre class="formula"><code>${facts.formula}</code></pre>
    ${picture.parts.map((part) => pictureSection(part, picture))}
    ${picture.notes.map((note) => html`<p class="note">${note}</p>`)}
    ${section("Facts", definitions(factList(facts)))}
    ${options.length > 0 ? section("Options", definitions(options, true)) : ""}
    ${notes.reference === undefined ? "" : section("Where it comes from", sources(notes))}
    <footer>relpos ${version}</footer>`;
  return htmlPage({
    ...{ title: `${facts.id}: position encoding`, heading: facts.id, version },
    ...{ command: "relpos explain", summary: facts.summary, curves: picture.heads },
    ...{ style: more, sections },
  });
}

function pictureSection(part: PicturePart, picture: EncodingPicture): Html {
  const curves = curvesOf(part);
  const mean = meanPlane(part.planes);
  const scale = scaleOf(extent(mean) ?? [0, 0]);
  const several = curves.length > 1;
  const title = partTitle(part, picture);
  return html`<section>
    <h2>${title}</h2>
    <div class="shown">
      <figure class="card">
        <h3>Queries and keys${several ? ", mean over heads" : ""}</h3>
        ${image(mean, picture.size, scale, title)}
        <figcaption>
          Queries run down, keys to the right: the diagonal is distance 0, the past lies to its
          left.
        </figcaption>
      </figure>
      <figure class="subfigure">
        <h3>${curveTitle(part)}</h3>
        <div class="plots">${chart(part, "wide", title)}${chart(part, "narrow", title)}</div>
      </figure>
    </div>
    ${several ? headGallery(part, picture) : ""}
  </section>`;
}

/** A map for each head, all on one scale. */
function headGallery(part: PicturePart, { size }: EncodingPicture): Html {
  const scale = scaleOf(extent(part.planes.flatMap((plane) => Array.from(plane))) ?? [0, 0]);
  const cards = curvesOf(part).map(
    ({ name, heads }) =>
      html`<figure class="card">
        <h3 class="k${heads[0]!}"><i class="swatch"></i>${name}</h3>
        ${image(part.planes[heads[0]!]!, size, scale, name)}
      </figure>`,
  );
  return html`<div class="gallery heads">${cards}</div>`;
}

function image(plane: Plane, size: number, scale: HeatScale, alt: string): Html {
  return html`${heatMapPicture({ size, values: plane }, scale, { alt: `Heat map: ${alt}` })}
  ${scaleKey(scale)}`;
}

/** Drawn twice, so that its text keeps its size on a telephone. */
function chart(part: PicturePart, size: "wide" | "narrow", title: string): Html {
  const { width, height } =
    size === "wide" ? { width: 620, height: 360 } : { width: 364, height: 280 };
  const inner = trusted(curveChart(curvesOf(part), { width, height }));
  return html`<svg
    class="plot ${size}"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="Curves by distance: ${title}"
  >
    ${inner}
  </svg>`;
}

function section(title: string, content: Html): Html {
  return html`<section>
    <h2>${title}</h2>
    ${content}
  </section>`;
}

function definitions(facts: readonly Fact[], code = false): Html {
  return html`<dl class="facts">
    ${facts.map(({ name, words, url }) => {
      const text =
        url === undefined || !isWebAddress(url)
          ? withCode(words)
          : html`<a href="${url}">${words}</a>`;
      return html`<dt>${code ? html`<code>${name}</code>` : name}</dt>
        <dd>${text}</dd>`;
    })}
  </dl>`;
}

/** Text in which backticks make code. */
function withCode(words: string): Html {
  const parts = words.split("`"); // every odd part is code, if all are closed
  if (parts.length % 2 === 0) return html`${words}`;
  return html`${parts.map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`;
}

function sources({ reference = "", differs = "nothing is said" }: Explanation["notes"]): Html {
  return definitions([
    { name: "Reference", words: reference },
    { name: "Differs from it", words: differs },
  ]);
}

const more = trusted(`<style>
.formula { margin: 32px 0 0; max-width: 60rem; overflow-wrap: anywhere; }
.shown { display: grid; grid-template-columns: minmax(0, 21rem) minmax(0, 1fr); gap: 36px 48px; margin: 24px 0 0; }
.shown h3 { margin: 0 0 8px; font-size: 14px; font-weight: 600; }
.heads { margin-top: 36px; }
.facts dt:empty { min-height: 1px; }
@media screen and (max-width: 719px) { .shown { grid-template-columns: minmax(0, 1fr); } .facts dt:empty { display: none; } }
</style>`);
