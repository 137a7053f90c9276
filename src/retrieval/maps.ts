/**
 * The maps of a result by length and depth: accuracy, and what the model gained by reading. One SVG file, and the maps of a page.
 *
 * @module
 */
import { gridMap } from "../drawing/grid-map.ts";
import type { GridCell, GridMap } from "../drawing/grid-map.ts";
import { extent, scaleOf } from "../drawing/heat-map.ts";
import { escapeHtml } from "../drawing/html.ts";
import { mapStyle } from "../drawing/map-style.ts";
import { grouped, short } from "../format.ts";
import { pageColours } from "../report/report-style.ts";
import type { AskedTask, MeasuredCell, RetrievalCell, RetrievalResult } from "./result.ts";

type Measured = Extract<RetrievalCell, MeasuredCell>;

/** The maps of one task. */
export interface TaskMaps {
  readonly facts: AskedTask;
  readonly accuracy: GridMap;
  readonly gain: GridMap;
}

/** The scale of gains reaches so far at least. */
const least = 0.1;

/** The maps of all tasks; gains of all tasks have one scale. */
export function taskMaps({ tasks, cells, judge }: RetrievalResult): readonly TaskMaps[] {
  const measured = cells.filter((cell): cell is Measured => "accuracy" in cell);
  const gains = measured.map(({ gain }) => gain.mean);
  const [low, high] = extent(gains) ?? [0, 0];
  // Differences below a tenth of a nat are noise, and are not drawn as if they were not.
  const scale = scaleOf([Math.min(low, -least), Math.max(high, least)]);
  return tasks.map((facts) => {
    const own = cells.filter(({ task }) => task === facts.task);
    return {
      facts,
      accuracy: mapOf(own, {
        title: judge === "written" ? "Answers found" : "Right answers",
        scale: { from: 0, to: 1, ramp: "sequential", flat: false },
        ends: ["0 %", "100 %"],
        value: ({ accuracy }) => accuracy,
        label: ({ accuracy }) => `${percent(accuracy)} %`,
      }),
      gain: mapOf(own, {
        title: "Gain by reading, nats a token",
        scale,
        ends: [short(Number(scale.from.toFixed(2))), short(Number(scale.to.toFixed(2)))],
        value: ({ gain }) => gain.mean,
        label: ({ gain }) =>
          gain.mean
            .toFixed(2)
            .replace(/^-(0\.00)$/, "$1")
            .replace("-", "−"),
      }),
    };
  });
}

function percent(share: number): number {
  return Math.round(100 * share);
}

interface MapKind {
  readonly title: string;
  readonly scale: Parameters<typeof gridMap>[0]["scale"];
  readonly ends: readonly [string, string];
  readonly value: (cell: Measured) => number;
  readonly label: (cell: Measured) => string;
}

function mapOf(cells: readonly RetrievalCell[], kind: MapKind): GridMap {
  const lengths = [...new Set(cells.map(({ length }) => length))];
  const depths = [...new Set(cells.map(({ depth }) => depth))];
  return gridMap({
    ...{ title: kind.title, scale: kind.scale, ends: kind.ends },
    columns: lengths.map(grouped),
    columnTitle: "length in tokens",
    rows: depths.map((depth) => (depth === null ? "all" : `${depth} %`)),
    rowTitle: "depth",
    cells: depths.map((depth) =>
      lengths.map((length): GridCell => {
        const cell = cells.find((each) => each.length === length && each.depth === depth)!;
        const place = `${length} tokens${depth === null ? "" : `, depth ${depth} %`}`;
        if (!("accuracy" in cell))
          return { value: undefined, label: "–", title: `${place}: ${cell.unsupported}` };
        const { right, samples, accuracy, written, nats, natsWithout } = cell;
        const share = written === undefined ? "" : `${percent(accuracy)} % found, all in `;
        const title = `${place}: ${share}${right} of ${samples}${share === "" ? " right" : ""}, ${nats.toFixed(3)} nats a token, ${natsWithout.toFixed(3)} without`;
        return { value: kind.value(cell), label: kind.label(cell), title };
      }),
    ),
  });
}

const edge = 18;
const between = 34;

/** The maps as one SVG file. */
export function retrievalFigure(result: RetrievalResult, title: string): string {
  const maps = taskMaps(result);
  let y = 58;
  const parts: string[] = [];
  let width = 0;
  for (const { facts, accuracy, gain } of maps) {
    parts.push(
      `<text x="${edge}" y="${y}" font-size="14" font-weight="600">${escapeHtml(`${facts.task}: ${facts.summary}`)}</text>`,
      ...[accuracy, gain].map(
        ({ markup }, at) =>
          `<g transform="translate(${edge + at * (accuracy.width + between)} ${y + 12})">${markup}</g>`,
      ),
    );
    y += accuracy.height + between + 12;
    width = Math.max(width, 2 * edge + accuracy.width + between + gain.width);
  }
  const height = y - between + edge;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeHtml(title)}</title>`,
    mapStyle(pageColours),
    `<rect width="${width}" height="${height}" fill="var(--page)"/>`,
    `<text x="${edge}" y="30" font-size="16" font-weight="600">${escapeHtml(title)}</text>`,
    ...parts,
    `</svg>`,
  ].join("\n")}\n`;
}
