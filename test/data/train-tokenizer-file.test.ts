/**
 * Training a tokenizer from files to a file.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { readTokenizerFile } from "../../src/data/tokenizer-files.ts";
import { trainTokenizer } from "../../src/data/train-tokenizer-file.ts";
import type { TokenizerProgress } from "../../src/data/train-tokenizer-file.ts";
import { trainedDocument } from "./trained-document.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "relpos-train-tokenizer-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);
const file = (name: string, content: string): string => {
  writeFileSync(at(name), content);
  return at(name);
};
const first = file("first.txt", "the whale, the whale\r\nthe end");
const second = file("second.txt", "the white whale 🐋\n");
const settings = { vocab: 300 };

test("files are read in their order, each line a text of its own", async () => {
  const out = at("both.json");
  const trained = await trainTokenizer({ corpus: { text: [first, second] }, out, settings });
  const written = readFileSync(out, "utf8");
  expect(written).toBe(
    trainedDocument("the whale, the whale\r\nthe end\nthe white whale 🐋\n", settings),
  );
  const { tokenizer } = await readTokenizerFile(out);
  const { merges } = (JSON.parse(written) as { model: { merges: unknown[] } }).model;
  expect(trained).toEqual({
    ...{ path: out, kind: "bpe", vocab: tokenizer.vocab, merges: merges.length },
    ...{ lines: 3, bytes: readFileSync(first).length + readFileSync(second).length },
    tokens: ["the whale, the whale\r\n", "the end", "the white whale 🐋\n"]
      .map((line) => tokenizer.encode(line).length)
      .reduce((a, b) => a + b),
    sha256: createHash("sha256").update(written).digest("hex"),
  });
});

test("a corpus by name is cut into lines like a file", async () => {
  const out = at("corpus.json");
  const trained = await trainTokenizer({ corpus: { name: "moby-dick" }, out, settings });
  expect(trained).toMatchObject({ vocab: 300, merges: 44, bytes: 1220848 });
  const { model } = JSON.parse(readFileSync(out, "utf8")) as { model: { merges: string[][] } };
  expect(model.merges[0]).toEqual(["Ġ", "t"]);
});

test("a training that is stopped writes nothing, whether it reads or merges", async () => {
  const text = Array.from({ length: 20_000 }, (_, n) => `${(n * 7919) % 65537} ${n}\n`).join("");
  const large = file("large.txt", text);
  for (const stage of ["reading", "merging"]) {
    const stop = new AbortController();
    const seen: TokenizerProgress[] = [];
    const trained = await trainTokenizer({
      ...{ corpus: { text: [large] }, out: at("stopped.json"), signal: stop.signal },
      settings: { vocab: 20_000, minFrequency: 1 },
      onProgress(progress) {
        seen.push(progress);
        if (progress.stage === stage) stop.abort();
      },
    });
    expect(trained, stage).toBeUndefined();
    const { done, total } = seen.at(-1)!;
    expect(seen.at(-1)!.stage).toBe(stage);
    expect([done > 0, done <= total]).toEqual([true, true]);
  }
  expect(readdirSync(folder).filter((name) => /stopped/.test(name))).toEqual([]);
});

describe("what cannot be is refused, and nothing is written", () => {
  const taken = file("taken.json", "mine");
  const blank = file("blank.txt", " \n\t\n");
  const corpus = { text: [first] };
  const out = at("refused.json");
  test.each([
    ["no files", { corpus: { text: [] }, out }, /no text was given/],
    ["a missing file", { corpus: { text: [at("no.txt")] }, out }, /no\.txt does not exist/],
    ["white space alone", { corpus: { text: [blank] }, out }, /empty or has only white space/],
    ["an unknown corpus", { corpus: { name: "moby" }, out }, /corpus "moby" is unknown/],
    ["a vocabulary without room", { corpus, out, settings: { vocab: 255 } }, /256 tokens or more/],
    [
      "room for bytes and no characters",
      { corpus, out, settings: { kind: "bpe-metaspace" as const, vocab: 260 } },
      /must have 26\d tokens or more .* 256 reserved tokens and \d+ single characters/,
    ],
    ["no number", { corpus, out, settings: { vocab: 1.5 } }, /"vocab" must be a whole number/],
    ["an unknown kind", { corpus, out, settings: { kind: "bep" as "bpe" } }, /mean "bpe"/],
    [
      "a special token twice",
      { corpus, out, settings: { specialTokens: ["<s>", "<s>"] } },
      /twice/,
    ],
    ["a byte's name", { corpus, out, settings: { specialTokens: ["<0x0A>"] } }, /name of a byte/],
    ["one character", { corpus, out, settings: { specialTokens: ["a"] } }, /fewer than two/],
    ["a file that exists", { corpus, out: taken }, /taken\.json exists.*another --out/],
    ["no folder", { corpus, out: at("no/t.json") }, /its folder does not exist/],
  ])("%s", async (_, request, message) => {
    const before = readdirSync(folder);
    await expect(trainTokenizer(request)).rejects.toThrow(InputError);
    await expect(trainTokenizer(request)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(taken, "utf8")).toBe("mine");
  });
});
