"""log-n scaling: queries grow with the logarithm of how many keys they see, q_i ← q_i · max(1, ln(i + 1) / ln length).

The rule is that of the ReRoPE patch (bojone/rerope, rerope_patch.py), which is no package: an own derivation in float64.
"""

import math

import torch

import golden
import rotary

NAME = "log-n"


def turn(length):
    def apply(x, positions, role):
        if role == "key":
            return x
        factors = [max(1.0, math.log(i + 1) / math.log(length)) for i in positions.tolist()]
        return x * torch.tensor(factors, dtype=x.dtype)[:, None]

    return apply


def make() -> dict:
    shared = rotary.groups(golden.Draw(29))
    cases = [
        rotary.case("length 3 of 7 tokens", {"length": 3}, rotary.SQUARE, shared, turn(3), torch.arange(7)),
        rotary.case("length 4 of 7 tokens, both ways", {"length": 4}, rotary.SQUARE, shared, turn(4), torch.arange(7),
                    causal=False),
        rotary.case("length 16, 5 queries of 33 keys", {"length": 16}, rotary.LONG, shared, turn(16), torch.arange(33)),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "own derivation", "oracle/log_n.py", ("torch",), seed=29,
            notes=["Own derivation in float64 of the rule in bojone/rerope's rerope_patch.py.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
