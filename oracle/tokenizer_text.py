"""A text of 2,000 lines in eight scripts, made by a rule that `test/data/bpe/rule-text.ts` repeats.

Whole numbers only: state ← state · 48271 mod (2³¹ − 1), so that both languages draw the same.
"""

LINES = 2000

# Entries may have several code points: combining marks, a vowel sign, a conjunct.
SCRIPTS = [
    "a b c d e é e\u0301 n\u0303 o\u0308 i l s t r ß ø A T 's 't".split(" "),
    "α β γ δ ε ζ η θ ι κ λ μ ν ά α\u0301 ς Ω".split(" "),
    "а б в г д е ё е\u0308 ж з и й и\u0306 к л м Я Щ".split(" "),
    "א ב ג ד ה ו ז ש\u05c1 ש\u05c2 ל\u05b8 מ ם נ ן".split(" "),
    "ا ب ت ث ج ح خ د ر س م\u064f ل\u0651 ي ة ٣ ٤".split(" "),
    "क ख ग म न र ा ि ी ु क्ष त्र ज्ञ ० १".split(" "),
    "日 本 語 中 文 字 あ い う が か\u3099 ア イ ー 々 。".split(" "),
    "ก ข ค ง จ ท น ม ร า ิ ี เก โม ๑ ๒".split(" "),
]
MARKS = ["😀", "👩‍🚀", "👍🏽", "🇩🇪", "☃️", "42", "3.14", "!?", "--", "…", "½", "Ⅷ", "_"]
# A no-break space, an ideographic space, a next-line character and a byte order mark: JavaScript and Unicode differ
# on which of them are white space.
GAPS = [" ", " ", " ", " ", " ", "  ", "\t", ", ", ". ", "   ", "\u00a0", "\u3000", "\u0085", "\ufeff", ""]
ENDS = ["\n", "\n", "\n", "\r\n", " \n", "\n", "\t\r\n"]


def lines() -> list[str]:
    state = 20

    def draw(below: int) -> int:
        nonlocal state
        state = state * 48271 % 2147483647
        return state % below

    words = [["".join(script[draw(len(script))] for _ in range(1 + draw(5))) for _ in range(50)] for script in SCRIPTS]
    text = []
    for number in range(LINES):
        known = words[draw(len(SCRIPTS))]
        line = ""
        for _ in range(1 + draw(12)):
            line += MARKS[draw(len(MARKS))] if draw(9) == 0 else known[min(draw(50), draw(50))]
            line += GAPS[draw(len(GAPS))]
        if number % 50 == 49:  # characters that hardly any other line has
            line += chr(0x4E00 + draw(20000)) + chr(0x1F300 + draw(300)) + chr(0x0E80 + draw(64))
        text.append(line + ENDS[draw(len(ENDS))])
    return text
