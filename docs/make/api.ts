/**
 * The API reference: `docs/api.md` and a page for each folder of `src` with public names.
 *
 * @module
 */
import fs from "node:fs";
import { format } from "prettier";
import { list, table } from "./markdown.ts";
import { readApi } from "./api-model.ts";
import type { ApiMember, ApiName } from "./api-model.ts";

/** A page of the reference and its text. */
export interface ApiPage {
  readonly file: string;
  readonly text: string;
}

/** All pages, the index first, in prettier's layout. */
export async function apiPages(names: readonly ApiName[]): Promise<readonly ApiPage[]> {
  const folders = [...new Set(names.map(({ folder }) => folder))].sort();
  const grouped = folders.map((folder): [string, readonly ApiName[]] => [
    folder === "" ? "relpos" : folder,
    names.filter((name) => name.folder === folder),
  ]);
  const pages = [
    { file: "docs/api.md", text: indexPage(grouped) },
    ...grouped.map(([folder, own]) => ({
      file: `docs/api/${folder}.md`,
      text: folderPage(folder, own),
    })),
  ];
  return await Promise.all(
    pages.map(async ({ file, text }) => ({
      file,
      text: await format(text, { parser: "markdown", printWidth: 100 }),
    })),
  );
}

/** Public names without a docstring, which the reference may not have. */
export function undocumented(names: readonly ApiName[]): readonly string[] {
  return names.filter(({ text }) => text === "").map(({ name }) => name);
}

const generatedBy =
  "This page is written from the docstrings by `node docs/make/api.ts`; a test keeps it up to date.";

function indexPage(pages: readonly (readonly [string, readonly ApiName[]])[]): string {
  const lines = pages.map(([page, names]) => {
    const links = names.map(({ name }) => `[${name}](api/${page}.md#${name.toLowerCase()})`);
    return `## ${page}\n\n${links.join(", ")}`;
  });
  const imports =
    "Import from `relpos` in Node and from `relpos/browser` in a page. A name that only one of them has says so.";
  return `# API reference\n\n${imports} ${generatedBy}\n\n${lines.join("\n\n")}\n`;
}

function folderPage(page: string, names: readonly ApiName[]): string {
  return `# ${page}\n\n${generatedBy} [All names](../api.md)\n\n${names.map(section).join("\n\n")}\n`;
}

function section(item: ApiName): string {
  const { name, entries, declaration, text, throws, parameters, members } = item;
  const described = parameters.filter(({ text }) => text !== "");
  return [
    `## ${name}`,
    `\`\`\`ts\n${declaration}\n\`\`\``,
    escaped(text),
    entries.length === 1 ? `Only in \`${entries[0]!}\`.` : "",
    described.length > 0 ? membersTable("Parameter", described) : "",
    members.length > 0 ? membersTable("Member", members) : "",
    throws.length > 0 ? `Throws:\n\n${list(throws.map((text) => escaped(oneLine(text))))}` : "",
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function membersTable(head: string, members: readonly ApiMember[]): string {
  const rows = members.map(({ name, type, text }) => [
    `\`${name}\``,
    type === "" ? "" : `\`${oneLine(type)}\``,
    escaped(oneLine(text)),
  ]);
  return table([head, "Type", "Meaning"], rows);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}

/** Text with its formulas: what Markdown would read as markup is escaped outside code. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`|^ {4}.*$)/m)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/[<*_]/g, (sign) => `\\${sign}`)))
    .join("");
}

if (import.meta.main) {
  const names = await readApi();
  const root = new URL("../../", import.meta.url);
  fs.rmSync(new URL("docs/api/", root), { recursive: true, force: true });
  fs.mkdirSync(new URL("docs/api/", root), { recursive: true });
  for (const { file, text } of await apiPages(names)) fs.writeFileSync(new URL(file, root), text);
  const missing = undocumented(names);
  if (missing.length > 0) console.log(`without a docstring: ${missing.join(", ")}`);
}
