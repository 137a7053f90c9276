/**
 * What the module of a user imports from files of the user's own: it decides the numbers of a run as the module itself
 * does. Packages, and relpos, are not looked at.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** This copy of relpos: the folder `src` or `dist`. */
const relpos = new URL("../", import.meta.url).href;

/** Modules of users, each with what it imports. */
const imports = new Map<string, Set<string>>();
/** SHA-256 of what was in their files when they were loaded. */
const loaded = new Map<string, string>();
let registered = false;

/** Follows what a module imports. To be called before the module of that address is imported. */
export function followImports(address: string): void {
  if (!imports.has(address)) imports.set(address, new Set());
  if (registered) return;
  registered = true;
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const parent = context.parentURL;
      if (parent !== undefined && imports.has(parent) && isOwn(resolved.url)) {
        imports.get(parent)!.add(resolved.url);
        if (!imports.has(resolved.url)) imports.set(resolved.url, new Set());
      }
      return resolved;
    },
    load(url, context, nextLoad) {
      if (imports.has(url)) loaded.set(url, digest(readFileSync(fileURLToPath(url))));
      return nextLoad(url, context);
    },
  });
}

/**
 * SHA-256 of all files that a module imports, directly or through others, with their places beside it; undefined where
 * there are none.
 */
export function importsDigest(address: string): string | undefined {
  const reached = new Set([address]);
  for (const each of reached) for (const next of imports.get(each) ?? []) reached.add(next);
  reached.delete(address);
  if (reached.size === 0) return undefined;
  const folder = path.dirname(fileURLToPath(address));
  const lines = [...reached].map((url) => {
    const place = path.relative(folder, fileURLToPath(url)).split(path.sep).join("/");
    return `${loaded.get(url) ?? ""}  ${place}\n`;
  });
  return digest(lines.sort().join(""));
}

function isOwn(url: string): boolean {
  return url.startsWith("file:") && !url.startsWith(relpos) && !url.includes("/node_modules/");
}

function digest(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
