"""FoPE: a pair turns by mixtures of frequencies, c_m(i) = Σ_n cos(i ω_n) C[n, m] and s_m by sines and S; pairs
beyond the mixtures have c = s = 1. Frequencies are base^(−2n/width), those above 2π/length.

The rule is that of TsinghuaC3I/Fourier-Position-Embedding, olmo/model.py, which is no package, and of vLLM's
rotary_embedding/fope.py, which is part of a large one: an own derivation in float64, written out pair by pair.
"""

import math

import torch

import golden
import rotary

NAME = "fope"


def frequencies(width: int, base: float, length: int) -> torch.Tensor:
    every = rotary.geometric(width, base)
    return every[every > 2 * math.pi / length]


def turn(base, length):
    def apply(x, positions, role, cosine, sine):
        """x [batch, heads, length, width]; mixtures [heads, n, m]."""
        half = x.shape[-1] // 2
        angle = positions.double()[:, None] * frequencies(x.shape[-1], base, length)
        parts = list(x.unbind(-1))
        for m in range(half):
            if m < cosine.shape[-1]:
                c = sum(angle[:, n].cos() * cosine[:, n, m, None] for n in range(angle.shape[-1]))
                s = sum(angle[:, n].sin() * sine[:, n, m, None] for n in range(angle.shape[-1]))
            else:
                c = s = torch.ones(())
            a, b = parts[m], parts[m + half]
            parts[m], parts[m + half] = a * c - b * s, b * c + a * s
        return torch.stack(parts, -1)

    return apply


def make() -> dict:
    draw = golden.Draw(36)
    shared = rotary.groups(draw)

    def case(name, group, positions, base, length, heads, pairs, causal=True):
        width = shared[group]["query"].shape[-1]
        count = len(frequencies(width, base, length))
        options = {"base": base, "length": length, "pairs": pairs, "learned": True}
        learned = {part: draw.normal(heads, count, pairs, std=0.6) for part in ("cosine", "sine")}
        return rotary.case(f"{name}: {count} frequencies, {pairs} pairs", options, group, shared, turn(base, length),
                           positions, causal, parameters=learned)  # fmt: skip

    cases = [
        case("headDim 20, length 7", rotary.SQUARE, torch.arange(7), 10000, 512, 3, 5),
        case("headDim 20, base 50, both ways", rotary.SQUARE, torch.arange(7), 50, 64, 3, 3, causal=False),
        case("headDim 4, base 20, 5 queries of 33 keys", rotary.LONG, torch.arange(33), 20, 33, 12, 2),
        case("headDim 4, 5 queries of 33 keys", rotary.LONG, torch.arange(33), 10000, 33, 12, 1),
    ]
    return {
        "source": golden.source(
            NAME, "own derivation", "oracle/fope.py", ("torch",), seed=36,
            notes=["Own derivation of the rule in TsinghuaC3I/Fourier-Position-Embedding and in vLLM.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
