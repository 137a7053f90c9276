import { expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { charTokenizer } from "../../src/data/char-tokenizer.ts";
import { encodeExactly } from "../../src/data/exact-encoding.ts";
import { tokenizerOf, trainedDocument, wordPiece } from "./trained-document.ts";

const text = "the whale\n the white whale 🐋\r\n";

test.each([
  ["byte", byteTokenizer()],
  ["char", charTokenizer(text)],
  ["bpe", tokenizerOf(trainedDocument(text))],
  ["bpe-metaspace", tokenizerOf(trainedDocument(text, { kind: "bpe-metaspace" }))],
])(
  "%s: the bytes of what is predicted are those of the text after the first token",
  (_, tokenizer) => {
    for (const given of [text, ` ${text}`.slice(0, 12)]) {
      const usable = tokenizer.id === "char" ? text : given;
      const ids = encodeExactly(tokenizer, usable, "the text");
      const size = new TextEncoder().encode(usable).length;
      const first = new TextEncoder().encode(tokenizer.decode(ids.subarray(0, 1))).length;
      const spaceKept = usable.startsWith(" ") && tokenizer.leadingSpace ? 1 : 0;
      expect(tokenizer.byteLength(ids.subarray(1))).toBe(size - first - spaceKept);
    }
  },
);

test("a tokenizer that changes the text is refused, and the line is named where it is known", () => {
  const lower = JSON.stringify({
    ...(JSON.parse(trainedDocument(text)) as object),
    normalizer: { type: "Lowercase" },
  });
  const tokenizer = tokenizerOf(lower);
  expect(encodeExactly(tokenizer, text, "moby-dick").length).toBeGreaterThan(3);
  const changed = (): unknown => encodeExactly(tokenizer, "a line\nand Another\n", "moby-dick");
  expect(changed).toThrow(InputError);
  expect(changed).toThrow(/tokenizer tokenizer\.json does not give back line 2 of moby-dick,/);
  expect(() => encodeExactly(tokenizerOf(wordPiece), "the cat", "moby-dick")).toThrow(
    /does not give back moby-dick,.*relpos tokenizer train/,
  );
});

test("a text that has ▁ of its own is refused by a tokenizer that has it for spaces", () => {
  const tokenizer = tokenizerOf(trainedDocument(text, { kind: "bpe-metaspace" }));
  expect(() => encodeExactly(tokenizer, "one\ntwo ▁ three", "it")).toThrow(/line 2 of it/);
});

test("a character that is left out, because nothing stands for what is unknown, is noticed", () => {
  const tokenizer = tokenizerOf(trainedDocument(text).replace('"z": 89', '"zzzz": 89'));
  expect(tokenizer.decode(tokenizer.encode("a zebra"))).toBe("a ebra");
  expect(() => encodeExactly(tokenizer, "a\nzebra", "it")).toThrow(/line 2 of it/);
});
