"""Sandwich's bias, own float64 derivation of NVIDIA/NeMo's SandwichRelativePositionEmbedding.

    bias[h, i, j] = (Σ_{m=1}^{width/2} cos(δ · 10000^(−2m/width)) − width/2) / (8 (h + 1) / heads),   δ = i − j

The authors published no code; NeMo's sum begins at m = 1, so the fastest wave is 10000^(−2/width) and not 1.
A causal NeMo keeps a lower triangle of δ; here δ is |i − j|, the same under a causal mask.
"""

import torch

import golden
from position_bias import DIGITS, HEADS, attention_case, distances, groups

NAME = "sandwich"


def bias(width, heads, distance):
    m = torch.arange(1, width // 2 + 1, dtype=torch.float64)
    waves = torch.cos(distance[..., None].abs() * 10000.0 ** (-2 * m / width)).sum(-1)
    return (waves - width / 2) / (8 * torch.arange(1, heads + 1, dtype=torch.float64) / heads)[:, None, None]


def published() -> None:
    """Values read from NeMo's module at width 128 and 8 heads."""
    far = bias(128, 8, torch.tensor([[1.0, 64.0]]).double())[:, 0]
    golden.agree("distance 1", far[:3, 0], torch.tensor([-1.446619, -0.723309, -0.482206]), 1e-6)
    golden.agree("distance 64", far[0, 1], torch.tensor(-32.87182), 1e-5)


def make() -> dict:
    published()
    draw = golden.Draw(23)
    shared = groups(draw)

    def case(group, width, causal):
        return attention_case(shared, group, f"width {width}", {"width": width}, {},
                              lambda _, lengths: bias(width, HEADS, distances(lengths)), causal)  # fmt: skip

    return {
        "source": golden.source(NAME, "own derivation of NVIDIA/NeMo",
                                "oracle/sandwich.py, after sandwich_relative_position_embedding.py",
                                seed=23, digits=DIGITS),
        "shared": shared,
        "cases": [case("square", 128, True), case("square", 20, False), case("long", 128, True),
                  case("long", 10, True)],
    }  # fmt: skip
