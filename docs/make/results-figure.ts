/**
 * The figures of `docs/results.md`: scores by length, one line an encoding, with 95 % intervals over seeds.
 *
 * Lengths have equal distances. A loss that explodes leaves through the top; its number is beside its name, below the
 * plot. Figures are narrow, so that their text stays legible on a telephone.
 *
 * @module
 */
import { measureNamed } from "../../reproduce/experiment.ts";
import type { MeasureName } from "../../reproduce/experiment.ts";
import { valueIn } from "../../reproduce/record.ts";
import type { ExperimentRecord } from "../../reproduce/record.ts";
import { intervalOf } from "../../src/comparison/statistics/intervals.ts";
import { dashes, lightHues } from "../../src/drawing/palette.ts";
import { meanOfSeeds } from "../../src/measures/estimate.ts";

const frame = {
  width: 420,
  top: 42,
  left: 44,
  right: 14,
  plot: 230,
  lengths: 48,
  label: 17,
} as const;
const page = { background: "#fdfcf9", ink: "#1c1e22", quiet: "#61656d", grid: "#e5e2d8" } as const;

/** What is drawn. */
export interface ResultsFigure {
  readonly title: string;
  readonly record: ExperimentRecord;
  readonly measure: MeasureName;
  /** Default: the first. */
  readonly protocol?: string | undefined;
}

interface Point {
  readonly at: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

interface Line {
  readonly name: string;
  readonly color: string;
  readonly dash: string;
  readonly points: readonly Point[];
}

/** The figure as a file of its own, readable on light and on dark pages. */
export function resultsFigure(figure: ResultsFigure): string {
  const { settings } = figure.record;
  const lengths = settings.testLengths;
  const lines = settings.encodings.map((encoding, which) => lineOf(figure, encoding, which));
  const drawn = lines.filter(({ points }) => points.length > 0);
  const [low, high] = domainOf(drawn, figure.measure);
  const bottom = frame.top + frame.plot;
  const height = bottom + frame.lengths + drawn.length * frame.label + 10;
  const y = (value: number): number =>
    bottom - ((value - low) / (high - low)) * (bottom - frame.top);
  const across = frame.width - frame.right - frame.left;
  const x = (at: number): number =>
    frame.left + 14 + (lengths.length > 1 ? (at / (lengths.length - 1)) * (across - 28) : 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${frame.width} ${height}" ` +
      `width="${frame.width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(figure.title)}</title>`,
    `<rect width="${frame.width}" height="${height}" rx="8" fill="${page.background}"/>`,
    `<text x="16" y="24" font-size="14" font-weight="600" fill="${page.ink}">${escaped(figure.title)}</text>`,
    ...ticksOf(low, high).map(
      (tick) =>
        `<path d="M${frame.left} ${px(y(tick))}H${frame.left + across}" stroke="${page.grid}"/>` +
        `<text x="${frame.left - 6}" y="${px(y(tick) + 4)}" text-anchor="end" fill="${page.quiet}">${tick}</text>`,
    ),
    ...lengths.map(
      (length, at) =>
        `<text x="${px(x(at))}" y="${bottom + 18}" text-anchor="middle" fill="${page.quiet}">${length}</text>`,
    ),
    `<text x="${frame.left}" y="${bottom + 33}" fill="${page.quiet}">length; trained up to ${settings.trainLength}</text>`,
    `<clipPath id="plot"><rect x="${frame.left}" y="${frame.top - 4}" width="${across}" ` +
      `height="${bottom - frame.top + 8}"/></clipPath>`,
    `<g clip-path="url(#plot)">`,
    ...drawn.map((line, which) => drawLine(line, (which - drawn.length / 2) * 1.6, x, y)),
    `</g>`,
    ...legend(drawn, lengths.length - 1, bottom + frame.lengths),
    `</svg>\n`,
  ].join("\n");
}

function lineOf({ record, measure, protocol }: ResultsFigure, name: string, which: number): Line {
  const { settings, models } = record;
  const points = settings.testLengths.flatMap((length, at): Point[] => {
    const values = models
      .filter((model) => model.encoding === name)
      .flatMap(({ scores }) => {
        const wanted = protocol ?? scores[0]?.protocol;
        const found = scores.find((one) => one.length === length && one.protocol === wanted);
        const value = found && valueIn(found, measureNamed(measure));
        return value === undefined ? [] : [value];
      });
    if (values.length === 0) return [];
    const estimate = meanOfSeeds(values);
    const { low, high } = intervalOf(estimate) ?? { low: estimate.mean, high: estimate.mean };
    const [least, most] = measureNamed(measure).range;
    return [{ at, mean: estimate.mean, low: Math.max(least, low), high: Math.min(most, high) }];
  });
  return {
    name,
    color: lightHues[which % lightHues.length]!,
    dash: dashes[Math.floor(which / lightHues.length) % dashes.length]!,
    points,
  };
}

function drawLine(
  { color, dash, points }: Line,
  shift: number,
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  const place = ({ at, mean }: Point): string => `${px(x(at) + shift)} ${px(y(mean))}`;
  return [
    `<g stroke="${color}" fill="${color}">`,
    `<path d="M${points.map(place).join("L")}" fill="none" stroke-width="1.8" stroke-dasharray="${dash}"/>`,
    ...points.map(
      ({ at, mean, low, high }) =>
        `<path d="M${px(x(at) + shift)} ${px(y(low))}V${px(y(high))}" stroke-width="1.4" stroke-opacity="0.5"/>` +
        `<circle cx="${px(x(at) + shift)}" cy="${px(y(mean))}" r="2.6" stroke="none"/>`,
    ),
    `</g>`,
  ].join("");
}

/** Names with the values at the last length, the highest first; those that end before it say where. */
function legend(lines: readonly Line[], last: number, top: number): string[] {
  const ends = lines
    .map((line) => ({ line, end: line.points.at(-1)! }))
    .sort((a, b) => b.end.mean - a.end.mean);
  return ends.map(({ line, end }, which) => {
    const until = end.at < last ? ", ends there" : "";
    const y = top + (which + 0.7) * frame.label;
    return (
      `<path d="M${frame.left} ${px(y - 4)}h24" stroke="${line.color}" stroke-width="2" stroke-dasharray="${line.dash}"/>` +
      `<text x="${frame.left + 32}" y="${px(y)}" font-weight="600" ` +
      `fill="${line.color}">${escaped(shortName(line.name))} ${end.mean.toFixed(3)}${until}</text>`
    );
  });
}

/** A composition's name at a length that fits beside the plot. */
function shortName(name: string): string {
  return name.length <= 34 ? name : `${name.slice(0, 18)}…${name.slice(-15)}`;
}

function domainOf(lines: readonly Line[], measure: MeasureName): [low: number, high: number] {
  const [least, most] = measureNamed(measure).range;
  if (most < Infinity) return [least, most];
  const all = lines.flatMap(({ points }) => points);
  const first = lines.flatMap(({ points }) => points.slice(0, 1));
  const low = Math.min(...all.map((point) => point.low));
  const highest = Math.max(...all.map((point) => Math.min(point.high, point.mean * 1.2)));
  // What happens near the train length must not be pressed flat by what explodes.
  const needed = Math.max(...first.map((point) => point.high)) - low;
  return [low - 0.02, Math.min(highest, low + 3 * Math.max(0.2, needed))];
}

function ticksOf(low: number, high: number): number[] {
  const step = [0.05, 0.1, 0.2, 0.25, 0.5, 1, 2].find((size) => (high - low) / size <= 6) ?? 5;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + 1e-9; tick += step)
    ticks.push(Number(tick.toFixed(4)));
  return ticks;
}

function px(value: number): number {
  return Number(value.toFixed(1));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
