"""FIRE's bias, own float64 derivation of the authors' module (arXiv 2310.04418, appendix; read in two repositories
that copied it: chuanyang-Zheng/DAPE, DAPE.py, and mcleish7/arithmetic, cramming/architectures/embeddings.py).

    bias[h] = f(ψ(i − j) / (ψ(max(i, L)) + ε))_h,   ψ(x) = ln(|c x| + 1),   L = |multiplier · initial|,   ε = 1e-6
    f(t)    = relu(t · hidden.weight + hidden.bias) · output.weight + output.bias

i is the query's absolute position, so the bias is not Toeplitz.
"""

import torch

import golden
from position_bias import DIGITS, HEADS, attention_case, groups, positions

NAME = "fire"
WIDTH = 32


def psi(c, x):
    return torch.log((c * x).abs() + 1)


def ratio(c, threshold, i, j):
    return psi(c, i[:, None] - j[None, :]) / (psi(c, torch.maximum(i, threshold))[:, None] + 1e-6)


def bias_of(initial):
    def bias(learned, lengths):
        i, j = positions(lengths)
        t = ratio(learned["scale"], (learned["multiplier"] * initial).abs(), i, j)
        hidden = torch.relu(t[..., None] * learned["hidden.weight"] + learned["hidden.bias"])
        return (hidden @ learned["output.weight"] + learned["output.bias"]).permute(2, 0, 1)

    return bias


def published() -> None:
    """c = 0.1, L = 512: two ratios of the authors' module."""
    c, threshold = torch.tensor(0.1, dtype=torch.float64), torch.tensor(512.0, dtype=torch.float64)
    found = ratio(c, threshold, torch.tensor([10.0, 1000.0]).double(), torch.tensor([3.0]).double())[:, 0]
    golden.agree("ratios", found, torch.tensor([0.1341636028, 0.9993552245], dtype=torch.float64), 1e-9)


def make() -> dict:
    published()
    draw = golden.Draw(25)
    shared = groups(draw)
    shared["module"] = {
        "hidden.weight": draw.normal(1, WIDTH), "hidden.bias": draw.normal(WIDTH),
        "output.weight": draw.normal(WIDTH, HEADS, std=0.3), "output.bias": draw.normal(HEADS),
    }  # fmt: skip

    def case(group, name, initial, scale, multiplier, causal):
        own = {"scale": torch.tensor([scale]).double(), "multiplier": torch.tensor([multiplier]).double()}
        golden_case = attention_case(shared, group, name, {"threshold": initial}, own | shared["module"],
                                     bias_of(initial), causal)  # fmt: skip
        return golden_case | {"inputsFrom": [group, "module"], "inputs": own}

    return {
        "source": golden.source(NAME, "own derivation of the paper's module", "oracle/fire.py", seed=25, digits=DIGITS,
                                notes=["Queries stand on both sides of L, except where a case says otherwise."]),
        "shared": shared,
        "cases": [
            case("square", "L = 3.6", 4, 0.1, 0.9, True),
            case("square", "L = 3.6, both negative", 4, -0.4, -0.9, False),
            case("long", "L = 29.5", 25, 0.1, 1.18, True),
            case("long", "L = 512, beyond all positions", 512, 0.1, 1.0, True),
        ],
    }  # fmt: skip
