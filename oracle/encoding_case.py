"""Cases that one check can answer for every encoding: the case itself says how to make the encoding.

    options.causal        whether a query sees only keys up to its own position
    options.encoding      the settings that `create(shape, settings)` is given
    options.parameters    the name of the case's input → the name of the encoding's parameter

Other inputs are `query`, `key`, `value`, `cotangent` and, where the encoding reads it, `x`: the layer's input at all
keys. Keys have positions 0, 1, 2, …; the queries are the last of them. All numbers drawn are multiples of 1/64, so
float32 holds them exactly.
"""

import torch

import causal_scores


def numbers(draw, *shape: int, std: float = 1.0, mean: float = 0.0) -> torch.Tensor:
    """Normal numbers, rounded to multiples of 1/64."""
    return torch.round(draw.normal(*shape, std=std, mean=mean, decimals=9) * 64) / 64


def score_inputs(draw, heads: int, length: int, head_dim: int, queries: int | None = None) -> dict:
    rows = {"query": queries or length, "key": length, "value": length, "cotangent": queries or length}
    return {name: numbers(draw, 1, heads, size, head_dim) for name, size in rows.items()}


def positions(rows: int, columns: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Of the queries and of the keys, float64."""
    every = torch.arange(columns).double()
    return every[columns - rows :], every


def by_head(flat: torch.Tensor, heads: int) -> torch.Tensor:
    """[batch, length, heads · width] → [batch, heads, length, width]"""
    return flat.unflatten(-1, (heads, -1)).transpose(1, 2)


def case(name, encoding, inputs, run, parameters=None, causal=True, every=1, **more) -> dict:
    """As `causal_scores.case`; `run` gives `scores` and `output`."""
    options = {"causal": causal, "encoding": encoding, "parameters": parameters or {}}
    return causal_scores.case(name, options, inputs, run, every, **more)
