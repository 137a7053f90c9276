/**
 * What a trained encoder-decoder attends to in one pair of texts, as one HTML file that needs nothing else.
 *
 * @module
 */
import { extent, heatMap } from "../drawing/heat-map.ts";
import { heatMapPicture, scaleKey } from "../drawing/heat-map-picture.ts";
import type { HeatScale } from "../drawing/heat-map.ts";
import { escapeHtml, html, trusted } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import type { AttentionWeights, PairAttention } from "../pictures/attention-weights.ts";
import { meanPlane } from "../pictures/by-distance.ts";
import type { Plane } from "../pictures/effect-on-scores.ts";
import { htmlPage } from "../report/html-page.ts";
import { version } from "../version.ts";

/** The attention weights of a model on one pair. */
export interface ShownAttention {
  /** What the model is: "runs/dates: translate, rope". */
  readonly model: string;
  /** The tokens of each side as text. */
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly weights: readonly AttentionWeights[];
}

const titles: Readonly<Record<PairAttention, string>> = {
  encoder: "Encoder: from source to source",
  decoder: "Decoder: from target to target",
  cross: "Decoder: from target to source",
};

/** The tokens of the queries and of the keys. */
export function sidesOf(
  attention: PairAttention,
  { source, target }: Pick<ShownAttention, "source" | "target">,
): { readonly queries: readonly string[]; readonly keys: readonly string[] } {
  return {
    queries: attention === "encoder" ? source : target,
    keys: attention === "decoder" ? target : source,
  };
}

/** The title of an attention. */
export function attentionTitle(attention: PairAttention): string {
  return titles[attention];
}

/** The whole file as text. The same weights give the same bytes. */
export function attentionPage(shown: ShownAttention): string {
  const sections = html`${(["encoder", "decoder", "cross"] as const).map((attention) =>
      section(attention, shown),
    )}
    <footer>relpos ${version}</footer>`;
  return htmlPage({
    ...{ title: "Attention of a model to one pair of texts", version, curves: 0 },
    command: "relpos attention",
    summary:
      `${shown.model}. Attention weights: a row is a token that attends, a column one that it attends to, and each row sums to 1. ` +
      `Each map has its own scale, those of the heads of a layer one together.`,
    ...{ style, sections },
  });
}

function section(attention: PairAttention, shown: ShownAttention): Html {
  const layers = shown.weights.filter((each) => each.attention === attention);
  const sides = sidesOf(attention, shown);
  return html`<section>
    <h2>${titles[attention]}</h2>
    ${layers.map((layer) => {
      const scale = scaleOfWeights(layer.planes);
      return html`<h3>Layer ${layer.layer + 1}, mean over heads</h3>
        ${labelled(layer, sides)}
        <div class="gallery heads">
          ${layer.planes.map(
            (plane, head) =>
              html`<figure class="card">
                <h3>Head ${head + 1}</h3>
                ${image(plane, layer, { scale, alt: `head ${head + 1}` })}
              </figure>`,
          )}
        </div>
        ${scaleKey(scale)}`;
    })}
  </section>`;
}

/** From 0 to the highest weight. */
function scaleOfWeights(planes: readonly Plane[]): HeatScale {
  const [, to] = extent(planes.flatMap((plane) => Array.from(plane))) ?? [0, 1];
  return { from: 0, to, ramp: "sequential", flat: to === 0 };
}

/** Pixels of a cell, of a character of a label, and of the space around labels. */
const [cell, character, space] = [18, 7.5, 14];

/** The mean over heads with its tokens along both sides. */
function labelled(
  layer: AttentionWeights,
  { queries, keys }: { readonly queries: readonly string[]; readonly keys: readonly string[] },
): Html {
  const longest = (labels: readonly string[]): number =>
    Math.max(...labels.map((label) => label.length)) * character;
  // Labels of columns lean to the right by 60 degrees.
  const [left, top] = [longest(queries) + space, 0.87 * longest(keys) + space];
  const size = { width: cell * layer.keys, height: cell * layer.queries };
  const [width, height] = [left + size.width + longest(keys) / 2, top + size.height];
  const mean = meanPlane(layer.planes);
  const scale = scaleOfWeights([mean]);
  const picture = (scheme: "light" | "dark"): string =>
    `<image class="${scheme}" x="${left}" y="${top}" width="${size.width}" height="${size.height}" ` +
    `preserveAspectRatio="none" href="${heatMap({ size: layer.keys, values: mean }, scale, scheme)}"/>`;
  const text = (label: string, place: string): string =>
    `<text ${place}>${escapeHtml(label)}</text>`;
  const rows = queries.map((token, at) =>
    text(token, `x="${left - 6}" y="${top + cell * (at + 0.7)}" text-anchor="end"`),
  );
  const columns = keys.map((token, at) =>
    text(token, `transform="translate(${left + cell * (at + 0.7)} ${top - 6}) rotate(-60)"`),
  );
  const svg =
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" ` +
    `aria-label="Attention weights, mean over heads">${picture("light")}${picture("dark")}${rows.join("")}${columns.join("")}</svg>`;
  return html`<div class="attention">${trusted(svg)}</div>
    ${scaleKey(scale)}`;
}

function image(
  plane: Plane,
  { keys, queries }: AttentionWeights,
  { scale, alt }: { readonly scale: HeatScale; readonly alt: string },
): Html {
  return heatMapPicture({ size: keys, values: plane }, scale, {
    ...{ alt: `Heat map: ${alt}`, rows: queries },
  });
}

const style = trusted(`<style>
.attention { overflow-x: auto; margin: 12px 0 20px; }
.attention svg { font: 12px system-ui, sans-serif; fill: currentColor; }
.attention image { image-rendering: pixelated; }
.attention .dark { display: none; }
@media (prefers-color-scheme: dark) { .attention .dark { display: inline; } .attention .light { display: none; } }
</style>`);
