/**
 * Documents lead where they say, name what exists, and belong to no particular machine.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { brokenLinks, documents, read, root } from "./documents.ts";

const pages = documents();

describe("links", () => {
  test("relative links and anchors resolve", () => {
    expect(pages.map(({ path }) => path)).toContain("README.md");
    expect(brokenLinks(pages)).toEqual([]);
  });

  test("a link to nothing would be found", () => {
    const text =
      '# Real\n[a](none.md) [b](#real) [c](#false) [d](README.md#more) `[e](f)` <img src="none.svg">';
    const changed = { path: "CHANGELOG.md", text };
    expect(brokenLinks([changed, read("README.md")])).toEqual(
      expect.arrayContaining([
        "CHANGELOG.md → none.md",
        "CHANGELOG.md → #false",
        "CHANGELOG.md → none.svg",
      ]),
    );
    expect(brokenLinks([changed]).filter((link) => link.includes("#real"))).toEqual([]);
  });
});

test("the files and folders that documents name in code exist", () => {
  const named = pages.flatMap(({ path: page, text }) =>
    [...text.matchAll(/`((?:src|test|docs|examples|oracle|bench)\/[\w./-]*\w)`/g)].map(
      ([, name = ""]) => ({ page, name }),
    ),
  );
  expect(named.length).toBeGreaterThan(20);
  const missing = named.filter(({ name }) => !fs.existsSync(path.join(root, name)));
  expect(missing).toEqual([]);
});

test("no document mentions a path of one machine", () => {
  // Folders of Debian's packages are the same on every machine.
  const ofOneMachine = /(?<![\w.])\/(?:work|root|home|Users|tmp|mnt)\b|[A-Z]:\\/;
  for (const { path: page, text } of pages)
    expect(text.match(ofOneMachine)?.[0], page).toBeUndefined();
  expect(ofOneMachine.test("see /home/me")).toBe(true);
});

/** Paths of the folders in the tree of a document, below `src/`: two spaces of indentation a level. */
function foldersDrawn(text: string): string[] {
  const tree = /^src\/\n([\s\S]*?)^bin\//m.exec(text)?.[1] ?? "";
  const above: string[] = [];
  return [...tree.matchAll(/^((?: {2})+)([\w-]+)\/ /gm)].map(([, indent = "", name = ""]) => {
    above.length = indent.length / 2 - 1;
    above.push(name);
    return above.join("/");
  });
}

/** Paths of all folders below `folder`, relative to it. */
function foldersOf(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => fs.statSync(path.join(folder, name)).isDirectory())
    .map((name) => name.split(path.sep).join("/"));
}

describe("ARCHITECTURE.md", () => {
  const { text } = read("ARCHITECTURE.md");

  test("says why there is each dependency, and no other", () => {
    const section = text.slice(text.indexOf("## Dependencies"));
    const explained = [...section.matchAll(/^- `([^`]+)`: \S/gm)].map(([, name]) => name);
    const manifest = JSON.parse(read("package.json").text) as Record<string, object | undefined>;
    const parts = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    const named = [...new Set(parts.flatMap((part) => Object.keys(manifest[part] ?? {})))];
    expect(explained.toSorted()).toEqual(named.toSorted());
  });

  test("has a line for each folder and subfolder of src, and no other", () => {
    const drawn = foldersDrawn(text);
    expect(drawn).toContain("encodings/parts");
    expect(drawn.toSorted()).toEqual(foldersOf(path.join(root, "src")).toSorted());
  });

  test("a subfolder under the wrong folder would be found", () => {
    const tree =
      "src/\n  model/        layers\n    parts/      several\n  onnx/    bytes\nbin/  command\n";
    expect(foldersDrawn(tree)).toEqual(["model", "model/parts", "onnx"]);
  });

  test("names the opset that is written", async () => {
    const { opset } = await import("../../src/onnx/devices.ts");
    expect(text).toContain(`Models are opset ${opset.onnx}, IR version ${opset.irVersion}.`);
  });
});

test("CONTRIBUTING.md names each folder of tests", () => {
  const { text } = read("CONTRIBUTING.md");
  const folders = fs
    .readdirSync(path.join(root, "test"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `test/${name}`);
  expect(folders.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
