import { describe, expect, test } from "vitest";
import { wordTokenizer, wordTokenizerOf } from "../../src/data/word-tokenizer.ts";
import { tokenizerFrom } from "../../src/data/tokenizers.ts";
import { InputError } from "../../src/errors.ts";

const tokenizer = wordTokenizer(["jump twice", "turn left twice and jump"]);

describe("a vocabulary of words", () => {
  test("has each word once, in the order of strings", () => {
    expect(tokenizer.config).toEqual({
      id: "word",
      words: [" and", " jump", " left", " turn", " twice"],
    });
    expect([tokenizer.vocab, tokenizer.lossless, tokenizer.leadingSpace]).toEqual([5, true, true]);
    expect(tokenizer.encode("jump left")).toEqual(Int32Array.of(1, 2));
    expect(tokenizer.decode([3, 2, 4])).toBe("turn left twice");
    expect(tokenizer.decode([])).toBe("");
    expect(tokenizer.encode("")).toHaveLength(0);
  });

  test("is made again from what a run records", () => {
    expect(tokenizerFrom(tokenizer.config).encode("turn twice")).toEqual(Int32Array.of(3, 4));
  });

  test.each([
    "one two",
    "one\ntwo  three",
    "  leading and trailing  ",
    "tabs\tand\r\nlines",
    " ",
    "中文 没有 空格 🙂 é",
  ])("gives back %j, and its bytes with the first space", (text) => {
    const own = wordTokenizer([text]);
    const ids = own.encode(text);
    expect(own.decode(ids)).toBe(text);
    const bytes = new TextEncoder().encode(` ${text}`);
    expect(own.bytes(ids)).toEqual(bytes);
    expect(own.byteLength(ids)).toBe(bytes.length);
    expect(own.encode(new TextEncoder().encode(text))).toEqual(ids);
  });
});

describe("refused", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["no text", () => wordTokenizer([""]), /the training text is empty/],
    ["a word twice", () => wordTokenizerOf([" a", " a"]), /has a word twice/],
    ["two words in one", () => wordTokenizerOf([" a b"]), /what is no word/],
    [
      "an unknown word",
      () => tokenizer.encode("jump around right around"),
      /^word: "around", word 2 of this text, is not among the 5 words of the training text, nor is 1 other\. Use the "byte"/,
    ],
    ["an id outside", () => tokenizer.decode([0, 5]), /word: token id 5 is outside 0 … 4/],
    ["its length", () => tokenizer.byteLength([-1]), /token id -1 is outside/],
  ])("%s", (_, action, message) => {
    expect(action).toThrow(message);
    expect(action).toThrow(InputError);
  });
});
