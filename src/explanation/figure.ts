/**
 * The picture of an encoding as one SVG file, for a light page and a dark one: a heat map of queries and
 * keys, and below it its curves by distance. It is narrow, so that its text stays legible on a telephone.
 *
 * @module
 */
import { short } from "../format.ts";
import { extent, heatMap, scaleOf } from "../drawing/heat-map.ts";
import { escapeHtml } from "../drawing/html.ts";
import { mapStyle } from "../drawing/map-style.ts";
import { rampColor } from "../drawing/palette.ts";
import { pageColours } from "../report/report-style.ts";
import { meanPlane } from "../pictures/by-distance.ts";
import type { EncodingPicture, PicturePart } from "../pictures/encoding-picture.ts";
import { wrapped } from "./columns.ts";
import { curveChart } from "./curve-chart.ts";
import { curvesOf, isSpread, layersInWords } from "./curves.ts";
import type { Explanation } from "./explanation.ts";

const width = 420;
const edge = 16;
/** Where the first part begins. */
const top = 60;
const map = 300;
/** Where the curves of a part begin, how high they are, and where the next part begins. */
const part = { curves: map + 76, chart: 290, height: map + 76 + 290 + 34 } as const;
const lineHeight = 15;
/** Characters of a note in a line. */
const noteWidth = 64;

/** The whole file. */
export function explanationFigure({
  facts,
  picture,
}: Pick<Explanation, "facts" | "picture">): string {
  const notes = picture.notes.flatMap((note) => wrapped(note, noteWidth));
  const foot = picture.parts.length > 0 ? top + picture.parts.length * part.height : 90;
  const height = foot + notes.length * lineHeight + edge / 2;
  const drawn =
    picture.parts.length > 0
      ? picture.parts.map((each, row) => partMarkup(each, picture, top + row * part.height))
      : [`<text x="${edge}" y="70" class="quiet">It adds nothing to the scores.</text>`];
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
      `height="${height}" role="img">`,
    `<title>${escapeHtml(`What ${facts.id} does to attention`)}</title>`,
    style,
    `<rect width="${width}" height="${height}" rx="10" fill="var(--page)"/>`,
    `<text x="${edge}" y="30" font-size="16" font-weight="600">${escapeHtml(facts.id)}</text>`,
    ...drawn,
    ...notes.map(
      (line, at) =>
        `<text x="${edge}" y="${foot + at * lineHeight}" font-size="11" class="quiet">` +
        `${escapeHtml(line)}</text>`,
    ),
    `</svg>`,
  ].join("\n")}\n`;
}

/** Title of a part: what its numbers are, and where heads and layers count. */
export function partTitle(each: PicturePart, { layers }: EncodingPicture): string {
  const where = layersInWords(each, layers);
  const words = `${each.caption}${where && `, ${where}`}`;
  return words[0]!.toUpperCase() + words.slice(1);
}

/** What the curves are: of each head, and whether they are means. */
export function curveTitle(each: PicturePart): string {
  const curves = curvesOf(each);
  return (
    `By distance${curves.length > 1 ? ", each head" : ""}` +
    (isSpread(curves) ? ", mean and range over queries" : "")
  );
}

function partMarkup(each: PicturePart, picture: EncodingPicture, y: number): string {
  const curves = curvesOf(each);
  const plane = meanPlane(each.planes);
  const scale = scaleOf(extent(plane) ?? [0, 0]);
  const mean = curves.length > 1 ? ", mean over heads" : "";
  const image = (scheme: "light" | "dark"): string =>
    `<image class="${scheme}" x="${edge}" y="${y + 10}" width="${map}" height="${map}" ` +
    `preserveAspectRatio="none" href="${heatMap({ size: picture.size, values: plane }, scale, scheme)}"/>`;
  const ramp = (scheme: "light" | "dark"): string =>
    Array.from({ length: 22 }, (_, k) => {
      const [red, green, blue] = rampColor(scheme, scale.ramp, k / 21);
      return (
        `<rect class="${scheme}" x="${edge + 52 + k * 7}" y="${y + map + 19}" width="7.2" height="7" ` +
        `fill="rgb(${red},${green},${blue})"/>`
      );
    }).join("");
  const key = scale.flat
    ? `<text x="${edge}" y="${y + map + 26}" class="quiet">${short(scale.from)} everywhere</text>`
    : `<text x="${edge + 46}" y="${y + map + 26}" text-anchor="end" class="quiet">${short(scale.from)}</text>` +
      `${ramp("light")}${ramp("dark")}` +
      `<text x="${edge + 214}" y="${y + map + 26}" class="quiet">${short(scale.to)}</text>`;
  return [
    `<text x="${edge}" y="${y}" font-weight="600">${escapeHtml(partTitle(each, picture))}</text>`,
    image("light"),
    image("dark"),
    key,
    `<text x="${edge}" y="${y + map + 44}" class="quiet">queries down, keys right${mean}</text>`,
    `<text x="${edge}" y="${y + part.curves}" font-weight="600">${curveTitle(each)}</text>`,
    `<g transform="translate(0 ${y + part.curves + 4})">`,
    curveChart(curves, { width: width - edge / 2, height: part.chart }),
    `</g>`,
  ].join("");
}

const style = mapStyle(pageColours);
