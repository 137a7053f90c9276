"""ROUGE of rouge-score, with and without its stemmer: 300 answers, each with one to four references.

`rouge` holds precision, recall and F of rouge1, rouge2, rougeL and rougeLsum without stemmer, then the same with it. The
case "words" has the stems that NLTK gives to words that meet every rule of the stemmer.
"""

import random

import torch
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer

import golden
import text_cases

NAME = "rouge"
SEED = 43
KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]

# The reference keeps the whole table of a common subsequence, so the long texts of L and Lsum have 1,000 words.
LONG = [
    (KINDS[:2], text_cases.rule(100_000, 7, 997), [text_cases.rule(100_000, 8, 997)]),
    (KINDS, text_cases.rule(1_000, 5, 50), [text_cases.rule(900, 6, 50), text_cases.rule(500, 5, 50)]),
    (KINDS, text_cases.rule(1_000, 3, 2), [text_cases.rule(800, 4, 2)]),
    (KINDS, text_cases.rule(500, 9, 1_000), [text_cases.rule(1_000, 10, 1_000)]),
]
STARTS = ["", "s", "y", "tr", "qu", "syz", "happ", "rel", "commun", "hop", "fall", "e", "oats", "trouble", "priv", "7", "yyy", "geo"]
ENDS = ("s ss sses ies ied eed ed ing ated bled ized hopped falling fizzed filed y ey ational tional enci anci izer abli alli "
        "entli eli ousli ization ation ator alism iveness fulness ousness aliti iviti biliti fulli logi ally ically icate "
        "ationally tionally ative alize iciti ical ful ness al ance ence er ic able ible ant ement ment ent sion tion ion ou ism ate iti "
        "ous ive ize e ee ll lle ying skies ology edly ings ives ers 99 w x aw ix").split()  # fmt: skip


def case(name: str, options: dict, kinds: list[str], answer: str, references: list[str]) -> dict:
    values = []
    for stem in (False, True):
        scores = RougeScorer(kinds, use_stemmer=stem).score_multi(references, answer)
        values += [getattr(scores[kind], part) for kind in kinds for part in ("precision", "recall", "fmeasure")]
    return {"name": name, "options": {"kinds": kinds} | options, "inputs": {},
            "outputs": {"rouge": torch.tensor(values, dtype=torch.float64)}, "gradients": {}}  # fmt: skip


def make() -> dict:
    cases = [case(name, {"kind": "texts", "answer": answer, "references": references}, KINDS, answer, references)
             for name, answer, references in text_cases.stored(300 - len(LONG), SEED, 14, lines=True)]  # fmt: skip
    cases += [case(f"long {at + 1}", {"kind": "long", "answer": answer, "references": references}, kinds,
                   text_cases.long_text(answer), [text_cases.long_text(r) for r in references])
              for at, (kinds, answer, references) in enumerate(LONG)]  # fmt: skip
    draw = random.Random(SEED)
    words = sorted({start + end for start in STARTS for end in ENDS}
                   | {"".join(draw.choice("aeioulstngyz") for _ in range(draw.randint(3, 9))) for _ in range(500)}
                   | set("sky skies dying lying tying news innings inning outings cannings howe proceed exceed succeed "
                         "dies flies spied died spy enjoy enjoyment feed agreed sing crying yes".split()))  # fmt: skip
    stemmer = PorterStemmer()
    stems = {"name": "words", "options": {"kind": "stems", "words": " ".join(words),
             "stems": " ".join(stemmer.stem(word) for word in words)}, "inputs": {}, "outputs": {}, "gradients": {}}  # fmt: skip
    return {
        "source": golden.source(NAME, "google-research/google-research", "rouge/rouge_scorer.py",
                                packages=("rouge-score", "nltk"), seed=SEED),
        "cases": [*cases, stems],
    }  # fmt: skip
