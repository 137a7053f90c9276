/**
 * The generated documents with their contents; `node docs/make/all.ts` writes them.
 *
 * @module
 */
import fs from "node:fs";
import { readRecords } from "../../reproduce/record.ts";
import { contract } from "../../src/contract/run-contract.ts";
import { encodings } from "../../src/encodings/index.ts";
import { factsOf } from "../../src/explanation/facts.ts";
import { explanationFigure } from "../../src/explanation/figure.ts";
import { referenceShape } from "../../src/explanation/reference-shape.ts";
import { encodingPicture } from "../../src/pictures/encoding-picture.ts";
import { checkpointsPage } from "./checkpoints.ts";
import { choosePage } from "./choose.ts";
import { encodingPage } from "./encoding-page.ts";
import { encodingsPage, encodingsList } from "./encodings.ts";
import { exportPage } from "./export.ts";
import { generationPage } from "./generation.ts";
import { longerTextsPage } from "./longer-texts.ts";
import { guideOf, refusedInEncoder } from "./guides/index.ts";
import { recordedTable } from "./guides/recorded.ts";
import { learnFiles } from "./learn/page.ts";
import { table } from "./markdown.ts";
import { readCosts, readEvidence } from "./measured.ts";
import { notesFile, notesOfSource } from "./notes.ts";
import { encodingsPicture, shown } from "./picture.ts";
import { resultsFiles } from "./results.ts";
import { tasksPage } from "./tasks.ts";
import { readTrained, trainedPicture } from "./trained.ts";

/** A file of the repository and its whole text. */
export interface GeneratedFile {
  readonly file: string;
  readonly url: URL;
  readonly text: string;
}

/** Every generated file; of the README and of docs/own-encoding.md, what is between markers. */
export function generated(): readonly GeneratedFile[] {
  const [evidence, costs, trained] = [readEvidence(), readCosts(), readTrained()];
  const records = readRecords(at("docs/results/"));
  const pages = encodings.flatMap((definition) => {
    const { id } = definition;
    const facts = factsOf(definition, referenceShape);
    const untrained = encodingPicture(definition);
    const kept = trained[id];
    const notDrawn = untrained.notes.filter((note) => note.endsWith("is not drawn."));
    const picture = kept ? trainedPicture(kept, notDrawn) : untrained;
    const page = encodingPage({
      ...{ facts, notes: notesOfSource(id), evidence, costs, pictureNotes: picture.notes },
      guide: guideOf(id),
      notInEncoder: refusedInEncoder(definition),
      recorded: recordedTable(id, records),
    });
    return [
      [`docs/encodings/${id}.md`, page],
      [`docs/encodings/${id}.svg`, explanationFigure({ facts, picture })],
    ] as const;
  });
  return [
    ["src/explanation/notes.json", notesFile()] as const,
    ["docs/encodings.md", encodingsPage(evidence, costs)] as const,
    ["docs/encodings.svg", encodingsPicture(4)] as const,
    ["docs/encodings-narrow.svg", encodingsPicture(2)] as const,
    ["docs/choose.md", choosePage(records, costs)] as const,
    ["docs/own-encoding.md", ownEncodingPage(read("docs/own-encoding.md"))] as const,
    ["docs/tasks.md", tasksPage()] as const,
    ["docs/generation.md", generationPage()] as const,
    ["docs/longer-texts.md", longerTextsPage()] as const,
    ["docs/export.md", exportPage()] as const,
    ["docs/checkpoints.md", checkpointsPage()] as const,
    ["README.md", readmeWith(read("README.md"))] as const,
    ...learnFiles(records),
    ...pages,
    ...resultsFiles().map(({ file, text }) => [file, text] as const),
  ].map(([file, text]) => ({ file, url: at(file), text }));
}

/** Files in docs/encodings/ that are neither generated nor measured: of encodings that are gone. */
export function leftOver(): readonly string[] {
  const kept = new Set(["evidence.json", "costs.json", "trained.json"]);
  for (const { id } of encodings) kept.add(`${id}.md`).add(`${id}.svg`);
  return fs.readdirSync(at("docs/encodings/")).filter((name) => !kept.has(name));
}

function at(file: string): URL {
  return new URL(`../../${file}`, import.meta.url);
}

function read(file: string): string {
  return fs.readFileSync(at(file), "utf8");
}

/** The README with its generated parts replaced: the picture's words, the list, the examples. */
function readmeWith(readme: string): string {
  const picture = `${inWords(shown.length)} position encodings as score matrices, queries down and keys right`;
  const example = (file: string): string =>
    `\n\`\`\`ts\n${regionOf(read(`examples/${file}.ts`), "README")}\`\`\`\n\n`;
  const parts: readonly (readonly [string, string])[] = [
    ["encodings", `\n${encodingsList()}\n`],
    ["example", example("02-train")],
    ["browser", example("browser")],
  ];
  return parts.reduce(
    (text, [name, part]) => replaced(text, name, part),
    readme.replace(/(<img src="docs\/encodings\.svg" alt=")[^"]*/, `$1${picture}`),
  );
}

/** The page on an encoding of your own, with the code of its examples and the list of checks replaced. */
function ownEncodingPage(page: string): string {
  const checks = table(
    ["Check", "What must be true"],
    contract.map(({ name, asks }) => [name, asks]),
  );
  const withCode = ["my-encoding", "my-encoding-options", "my-gate", "my-rotation"].reduce(
    (text, name) => replaced(text, name, `\n\`\`\`ts\n${encodingCode(name)}\`\`\`\n\n`),
    page,
  );
  return replaced(withCode, "contract", `\n${checks}\n`);
}

/** The imports and the encoding of `examples/<name>.ts`, as a file elsewhere has them. */
function encodingCode(name: string): string {
  const file = read(`examples/${name}.ts`);
  const imports = [...file.matchAll(/^import [^;]*;$/gm)].map(([text]) => text).join("\n");
  return `${imports}\n\n${regionOf(file, "encoding")}`;
}

/** The lines between `// region NAME` and `// endregion`. */
export function regionOf(source: string, name: string): string {
  const region = new RegExp(`// region ${name}\\n([\\s\\S]*?)// endregion`).exec(source)?.[1];
  if (region === undefined) throw new Error(`docs: the example has no "// region ${name}".`);
  return region;
}

/** What is between `<!-- name -->` and `<!-- /name -->`, replaced. */
function replaced(text: string, name: string, part: string): string {
  const [from, to] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(from), text.indexOf(to)];
  if (start === -1 || end < start)
    throw new Error(`docs: there is no ${from.trim()} … ${to} to fill. Put the markers back.`);
  return text.slice(0, start + from.length) + part + text.slice(end);
}

function inWords(count: number): string {
  return ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"][count]!;
}

if (import.meta.main) {
  fs.mkdirSync(at("docs/encodings/"), { recursive: true });
  for (const name of leftOver()) fs.rmSync(at(`docs/encodings/${name}`));
  for (const { file, url, text } of generated()) {
    if (fs.existsSync(url) && fs.readFileSync(url, "utf8") === text) continue;
    fs.writeFileSync(url, text);
    console.log(`wrote ${file}`);
  }
}
