/**
 * The files of `src` and what each imports, read from the text.
 *
 * @module
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** A file of `src`; paths are relative to `src`, with slashes. */
export interface SourceFile {
  readonly path: string;
  /** The folder it is in, `""` for files at the top. */
  readonly folder: string;
  readonly text: string;
  /** Specifiers as written. */
  readonly specifiers: readonly string[];
  /** Files of `src` that it imports. */
  readonly imports: readonly string[];
}

/** Every TypeScript file of `src`. */
export function sourceFiles(): SourceFile[] {
  const src = path.join(root, "src");
  return fs
    .readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.split(path.sep).join("/"))
    .sort()
    .map((name) => sourceFile(name, fs.readFileSync(path.join(src, name), "utf8")));
}

/** A file from its text. */
export function sourceFile(name: string, text: string): SourceFile {
  const specifiers = specifiersOf(text);
  const folder = path.posix.dirname(name);
  return {
    path: name,
    folder: folder === "." ? "" : folder.split("/")[0]!,
    text,
    specifiers,
    imports: specifiers
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => path.posix.join(folder, specifier)),
  };
}

/** What `import … from`, `export … from`, `import "…"` and `import("…")` name. */
export function specifiersOf(text: string): string[] {
  const code = text.replace(/^\s*(\/?\*|\/\/).*$/gm, ""); // examples in comments import too
  const pattern =
    /^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;
  return [...code.matchAll(pattern)].map((match) => (match[1] ?? match[2])!);
}
