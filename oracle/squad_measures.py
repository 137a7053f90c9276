"""Exact match and F1 by the rules of SQuAD's scripts: 300 answers with one to four right ones each, and all together.

The scripts are programs, not a package, so their rules are written here anew from their definition, in float64: small
letters, no ASCII punctuation, no articles, white space; the best over the right answers. They are compared with
torchmetrics, which has the rules of 2.0 where a side has no word, in float32.

`squad` holds exact match and F1 by 1.1, then by 2.0, each 0 to 1; the case "all" holds their means in per cent.
"""

import collections
import re
import string

import torch
from torchmetrics.functional.text import squad

import golden
import text_cases

NAME = "squad"
SEED = 47


def words(text: str) -> list[str]:
    text = "".join(ch for ch in text.lower() if ch not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def f1(answer: list[str], right: list[str], script: str) -> float:
    if script == "2.0" and (not answer or not right):
        return float(answer == right)
    same = sum((collections.Counter(answer) & collections.Counter(right)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(answer), same / len(right)
    return 2 * precision * recall / (precision + recall)


def best(answer: str, references: list[str], script: str) -> tuple[float, float]:
    own, right = words(answer), [words(r) for r in references]
    if script == "2.0":
        right = [r for r in right if r] or [[]]
    return max(float(own == r) for r in right), max(f1(own, r, script) for r in right)


def agree_with_torchmetrics(answer: str, references: list[str], values: tuple[float, float]) -> None:
    theirs = squad([{"prediction_text": answer, "id": "1"}],
                   [{"answers": {"text": references, "answer_start": [0] * len(references)}, "id": "1"}])  # fmt: skip
    for ours, key in zip(values, ("exact_match", "f1")):
        golden.agree(f"{key} of {answer!r}", torch.tensor(100 * ours), theirs[key], 1e-4)


def make() -> dict:
    cases, all_values = [], []
    for name, answer, references in text_cases.stored(300, SEED, 5):
        v1, v2 = best(answer, references, "1.1"), best(answer, references, "2.0")
        if all(words(text) for text in [answer, *references]):
            agree_with_torchmetrics(answer, references, v1)
        if words(answer) or all(words(text) for text in references):
            agree_with_torchmetrics(answer, references, v2)
        values = torch.tensor([*v1, *v2], dtype=torch.float64)
        all_values.append(values)
        cases.append({"name": name, "options": {"answer": answer, "references": references}, "inputs": {},
                      "outputs": {"squad": values}, "gradients": {}})  # fmt: skip
    total = sum(value for value in all_values)
    everything = {"name": "all", "options": {"printed": [f"{100 * v / len(cases):.2f}" for v in total.tolist()]},
                  "inputs": {}, "outputs": {"squad": 100 * total / len(cases)}, "gradients": {}}  # fmt: skip
    return {
        "source": golden.source(NAME, "rajpurkar/SQuAD-explorer", "evaluate-v1.1.py and evaluate-v2.0.py, rules written anew",
                                packages=("torchmetrics",), seed=SEED),
        "cases": [*cases, everything],
    }  # fmt: skip
