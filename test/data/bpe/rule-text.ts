/**
 * A text of 2,000 lines in eight scripts, made by the rule of `oracle/tokenizer_text.py`.
 *
 * @module
 */

const LINES = 2000;

/** Entries may have several code points: combining marks, a vowel sign, a conjunct. */
const SCRIPTS: readonly (readonly string[])[] = [
  "a b c d e é e\u0301 n\u0303 o\u0308 i l s t r ß ø A T 's 't".split(" "),
  "α β γ δ ε ζ η θ ι κ λ μ ν ά α\u0301 ς Ω".split(" "),
  "а б в г д е ё е\u0308 ж з и й и\u0306 к л м Я Щ".split(" "),
  "א ב ג ד ה ו ז ש\u05c1 ש\u05c2 ל\u05b8 מ ם נ ן".split(" "),
  "ا ب ت ث ج ح خ د ر س م\u064f ل\u0651 ي ة ٣ ٤".split(" "),
  "क ख ग म न र ा ि ी ु क्ष त्र ज्ञ ० १".split(" "),
  "日 本 語 中 文 字 あ い う が か\u3099 ア イ ー 々 。".split(" "),
  "ก ข ค ง จ ท น ม ร า ิ ี เก โม ๑ ๒".split(" "),
];
const MARKS = "😀 👩‍🚀 👍🏽 🇩🇪 ☃️ 42 3.14 !? -- … ½ Ⅷ _".split(" ");
const GAPS = [
  ...[" ", " ", " ", " ", " ", "  ", "\t", ", ", ". ", "   "],
  ...["\u00a0", "\u3000", "\u0085", "\ufeff", ""],
];
const ENDS = ["\n", "\n", "\n", "\r\n", " \n", "\n", "\t\r\n"];

/** The lines, with their line breaks. */
export function ruleText(): string[] {
  let state = 20;
  const draw = (below: number): number => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const times = <Value>(count: number, make: (at: number) => Value): Value[] =>
    Array.from({ length: count }, (_, at) => make(at));
  const words = SCRIPTS.map((script) =>
    times(50, () => times(1 + draw(5), () => script[draw(script.length)]!).join("")),
  );
  return times(LINES, (number) => {
    const known = words[draw(SCRIPTS.length)]!;
    let line = times(1 + draw(12), () => {
      const word =
        draw(9) === 0 ? MARKS[draw(MARKS.length)]! : known[Math.min(draw(50), draw(50))]!;
      return word + GAPS[draw(GAPS.length)]!;
    }).join("");
    if (number % 50 === 49)
      line += String.fromCodePoint(0x4e00 + draw(20000), 0x1f300 + draw(300), 0x0e80 + draw(64));
    return line + ENDS[draw(ENDS.length)]!;
  });
}
