"""Abacus embeddings: table rows by the place of a digit in its run of digits, plus k; row 0 for other tokens.

The rule is that of mcleish7/arithmetic, abacus.py, which is no package: written out here by a loop over tokens, in
float64. `offset` is the k that its training draws.
"""

import torch

import golden

NAME = "abacus"


def places(tokens: torch.Tensor, digits: list[int], offset: int) -> torch.Tensor:
    result = torch.zeros_like(tokens)
    for row, line in enumerate(tokens.tolist()):
        run = 0
        for at, token in enumerate(line):
            run = run + 1 if token in digits else 0
            result[row, at] = run + offset if run else 0
    return result


def case(draw, name, tokens, digits, offset, rows, width, vocab) -> dict:
    embeddings = draw.normal(*tokens.shape, width)
    table = draw.normal(rows, width)
    cotangent = draw.normal(*tokens.shape, width)
    found = places(tokens, digits, offset)

    def run(embeddings, table):
        return embeddings + table[found]

    leaves = {"embeddings": golden.leaf(embeddings), "table": golden.leaf(table)}
    output = run(**leaves)
    return {
        "name": name,
        "options": {"digits": digits, "offset": offset, "vocab": vocab},
        "inputs": {"tokens": tokens, "embeddings": embeddings, "table": table, "cotangent": cotangent},
        "outputs": {"places": found, "output": output},
        "gradients": golden.gradients((output * cotangent).sum(), **leaves),
    }


def text(*lines: str) -> torch.Tensor:
    return torch.tensor([list(line.encode()) for line in lines])


def make() -> dict:
    draw = golden.Draw(31)
    bytes_of_digits = list(range(48, 58))
    few = draw.integers(11, 3, 33)
    cases = [
        case(draw, "bytes, a sum", text("214+99=313", "7=70000123", "+++++++1=x"), bytes_of_digits, 0, 13, 8, 256),
        case(draw, "bytes, offset 3", text("00012 3", "1234567", "a1b2c3d"), bytes_of_digits, 3, 13, 8, 256),
        case(draw, "eight of 11 tokens are digits, length 33", few, [0, 2, 3, 4, 6, 7, 8, 9], 2, 40, 4, 11),
        case(draw, "one token, a digit", torch.tensor([[52]]), bytes_of_digits, 0, 4, 4, 256),
    ]
    return {
        "source": golden.source(
            NAME, "own derivation", "oracle/abacus.py", ("torch",), seed=31,
            notes=["Own derivation of the rule in mcleish7/arithmetic's abacus.py; offset is its k.",
                   "The reference itself fails on a text of one digit."]),
        "cases": cases,
    }  # fmt: skip
