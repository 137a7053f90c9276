import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { charTokenizer } from "../../src/data/char-tokenizer.ts";
import type { TokenizerConfig } from "../../src/data/tokenizer.ts";
import { makeTokenizer, tokenizerFrom, tokenizerIds } from "../../src/data/tokenizers.ts";

const texts = [
  "",
  "Call me Ishmael.\n",
  "Œη—ח",
  "a\u0000b",
  "\uFEFFmarked",
  "whale 🐋 e\u0301",
  "\r\n\t",
];

describe.each(tokenizerIds)("%s", (id) => {
  // With a space before each, as "word" reads them.
  const training = texts.join(" ");
  const tokenizer = makeTokenizer(id, training);

  test.each(texts)("decode is the inverse of encode for %j, and byteLength is exact", (text) => {
    const ids = tokenizer.encode(text);
    expect(tokenizer.decode(ids)).toBe(text);
    const space = tokenizer.leadingSpace && text !== "" ? 1 : 0;
    expect(tokenizer.byteLength(ids)).toBe(new TextEncoder().encode(text).length + space);
    expect(ids.every((token) => token >= 0 && token < tokenizer.vocab)).toBe(true);
  });

  test("bytes of UTF-8 give the ids of the text", () => {
    expect(tokenizer.encode(new TextEncoder().encode(training))).toEqual(
      tokenizer.encode(training),
    );
  });

  test("tokenizerFrom restores it from its configuration as JSON", () => {
    const again = tokenizerFrom(JSON.parse(JSON.stringify(tokenizer.config)) as TokenizerConfig);
    expect(again.vocab).toBe(tokenizer.vocab);
    expect(again.encode(training)).toEqual(tokenizer.encode(training));
  });

  test("an id outside the vocabulary is refused", () => {
    for (const token of [-1, tokenizer.vocab, 0.5])
      expect(() => tokenizer.decode([token])).toThrow(`outside 0 … ${tokenizer.vocab - 1}`);
  });
});

test("byte: ids are the bytes of UTF-8", () => {
  expect([...byteTokenizer().encode("aé")]).toEqual([97, 195, 169]);
  expect(byteTokenizer().vocab).toBe(256);
});

test("byte: incomplete characters, which a model can generate, decode without an error", () => {
  const whale = [...byteTokenizer().encode("🐋")];
  expect(byteTokenizer().decode(whale.slice(0, 2))).toBe("\uFFFD");
  expect(byteTokenizer().decode([65, 0xff, 0x80, 66])).toBe("A\uFFFD\uFFFDB");
});

test("char: ids follow the code points, beyond the first 65,536 too", () => {
  // Sorted as UTF-16, 🐋 (D83D DC0B) would come before ﬀ (FB00).
  const tokenizer = charTokenizer("🐋ﬀba\nba");
  expect(tokenizer.vocab).toBe(5);
  expect(tokenizer.decode([0, 1, 2, 3, 4])).toBe("\nabﬀ🐋");
  expect([...tokenizer.encode("ab🐋")]).toEqual([1, 2, 4]);
});

test("char: a character outside the vocabulary is refused with its position and a remedy", () => {
  const tokenizer = charTokenizer("abc 🐋");
  expect(() => tokenizer.encode("🐋 cœb")).toThrow(InputError);
  expect(() => tokenizer.encode("🐋 cœb")).toThrow(
    /"œ" \(U\+0153\), character 4 of this text, is not among the 5 characters.*"byte" tokenizer/,
  );
  expect(() => tokenizer.encode("a\u0007")).toThrow(/"\\u0007" \(U\+0007\), character 2/);
  expect(() => tokenizer.byteLength([5])).toThrow(/id 5 is outside 0 … 4/);
  expect(() => byteTokenizer().byteLength([97, -1])).toThrow(
    /byte: token id -1 is outside 0 … 255/,
  );
  expect(() => byteTokenizer().byteLength([256])).toThrow(/byte: token id 256 is outside 0 … 255/);
});

test("char: refuses an empty text and a vocabulary with a character twice", () => {
  expect(() => charTokenizer("")).toThrow(/training text is empty/);
  expect(() => tokenizerFrom({ id: "char", characters: "aba" })).toThrow(/has a character twice/);
});

test("an unknown tokenizer is refused with the nearest known one", () => {
  expect(() => makeTokenizer("chars", "a")).toThrow(
    /Did you mean "char"\? Known: byte, char, word, or a file whose name ends in \.json\./,
  );
});
