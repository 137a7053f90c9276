/**
 * `relpos --help` answers without loading zod or any encoding.
 */
import { expect, test } from "vitest";
import { sourceFiles } from "../architecture/source-files.ts";

/** Modules that are loaded with a file: neither types alone nor `await import(…)`. */
function loadedBy(text: string): readonly string[] {
  const statements = text.matchAll(/^(?:import|export)\s(?!type\b)[^"';]*?from\s+"([^"]+)"/gm);
  return [...statements].map(([, specifier]) => specifier!);
}

test("the command line's start loads neither", () => {
  const files = new Map(sourceFiles().map((file) => [file.path, file]));
  const loaded = new Set(["cli/main.ts"]);
  const packages = new Set<string>();
  for (const name of loaded)
    for (const specifier of loadedBy(files.get(name)!.text)) {
      if (!specifier.startsWith(".")) packages.add(specifier);
      else loaded.add(new URL(specifier, `file:///${name}`).pathname.slice(1));
    }
  expect(loaded.size).toBeGreaterThan(2);
  expect([...packages].filter((name) => /zod|onnxruntime/.test(name))).toEqual([]);
  expect(
    [...loaded].filter((name) => /^(encodings\/(?!compose\/split)|options\/)/.test(name)),
  ).toEqual([]);
});

test("a module that loads zod would be found", () => {
  expect(loadedBy('import * as z from "zod/mini";\nimport type { a } from "b";')).toEqual([
    "zod/mini",
  ]);
  expect(loadedBy('const { a } = await import("zod");')).toEqual([]);
});
