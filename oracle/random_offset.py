"""SHAPE: sinusoidal positions that begin at an offset, added to token vectors times √width.

The rule is that of butsugiri/shape, onmt/modules/embeddings.py, which is no package: an own derivation in float64. Its
table is the interleaved one of the paper, as here. What it draws is no number to compare; the offset is given.
"""

import torch

import golden
from sinusoidal import table

NAME = "random-offset"


def case(draw, offset: int, width: int, length: int) -> dict:
    embeddings, cotangent = golden.leaf(draw.normal(2, length, width)), draw.normal(2, length, width)
    positions = list(range(offset, offset + length))
    output = embeddings * width**0.5 + table("paper", width, positions)
    return {
        "name": f"sinusoidal from {offset}, width {width}, length {length}",
        "options": {"base": "sinusoidal", "offset": offset},
        "inputs": {"embeddings": embeddings, "positions": torch.tensor(positions), "cotangent": cotangent},
        "outputs": {"output": output},
        "gradients": golden.gradients((output * cotangent).sum(), embeddings=embeddings),
    }


def learned_case(draw, offset: int, width: int, length: int, rows: int) -> dict:
    leaves = {"embeddings": golden.leaf(draw.normal(2, length, width)), "table": golden.leaf(draw.normal(rows, width))}
    cotangent = draw.normal(2, length, width)
    positions = torch.arange(offset, offset + length)
    output = leaves["embeddings"] + leaves["table"][positions]
    return {
        "name": f"learned from {offset}, width {width}, length {length}",
        "options": {"base": "learned", "offset": offset},
        "inputs": leaves | {"positions": positions, "cotangent": cotangent},
        "outputs": {"output": output},
        "gradients": golden.gradients((output * cotangent).sum(), **leaves),
    }


def make() -> dict:
    draw = golden.Draw(32)
    return {
        "source": golden.source(
            NAME, "own derivation", "oracle/random_offset.py", ("torch",), seed=32,
            notes=["Own derivation of the rule in butsugiri/shape's onmt/modules/embeddings.py."]),
        "cases": [case(draw, 0, 12, 7), case(draw, 499, 12, 7), case(draw, 17, 4, 33),
                  learned_case(draw, 5, 12, 7, 16)],
    }  # fmt: skip
