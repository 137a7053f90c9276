import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseHTML } from "linkedom";
import { afterAll, describe, expect, test } from "vitest";
import { encodings } from "../../src/encodings/index.ts";
import { explain } from "../../src/explanation/explanation.ts";
import { explanationFigure } from "../../src/explanation/figure.ts";
import { explanationPage } from "../../src/explanation/page.ts";
import { filesIn, relpos, start, workplace } from "./relpos.ts";

const { folder, remove } = workplace("explain");
afterAll(remove);

const at = (name: string): string => path.join(folder, name);
const example = fileURLToPath(new URL("../../examples/my-encoding.ts", import.meta.url));

/** What a picture gone wrong looks like in markup. */
function gone(text: string): string[] {
  const drawn = text.replace(/data:image\/png;base64,[^"]+/g, ""); // base64 spells anything
  return drawn.match(/.{0,40}(?:NaN|Infinity|undefined|\[object).{0,40}/g) ?? [];
}

describe("in the terminal", () => {
  test("formula, paper, facts, options, source and picture, plain and in 80 columns", async () => {
    const { code, stdout, stderr } = await relpos("explain", "t5");
    expect(code, stderr).toBe(0);
    expect(stderr).toBe("");
    for (const words of [
      "t5: Each head learns one number a bucket",
      "score[h,i,j] = q_i·k_j + E[bucket(i−j), h]",
      "https://arxiv.org/abs/1910.10683",
      "Acts on          scores",
      "position.t5.table [32, 4], starts from N(0, 0.0884²)",
      "Shift-invariant  yes",
      "Reference        transformers, models/t5/modeling_t5.py, T5Attention",
      "maxDistance      All distances from here on share the last bucket.",
      "Added to the scores, mean over heads",
      "By distance, each head",
      "Learned tensors have their first values (seed 1): nothing was trained.",
    ])
      expect(stdout).toContain(words);
    expect(stdout).not.toContain("\x1b");
    const lines = stdout.split("\n");
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80);
  });

  test("--width is kept", async () => {
    for (const width of [60, 120]) {
      const { stdout } = await relpos("explain", "fire", "--width", String(width));
      const longest = Math.max(...stdout.split("\n").map((line) => [...line].length));
      expect(longest).toBeLessThanOrEqual(width);
      expect(longest).toBeGreaterThan(width / 2);
    }
  });

  test("what does nothing says so, and a composition names its layers", async () => {
    expect((await relpos("explain", "none")).stdout).toContain("there is no picture");
    const { stdout } = await relpos("explain", "layers(3*rope,none)");
    expect(stdout).toContain("with itself, layers 0, 1 and 2");
    expect(stdout).toMatch(/with itself, layer 3\n.*\n {2}0 everywhere/);
  });
});

describe("as files", () => {
  test("--svg and --html write whole files, and print only where", async () => {
    const [svg, html] = [at("a.svg"), at("a.html")];
    const { code, stdout, stderr } = await relpos("explain", "alibi", "--svg", svg, "--html", html);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(`Picture: ${svg}\nPage:    ${html}\n`);
    expect(await filesIn(folder)).toEqual(["a.html", "a.svg", "text.txt"]);
    expect(await fs.readFile(svg, "utf8")).toMatch(/^<svg xmlns=[\s\S]*<\/svg>\n$/);
    expect(await fs.readFile(html, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    // Again, over what is there.
    expect((await relpos("explain", "rope", "--svg", svg)).code).toBe(0);
    expect(await fs.readFile(svg, "utf8")).toContain(">rope</text>");
  });

  test.each(["--svg", "--html"])(
    "%s on a file of one's own is refused, and it stays",
    async (option) => {
      const own = { "--svg": "<svg><text>mine</text></svg>\n", "--html": "<h1>relpos and I</h1>" }[
        option
      ]!;
      const place = at("mine");
      await fs.writeFile(place, own);
      const { code, stderr } = await relpos("explain", "alibi", option, place);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /mine exists and was not written by relpos explain\. Give another name/,
      );
      expect(await fs.readFile(place, "utf8")).toBe(own);
      await fs.writeFile(place, "");
      expect((await relpos("explain", "alibi", option, place)).code).toBe(0);
      await fs.rm(place);
    },
  );

  test.each(encodings)(
    "$id: page and picture need nothing else and hold no wrong number",
    (definition) => {
      const explanation = explain(definition);
      const page = explanationPage(explanation);
      const figure = explanationFigure(explanation);
      expect(gone(page)).toEqual([]);
      expect(gone(figure)).toEqual([]);
      const { document } = parseHTML(page);
      expect(document.querySelectorAll("script, link, iframe, object")).toHaveLength(0);
      for (const node of document.querySelectorAll("[src], [srcset]"))
        expect(node.getAttribute("src") ?? node.getAttribute("srcset")).toMatch(/^data:image\/png/);
      for (const node of document.querySelectorAll("[href]"))
        expect(node.getAttribute("href")).toBe(definition.paper?.url);
      expect(page.match(/@import|url\((?!#)[^)]*/g)).toBeNull();
      const { parts } = explanation.picture;
      expect(document.querySelectorAll("svg.wide")).toHaveLength(parts.length);
      expect(document.querySelectorAll("svg.narrow")).toHaveLength(parts.length);
      // Both have a map for a light page and one for a dark page.
      expect(document.querySelectorAll("picture source").length).toBe(
        document.querySelectorAll("picture img").length,
      );
      for (const scheme of ["light", "dark"])
        expect(figure.match(new RegExp(`<image class="${scheme}"`, "g")) ?? []).toHaveLength(
          parts.length,
        );
      expect(explanationPage(explain(definition)) === page).toBe(true);
    },
  );

  test("names and notes may hold any character", () => {
    const evil = `<script>alert("x")</script>&'`;
    const explanation = explain(encodings[1]!);
    const spoiled = {
      ...explanation,
      facts: { ...explanation.facts, id: evil, summary: evil, formula: evil },
      notes: { reference: evil, differs: evil, options: [{ name: evil, words: evil }] },
      picture: { ...explanation.picture, notes: [evil] },
    };
    for (const text of [explanationPage(spoiled), explanationFigure(spoiled)]) {
      expect(text).not.toContain("<script");
      expect(text).toContain("&lt;script&gt;");
    }
  });
});

test("--json has facts, notes and the numbers of the picture", async () => {
  const { code, stdout } = await relpos("explain", "alibi", "--json");
  expect(code).toBe(0);
  const document = JSON.parse(stdout) as {
    readonly picture: {
      readonly positions: number;
      readonly parts: readonly {
        readonly planes: readonly (readonly (readonly (number | null)[])[])[];
        readonly byDistance: readonly { readonly heads: number[]; readonly mean: number[] }[];
      }[];
    };
  };
  expect(document).toMatchObject({
    schema: "relpos-explain/1",
    id: "alibi",
    hooks: ["bias"],
    shiftInvariant: true,
    picture: { heads: 4, layers: 4, notes: [] },
  });
  const { positions, parts } = document.picture;
  const [{ planes, byDistance }] = parts as [(typeof parts)[number]];
  expect(planes.map((plane) => [plane.length, plane[0]!.length])).toEqual(
    Array(4).fill([positions, positions]),
  );
  expect(planes[0]![7]!.slice(0, 9)).toEqual([-1.75, -1.5, -1.25, -1, -0.75, -0.5, -0.25, 0, null]);
  expect(byDistance.map(({ heads }) => heads)).toEqual([[0], [1], [2], [3]]);
  expect(byDistance[1]!.mean.slice(0, 3)).toEqual([0, -0.0625, -0.125]);
});

test("a file of one's own is explained with its own comments", async () => {
  const source = await fs.readFile(example, "utf8");
  const own = source
    .replace("../src/index.ts", "relpos")
    .replace(" * @module", " * Reference:  my notebook\n * Differs:    in nothing\n *\n * @module")
    .replaceAll("../src/index.ts", "relpos");
  await fs.writeFile(at("mine.ts"), own);
  const { code, stdout, stderr } = await start(["explain", "./mine.ts"], { cwd: folder }).outcome;
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("learned-slope: Each head lowers a score");
  expect(stdout).toMatch(/Reference +my notebook\n +Differs +in nothing/);
  expect(stdout).toContain("−47 │"); // its slopes start at 1
});

describe("bad input", () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["an unknown id", ["ropee"], /encoding "ropee" is unknown\. Did you mean "rope"\?/],
    ["nothing", [], /missing required argument "encoding"/],
    ["two", ["rope", "alibi"], /too many arguments for "explain"/],
    [
      "a folder to write to",
      ["rope", "--svg", folder],
      /cannot write .*: it is a folder\. Give the name of a file/,
    ],
    [
      "a folder that is not there",
      ["rope", "--html", at("gone/a.html")],
      /its folder does not exist\. Make the folder first/,
    ],
    ["no name", ["rope", "--svg", " "], /It must be the name of a file/],
    [
      "one file for both",
      ["rope", "--svg", at("x"), "--html", at("x")],
      /both name .*Give two names/,
    ],
    ["a width of nothing", ["rope", "--width", "3"], /It must be a whole number from 60 to 1000/],
    ["an option that is none", ["rope(sides=3)"], /rope: it has no option "sides"/],
  ];
  test.each(cases)("%s", async (_, args, message) => {
    const { code, stdout, stderr } = await relpos("explain", ...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^relpos: [^\n]*[.?]\n$/);
    expect(stderr).toMatch(message);
  });
});
