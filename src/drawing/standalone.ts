/**
 * A chart as an SVG file: with the colours of both schemes, a title and a background.
 *
 * @module
 */
import { countClipPaths } from "./clip-paths.ts";
import { escapeHtml } from "./html.ts";
import { hueVariables } from "./palette.ts";
import { markupOf } from "./svg.ts";

/** What a file has that a chart in a page takes from the page. */
export interface StandaloneOptions {
  /** Above the chart. */
  readonly title: string;
  /** Declarations of the variables `--page`, `--ink` and `--grid` in each scheme. */
  readonly colours: { readonly light: string; readonly dark: string };
}

const edge = 14;
const head = 30;

/** The file's text. `svg` was drawn by this folder's charts. */
export function standaloneSvg(svg: Element, { title, colours }: StandaloneOptions): string {
  const [width, height] = [Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))];
  const source = countClipPaths(markupOf(svg).source);
  // The chart is inside another drawing, so it has a place there and no namespace of its own is lost.
  const chart = source.replace(/^<svg /, `<svg x="${edge}" y="${head + 6}" `);
  const [outerWidth, outerHeight] = [width + 2 * edge, height + head + 6 + edge];
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${outerWidth}" height="${outerHeight}" ` +
      `viewBox="0 0 ${outerWidth} ${outerHeight}" font-family="system-ui, sans-serif">`,
    `<title>${escapeHtml(title)}</title>`,
    `<style>`,
    `svg { ${colours.light} ${hueVariables("light")} fill: var(--ink); font-size: 12px; overflow: visible; }`,
    `@media (prefers-color-scheme: dark) { svg { ${colours.dark} ${hueVariables("dark")} } }`,
    `</style>`,
    `<rect width="${outerWidth}" height="${outerHeight}" fill="var(--page)"/>`,
    `<text x="${edge}" y="${head - 8}" font-size="14" font-weight="600">${escapeHtml(title)}</text>`,
    chart,
    `</svg>`,
  ].join("\n")}\n`;
}
