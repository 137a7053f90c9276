/**
 * Imports point one way, folder by folder and file by file, and `node:*` is imported only where files and
 * processes are.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { circles } from "./circles.ts";
import { root, sourceFile, sourceFiles, specifiersOf } from "./source-files.ts";
import type { SourceFile } from "./source-files.ts";

const files = sourceFiles();

/** What each folder may import, besides its own files and the `shared` ones. */
const sees: Readonly<Record<string, readonly string[]>> = {
  tensor: [],
  operators: ["tensor"],
  autodiff: ["tensor", "operators"],
  onnx: ["tensor", "operators"],
  runtime: ["tensor", "operators", "onnx"],
  random: ["tensor", "operators"],
  parameters: ["tensor", "operators", "random"],
  options: [],
  encodings: ["tensor", "operators", "random", "parameters", "options"],
  model: "tensor operators random parameters encodings".split(" "),
  generation: "tensor operators runtime random parameters options encodings model data".split(" "),
  files: [],
  data: ["options", "random", "files"],
  tasks: ["random", "options"],
  training: "tensor operators autodiff runtime random parameters encodings model data".split(" "),
  evaluation: "tensor operators runtime random parameters encodings model data tasks".split(" "),
  contract: [
    "options",
    ..."tensor operators autodiff runtime random parameters encodings model generation".split(" "),
  ],
  checkpoints: [],
  families: "tensor parameters encodings model data checkpoints files".split(" "),
  runs: [
    ..."tensor onnx runtime parameters encodings model data training evaluation checkpoints".split(
      " ",
    ),
    ...["files", "loading", "generation", "measures", "options", "families"],
  ],
  extension: [
    ..."tensor operators runtime options parameters encodings model data evaluation families files runs".split(
      " ",
    ),
  ],
  "fine-tuning": [
    ..."tensor operators runtime options parameters encodings model data training evaluation".split(
      " ",
    ),
    ...["checkpoints", "families", "files", "runs", "random"],
  ],
  export:
    "tensor operators onnx parameters options encodings model data generation checkpoints families files runs".split(
      " ",
    ),
  retrieval: [
    ..."operators runtime random model data evaluation families runs comparison measures".split(
      " ",
    ),
    ...["generation", "report", "drawing"],
  ],
  "side-by-side": [
    ..."random runtime model data evaluation families extension runs comparison measures".split(
      " ",
    ),
    ...["report", "drawing"],
  ],
  chat: "data files generation".split(" "),
  pictures: "tensor operators random parameters encodings model".split(" "),
  drawing: [],
  measures: [],
  comparison: [
    ..."tensor operators onnx runtime random parameters encodings model data tasks".split(" "),
    ...["training", "evaluation", "generation", "pictures", "measures", "loading", "runs"],
  ],
  report: ["comparison", "drawing", "measures"],
  explanation: "options parameters encodings pictures drawing report comparison".split(" "),
  loading: ["options", "encodings", "files"],
  sweep: [
    ..."encodings model runtime data tasks training files runs comparison report loading".split(
      " ",
    ),
  ],
  cli: [
    "options",
    ..."tensor operators autodiff onnx runtime encodings model random data tasks training".split(
      " ",
    ),
    ..."evaluation checkpoints families files runs comparison report drawing contract pictures generation".split(
      " ",
    ),
    ..."explanation loading sweep extension fine-tuning export retrieval side-by-side chat measures".split(
      " ",
    ),
  ],
};
/** Files at the top of `src` that every folder may import. */
const shared = new Set([
  "errors.ts",
  "format.ts",
  "json.ts",
  "memory.ts",
  "printable.ts",
  "version.ts",
]);
/** Entry points import any folder, and no file imports them. */
const entries = new Set(["index.ts", "browser.ts", "common.ts"]);

/** `a/b.ts → c/d.ts` for each import that a file may not have. */
function wrongImports(file: SourceFile): string[] {
  if (entries.has(file.path)) return [];
  const allowed = new Set([file.folder, ...(sees[file.folder] ?? [])]);
  return file.imports
    .filter((target) => !shared.has(target))
    .filter((target) => !target.includes("/") || !allowed.has(target.split("/")[0]!))
    .map((target) => `${file.path} → ${target}`);
}

describe("imports point one way", () => {
  test("the table has every folder", () => {
    const folders = new Set(files.map(({ folder }) => folder));
    folders.delete("");
    expect([...folders].sort()).toEqual(Object.keys(sees).sort());
  });

  test("no folder imports itself through others", () => {
    const reaches = (from: string): Set<string> =>
      new Set(sees[from]!.flatMap((next) => [next, ...reaches(next)]));
    for (const folder of Object.keys(sees)) expect(reaches(folder), folder).not.toContain(folder);
  });

  test("no file imports what its folder may not import", () => {
    expect(files.flatMap(wrongImports)).toEqual([]);
  });

  test("an import the wrong way would be found", () => {
    const wrong = sourceFile(
      "tensor/shape.ts",
      'import { add } from "../operators/arithmetic.ts";',
    );
    expect(wrongImports(wrong)).toEqual(["tensor/shape.ts → operators/arithmetic.ts"]);
    const entry = sourceFile("model/block.ts", 'export * from "../index.ts";');
    expect(wrongImports(entry)).toEqual(["model/block.ts → index.ts"]);
  });

  test("every import names a file that exists", () => {
    const there = (target: string): boolean => fs.existsSync(path.join(root, "src", target));
    const missing = files.flatMap(({ imports }) => imports.filter((target) => !there(target)));
    expect(missing).toEqual([]);
  });
});

describe("no files import one another in a circle", () => {
  test("in src, types included", () => {
    expect(circles(files)).toEqual([]);
  });

  test("a circle would be found, one of types and one of a file with itself too", () => {
    const planted = [
      sourceFile("a/one.ts", 'import type { Two } from "../b/two.ts";\nimport "./other.ts";'),
      sourceFile("a/other.ts", 'export * from "../b/three.ts";'),
      sourceFile("b/two.ts", 'import { three } from "./three.ts";'),
      sourceFile("b/three.ts", 'const { one } = await import("../a/one.ts");'),
      sourceFile("c/alone.ts", 'import { one } from "../a/one.ts";'),
      sourceFile("c/self.ts", 'import { self } from "./self.ts";'),
    ];
    expect(circles(planted)).toEqual([
      "a/one.ts → a/other.ts → b/three.ts → a/one.ts",
      "c/self.ts → c/self.ts",
    ]);
    expect(circles(planted.filter(({ path }) => !/three|self/.test(path)))).toEqual([]);
  });
});

describe("node:* is imported only where files and processes are", () => {
  const mayUseNode =
    /^(runtime\/node(-package|-memory)?|files\/(byte-source|copy-files|files|folder-files|line-file|new-folder|process-identity|regular-file|system-lock|temporary-files)|runs\/.+|extension\/(folder-files|extend-folder)|export\/(export-model|tokenizer-files|onnx-folder|transformers-folder|write-parts|write-shards)|fine-tuning\/(fine-tune-run|source|source-files)|data\/(corpus-files|line-files|pairs\/load-pairs|tokenizer-files|train-tokenizer-file)|loading\/(encoding-file|imported-modules|own-package)|sweep\/.+|cli\/.+)\.ts$/;
  const usesNode = (file: SourceFile): boolean =>
    file.specifiers.some((specifier) => /^node:|^onnxruntime-node$/.test(specifier));

  test("no other file imports it", () => {
    expect(files.filter(usesNode).length).toBeGreaterThan(0);
    const strangers = files.filter((file) => usesNode(file) && !mayUseNode.test(file.path));
    expect(strangers.map(({ path }) => path)).toEqual([]);
  });

  test("the browser's entry does not reach it", () => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const reached = new Set<string>(["browser.ts"]);
    for (const name of reached)
      for (const next of byPath.get(name)?.imports ?? []) reached.add(next);
    expect(reached.size).toBeGreaterThan(50);
    expect([...reached].filter((name) => byPath.has(name) && usesNode(byPath.get(name)!))).toEqual(
      [],
    );
  });
});

test("both forms of import and export are read, and comments are not", () => {
  const text = `
    import fs from "node:fs";
    import type { A } from "../a.ts";
    import "./b.ts";
    export { c,
      d } from "./c.ts";
    export * from "./d.ts";
    const e = await import("./e.ts");
    /** import { z } from "./z.ts"; */
    // import { y } from "./y.ts";
    const text = "from";`;
  expect(specifiersOf(text)).toEqual([
    "node:fs",
    "../a.ts",
    "./b.ts",
    "./c.ts",
    "./d.ts",
    "./e.ts",
  ]);
});
