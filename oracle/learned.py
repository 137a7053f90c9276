"""Learned absolute positions as in GPT-2: a torch.nn.Embedding table, looked up and added."""

import torch

import golden

NAME = "learned"
MAX_LENGTH, WIDTH, BATCH, LENGTH = 16, 12, 3, 7


def case(name: str, positions: torch.Tensor, weight, embeddings, cotangent) -> dict:
    table = torch.nn.Embedding(MAX_LENGTH, WIDTH, dtype=torch.float64)
    table.weight.data.copy_(weight)
    embeddings = golden.leaf(embeddings)
    output = embeddings + table(positions)
    return {
        "name": name,
        "options": {"maxLength": MAX_LENGTH, "width": WIDTH},
        "inputs": {"table": weight, "embeddings": embeddings, "positions": positions, "cotangent": cotangent},
        "outputs": {"output": output},
        "gradients": golden.gradients((output * cotangent).sum(), table=table.weight, embeddings=embeddings),
    }


def make() -> dict:
    draw = golden.Draw(4)
    weight = draw.normal(MAX_LENGTH, WIDTH, std=0.2)
    embeddings, cotangent = draw.normal(BATCH, LENGTH, WIDTH), draw.normal(BATCH, LENGTH, WIDTH)
    # Left padding: padded places get position 0, the first token of the sequence too.
    left_padded = torch.tensor([[0, 1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 2, 3, 4], [0, 0, 0, 0, 0, 1, 2]])
    fixed = (weight, embeddings, cotangent)
    return {
        "source": golden.source(NAME, "pytorch/pytorch", "torch.nn.Embedding", seed=4),
        "cases": [
            case("positions 0 … 6", torch.arange(LENGTH), *fixed),
            case("positions 9 … 15", torch.arange(9, 9 + LENGTH), *fixed),
            case("positions per sequence, left padded", left_padded, *fixed),
        ],
    }
