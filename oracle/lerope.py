"""LeRoPE: pair m turns by position · base^(−2m/width) · e^α_m, an own derivation in float64, turned pair by pair.

`reference` is transformers' MistralLarge4TextRotaryEmbedding in float32, with Llama's rotation of halves, or the
model's own rotation of neighbours.
"""

import torch
from transformers import MistralLarge4TextConfig
from transformers.models.llama import modeling_llama as llama
from transformers.models.mistral_large4 import modeling_mistral_large4 as mistral

import golden
import rotary

NAME = "lerope"


def turn(base, layout, rotated=None):
    def apply(x, positions, role, alpha):
        width = rotated or x.shape[-1]
        angle = positions.double()[:, None] * (rotary.geometric(width, base) * alpha.exp())
        return rotary.pairs(x, angle, layout)

    return apply


def library(base, layout):
    def turned(query, key, query_positions, key_positions, alpha):
        config = MistralLarge4TextConfig(
            head_dim=key.shape[-1], qk_rope_head_dim=key.shape[-1],
            rope_parameters={"rope_type": "default", "rope_theta": float(base)},
        )  # fmt: skip
        config.head_dim = key.shape[-1]
        module = mistral.MistralLarge4TextRotaryEmbedding(config)
        module.alpha.data.copy_(alpha)
        cos, sin = module(key, key_positions[None])
        rotate = llama.apply_rotary_pos_emb if layout == "half" else mistral.apply_rotary_pos_emb_interleave
        last = slice(-query.shape[2], None)
        return rotate(query, query, cos[:, last], sin[:, last])[0], rotate(key, key, cos, sin)[0]

    return turned


def make() -> dict:
    draw = golden.Draw(35)
    shared = rotary.groups(draw)
    by = "transformers MistralLarge4TextRotaryEmbedding"

    def case(name, group, positions, base, layout, width, rotated=None, causal=True):
        options = {"base": base, "layout": layout} | ({"rotated": rotated} if rotated else {})
        asked = {} if rotated else {"library": library(base, layout), "by": by}
        return rotary.case(name, options, group, shared, turn(base, layout, rotated), positions, causal,
                           parameters={"alpha": draw.normal(width // 2, std=0.4)}, **asked)  # fmt: skip

    cases = [
        case("half, headDim 20, length 7", rotary.SQUARE, torch.arange(7), 10000, "half", 20),
        case("interleaved, headDim 20, base 500, both ways", rotary.SQUARE, torch.arange(7), 500, "interleaved", 20,
             causal=False),
        case("half, headDim 4, 5 queries of 33 keys", rotary.LONG, torch.arange(33), 10000, "half", 4),
        case("half, 12 of headDim 20", rotary.SQUARE, torch.arange(7), 10000, "half", 12, rotated=12),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, own derivation",
            "models/mistral_large4/modeling_mistral_large4.py; oracle/lerope.py", ("torch", "transformers"), seed=35,
            notes=["outputs and gradients: own derivation in float64; reference: the library's scores in float32.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
