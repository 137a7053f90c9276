"""Sinusoidal positions in their three published layouts, width D, frequency index m = 0 … D/2 − 1:

    paper    p[2m] = sin(i ω_m), p[2m+1] = cos(i ω_m)     ω_m = 10000^(−2m/D)
    concat   p = [sin(i ω) ; cos(i ω)]                    ω_m = 10000^(−2m/D)
    t2t      p = [sin(i ω) ; cos(i ω)]                    ω_m = 10000^(−m/(D/2 − 1))

The outputs are derived here in float64. The libraries build their tables in float32; each case carries
theirs as `reference`, with the largest difference that was measured.
"""

import math

import torch
from transformers.models.gptj.modeling_gptj import create_sinusoidal_positions
from transformers.models.m2m_100.modeling_m2m_100 import M2M100SinusoidalPositionalEmbedding
from x_transformers.x_transformers import ScaledSinusoidalEmbedding

import golden

NAME = "sinusoidal"
POSITIONS = [0, 1, 2, 3, 4, 5, 6, 7, 11, 17, 33, 63, 64, 65, 99, 127, 128, 199, 255, 256, 299, 300]


def table(layout: str, width: int, positions: list[int]) -> torch.Tensor:
    half = width // 2
    exponents = [m / (half - 1) if layout == "t2t" else 2 * m / width for m in range(half)]
    angles = [[i * 10000.0**-e for e in exponents] for i in positions]
    if layout == "paper":
        rows = [[f(a) for a in row for f in (math.sin, math.cos)] for row in angles]
    else:
        rows = [[f(a) for f in (math.sin, math.cos) for a in row] for row in angles]
    return torch.tensor(rows, dtype=torch.float64)


class PositionalEncoding(torch.nn.Module):
    """The module that PyTorch tutorials teach, in its own float32 arithmetic; dropout is 0 here."""

    def __init__(self, width: int, max_len: int = 5000):
        super().__init__()
        position = torch.arange(max_len).unsqueeze(1)
        frequencies = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        pe = torch.zeros(max_len, width)
        pe[:, 0::2] = torch.sin(position * frequencies)
        pe[:, 1::2] = torch.cos(position * frequencies)
        self.register_buffer("pe", pe)


def library(layout: str, width: int) -> tuple[str, torch.Tensor]:
    """The float32 table [301, width] of a library."""
    if layout == "paper":
        return "the PyTorch tutorial's PositionalEncoding, rewritten here", PositionalEncoding(width, 301).pe
    if layout == "t2t":
        by = "transformers M2M100SinusoidalPositionalEmbedding.get_embedding"
        return by, M2M100SinusoidalPositionalEmbedding.get_embedding(301, width)
    module = ScaledSinusoidalEmbedding(width)
    module.scale.data.fill_(1.0)
    found = module(torch.zeros(1, 301, width)).detach()
    golden.agree("concat: x-transformers against GPT-J", create_sinusoidal_positions(301, width), found, 5e-5)
    return "x-transformers ScaledSinusoidalEmbedding with scale 1", found


def layout_case(layout: str, width: int) -> dict:
    by, theirs = library(layout, width)
    output = table(layout, width, POSITIONS)
    # float32 frequencies at position 300: an error of a few units in the last place of the angle.
    difference = golden.agree(f"{layout} {width}", output, theirs[POSITIONS], 5e-5)
    return {
        "name": f"{layout}, width {width}",
        "options": {"layout": layout, "width": width, "base": 10000},
        "inputs": {"positions": torch.tensor(POSITIONS)},
        "outputs": {"output": output},
        "gradients": {},
        "reference": {"by": by, "dtype": "float32", "maxDifference": difference,
                      "outputs": {"output": theirs[POSITIONS].contiguous()}},
    }  # fmt: skip


def offset_case() -> dict:
    """M2M100 as a module: the first token has position padding_idx + 1, a pad token a row of zeros."""
    padding, width = 1, 12
    module = M2M100SinusoidalPositionalEmbedding(64, width, padding)
    tokens = torch.tensor([[5, 9, 4, 7, 1, 1], [1, 1, 8, 3, 6, 2]])
    theirs = module(tokens)
    positions = module.create_position_ids_from_input_ids(tokens, padding)
    output = torch.stack([table("t2t", width, row) for row in positions.tolist()])
    output[tokens == padding] = 0.0
    difference = golden.agree("t2t with offset", output, theirs, 5e-6)
    return {
        "name": "t2t, width 12, positions from tokens as in M2M100",
        "options": {"layout": "t2t", "width": width, "base": 10000, "paddingToken": padding, "offset": padding + 1},
        "inputs": {"tokens": tokens, "positions": positions, "isPadding": tokens == padding},
        "outputs": {"output": output},
        "gradients": {},
        "reference": {"by": "transformers M2M100SinusoidalPositionalEmbedding", "dtype": "float32",
                      "maxDifference": difference, "outputs": {"output": theirs}},
    }  # fmt: skip


def added_case(draw: golden.Draw) -> dict:
    """Added to embeddings that are first multiplied by √width, as in the paper."""
    embeddings, cotangent = golden.leaf(draw.normal(3, 7, 12)), draw.normal(3, 7, 12)
    output = embeddings * 12**0.5 + table("paper", 12, list(range(7)))
    return {
        "name": "paper, width 12, added to embeddings times √12",
        "options": {"layout": "paper", "width": 12, "base": 10000, "embedScale": 12**0.5},
        "inputs": {"embeddings": embeddings, "positions": torch.arange(7), "cotangent": cotangent},
        "outputs": {"output": output},
        "gradients": golden.gradients((output * cotangent).sum(), embeddings=embeddings),
    }


def scaled_case(draw: golden.Draw) -> dict:
    """x-transformers' module itself in float64, but for its frequencies, which are set to float64's."""
    width, length = 20, 7
    embeddings, cotangent = golden.leaf(draw.normal(2, length, width)), draw.normal(2, length, width)
    module = ScaledSinusoidalEmbedding(width).double()
    golden.agree("the scale it starts from", module.scale, torch.tensor([width**-0.5]), 1e-7)
    module.scale.data.fill_(0.375)
    module.inv_freq = torch.tensor([10000.0 ** (-2 * m / width) for m in range(width // 2)], dtype=torch.float64)
    output = embeddings + module(embeddings)
    golden.agree("scaled", embeddings + 0.375 * table("concat", width, list(range(length))), output, 1e-14)
    return {
        "name": "concat, width 20, times a learned scale",
        "options": {"layout": "concat", "width": width, "base": 10000, "scale": "learned"},
        "inputs": {"embeddings": embeddings, "positions": torch.arange(length), "scale": module.scale,
                   "cotangent": cotangent},
        "outputs": {"output": output},
        "gradients": golden.gradients((output * cotangent).sum(), embeddings=embeddings, scale=module.scale),
    }  # fmt: skip


def make() -> dict:
    cases = [layout_case(layout, width) for layout in ("paper", "concat", "t2t") for width in (8, 12)]
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, lucidrains/x-transformers, own derivation",
            "M2M100SinusoidalPositionalEmbedding, ScaledSinusoidalEmbedding, oracle/sinusoidal.py",
            ("torch", "transformers", "x-transformers"), seed=3,
            notes=["outputs: own derivation in float64; reference: the library's float32 table.",
                   "M2M100 (and fairseq) begin at position padding_idx + 1."]),
        "cases": [*cases, offset_case(), added_case(golden.Draw(3)), scaled_case(golden.Draw(4))],
    }  # fmt: skip
