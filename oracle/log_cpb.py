"""Swin V2's log-spaced continuous position bias and cosine attention, asked of transformers' Swinv2SelfAttention.

    scores  = exp(min(λ_h, ln 100)) · q̂ · k̂ + 16 σ(MLP(u))_h
    u       = sign(Δ) · log2(8 |Δ| / (window − 1) + 1) / log2 8         for each axis, Δ = query − key
    MLP     Linear(axes → hidden), ReLU, Linear(hidden → heads) without bias

The library's window has two axes. One axis is a window one row high with a pretrained window (2, W), whose row
coordinate is 0 everywhere. `long` cases keep the last queries of a whole window. The hidden width is made smaller.
"""

import math

import torch
from torch.nn.functional import normalize
from transformers import Swinv2Config
from transformers.models.swinv2.modeling_swinv2 import Swinv2SelfAttention

import golden
import swin
from position_bias import DIGITS, HEADS, LENGTHS, MODEL, attention_case, groups

NAME = "log-cpb"
HIDDEN = 10


def module_of(window, pretrained):
    with swin.in_float64():
        module = Swinv2SelfAttention(Swinv2Config(qkv_bias=False), MODEL, HEADS, window, pretrained)
        linear = torch.nn.Linear
        module.continuous_position_bias_mlp = torch.nn.Sequential(
            linear(2, HIDDEN), torch.nn.ReLU(), linear(HIDDEN, HEADS, bias=False)
        )
    return module.double()


def library_parameters(learned):
    first = learned["hidden.weight"]
    if first.shape[0] == 1:  # the row's coordinate is 0; any weight will do
        first = torch.cat([torch.ones_like(first), first])
    mlp = "continuous_position_bias_mlp"
    return {f"{mlp}.0.weight": first.T, f"{mlp}.0.bias": learned["hidden.bias"],
            f"{mlp}.2.weight": learned["output.weight"].T, "logit_scale": learned["scale"][:, None, None]}  # fmt: skip


def bias_of(window, pretrained):
    """The library's own lines between its network and the sum with the scores, for the last queries."""
    module = module_of(window, pretrained)
    keys = window[0] * window[1]

    def bias(learned, lengths):
        named = library_parameters(learned)
        mlp = "continuous_position_bias_mlp."
        table = torch.func.functional_call(
            module.continuous_position_bias_mlp,
            {n.removeprefix(mlp): p for n, p in named.items() if n.startswith(mlp)},
            (module.relative_coords_table,),
        ).view(-1, HEADS)
        whole = table[module.relative_position_index.view(-1)].view(keys, keys, HEADS).permute(2, 0, 1)
        return 16 * torch.sigmoid(whole[:, keys - lengths[0] :])

    return bias


def turn(vectors, role, learned):
    unit = normalize(vectors, dim=-1)
    return unit * learned["scale"].clamp(max=math.log(100)).exp()[:, None, None] if role == "query" else unit


def make() -> dict:
    draw = golden.Draw(27)
    shared = groups(draw)

    def case(group, name, options, window, pretrained, causal):
        axes = 2 if "gridWidth" in options else 1
        scale = draw.normal(HEADS, mean=math.log(10), std=0.5)
        scale[3], scale[8] = 4.7, 5.5  # above ln 100 = 4.605
        parameters = {
            "hidden.weight": draw.normal(axes, HIDDEN), "hidden.bias": draw.normal(HIDDEN),
            "output.weight": draw.normal(HIDDEN, HEADS, std=0.4), "scale": scale,
        }  # fmt: skip
        bias = bias_of(window, pretrained)
        if LENGTHS[group][0] == window[0] * window[1] and not causal:
            compare_whole(shared[group], module_of(window, pretrained), parameters, bias)
        return attention_case(shared, group, name, {"hidden": HIDDEN, **options}, parameters, bias, causal,
                              scale=1.0, turn=turn)  # fmt: skip

    def compare_whole(inputs, module, parameters, bias):
        theirs = swin.answer(module, inputs["query"], inputs["key"], inputs["value"], library_parameters(parameters))
        q, k = turn(inputs["query"], "query", parameters), turn(inputs["key"], "key", parameters)
        ours = torch.softmax(q @ k.transpose(-1, -2) + bias(parameters, LENGTHS["square"]), -1) @ inputs["value"]
        golden.agree("attention, Swinv2SelfAttention", ours, theirs, 1e-13)

    return {
        "source": golden.source(NAME, "huggingface/transformers",
                                "models/swinv2/modeling_swinv2.py Swinv2SelfAttention; oracle/log_cpb.py",
                                ("torch", "transformers"), seed=27, digits=DIGITS),
        "shared": shared,
        "cases": [
            case("square", "window 7", {"window": 7}, (1, 7), (2, 7), False),
            case("square", "window 4 in pre-training", {"window": 4}, (1, 7), (2, 4), True),
            case("long", "window 33", {"window": 33}, (1, 33), (2, 33), True),
            case("long", "grid 11 wide", {"window": [3, 11], "gridWidth": 11}, (3, 11), (0, 0), True),
            case("long", "grid 11 wide, window 5 in pre-training", {"window": [4, 5], "gridWidth": 11}, (3, 11), (4, 5),
                 False),
        ],
    }  # fmt: skip
