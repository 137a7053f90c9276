import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { checkWindowsFit, splitText } from "../../src/data/split.ts";
import type { Cut } from "../../src/data/split.ts";

const paragraphs = Array.from({ length: 400 }, (_, i) => `Line ${i} of the text,\nand more.`).join(
  "\n\n",
);

describe("splitText", () => {
  test.each(["paragraph", "line", "exact"] as Cut[])(
    "cut %s: the parts are the whole text",
    (cut) => {
      const split = splitText(paragraphs, { cut });
      expect(split.train + split.validation).toBe(paragraphs);
      expect(split.cut).toBe(cut);
      expect(Math.abs(split.validation.length / paragraphs.length - 0.1)).toBeLessThan(0.01);
    },
  );

  test("by default the validation text begins with a paragraph, at or after nine tenths", () => {
    const split = splitText(paragraphs);
    expect(split.validation).toMatch(/^Line \d+ of/);
    expect(split.train).toMatch(/and more\.\n\n$/);
    expect(split.train.length).toBeGreaterThanOrEqual(paragraphs.length * 0.9);
  });

  test("the exact cut is nanoGPT's int(n * 0.9), as for the 1,115,394 characters of Shakespeare", () => {
    const split = splitText("x".repeat(1_115_394), { cut: "exact" });
    expect(split.train.length).toBe(1_003_854);
    expect(split.description).toBe(
      "validation on the last 10 % of the text (111,540 of 1,115,394 characters, cut at exactly that character)",
    );
  });

  test("characters are code points, and no surrogate pair is cut", () => {
    const split = splitText("🐋".repeat(7) + "abc", { cut: "exact", validation: 0.5 });
    expect(split.train).toBe("🐋".repeat(5));
    expect(split.description).toContain("5 of 10 characters");
  });

  test("a boundary exactly at the cut is used", () => {
    const text = `${"a".repeat(898)}\n\n${"b".repeat(50)}\n\n${"c".repeat(48)}`;
    expect(splitText(text).train.length).toBe(900);
  });

  test("a boundary around the cut is at the end of the training text", () => {
    const text = `${"a".repeat(899)}\n\n\n${"b".repeat(98)}`;
    expect(splitText(text).validation).toBe("b".repeat(98));
  });

  test("without empty lines the cut is after a line, without lines at a character", () => {
    const lines = "some words\n".repeat(1000);
    expect(splitText(lines)).toMatchObject({ cut: "line" });
    expect(splitText(lines).validation.startsWith("some")).toBe(true);
    const single = splitText("word ".repeat(1000));
    expect(single.cut).toBe("exact");
    expect(single.description).toContain("exactly");
    expect(single.train.length).toBe(4500);
  });

  test("empty lines with Windows line ends separate paragraphs too", () => {
    const split = splitText("one line\r\n\r\n".repeat(500));
    expect(split.cut).toBe("paragraph");
    expect(split.validation.startsWith("one")).toBe(true);
  });

  test.each([0, 1, -0.1, NaN])("refuses the share %d", (validation) => {
    expect(() => splitText("some text", { validation })).toThrow(InputError);
    expect(() => splitText("some text", { validation })).toThrow(/share must lie between 0 and 1/);
  });

  test("refuses a text of which a part would be empty", () => {
    expect(() => splitText("a")).toThrow(/1 characters cannot be split with 10 % for validation/);
  });
});

test("checkWindowsFit names the part and both lengths", () => {
  expect(() => checkWindowsFit({ training: { tokens: 1025, length: 1024 } })).not.toThrow();
  expect(() =>
    checkWindowsFit({
      training: { tokens: 9000, length: 64 },
      validation: { tokens: 1024, length: 1024 },
    }),
  ).toThrow(/the validation text has 1,024 tokens; a window of 1,024 needs 1,025.*larger share/);
});
