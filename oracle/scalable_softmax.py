"""Scalable softmax: q_i ← q_i · (s_h ln(i + 1) + b_h), an own derivation in float64.

`reference` is transformers' MistralLarge4TextSoftmaxScaling in float32; without a bias it is asked with b = 0.
"""

import torch
from transformers.models.mistral_large4.modeling_mistral_large4 import MistralLarge4TextSoftmaxScaling

import golden
import rotary

NAME = "scalable-softmax"


def turn(x, positions, role, scale, bias=None):
    if role == "key":
        return x
    factor = scale[:, None] * torch.log(positions.double() + 1)
    return x * (factor if bias is None else factor + bias[:, None])[..., None]


def mistral(query, key, query_positions, key_positions, scale, bias=None):
    module = MistralLarge4TextSoftmaxScaling(len(scale))
    module.scale.data.copy_(scale)
    module.bias.data.copy_(torch.zeros_like(scale) if bias is None else bias)
    return module(query, query_positions[None], head_dim_first=True), key


def make() -> dict:
    draw = golden.Draw(34)
    shared = rotary.groups(draw)
    by = "transformers MistralLarge4TextSoftmaxScaling"

    def case(name, group, positions, heads, bias, causal=True):
        learned = {"scale": draw.normal(heads, mean=0.4, std=0.2)}
        learned |= {"bias": draw.normal(heads, mean=1.0, std=0.3)} if bias else {}
        return rotary.case(name, {"bias": bias}, group, shared, turn, positions, causal, parameters=learned,
                           library=mistral, by=by)  # fmt: skip

    cases = [
        case("headDim 20, length 7", rotary.SQUARE, torch.arange(7), 3, False),
        case("headDim 20, length 7, with bias, both ways", rotary.SQUARE, torch.arange(7), 3, True, causal=False),
        case("headDim 4, 5 queries of 33 keys, with bias", rotary.LONG, torch.arange(33), 12, True),
    ]
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, own derivation",
            "models/mistral_large4/modeling_mistral_large4.py; oracle/scalable_softmax.py", ("torch", "transformers"),
            seed=34,
            notes=["outputs and gradients: own derivation in float64; reference: the library's scores in float32.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
