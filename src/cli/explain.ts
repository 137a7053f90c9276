/**
 * `relpos explain`: describes one encoding in text and pictures.
 *
 * @module
 */
import fs from "node:fs/promises";
import { writeNamed } from "../files/files.ts";
import { asInputError, InputError } from "../errors.ts";
import { explanationDocument } from "../explanation/document.ts";
import { explain } from "../explanation/explanation.ts";
import { explanationFigure } from "../explanation/figure.ts";
import { explanationPage } from "../explanation/page.ts";
import { terminalText } from "../explanation/terminal-text.ts";
import { chooseEncoding } from "../loading/encoding-file.ts";
import { printableStrings } from "../printable.ts";
import { colourDepth } from "./colours.ts";
import type { ExplainOptions } from "./explain-options.ts";
import { leastColumns } from "./option-values.ts";
import { printError, printOutput } from "./print.ts";

/** Runs the command. */
export async function explainEncoding(name: string, options: ExplainOptions): Promise<void> {
  const { svg, html, json } = options;
  if (svg !== undefined && svg === html)
    throw new InputError(`--svg and --html both name ${svg}. Give two names.`);
  for (const file of [svg, html]) if (file !== undefined) await refuseForeign(file);
  const { definition, file } = await chooseEncoding(name);
  const source = file && (await sourceOf(file.path));
  const explanation = asInputError(() => explain(definition, source));
  const say = json ? printError : printOutput;
  if (svg !== undefined) {
    const figure = explanationFigure(explanation).replace(/(<\/svg>\s*)$/, `${svgMark}$1`);
    await writeNamed(svg, figure);
    say(`Picture: ${svg}\n`);
  }
  if (html !== undefined) {
    await writeNamed(html, explanationPage(explanation));
    say(`Page:    ${html}\n`);
  }
  if (json) printOutput(`${JSON.stringify(explanationDocument(explanation))}\n`);
  else if (svg === undefined && html === undefined)
    process.stdout.write(
      terminalText(printableStrings(explanation), {
        columns: options.width ?? Math.max(leastColumns, process.stdout.columns ?? 80),
        depth: colourDepth(process.stdout),
      }),
    );
}

/** The text of a file by its path, in quotes or not; undefined for an expression. */
async function sourceOf(name: string): Promise<string | undefined> {
  const path = name.trim().replace(/^(["'])(.*)\1$/, "$2");
  return await fs.readFile(path, "utf8").catch(() => undefined);
}

/** What files have that this command wrote. */
const svgMark = "<metadata>relpos explain</metadata>";
const pageMark = '<meta name="generator" content="relpos ';

/** Refuses what is not a picture or page of relpos, and a folder: a rename onto it may replace an empty one. */
async function refuseForeign(file: string): Promise<void> {
  const stats = await fs.stat(file).catch(() => undefined);
  if (stats?.isDirectory())
    throw new InputError(`cannot write ${file}: it is a folder. Give the name of a file.`);
  if (stats === undefined || stats.size === 0) return;
  const text = stats.isFile() ? await fs.readFile(file, "latin1").catch(() => "") : "";
  if (!text.includes(svgMark) && !text.includes(pageMark))
    throw new InputError(
      `${file} exists and was not written by relpos explain. Give another name, or move it away.`,
    );
}
