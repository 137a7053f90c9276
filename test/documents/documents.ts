/**
 * The Markdown documents of the repository, and what a reader follows in them.
 *
 * @module
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** A document; its path is relative to the root. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

const skipped = new Set(["node_modules", ".git", "dist", "runs", ".venv", "coverage"]);

/** Every Markdown file but those of others. */
export function documents(folder = ""): Document[] {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : documents(name);
    return name.endsWith(".md") ? [read(name)] : [];
  });
}

/** One document. */
export function read(name: string): Document {
  return { path: name, text: fs.readFileSync(path.join(root, name), "utf8") };
}

/** The text without code, in which a bracket is no link. */
function prose(text: string): string {
  return text
    .replace(/^```[\s\S]*?^```/gm, "")
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, " "));
}

/** Targets of links and pictures, in Markdown and in HTML. */
export function linksIn({ text }: Document): string[] {
  const found = prose(text).matchAll(/\]\(([^)\s]+)\)|<[^>]*\b(?:src|srcset|href)="([^"\s]+)"/g);
  return [...found].map(([, markdown, html]) => markdown ?? html ?? "");
}

/** The anchors that GitHub gives a document's headings. */
export function anchorsIn({ text }: Document): string[] {
  return [...prose(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/ /g, "-"),
  );
}

/** Links within the repository that lead nowhere, as `page → target`. */
export function brokenLinks(pages: readonly Document[]): string[] {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  return pages.flatMap((page) =>
    linksIn(page)
      .filter((target) => !/^(https?|mailto):/.test(target))
      .filter((target) => {
        const [file = "", anchor] = target.split("#");
        const name = file === "" ? page.path : path.posix.join(path.posix.dirname(page.path), file);
        if (!fs.existsSync(path.join(root, name))) return true;
        if (anchor === undefined) return false;
        const aimed = byPath.get(name);
        return aimed === undefined || !anchorsIn(aimed).includes(anchor);
      })
      .map((target) => `${page.path} → ${target}`),
  );
}
