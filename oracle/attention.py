"""Softmax attention written out, for encodings that add a bias to the scores."""

import torch


def attend(query, key, value, bias=0.0, scale=None, causal=True):
    """query, key, value [batch, heads, length, headDim]; bias [heads, query, key], added after the scale."""
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    scores = scale * (query @ key.transpose(-1, -2)) + bias
    if causal:
        future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(future, float("-inf"))
    return torch.softmax(scores, -1) @ value


def attention_inputs(draw, batch=2, heads=12, length=7, head_dim=4) -> dict:
    names = ("query", "key", "value", "cotangent")
    return {name: draw.normal(batch, heads, length, head_dim) for name in names}
