import { describe, expect, test } from "vitest";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { charTokenizer } from "../../src/data/char-tokenizer.ts";
import { decodeStream } from "../../src/data/decode-stream.ts";
import type { Tokenizer } from "../../src/data/tokenizer.ts";
import { tokenizerOf, trainedDocument, wordPiece } from "./trained-document.ts";

const text = "the whale 🐋 e\u0301 日本 \uFEFF\n";
const training = "the whale the white whale\n";
const tokenizers: [string, Tokenizer][] = [
  ["byte", byteTokenizer()],
  ["char", charTokenizer(text)],
  ["bpe", tokenizerOf(trainedDocument(training))],
  ["bpe-metaspace", tokenizerOf(trainedDocument(training, { kind: "bpe-metaspace" }))],
];

describe.each(tokenizers)("%s", (_, tokenizer) => {
  const ids = [...tokenizer.encode(text)];

  test("token by token, the pieces are whole characters and join to the text", () => {
    const stream = decodeStream(tokenizer);
    const pieces = [...ids.map((id) => stream.push([id])), stream.end()];
    expect(pieces.join("")).toBe(text);
    expect(pieces.join("|")).not.toContain("\uFFFD");
    expect(pieces.some((piece) => piece.includes("🐋"))).toBe(true);
  });

  test("wherever the prompt ends between characters, the rest follows it", () => {
    for (let cut = 1; cut < ids.length; cut++) {
      const before = tokenizer.decode(ids.slice(0, cut));
      if (before.includes("\uFFFD")) continue; // inside a character
      const stream = decodeStream(tokenizer, ids.slice(0, cut));
      expect(before + stream.push(ids.slice(cut)) + stream.end()).toBe(text);
    }
  });

  test("nothing is pushed by no tokens", () => {
    const stream = decodeStream(tokenizer);
    expect([stream.push([]), stream.push(ids) + stream.end()]).toEqual(["", text]);
  });
});

test("a character that stays incomplete is held back until the end", () => {
  const stream = decodeStream(byteTokenizer());
  const whale = [...byteTokenizer().encode("a🐋")];
  expect(stream.push(whale.slice(0, 3))).toBe("a");
  expect(stream.push([])).toBe("");
  expect(stream.end()).toBe("\uFFFD");
  const other = decodeStream(byteTokenizer());
  expect([0xf0, 0x9f, 0x41].map((byte) => other.push([byte]))).toEqual(["", "", "\uFFFDA"]);
});

test("a prompt that ends inside a character is completed by what follows", () => {
  const whale = [...byteTokenizer().encode("🐋!")];
  const stream = decodeStream(byteTokenizer(), whale.slice(0, 2));
  expect(stream.push(whale.slice(2))).toBe("🐋!");
});

test("WordPiece: what a token means depends on those before, and the pieces join to the text", () => {
  const tokenizer = tokenizerOf(wordPiece);
  const stream = decodeStream(tokenizer);
  expect([1, 2, 3, 4].map((id) => stream.push([id]))).toEqual(["the", " cat", "s", " sat"]);
  expect(stream.end()).toBe("");
  expect(decodeStream(tokenizer, [1]).push([2])).toBe(" cat");
});
