/**
 * What the sources of the encodings say in their comments: references, deviations, options.
 *
 * @module
 */
import fs from "node:fs";

const folder = new URL("../../src/encodings/", import.meta.url);

function sourceOf(file: string): string {
  return fs.readFileSync(new URL(file, folder), "utf8");
}

/** A section such as `Differs:` of the comment at the top of an encoding's file, as one line. */
export function headerSection(id: string, title: string): string {
  const header = /\/\*\*([\s\S]*?)\*\//.exec(sourceOf(`${id}.ts`))?.[1] ?? "";
  const lines = header.split("\n").map((line) => line.replace(/^ \*/, ""));
  const first = lines.findIndex((line) => line.startsWith(` ${title}:`));
  if (first === -1)
    throw new Error(
      `docs: src/encodings/${id}.ts has no "${title}:" in its first comment. Add it.`,
    );
  // A section goes on with lines that are indented further than a paragraph.
  const end = lines.findIndex((line, at) => at > first && !/^ {6}/.test(line));
  return lines.slice(first, end).join(" ").replace(` ${title}:`, "").replace(/\s+/g, " ").trim();
}

/** An option of an encoding with its comment. */
export interface DeclaredOption {
  readonly name: string;
  readonly words: string;
}

/** The fields of the encoding's options, those of an interface it extends after its own. */
export function declaredOptions(id: string): readonly DeclaredOption[] {
  const name = /EncodingDefinition<(\w+)>/.exec(sourceOf(`${id}.ts`))?.[1];
  return name === undefined ? [] : fieldsOf(name);
}

function fieldsOf(name: string): DeclaredOption[] {
  const pattern = new RegExp(
    `export interface ${name}(?: extends (\\w+))? \\{\\n([\\s\\S]*?)\\n\\}`,
  );
  for (const file of fs.readdirSync(folder)) {
    const found = pattern.exec(sourceOf(file));
    if (found === null) continue;
    const [, parent, body = ""] = found;
    const fields = [...body.matchAll(/\/\*\* ([\s\S]*?) \*\/\s+readonly (\w+)\??: ([^;]+);/g)];
    return [
      ...fields.map(([, comment = "", field = "", type = ""]) => ({
        name: field,
        words: `${comment.replace(/\s*\n\s*\* ?/g, " ")}${valuesOf(type)}`,
      })),
      ...(parent === undefined ? [] : fieldsOf(parent)),
    ];
  }
  throw new Error(`docs: no file of src/encodings declares the interface ${name}.`);
}

/** The words that a union of strings allows. */
function valuesOf(type: string): string {
  const alias = /^\w+$/.test(type) ? new RegExp(`export type ${type} = ([^;]+);`) : undefined;
  const declared = alias && fs.readdirSync(folder).map(sourceOf).join("\n").match(alias)?.[1];
  const words = (declared ?? type).match(/"[\w-]+"/g);
  return words === null
    ? ""
    : ` One of ${words.map((word) => word.replaceAll('"', "`")).join(", ")}.`;
}
