"""Invented texts for the measures of texts: answers with one to four references each, by seeded rules.

Words of fourteen scripts, with the punctuation that tokenizers treat differently; references are answers that were
edited. Very long texts are not stored: `long_text` and `test/measures/text/cases.ts` make them by the same rule.
"""

import random

WORDS = {
    "english": "the a an cat house running Relational happily NATIONAL skies dying Hello world it's don't U.S. e.g. "
               "state-of-the-art co-operate organisation generously triplicate geology rational beautifully news",
    "german": "Straße der Über Hunde läuft weiß großen Mädchen-Fußball Häuser §5 z.B. ÄÖÜ die und ein",
    "french": "l'été œuvre à château « bonjour » n'est-ce où ça garçon aujourd’hui le les",
    "turkish": "İstanbul ışık IŞIK Çağ şöyle güzel ve bir",
    "greek": "ΟΔΟΣ ΣΊΣΥΦΟΣ καλημέρα κόσμε ς σοφός Άλφα και",
    "russian": "Мама мыла раму быстро-быстро № «да» Ёлка и не в",
    "arabic": "السلام عليكم، كتاب؟ ٣٫١٤ في من العربية ال",
    "hebrew": "שלום עולם ״כן״ את הבית של",
    "hindi": "नमस्ते दुनिया। कक्षा १२३ है और में",
    "thai": "สวัสดี ชาวโลก ๑๒๓ ภาษาไทย และ",
    "chinese": "你好，世界 中文分词。“引号”—— ２０２４年 北京 的 ABC中 𠀀𠀁 ﹏ €5",
    "japanese": "こんにちは、世界。カタカナ ﾊﾝｶｸ 日本語の テスト「括弧」 は",
    "korean": "안녕하세요 세계! 한국어를 ㈜회사 의 가",
    "symbols": "😀 👩‍👩‍👧‍👦 🇩🇪 e\u0301te\u0301 a\u0301 ½ ² x² → ≤ €3.50 $1,000.50 3-4 1-a 50% @user #tag C++ _the_ ~ ` ^ "
               "&amp; &quot;x&quot; &lt;b&gt; &apos; <skipped> a/b 1.2.3 ,5 5, . ... 3. .5 \u2013 \u2019s \u00b7 \u00a0 \u200b \ufeff",
}  # fmt: skip

BY_HAND = [
    ("", [""]),
    ("", ["the"]),
    ("the", [""]),
    ("the", ["the"]),
    ("The", ["the"]),
    (" \t ", ["\u3000"]),
    ("word", ["word", ""]),
    ("", ["", "a b"]),
    ("a", ["b"]),
    ("a b", ["a b"]),
    ("a b c", ["a b c"]),
    ("a b c d", ["a b c d"]),
    ("a b c d e", ["a b c d e"]),
    ("a b c d e", ["e d c b a"]),
    ("the the the the", ["the cat"]),
    ("x", ["x", "x", "x", "x"]),
    ("a b c d e f", ["a b c", "a b c d e f g h i"]),
    ("你好", ["你好"]),
    ("你", ["好"]),
    ("你好，世界。", ["你好世界", "你好，世界！"]),
    ("(hi)", ["hi"]),
    ("((hi))", ["(hi)"]),
    ("\"Hi,\" he said.", ["'Hi' he said."]),
    ("line-\nbreak here\nand there", ["linebreak here and there"]),
    ("a\nb\nc", ["c\nb\na"]),
    ("one two.\nthree four.\n\nfive", ["one three.\ntwo four.\nsix five"]),
    ("a\u001cb\u0085c\u2028d\u00a0e", ["a b c d e"]),
    ("a\ufeffb \ufeffc", ["a b c"]),
    ("trailing   \r\n", ["trailing"]),
    ("   leading", ["leading"]),
    ("&amp;lt; &amp;amp;", ["&lt; &"]),
    ("<skipped>text<skipped>", ["text"]),
    ("3.14 1,000 5. .5 a.b 1-2 a-b 1-b", ["3.14 1,000 5 .5 a . b 1 - 2"]),
    ("ΟΔΟΣ ΟΔΟΣ.", ["οδος οδος."]),
    ("İI ıi", ["i̇i ıi"]),
    ("\u212aelvin", ["kelvin"]),
    ("ﬁne ẞ ß SS", ["fine ss ß ss"]),
    ("𝐀𝟏 𠀀. 😀.", ["𝐀𝟏 𠀀 . 😀 ."]),
    ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", ["👩‍👩‍👧‍👦"]),
    ("e\u0301", ["é"]),
    ("a\u0301 cat", ["\u0301 cat", "cat"]),
    ("the-a an_the", ["thea anthe"]),
    ("!!!", ["???"]),
    ("!", ["the"]),
    ("A.", ["an"]),
    ("no", ["No.", "yes"]),
    ("1/16 " * 16, ["1/16 x y z"]),
    ("dying skies happily proceed innings gas", ["die sky happy proceeds inning ga"]),
    ("aaaa bbbb aaaa bbbb", ["aaaa aaaa bbbb bbbb"]),
    ("a b\nc d", ["a b c d\na b c d"]),
]


def edited(draw: random.Random, words: list[str], pool: list[str]) -> list[str]:
    """Some words dropped, doubled, replaced or exchanged."""
    result = list(words)
    for _ in range(draw.randint(0, 1 + len(words) // 3)):
        at = draw.randrange(len(result)) if result else 0
        kind = draw.randrange(4)
        if kind == 0:
            result[at : at + 1] = []
        elif kind == 1:
            result[at:at] = result[at : at + 1]
        elif kind == 2:
            result[at : at + 1] = [draw.choice(pool)]
        elif at + 1 < len(result):
            result[at], result[at + 1] = result[at + 1], result[at]
    return result


def written(draw: random.Random, words: list[str], spaced: bool, lines: bool) -> str:
    text = ""
    for at, word in enumerate(words):
        if at > 0:
            text += "\n" if lines and draw.random() < 0.15 else " " if spaced or draw.random() < 0.2 else ""
        text += word.upper() if draw.random() < 0.04 else word
        if draw.random() < 0.1:
            text += draw.choice([",", ".", "!", " .", ";", "?", "...", "-"])
    return text


def stored(count: int, seed: int, longest: int, lines: bool = False) -> list[tuple[str, str, list[str]]]:
    """`count` cases as (name, answer, references): those by hand, then drawn ones of each script in turn."""
    draw = random.Random(seed)
    cases = [(f"by hand {at + 1}", answer, references) for at, (answer, references) in enumerate(BY_HAND)]
    scripts = list(WORDS)
    while len(cases) < count:
        script = scripts[len(cases) % len(scripts)]
        pool = WORDS[script].split(" ")
        if draw.random() < 0.25:
            pool = pool + WORDS[draw.choice(scripts)].split(" ")
        spaced = script not in ("chinese", "japanese", "thai") or draw.random() < 0.3
        base = [draw.choice(pool) for _ in range(draw.randint(1, longest))]
        answer = written(draw, edited(draw, base, pool), spaced, lines)
        references = [written(draw, edited(draw, base, pool), spaced, lines)
                      for _ in range(draw.choice([1, 1, 1, 2, 3, 4]))]  # fmt: skip
        cases.append((f"{script} {len(cases) + 1}", answer, references))
    return cases


def long_text(rule: dict) -> str:
    """`words` words, of `vocabulary` kinds: x ← 48271 x mod (2³¹ − 1) from `seed`; the word is of x mod vocabulary."""
    x, words = rule["seed"], []
    for _ in range(rule["words"]):
        x = 48271 * x % (2**31 - 1)
        kind = x % rule["vocabulary"]
        if rule["cjk"]:
            words.append(chr(0x4E00 + kind))
        else:
            words.append(f"w{kind}" + ("," if kind % 11 == 0 else "." if kind % 17 == 0 else ""))
    return ("" if rule["cjk"] else " ").join(words)


def rule(words: int, seed: int, vocabulary: int, cjk: bool = False) -> dict:
    return {"words": words, "seed": seed, "vocabulary": vocabulary, "cjk": cjk}
