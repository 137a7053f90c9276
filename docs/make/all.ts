/**
 * The generated documents with what should stand in them; `node docs/make/all.ts` writes them.
 *
 * @module
 */
import fs from "node:fs";
import { encodingsPage, encodingsTable } from "./encodings.ts";
import { encodingsPicture } from "./picture.ts";

/** A file of the repository and its whole text. */
export interface GeneratedFile {
  readonly file: string;
  readonly url: URL;
  readonly text: string;
}

/** Every generated file; of the README, only what stands between markers is generated. */
export function generated(): readonly GeneratedFile[] {
  const at = (file: string): URL => new URL(`../../${file}`, import.meta.url);
  const readme = fs.readFileSync(at("README.md"), "utf8");
  return [
    ["docs/encodings.md", encodingsPage()] as const,
    ["docs/encodings.svg", encodingsPicture()] as const,
    ["README.md", readmeWith(readme)] as const,
  ].map(([file, text]) => ({ file, url: at(file), text }));
}

/** The README with its generated parts replaced: the table of encodings and the example. */
function readmeWith(readme: string): string {
  const example = fs.readFileSync(new URL("../../examples/02-train.ts", import.meta.url), "utf8");
  return replaced(
    replaced(readme, "encodings", `\n${encodingsTable()}\n`),
    "example",
    `\n\`\`\`ts\n${regionOf(example)}\`\`\`\n\n`,
  );
}

/** The lines between `// region README` and `// endregion`. */
export function regionOf(source: string): string {
  const region = /\/\/ region README\n([\s\S]*?)\/\/ endregion/.exec(source)?.[1];
  if (region === undefined) throw new Error(`docs: the example has no "// region README".`);
  return region;
}

/** What stands between `<!-- name -->` and `<!-- /name -->`, replaced. */
function replaced(text: string, name: string, part: string): string {
  const [from, to] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(from), text.indexOf(to)];
  if (start === -1 || end < start)
    throw new Error(`docs: README.md has no ${from.trim()} … ${to}. Put the markers back.`);
  return text.slice(0, start + from.length) + part + text.slice(end);
}

if (import.meta.main)
  for (const { file, url, text } of generated()) {
    fs.writeFileSync(url, text);
    console.log(`wrote ${file}`);
  }
