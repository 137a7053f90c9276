/**
 * An explanation as text for a terminal.
 *
 * @module
 */
import type { EncodingPicture, PicturePart } from "../pictures/encoding-picture.ts";
import { optionInWords } from "../options/words.ts";
import { meanPlane } from "../pictures/by-distance.ts";
import { hanging, wrapped } from "./columns.ts";
import { curvesOf, isSpread, layersInWords } from "./curves.ts";
import type { Explanation } from "./explanation.ts";
import { factList } from "./fact-list.ts";
import { curveLines } from "./terminal-curves.ts";
import { heatMapLines } from "./terminal-heat-map.ts";
import type { ColourDepth } from "./terminal-heat-map.ts";

/** How the text is laid out. */
export interface TerminalOptions {
  readonly columns: number;
  readonly depth: ColourDepth;
}

/** The whole text. */
export function terminalText(explanation: Explanation, options: TerminalOptions): string {
  const { facts, notes, picture } = explanation;
  const { columns, depth } = options;
  const strong = (words: string): string => (depth > 1 ? `\x1b[1m${words}\x1b[22m` : words);
  const nameWidth = 19;
  const named = (name: string, words: string): string[] =>
    hanging(`  ${name}`.padEnd(nameWidth), words, columns);
  const lines = [
    ...wrapped(`${facts.id}: ${facts.summary}`, columns).map((line, at) =>
      at === 0 ? line.replace(facts.id, strong(facts.id)) : line,
    ),
    "",
    ...facts.formula.split("\n").flatMap((line) => hanging("    ", line, columns)),
    "",
    ...factList(facts).flatMap(({ name, words, url }) => [
      ...named(name, words),
      ...(url === undefined ? [] : named("", url)),
    ]),
    ...(notes.reference === undefined ? [] : named("Reference", notes.reference)),
    ...(notes.differs === undefined ? [] : named("Differs", notes.differs)),
    ...(facts.options.length > 0 ? ["", strong("Options")] : []),
    ...facts.options.flatMap((option) => named(option.name, optionInWords(option))),
    ...picture.parts.flatMap((part) => ["", ...partLines(part, picture, options, strong)]),
    ...(picture.parts.length === 0
      ? ["", `It adds nothing to the scores: there is no picture.`]
      : []),
    "",
    ...picture.notes.flatMap((note) => wrapped(note, columns)),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function partLines(
  part: PicturePart,
  picture: EncodingPicture,
  { columns, depth }: TerminalOptions,
  strong: (words: string) => string,
): string[] {
  const where = layersInWords(part, picture.layers);
  const title = `${part.caption[0]!.toUpperCase()}${part.caption.slice(1)}${where && `, ${where}`}`;
  const curves = curvesOf(part);
  const heads = curves.length > 1 ? ", mean over heads" : "";
  return [
    strong(`${title}${heads}`),
    ...wrapped("queries down, keys right; the diagonal is distance 0", columns - 2).map(
      (line) => `  ${line}`,
    ),
    ...heatMapLines(meanPlane(part.planes), columns, depth),
    "",
    strong(
      `By distance${curves.length > 1 ? ", each head" : ""}` +
        `${isSpread(curves) ? ", mean over queries" : ""}`,
    ),
    ...curveLines(curves, columns, depth),
  ];
}
