/**
 * The tokenizer of a tokenizer.json: round trips, bytes, and documents that cannot be.
 */
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { trainableKinds } from "../../src/data/bpe/pieces.ts";
import { tokenizerFrom } from "../../src/data/tokenizers.ts";
import { tokenizerOf, trainedDocument, wordPiece } from "./trained-document.ts";

const training = "the whale, the white whale\nthe whales\n".repeat(3);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const texts = [
  "",
  "the whale",
  "the white  whale\r\n\tthe\n\n",
  "whale 🐋 e\u0301 日本\u3000ﬀ",
  "\uFEFFmarked\u0085",
  "a\u0000b <0x41> </s>",
  "__proto__ constructor 7 10",
];

describe.each(trainableKinds)("%s", (kind) => {
  const document = trainedDocument(training, {
    kind,
    vocab: 400,
    specialTokens: ["<pad>", "</s>"],
  });
  const tokenizer = tokenizerOf(document);
  const leading = kind === "bpe" ? 0 : 1;

  test.each(texts)("decode is the inverse of encode for %j, and bytes are counted", (text) => {
    const ids = tokenizer.encode(text);
    const extra = text === "" ? 0 : leading;
    expect(tokenizer.decode(ids)).toBe(text);
    expect(tokenizer.byteLength(ids)).toBe(bytesOf(text).length + extra);
    expect(tokenizer.bytes(ids).subarray(extra)).toEqual(bytesOf(text));
  });

  test("each token counts the bytes that it adds", () => {
    const ids = tokenizer.encode(texts.join(""));
    const each = [...ids].map((id) => tokenizer.byteLength([id]));
    expect(each.reduce((a, b) => a + b)).toBe(tokenizer.byteLength(ids));
    expect([...tokenizer.bytes(ids)]).toEqual([...ids].flatMap((id) => [...tokenizer.bytes([id])]));
  });

  test("bytes of UTF-8 give the ids of the text, and special tokens have the first ids", () => {
    expect(tokenizer.encode(bytesOf("the whale 🐋"))).toEqual(tokenizer.encode("the whale 🐋"));
    expect([...tokenizer.encode("<pad></s>")]).toEqual([0, 1]);
    expect(tokenizer.byteLength([0, 1])).toBe("<pad></s>".length);
  });

  test("frequent words are one token", () => {
    expect(tokenizer.encode(" whale")).toHaveLength(1);
    expect(tokenizer.lossless).toBe(true);
    expect(tokenizer.vocab).toBeLessThanOrEqual(400);
  });

  test("an id outside the vocabulary is refused", () => {
    for (const token of [-1, tokenizer.vocab, 0.5])
      for (const call of ["decode", "bytes", "byteLength"] as const)
        expect(() => tokenizer[call]([0, token]), call).toThrow(
          `tokenizer.json: token id ${token} is outside 0 … ${tokenizer.vocab - 1}`,
        );
  });

  test("tokenizerFrom restores it with the text of its file, and asks for it", () => {
    const again = tokenizerFrom(tokenizer.config, document);
    expect(again.encode(training)).toEqual(tokenizer.encode(training));
    expect(() => tokenizerFrom(tokenizer.config)).toThrow(/file tokenizer\.json.*second argument/);
  });
});

test("a decoder as Llama has it is read as one that puts tokens side by side", () => {
  const metaspace = trainedDocument(training, { kind: "bpe-metaspace", vocab: 400 });
  const decoders = [
    { type: "Replace", pattern: { String: "▁" }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
    { type: "Strip", content: " ", start: 1, stop: 0 },
  ];
  const llama = JSON.stringify({
    ...(JSON.parse(metaspace) as object),
    decoder: { type: "Sequence", decoders },
  });
  const [ours, theirs] = [tokenizerOf(metaspace), tokenizerOf(llama)];
  const ids = ours.encode("the white whale 🐋");
  expect([theirs.lossless, theirs.leadingSpace]).toEqual([true, true]);
  expect(theirs.bytes(ids)).toEqual(ours.bytes(ids));
  expect(theirs.decode(ids)).toBe("the white whale 🐋");
});

test("WordPiece, whose spaces depend on neighbours, is not lossless", () => {
  const tokenizer = tokenizerOf(wordPiece);
  const ids = tokenizer.encode("The  cats SAT dog");
  expect([...ids]).toEqual([1, 2, 3, 4, 0]);
  expect(tokenizer.decode(ids)).toBe("the cats sat [UNK]");
  expect([tokenizer.lossless, tokenizer.leadingSpace]).toEqual([false, false]);
});

describe("documents and texts that cannot be", () => {
  test.each([
    ["no JSON", "vocab", /^tokenizer\.json is no tokenizer\.json that can be read: /],
    ["an object without parts", "{}", /no tokenizer\.json that can be read: .*model/],
    ["a list", "[]", /no tokenizer\.json that can be read/],
    [
      "another model",
      wordPiece
        .replace('"type":"WordPiece","unk', '"type":"Odd","unk')
        .replace('"vocab"', '"words"'),
      /Unknown TokenizerModel type: Odd/,
    ],
  ])("%s", (_, document, message) => {
    expect(() => tokenizerOf(document)).toThrow(InputError);
    expect(() => tokenizerOf(document)).toThrow(message);
  });

  const withId = (id: string): string => wordPiece.replace('"[UNK]":0', `"[UNK]":${id}`);
  test.each([
    ["-1", "-1"],
    ["0.5", "0.5"],
    ["2147483648", "2147483648"],
    ["4294967297", "4294967297"],
    ['"0"', '"0"'],
    ["null", "null"],
  ])("a token with the id %s, which arrays would take for another", (written, named) => {
    expect(() => tokenizerOf(withId(written))).toThrow(
      `tokenizer.json: the token "[UNK]" has the id ${named}. Ids are whole numbers from 0 to 16777215.`,
    );
  });

  test("two tokens with one id, and an added token whose id is none", () => {
    expect(() => tokenizerOf(withId("1"))).toThrow(
      'tokenizer.json: the tokens "[UNK]" and "the" have the same id, 1. Give each an id of its own.',
    );
    const added = wordPiece.replace(
      '"added_tokens":[]',
      '"added_tokens":[{"id":4294967301,"content":"<s>","special":true}]',
    );
    expect(() => tokenizerOf(added)).toThrow('the token "<s>" has the id 4294967301.');
  });

  test("an id between others that no token has is named as such", () => {
    const tokenizer = tokenizerOf(withId("7"));
    expect(tokenizer.vocab).toBe(8);
    for (const call of ["decode", "bytes", "byteLength"] as const) {
      expect(() => tokenizer[call]([1, 6])).toThrow(
        "tokenizer.json has no token with the id 6, though it has ids up to 7.",
      );
      expect(() => tokenizer[call]([1, 8])).toThrow("token id 8 is outside 0 … 7");
    }
  });

  test("a word without a token, where what is unknown has none either", () => {
    const tokenizer = tokenizerOf(wordPiece.replace('"[UNK]":0,', '"[unused]":0,'));
    expect([...tokenizer.encode("the cat")]).toEqual([1, 2]);
    expect(() => tokenizer.encode("the dog")).toThrow(InputError);
    expect(() => tokenizer.encode("the dog")).toThrow(/tokenizer\.json has no token for "\[UNK\]"/);
  });

  test.each<[string, string, RegExp]>([
    [
      '"added_tokens":[]',
      '"added_tokens":[7]',
      /entry 1 of "added_tokens" has no text under "content"/,
    ],
    [
      '"added_tokens":[]',
      '"added_tokens":{"a":1}',
      /a part of it has another form than such files have/,
    ],
    ['"added_tokens":[]', '"added_tokens":[{"content":"<s>"}]', /the token "<s>" has no id/],
    [
      /"decoder":(null|\{[^}]*\})/.exec(wordPiece)![0],
      '"decoder":{"a":1}',
      /its decoder has no word for its "type"/,
    ],
    [/"model":/.exec(wordPiece)![0], '"model":null,"other":', /another form than such files have/],
  ])("%s as %s is refused without the names of inner functions", (was, now, words) => {
    const document = wordPiece.replace(was, now);
    expect(document).not.toBe(wordPiece);
    expect(() => tokenizerOf(document)).toThrow(InputError);
    expect(() => tokenizerOf(document)).toThrow(words);
    expect(() => tokenizerOf(document)).not.toThrow(/undefined|is not a function|Cannot read/);
  });
});
