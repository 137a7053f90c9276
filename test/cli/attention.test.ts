import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { relpos, workplace } from "./relpos.ts";

const { folder, text, remove } = workplace("attention");
afterAll(remove);
const at = (name: string): string => path.join(folder, name);
const small = ["--width", "16", "--heads", "2", "--encoder-layers", "1", "--decoder-layers", "2"];
const data = ["--task", "translate", "--data", "dates(train=60,test=8)", "--tokenizer", "char"];
const show = (...args: string[]): ReturnType<typeof relpos> => relpos("attention", ...args);

beforeAll(async () => {
  const train = ["train", ...data, ...small, "--batch", "8", "--steps", "2", "--threads", "1"];
  expect((await relpos(...train, "--out", at("run"))).code).toBe(0);
  const only = ["--architecture", "decoder-only", "--decoder-layers", "1", "--width", "16"];
  const other = ["train", ...data, ...only, "--heads", "2", "--steps", "1", "--threads", "1"];
  expect((await relpos(...other, "--out", at("only"))).code).toBe(0);
}, 60_000);

describe("relpos attention", () => {
  const pair = ["--model", at("run"), "--source", "4 May", "--target", "2031"];

  test("prints a map for each layer, with the tokens that get most of the target's attention", async () => {
    const { code, stdout } = await show(...pair);
    expect(code).toBe(0);
    expect(stdout.match(/mean over 2 heads/g)).toHaveLength(5);
    expect(stdout).toContain("Decoder: from target to source, layer 2, mean over 2 heads");
    expect(stdout).toMatch(/\(begin\) @@\n/);
    expect(stdout).toMatch(/\n +1 {2}(\S+ 0\.\d\d {2}){2}\S+ 0\.\d\d\n/);
  });

  test("as JSON has a weight for each head, query and key, and null for keys that are not seen", async () => {
    const { code, stdout } = await show(...pair, "--json");
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as {
      readonly tokens: { readonly source: string[]; readonly target: string[] };
      readonly weights: readonly {
        readonly attention: string;
        readonly heads: (number | null)[][];
      }[];
    };
    expect(document.tokens.source).toEqual(["4", "␣", "M", "a", "y", "(end)"]);
    expect(document.tokens.target).toEqual(["(begin)", "2", "0", "3", "1"]);
    const sizes = document.weights.map(({ attention, heads }) => [attention, heads[1]!.length]);
    expect(sizes).toEqual([
      ["encoder", 36],
      ...Array.from({ length: 2 }, () => ["decoder", 25]),
      ...Array.from({ length: 2 }, () => ["cross", 30]),
    ]);
    const decoder = document.weights[1]!.heads[0]!;
    expect(decoder.filter((weight) => weight === null)).toHaveLength(10);
    expect(decoder[0]).toBe(1);
  });

  test("writes a page, of what the model writes where no target is given", async () => {
    const page = at("attention.html");
    const { code, stdout } = await show("--model", at("run"), "--source", "4 May", "--html", page);
    expect([code, stdout]).toEqual([0, `Wrote ${page}\n`]);
    const html = readFileSync(page, "utf8");
    expect(html.match(/<figure class="card">/g)).toHaveLength(2 * 5);
    expect(html).toContain("(begin)</text>");
    const again = await show(...pair, "--html", page);
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/is there already/)]);
  });

  test.each([
    ["a decoder-only run", ["--model", at("only"), "--source", "4"], /shown of encoder-decoders/],
    ["an empty source", ["--model", at("run"), "--source", " "], /--source is empty/],
    [
      "a long source",
      ["--model", at("run"), "--source", "4".repeat(200)],
      /the source has 201 tokens/,
    ],
    ["a character that it lacks", ["--model", at("run"), "--source", "☃"], /☃/],
    ["no run", ["--model", path.dirname(text), "--source", "4"], /run\.json/],
  ])("%s is refused", async (_, args, message) => {
    const { code, stdout, stderr } = await show(...args, "--target", "2");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
