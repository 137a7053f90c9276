/**
 * Every public name has a docstring, which names the errors that the function itself throws.
 */
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { missingDocstrings, publicSymbols } from "./public-names.ts";
import { root } from "./source-files.ts";

const entries = ["src/index.ts", "src/browser.ts"].map((name) => path.join(root, name));

/** A program of `files`; a file named in `texts` has that text and need not exist on disk. */
function programOf(
  files: readonly string[],
  texts: Readonly<Record<string, string>> = {},
): ts.Program {
  const read = (name: string): string | undefined => texts[name] ?? ts.sys.readFile(name);
  const config: unknown = ts.readConfigFile(path.join(root, "tsconfig.json"), read).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root, {}, "", []);
  const host = ts.createCompilerHost(options);
  host.readFile = read;
  host.fileExists = (name) => name in texts || ts.sys.fileExists(name);
  return ts.createProgram(files, options, host);
}

test("every exported name has a docstring, with the errors that it throws", () => {
  const program = programOf(entries);
  expect(publicSymbols(program, entries).size).toBeGreaterThan(200);
  expect(missingDocstrings(program, entries, root)).toEqual([]);
}, 60_000);

test("a missing docstring and a missing @throws would be found", () => {
  const entry = path.join(root, "planted.ts");
  const text = `
    export class OddError extends Error {}
    function odd(): OddError { return new OddError(); }
    /** Has a docstring, but not its error. */
    export function unsaid(n: number): number { if (n > 0) throw odd(); return n; }
    /**
     * Has both.
     * @throws {OddError} for a positive number
     */
    export function said(n: number): number { if (n > 0) throw new OddError(); return n; }
    /** A constant that is a function. */
    export const arrow = (n: number): number => { if (n > 0) throw new RangeError(); return n; };
    /** A class. */
    export class Box {
      open(): void { throw new OddError(); }
      private close(): void { throw new OddError(); }
    }
    export type Size = number;`;
  const program = programOf([entry], { [entry]: text });
  expect(missingDocstrings(program, [entry], root)).toEqual([
    "planted.ts Box.open: no @throws {OddError}",
    "planted.ts OddError: no docstring",
    "planted.ts Size: no docstring",
    "planted.ts arrow: no @throws {RangeError}",
    "planted.ts unsaid: no @throws {OddError}",
  ]);
}, 60_000);
