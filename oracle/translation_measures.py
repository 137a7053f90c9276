"""BLEU and chrF of sacreBLEU: 300 answers by themselves, and corpora of them.

`bleu` and `chrf` hold one number for each setting in the source's `bleuSettings` and `chrfSettings`. A case of kind "corpus"
takes the answers `from` … `to` − 1 of the cases above it, with at most `references` of each.
"""

import logging

import torch
from sacrebleu.metrics import BLEU, CHRF

import golden
import text_cases

NAME = "translation-measures"
SEED = 41

# Ours, and the reference's.
BLEU_SETTINGS = [
    ({}, {}),
    ({"tokenizer": "intl"}, {"tokenize": "intl"}),
    ({"tokenizer": "char"}, {"tokenize": "char"}),
    ({"tokenizer": "zh"}, {"tokenize": "zh"}),
    ({"tokenizer": "none"}, {"tokenize": "none"}),
    ({"lowercase": True}, {"lowercase": True}),
    ({"smoothing": "floor"}, {"smooth_method": "floor"}),
    ({"smoothing": "floor", "smoothValue": 0.375}, {"smooth_method": "floor", "smooth_value": 0.375}),
    ({"smoothing": "add-k"}, {"smooth_method": "add-k"}),
    ({"smoothing": "none"}, {"smooth_method": "none"}),
    ({"effectiveOrder": True}, {"effective_order": True}),
]
CHRF_SETTINGS = [
    ({}, {}),
    ({"wordOrder": 2}, {"word_order": 2}),
    ({"lowercase": True}, {"lowercase": True}),
    ({"whitespace": True}, {"whitespace": True}),
    ({"epsilonSmoothing": True, "wordOrder": 2}, {"eps_smoothing": True, "word_order": 2}),
    ({"characterOrder": 4, "wordOrder": 1, "beta": 3}, {"char_order": 4, "word_order": 1, "beta": 3}),
]
LONG = [
    (text_cases.rule(3_000, 7, 997), [text_cases.rule(3_000, 8, 997)]),
    (text_cases.rule(3_000, 5, 3), [text_cases.rule(2_000, 6, 3), text_cases.rule(2_900, 5, 3)]),
    (text_cases.rule(8_000, 3, 5_000, True), [text_cases.rule(7_000, 4, 5_000, True)]),
]

bleus = [BLEU(force=True, **theirs) for _, theirs in BLEU_SETTINGS]
chrfs = [CHRF(**theirs) for _, theirs in CHRF_SETTINGS]


def numbers(values) -> torch.Tensor:
    return torch.tensor([float(v) for v in values], dtype=torch.float64)


def sentence(name: str, options: dict, answer: str, references: list[str]) -> dict:
    return {
        "name": name, "options": options, "inputs": {},
        "outputs": {"bleu": numbers(m.sentence_score(answer, references).score for m in bleus),
                    "chrf": numbers(m.sentence_score(answer, references).score for m in chrfs)},
        "gradients": {},
    }  # fmt: skip


def corpus(cases, begin: int, end: int, references: int) -> dict:
    answers = [answer for _, answer, _ in cases[begin:end]]
    streams = [[own[at] if at < min(references, len(own)) else None for _, _, own in cases[begin:end]]
               for at in range(references)]  # fmt: skip
    scores = [[m.corpus_score(answers, streams) for m in group] for group in (bleus, chrfs)]
    # The signature is that of the last corpus scored, and the numbers are printed with two digits.
    printed = [score.format(signature=str(m.get_signature()))
               for group, own in zip((bleus, chrfs), scores) for m, score in zip(group, own)]  # fmt: skip
    return {
        "name": f"corpus {begin} to {end}, {references} references",
        "options": {"kind": "corpus", "from": begin, "to": end, "references": references, "printed": printed},
        "inputs": {}, "outputs": {"bleu": numbers(s.score for s in scores[0]), "chrf": numbers(s.score for s in scores[1])},
        "gradients": {},
    }  # fmt: skip


def make() -> dict:
    logging.getLogger("sacrebleu").setLevel(logging.ERROR)
    cases = text_cases.stored(300 - len(LONG), SEED, 14)
    documents = [sentence(name, {"kind": "sentence", "answer": answer, "references": references}, answer, references)
                 for name, answer, references in cases]  # fmt: skip
    long = [sentence(f"long {at + 1}", {"kind": "long", "answer": answer, "references": references},
                     text_cases.long_text(answer), [text_cases.long_text(r) for r in references])
            for at, (answer, references) in enumerate(LONG)]  # fmt: skip
    last = len(cases)
    spans = [(0, last, 1), (0, last, 4), (50, 120, 1), (120, 260, 2), (3, 4, 1), (0, 2, 1), (250, 260, 3), (0, 15, 4)]
    return {
        "source": golden.source(
            NAME, "mjpost/sacrebleu", "sacrebleu/metrics", packages=("sacrebleu", "regex"), seed=SEED,
            bleuSettings=[ours for ours, _ in BLEU_SETTINGS], chrfSettings=[ours for ours, _ in CHRF_SETTINGS]),
        "cases": documents + long + [corpus(cases, *span) for span in spans],
    }  # fmt: skip
