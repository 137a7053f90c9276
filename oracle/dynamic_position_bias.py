"""A small network of the distance, bias[h, i, j] = MLP(i − j)_h, in two published forms.

    x-transformers   Linear(1 → w) [norm] SiLU, depth − 1 times Linear(w → w) [norm] SiLU, Linear(w → heads)
    CrossFormer      Linear(1 → w), three times LayerNorm ReLU Linear, the last to heads; optionally residual

x-transformers' DynamicPositionBias itself answers the first (its cast to float32 made one to float64); its first
norm is the library's own, which has no bias. CrossFormer's is an own derivation of cheerss/CrossFormer,
models/crossformer.py, DynamicPosBias: there the input is (Δrow, Δcolumn), here that or the distance alone.
"""

from unittest.mock import patch

import torch
from torch.nn.functional import layer_norm
from x_transformers.x_transformers import DynamicPositionBias

import golden
from position_bias import DIGITS, HEADS, attention_case, distances, groups, positions

NAME = "dynamic-position-bias"
WIDTH = 6


def library_bias(depth, log, norm):
    module = DynamicPositionBias(WIDTH, heads=HEADS, depth=depth, log_distance=log, norm=norm).double()
    compute = torch.func.functional_call

    def bias(learned, lengths):
        named = {library_name(n, depth): p.T if n.endswith("weight") and p.ndim == 2 else p for n, p in learned.items()}
        with patch.object(torch.Tensor, "float", torch.Tensor.double):
            return compute(module, named, lengths)

    return bias


def library_name(name, depth):
    """`linear1.weight` → `mlp.1.0.weight`: hidden layers are sequences, the last is a layer alone."""
    part, tensor = name.split(".")
    if part == "output":
        return f"mlp.{depth}.{tensor}"
    layer = int(part[-1])
    return f"mlp.{layer}.0.{tensor}" if part.startswith("linear") else f"mlp.{layer}.1.{tensor if layer else 'gamma'}"


def library_parameters(draw, depth, norm):
    found = {}
    for layer in range(depth):
        found[f"linear{layer}.weight"] = draw.normal(1 if layer == 0 else WIDTH, WIDTH, std=0.4)
        found[f"linear{layer}.bias"] = draw.normal(WIDTH, std=0.4)
        if norm:
            found[f"norm{layer}.weight"] = draw.normal(WIDTH, mean=1, std=0.3)
        if norm and layer > 0:
            found[f"norm{layer}.bias"] = draw.normal(WIDTH, std=0.3)
    return found | {"output.weight": draw.normal(WIDTH, HEADS, std=0.4), "output.bias": draw.normal(HEADS)}


def crossformer_bias(residual, grid):
    def bias(learned, lengths):
        if grid is None:
            x = distances(lengths)[..., None]
        else:
            (i, j) = positions(lengths)
            rows, columns = (torch.floor(p / grid) for p in (i, j)), (p % grid for p in (i, j))
            x = torch.stack([a[:, None] - b[None, :] for a, b in (rows, columns)], -1)
        x = x @ learned["linear0.weight"] + learned["linear0.bias"]
        for layer in (1, 2, 3):
            normed = layer_norm(x, x.shape[-1:], learned[f"norm{layer}.weight"], learned[f"norm{layer}.bias"], 1e-5)
            y = torch.relu(normed) @ learned[f"linear{layer}.weight"] + learned[f"linear{layer}.bias"]
            x = x + y if residual and layer < 3 else y
        return x.permute(2, 0, 1)

    return bias


def crossformer_parameters(draw, inputs):
    found = {"linear0.weight": draw.normal(inputs, WIDTH, std=0.4), "linear0.bias": draw.normal(WIDTH, std=0.4)}
    for layer in (1, 2, 3):
        out = HEADS if layer == 3 else WIDTH
        found[f"norm{layer}.weight"] = draw.normal(WIDTH, mean=1, std=0.3)
        found[f"norm{layer}.bias"] = draw.normal(WIDTH, std=0.3)
        found[f"linear{layer}.weight"] = draw.normal(WIDTH, out, std=0.4)
        found[f"linear{layer}.bias"] = draw.normal(out, std=0.4)
    return found


def make() -> dict:
    draw = golden.Draw(26)
    shared = groups(draw)

    def library(group, causal, depth=2, log=False, norm=False):
        options = {"width": WIDTH, "depth": depth, "logDistance": log, "norm": norm}
        words = [f"x-transformers, depth {depth}", *(["log distance"] if log else []), *(["norm"] if norm else [])]
        name = ", ".join(words)
        return attention_case(shared, group, name, options, library_parameters(draw, depth, norm),
                              library_bias(depth, log, norm), causal)  # fmt: skip

    def crossformer(group, causal, residual, grid=None):
        options = {"form": "crossformer", "width": WIDTH, "residual": residual} | ({"gridWidth": grid} if grid else {})
        name = ", ".join(["CrossFormer", *(["residual"] if residual else []), *([f"grid {grid} wide"] if grid else [])])
        return attention_case(shared, group, name, options, crossformer_parameters(draw, 2 if grid else 1),
                              crossformer_bias(residual, grid), causal)  # fmt: skip

    return {
        "source": golden.source(NAME, "lucidrains/x-transformers, own derivation of cheerss/CrossFormer",
                                "DynamicPositionBias; oracle/dynamic_position_bias.py",
                                ("torch", "x-transformers"), seed=26, digits=DIGITS),
        "shared": shared,
        "cases": [library("square", True), library("square", False, depth=1, log=True),
                  library("long", True, norm=True), library("long", True, depth=3, log=True, norm=True), crossformer("square", False, False),
                  crossformer("long", True, True), crossformer("long", True, False, grid=11)],
    }  # fmt: skip
