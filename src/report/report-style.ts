/**
 * The style sheet of the report. Colours are variables with a light and a dark value; figures use the same
 * variables. Nothing is fetched: type is the reader's own.
 *
 * @module
 */
import { trusted } from "../drawing/html.ts";
import type { Html } from "../drawing/html.ts";
import { hueVariables, ink } from "../drawing/palette.ts";
import { rampRules } from "./report-gallery.ts";

/** Rules for `count` encodings. */
export function styleSheet(count: number): Html {
  return trusted(`<style>
:root { color-scheme: light dark; ${light} }
${rampRules("light").source}
@media (prefers-color-scheme: dark) { :root { ${dark} } ${rampRules("dark").source} }
${page}
${encodingRules(count)}
@media screen and (max-width: 1179px) { .pair { grid-template-columns: minmax(0, 640px); } }
@media screen and (max-width: 719px) { ${narrow} }
@media print { .scroll { overflow: visible } }
</style>`);
}

/** The page's own colours in both schemes, as declarations of variables. */
export const pageColours = {
  light: `--page: #fdfcf9; --panel: #f5f3ec; --ink: #1c1e22; --quiet: #61656d; --grid: #e5e2d8;
  --line: #d3cfc2; --mark: #fff3c9;`,
  dark: `--page: #14161a; --panel: #1c1f25; --ink: #e9e7e1; --quiet: #a2a6ae; --grid: #2b2f37;
  --line: #3a3f49; --mark: #3a3318;`,
} as const;

const light = `${pageColours.light} ${hueVariables("light")}`;
const dark = `${pageColours.dark} ${hueVariables("dark")}`;

const page = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 17px/1.6 "Iowan Old Style", "Charter", "Source Serif 4", Georgia, "Liberation Serif", serif; overflow-wrap: break-word; }
main { max-width: 1180px; margin: 0 auto; padding: 72px 32px 96px; }
header, .prose { max-width: 44rem; }
.kicker, h2 small, .plot, .legend, table, .key, .flat, .card, .facts, .subfigure h3 {
  font-family: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Liberation Sans", sans-serif; }
.kicker { margin: 0 0 12px; font-size: 13px; letter-spacing: .06em; color: var(--quiet); }
h1 { margin: 0; font-size: clamp(30px, 4.4vw, 46px); line-height: 1.12; font-weight: 600;
  letter-spacing: -.015em; text-wrap: balance; overflow-wrap: anywhere; }
.dek { margin: 18px 0 0; font-size: 19px; line-height: 1.5; color: var(--quiet); overflow-wrap: anywhere; }
section { margin-top: 72px; }
h2 { margin: 0 0 10px; font-size: 25px; line-height: 1.25; font-weight: 600; letter-spacing: -.008em; }
section > p { max-width: 44rem; margin: 0 0 20px; }
section > pre + p { margin-top: 20px; }
.quiet, figcaption { color: var(--quiet); }
a { color: inherit; }
code { font: .86em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
  overflow-wrap: anywhere; }
pre { margin: 0; padding: 16px 18px; background: var(--panel); border-radius: 6px; white-space: pre-wrap; }

.verdict { margin: 44px 0 0; padding: 0; border-top: 2px solid var(--ink); max-width: 60rem; }
.verdict div { display: grid; grid-template-columns: 14rem 1fr; gap: 6px 32px; padding: 16px 0;
  border-bottom: 1px solid var(--line); }
.verdict dt { font-weight: 600; line-height: 1.4; }
.verdict dd { margin: 0; overflow-wrap: anywhere; }
.verdict .lead dd { font-size: 20px; line-height: 1.5; }
.verdict b { display: inline-block; max-width: 100%; }
.warning { max-width: 60rem; margin: 16px 0 0; }

.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 36px 48px; align-items: start; }
.subfigure { margin: 0; min-width: 0; }
.subfigure h3 { margin: 0 0 6px; font-size: 14px; font-weight: 600; }
.single .plots { max-width: 760px; }
.plot { display: block; width: 100%; height: auto; overflow: visible; fill: currentColor; font-size: 12px; }
.plot text { font-variant-numeric: tabular-nums; }
.plots .narrow { display: none; }
.note { margin: 14px 0 0; max-width: 44rem; font-size: 15px; line-height: 1.5; color: var(--quiet); }

.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 18px; padding: 0; list-style: none;
  font-size: 13px; line-height: 1.7; }
.legend li { display: flex; align-items: center; gap: 7px; cursor: pointer; border-radius: 3px; overflow-wrap: anywhere; }
.legend small { font-size: 12px; color: var(--quiet); }
.legend svg { flex: none; }
.series { transition: opacity .12s; }
.many .interval { opacity: 0; }

.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(208px, 1fr)); gap: 36px 32px; }
.card { margin: 0; font-size: 13px; line-height: 1.45; min-width: 0; }
.card h3 { margin: 0 0 8px; font-size: 14px; font-weight: 600; overflow-wrap: anywhere; }
.card img { display: block; width: 100%; height: auto; image-rendering: pixelated; background: var(--panel);
  outline: 1px solid var(--line); }
.key, .flat { display: flex; align-items: center; gap: 8px; margin: 8px 0 4px; font-size: 12px;
  font-variant-numeric: tabular-nums; }
.ramp { flex: 1; height: 6px; border-radius: 1px; }
.swatch { display: inline-block; width: 10px; height: 10px; margin-right: 7px; border-radius: 2px;
  background: var(--hue); }

.scroll { overflow-x: auto; margin: 0 0 28px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.35;
  font-variant-numeric: tabular-nums; }
caption { padding: 0 0 8px; text-align: left; font-weight: 600; }
th, td { padding: 8px 12px; text-align: right; border-bottom: 1px solid var(--grid); white-space: nowrap;
  vertical-align: top; }
th { font-weight: 600; }
thead th { border-bottom: 1px solid var(--ink); vertical-align: bottom; }
th:first-child, td:first-child { padding-left: 0; text-align: left; position: sticky; left: 0;
  background: var(--page); }
tbody th { max-width: 16rem; overflow: hidden; text-overflow: ellipsis; }
tbody th.sentence { max-width: 26rem; white-space: normal; }
td small, th small { display: block; font-size: 12px; font-weight: 400; color: var(--quiet); }
td.best { background: var(--mark); font-weight: 700; }
td.level { background: color-mix(in srgb, var(--mark) 45%, transparent); }
td.none { color: var(--quiet); }
.footnotes { margin: -12px 0 36px; padding: 0; list-style: none; font-size: 14px; color: var(--quiet); }

.facts { display: grid; grid-template-columns: max-content 1fr; gap: 6px 24px; margin: 24px 0 0;
  font-size: 14px; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
footer { margin-top: 72px; padding-top: 16px; border-top: 1px solid var(--line); font-size: 14px;
  color: var(--quiet); }`;

const narrow = `
body { font-size: 16px; }
main { padding: 40px 18px 64px; }
section { margin-top: 56px; }
.dek { font-size: 17px; }
.verdict div { grid-template-columns: 1fr; padding: 14px 0; }
.verdict .lead dd { font-size: 18px; }
.pair { grid-template-columns: 1fr; }
.plots .wide { display: none; }
.plots .narrow { display: block; }
.gallery { grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 28px 20px; }
.facts { grid-template-columns: 1fr; gap: 0; }
.facts dd { margin-bottom: 10px; }
th, td { padding: 8px 9px; }
tbody th { max-width: 8.5rem; }`;

/** Each encoding's hue, and its lines brought forward while its name or a line is pointed at, or its name was clicked. */
function encodingRules(count: number): string {
  return Array.from(
    { length: count },
    (_, i) =>
      `.k${i} { --hue: ${ink(i).color}; } ` +
      `figure:has(.legend .k${i}:is(:hover, :focus), .s${i}:hover) { ` +
      `.series:not(.s${i}) { opacity: .08; } .s${i} { opacity: 1; } .k${i} { background: var(--mark); } }`,
  ).join("\n");
}
