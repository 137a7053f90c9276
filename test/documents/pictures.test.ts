/**
 * Pictures of the documents are legible on a page of 400 pixels, of which about 368 are theirs.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./documents.ts";

const room = 368;

/** The smallest text of a picture in pixels, where the picture is shown in a column of that width. */
function smallestText(svg: string, column: number): number {
  const width = Number(/<svg[^>]* width="([\d.]+)"/.exec(svg)![1]);
  const sizes = [...svg.matchAll(/font-size(?:="|: ?)([\d.]+)/g)].map(([, size]) => Number(size));
  expect(sizes.length).toBeGreaterThan(0);
  return Math.min(...sizes) * Math.min(1, column / width);
}

const pictures = ["docs/encodings", "docs/learn", "docs/results"]
  .flatMap((folder) =>
    fs.readdirSync(path.join(root, folder)).map((name) => path.posix.join(folder, name)),
  )
  .filter((name) => name.endsWith(".svg"))
  .concat("docs/encodings-narrow.svg");

test.each(pictures)("%s", (name) => {
  const svg = fs.readFileSync(path.join(root, name), "utf8");
  expect(smallestText(svg, room)).toBeGreaterThan(9);
  const drawn = svg.replace(/data:image\/png;base64,[^"]+/g, ""); // base64 spells anything
  expect(drawn.match(/.{0,40}(?:NaN|undefined|Infinity|<script)/)?.[0]).toBeUndefined();
});

describe("a picture that is too wide", () => {
  test("would be found", () => {
    const wide = fs.readFileSync(path.join(root, "docs/encodings.svg"), "utf8");
    expect(smallestText(wide, room)).toBeLessThan(6);
    expect(smallestText(wide, 1000)).toBeGreaterThan(9);
  });
});
