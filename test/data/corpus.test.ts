import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError, RunError } from "../../src/errors.ts";
import { loadCorpus, packedCorpus } from "../../src/data/corpus-files.ts";

let folder: string;
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "relpos-corpus-"));
});
afterAll(async () => {
  await fs.rm(folder, { recursive: true });
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const place = path.join(folder, name);
  await fs.writeFile(place, content);
  return place;
}

describe("named corpora", () => {
  test("moby-dick, the default, is the whole book in order", async () => {
    const corpus = await loadCorpus();
    expect(corpus.name).toBe("moby-dick");
    expect(corpus.text.startsWith("CONTENTS\n\n\nETYMOLOGY.\n")).toBe(true);
    expect(corpus.text.endsWith("only found another orphan.\n")).toBe(true);
    const headings = [...corpus.text.matchAll(/\n\nCHAPTER (\d+)\. [^\n]+\n\n(?!CHAPTER)/g)];
    expect(headings.slice(-134).map((heading) => Number(heading[1]))).toEqual(
      Array.from({ length: 134 }, (_, i) => i + 2),
    );
    expect(corpus.bytes).toBe(Buffer.byteLength(corpus.text));
    expect(corpus.bytes).toBe(1_220_848);
    expect(corpus.source).toContain("139 sections");
  });

  // Published numbers were measured on these bytes.
  test("the bytes of both are those of every earlier version", async () => {
    const sums = await Promise.all(["moby-dick", "sotu"].map((name) => loadCorpus({ name })));
    expect(sums.map(({ text }) => createHash("sha256").update(text).digest("hex"))).toEqual([
      "0af87669e16afbac484ab450db3343221bc6582e65565fcaa535807b5c1df370",
      "2b84ddbf684a5a9da5a6b2c711bbe26f937b7649e7ec4ff140b7504635e599d0",
    ]);
  });

  test.each([
    ["cut short", brotliCompressSync("CONTENTS\n".repeat(99)).subarray(0, 20)],
    ["another text", brotliCompressSync("CONTENTS\n")],
    ["not compressed", "CONTENTS\n"],
  ])("a file that is %s is refused, with its path", async (_, content) => {
    await file("moby-dick.txt.br", content);
    const damaged = packedCorpus("moby-dick", pathToFileURL(`${folder}/`));
    await expect(damaged).rejects.toThrow(RunError);
    await expect(damaged).rejects.toThrow(
      `the corpus in ${path.join(folder, "moby-dick.txt.br")} is missing or damaged (`,
    );
  });

  test("so is one that is missing", async () => {
    const missing = packedCorpus("sotu", pathToFileURL(`${folder}/`));
    await expect(missing).rejects.toThrow(/damaged \(ENOENT.*\)\. Install relpos again\.$/);
  });

  test("sotu is every address by year", async () => {
    const corpus = await loadCorpus({ name: "sotu" });
    expect(corpus.source).toContain("233 sections");
    expect(corpus.bytes).toBeGreaterThan(10_700_000);
    const washington = corpus.text.indexOf("Fellow-Citizens of the Senate and House");
    expect(washington).toBe(0);
    expect(corpus.text.indexOf("COVID")).toBeGreaterThan(corpus.text.length * 0.95);
  });

  test("an unknown name is refused with the nearest known one", async () => {
    await expect(loadCorpus({ name: "mobydick" })).rejects.toThrow(
      'corpus "mobydick" is unknown. Did you mean "moby-dick"? Known: moby-dick, sotu.',
    );
    await expect(loadCorpus({ name: "shakespeare" })).rejects.toThrow(/is unknown\. Known/);
  });
});

describe("files", () => {
  test("one file is read unchanged, with its line ends and accents", async () => {
    const text = "  Ünïcode\r\nline two \uFFFD 🐋\n\n";
    const corpus = await loadCorpus({ text: [await file("one.txt", text)] });
    expect(corpus.text).toBe(text);
    expect(corpus.name).toBe("one.txt");
    expect(corpus.notes).toEqual([]);
    expect(corpus.sha256).toBe(createHash("sha256").update(text).digest("hex"));
  });

  test("several files are joined by a blank line in their order, and the source says so", async () => {
    const files = [await file("b.txt", "second"), await file("a.txt", "first\n")];
    const corpus = await loadCorpus({ text: files });
    expect(corpus.text).toBe("second\n\nfirst\n");
    expect(corpus.name).toBe("b.txt + a.txt");
    expect(corpus.source).toMatch(/b\.txt, .*a\.txt, joined by blank lines in this order/);
  });

  test("a byte order mark is dropped", async () => {
    const corpus = await loadCorpus({ text: [await file("mark.txt", "\uFEFFtext")] });
    expect(corpus.text).toBe("text");
    expect(corpus.bytes).toBe(4);
  });

  test("a few invalid bytes are replaced and counted", async () => {
    const bytes = Buffer.concat([Buffer.from("a".repeat(999)), Buffer.from([0xe9])]);
    const corpus = await loadCorpus({ text: [await file("nearly.txt", bytes)] });
    expect(corpus.text.endsWith("a\uFFFD")).toBe(true);
    expect(corpus.notes).toEqual([expect.stringMatching(/nearly\.txt: 1 invalid piece/)]);
  });
});

describe("refuses with the file, the fault and the remedy", () => {
  const random = Uint8Array.from({ length: 5000 }, (_, i) => 1 + ((i * i * 31 + 7 * i) % 255));
  const cases: [string, () => string | Promise<string>, RegExp][] = [
    ["a missing file", () => path.join(folder, "none.txt"), /none\.txt does not exist\. Check/],
    [
      "a path through a file",
      async () => path.join(await file("plain", "x"), "deeper.txt"),
      /deeper\.txt does not exist/,
    ],
    ["a folder", () => folder, /is a folder\. Name the files inside, for example .*\*\.txt/],
    ["an empty file", () => file("empty.txt", ""), /empty\.txt is empty\. Name a file/],
    ["white space", () => file("blank.txt", " \n\t\n"), /blank\.txt has only white space/],
    ["NUL bytes", () => file("nul.bin", "text\0text"), /nul\.bin looks binary: it contains NUL/],
    ["random bytes", () => file("noise.bin", random), /noise\.bin (is not UTF-8|looks binary)/],
    [
      "control characters",
      () => file("control.bin", "\u0001\u0002abc".repeat(50)),
      /control\.bin looks binary: 40\.0 % of it are control characters/,
    ],
    [
      "Latin-1",
      () => file("latin.txt", Buffer.from("été à la plage ".repeat(20), "latin1")),
      /latin\.txt is not UTF-8: 20\.0 % .* iconv -f LATIN1/,
    ],
    [
      "UTF-16",
      () => file("wide.txt", Buffer.from("\uFEFFhello", "utf16le")),
      /wide\.txt is UTF-16\. Convert it first/,
    ],
    ["gzip", () => file("text.gz", gzipSync("hello")), /text\.gz is compressed with gzip/],
    ["zip", () => file("doc.docx", "PK\u0003\u0004rest"), /doc\.docx is a zip archive/],
    ["a PDF", () => file("paper.pdf", "%PDF-1.7 rest"), /paper\.pdf is a PDF/],
    ["a device", () => "/dev/null", /\/dev\/null is not a regular file/],
  ];
  test.each(cases)("%s", async (_, make, message) => {
    const loading = loadCorpus({ text: [await make()] });
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toBeInstanceOf(InputError);
  });

  test("no file at all", async () => {
    await expect(loadCorpus({ text: [] })).rejects.toThrow(/no text was given\. Name at least one/);
  });

  test("the same file twice, by another path", async () => {
    const place = await file("twice.txt", "text");
    const other = path.join(folder, "..", path.basename(folder), "twice.txt");
    const link = path.join(folder, "link.txt");
    await fs.symlink(place, link);
    for (const second of [place, other, link])
      await expect(loadCorpus({ text: [place, second] })).rejects.toThrow(/is the same file as/);
  });
});
