"""Clipped RoPE ("CoPE" of arXiv 2602.05258): RoPE whose lowest frequencies are tapered to 0, or set to 0.

    ω_m = base^(−2m / rotated),   M = rotated / 2,   n = min(clipped, M)
    soft   ω_m ← ω_m · (1 + cos θ_k) / 2,   k = m − (M − n) = 0 … n − 1,   θ_k = π k / (n − 1)
    hard   ω_m ← 0                                                         for the same n pairs

An own derivation in float64 of LlamaRotaryEmbedding in modeling_cope.py, turned pair by pair. Of n softened pairs the
first keeps its frequency and the last has frequency 0; with n = 1 the soft form changes nothing. The expected table
is compared with one that torch.linspace makes, as in the authors' code, in float32.

`frequencies` is an output beside the scores: the table of the M pairs.
"""

import math

import torch

import golden
import rotary
from causal_scores import weigh
from encoding_case import case, positions, score_inputs

NAME = "clipped-rope"


def clipped(rotated: int, base: float, count: int = 20, form: str = "soft") -> torch.Tensor:
    found = rotary.geometric(rotated, base).tolist()
    pairs = len(found)
    count = min(count, pairs)
    for k in range(count):
        theta = math.pi * k / (count - 1) if count > 1 else 0.0
        found[pairs - count + k] *= (1 + math.cos(theta)) / 2 if form == "soft" else 0.0
    return torch.tensor(found, dtype=torch.float64)


def by_linspace(rotated: int, base: float, count: int, form: str) -> torch.Tensor:
    """In float32, with the authors' operators."""
    found = 1.0 / (base ** (torch.arange(0, rotated, 2).float() / rotated))
    count = min(count, len(found))
    if count == 0:
        return found
    factor = 0.5 * (1 + torch.cos(torch.linspace(0.0, torch.pi, steps=count))) if form == "soft" else 0.0
    found[-count:] = found[-count:] * factor
    return found


def make_case(draw, name, heads, length, head_dim, encoding, queries=None, causal=True, every=1):
    base, layout = encoding.get("base", 10000), encoding.get("layout", "half")
    rotated = encoding.get("rotated", head_dim)
    table = clipped(rotated, base, encoding.get("clipped", 20), encoding.get("form", "soft"))
    single = by_linspace(rotated, base, encoding.get("clipped", 20), encoding.get("form", "soft"))
    golden.agree(name, table, single, 1e-6)

    def run(query, key, value):
        at = positions(query.shape[2], key.shape[2])
        turned = [rotary.pairs(x, p[:, None] * table, layout) for x, p in zip((query, key), at)]
        scores = head_dim**-0.5 * (turned[0] @ turned[1].transpose(-1, -2))
        return {"scores": scores, "output": weigh(scores, value, causal)}

    made = case(name, encoding, score_inputs(draw, heads, length, head_dim, queries), run, causal=causal, every=every)
    made["outputs"]["frequencies"] = table
    return made


def make() -> dict:
    draw = golden.Draw(41)
    return {
        "source": golden.source(
            NAME, "hrlics/CoPE",
            "modeling_cope.py and train/training/modeling_flash_llama_cope.py at ed52ba5 (own float64 derivation)",
            seed=41, digits=14,
            notes=["frequencies: the table of rotated / 2 pairs, from the highest frequency to the lowest.",
                   "clipped counts pairs and is limited to the pairs there are; the authors' number is 20."]),
        "cases": [
            make_case(draw, "soft, 20 of 64 pairs, 1 head, length 7", 1, 7, 128, {"base": 500000}, every=9),
            make_case(draw, "hard, 20 of 64 pairs, 1 head, length 7", 1, 7, 128, {"base": 500000, "form": "hard"},
                      every=9),
            make_case(draw, "soft, all 2 pairs, 12 heads, length 7", 12, 7, 4, {"base": 10000, "form": "soft"},
                      every=11),
            make_case(draw, "soft, 3 of 10 pairs, 5 queries of 33 keys", 3, 33, 20,
                      {"base": 10000, "clipped": 3, "form": "soft", "layout": "interleaved"}, queries=5, every=17),
            make_case(draw, "hard, 2 of 5 pairs, 10 of 20 components, both ways", 3, 7, 20,
                      {"base": 100, "clipped": 2, "form": "hard", "rotated": 10}, causal=False, every=11),
            make_case(draw, "soft, 1 clipped pair changes nothing", 3, 33, 8,
                      {"base": 10000, "clipped": 1, "form": "soft"}, every=17),
            make_case(draw, "soft, 1 query of 9 keys", 12, 9, 4, {"base": 10000, "clipped": 2, "form": "soft"},
                      queries=1, every=11),
        ],
    }  # fmt: skip
