import { describe, expect, test } from "vitest";
import { byteTokenizer } from "../../src/data/byte-tokenizer.ts";
import { TextStream } from "../../src/generation/text-stream.ts";

const tokenizer = byteTokenizer();

/** The pieces of a text, and the rest at its end. */
function pieces(text: string | number[], stops: readonly string[] = []): string[] {
  const stream = new TextStream(tokenizer, stops);
  const ids = typeof text === "string" ? [...tokenizer.encode(text)] : text;
  return [...ids.map((id) => stream.add(id)), stream.end()];
}

describe("characters of several bytes", () => {
  test("are given out when they are complete", () => {
    expect(pieces("aé€")).toEqual(["a", "", "é", "", "", "€", ""]);
    expect(pieces("🙂!")).toEqual(["", "", "", "🙂", "!", ""]);
  });

  test("that stay incomplete become U+FFFD, and what follows is whole", () => {
    expect(pieces([0xe2, 0x82]).join("")).toBe("\uFFFD");
    const broken = [0x80, 0x80, 0x80, ...tokenizer.encode("€uro")];
    expect(pieces(broken).join("")).toBe("\uFFFD\uFFFD\uFFFD€uro");
  });
});

describe("stop strings", () => {
  test("end the text before them; what may be one is held back", () => {
    expect(pieces("ab\n\ncd", ["\n\n"])).toEqual(["a", "b", "", "", "", "", ""]);
    expect(pieces("ab\ncd", ["\n\n"])).toEqual(["a", "b", "", "\nc", "d", ""]);
    expect(pieces("ab\n", ["\n\n"])).toEqual(["a", "b", "", "\n"]);
  });

  test("the earliest of several counts, also one inside another's beginning", () => {
    expect(pieces("xabcy", ["abd", "bc"]).join("")).toBe("xa");
    expect(pieces("aab", ["ab"]).join("")).toBe("a");
  });
});
