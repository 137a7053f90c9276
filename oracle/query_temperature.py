"""Query temperature: queries are multiplied by a factor that rises with their position i, in four published forms.

    llama-4       1 + scale · ln(1 + ⌊(i + 1) / length⌋)
    ministral-3   1 + scale · ln(1 + ⌊i / length⌋)
    inkling       1 + scale · ln(max((i + 1) / length, 1))
    beam          (1 + (i + 1) / length)^scale

`outputs` are an own derivation in float64. `reference`: a whole Llama4TextAttention whose projections pass query, key
and value through (its answer is the output, not the scores); Ministral 3's get_llama_4_attn_scale; Inkling's formula
stands inside its forward pass and is not asked. All in float32.

In Llama 4's configuration no_rope_layers[l] = 1 means that layer l has RoPE, and no temperature; the last case shows it.
"""

import math

import torch
from transformers import Llama4TextConfig
from transformers.models.beam.modeling_beam import compute_attention_scaling
from transformers.models.llama4 import modeling_llama4 as llama4
from transformers.models.ministral3.modeling_ministral3 import get_llama_4_attn_scale

import golden
import rotary

NAME = "query-temperature"


def factor(form: str, i: int, scale: float, length: int) -> float:
    if form == "inkling":
        return 1 + scale * math.log(max((i + 1) / length, 1))
    if form == "beam":
        return (1 + (i + 1) / length) ** scale
    return 1 + scale * math.log(1 + (i + (form == "llama-4")) // length)


def turn(form, scale, length):
    def apply(x, positions, role):
        if role == "key":
            return x
        factors = [factor(form, i, scale, length) for i in positions.tolist()]
        return x * torch.tensor(factors, dtype=x.dtype)[:, None]

    return apply


def ministral(scale, length):
    def turned(query, key, query_positions, key_positions):
        return query * get_llama_4_attn_scale(query_positions[None], scale, length), key

    return turned


def beam(query, key, query_positions, key_positions):
    return query * compute_attention_scaling(query_positions[None]), key


def llama_4_attention(query, key, value, scale, length, no_rope_layers) -> torch.Tensor:
    """The layer's output [1, heads, length, headDim]; its input holds query, key and value side by side."""
    heads, tokens, head_dim = query.shape[1:]
    width = heads * head_dim
    config = Llama4TextConfig(
        hidden_size=3 * width, num_attention_heads=heads, num_key_value_heads=heads, head_dim=head_dim,
        num_hidden_layers=1, no_rope_layers=no_rope_layers, use_qk_norm=False, attn_temperature_tuning=True,
        floor_scale=length, attn_scale=scale, attention_bias=False, attn_implementation="eager",
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
    )  # fmt: skip
    layer = llama4.Llama4TextAttention(config, 0).eval()
    with torch.no_grad():
        for at, part in enumerate((layer.q_proj, layer.k_proj, layer.v_proj)):
            part.weight.zero_()
            part.weight[:, at * width : (at + 1) * width] = torch.eye(width)
        layer.o_proj.weight.zero_()
        layer.o_proj.weight[:width] = torch.eye(width)
    x = torch.cat([t.transpose(1, 2).flatten(2) for t in (query, key, value)], -1)
    mask = torch.full((tokens, tokens), float("-inf")).triu(1)[None, None]
    angles = llama4.Llama4TextRotaryEmbedding(config)(x, torch.arange(tokens)[None])
    with torch.no_grad():
        output = layer(x, angles, mask)[0][..., :width]
    return output.view(1, tokens, heads, head_dim).transpose(1, 2)


def llama_4_case(shared, scale, length) -> dict:
    options = {"form": "llama-4", "scale": scale, "length": length}
    made = rotary.case(f"llama-4, scale {scale}, length {length}", options, rotary.SQUARE, shared,
                       turn("llama-4", scale, length), torch.arange(7))  # fmt: skip
    inputs = [shared[rotary.SQUARE][n].float() for n in ("query", "key", "value")]
    theirs = llama_4_attention(*inputs, scale, length, [0])
    difference = float((made["outputs"]["output"]["data"] - theirs.flatten()[:: rotary.EVERY[rotary.SQUARE]]).abs().max())
    if not difference < 1e-6:
        raise SystemExit(f"llama-4: differs from Llama4TextAttention by {difference:.3g}.")
    made["reference"] = {"by": "transformers Llama4TextAttention, no_rope_layers 0", "dtype": "float32",
                         "maxDifference": difference,
                         "outputs": {"output": golden.every(theirs.contiguous(), rotary.EVERY[rotary.SQUARE])}}  # fmt: skip
    return made


def rope_layer_case(shared, scale, length) -> dict:
    """no_rope_layers 1: RoPE in interleaved pairs, and queries keep their size."""

    def rope(x, positions, role):
        return rotary.pairs(x, positions.double()[:, None] * rotary.geometric(x.shape[-1], 10000), "interleaved")

    made = rotary.case("a Llama 4 layer whose no_rope_layers entry is 1", {"noRopeLayers": 1}, rotary.SQUARE, shared, rope,
                       torch.arange(7))  # fmt: skip
    inputs = [shared[rotary.SQUARE][n].float() for n in ("query", "key", "value")]
    theirs = llama_4_attention(*inputs, scale, length, [1])
    difference = float((made["outputs"]["output"]["data"] - theirs.flatten()[:: rotary.EVERY[rotary.SQUARE]]).abs().max())
    if not difference < 1e-6:
        raise SystemExit(f"rope layer: differs from Llama4TextAttention by {difference:.3g}.")
    made["reference"] = {"by": "transformers Llama4TextAttention, no_rope_layers 1", "dtype": "float32",
                         "maxDifference": difference,
                         "outputs": {"output": golden.every(theirs.contiguous(), rotary.EVERY[rotary.SQUARE])}}  # fmt: skip
    return made


def make() -> dict:
    shared = rotary.groups(golden.Draw(30))
    cases = [
        llama_4_case(shared, 0.1, 3),
        rotary.case("ministral-3, scale 0.5, length 8, 5 queries of 33 keys",
                    {"form": "ministral-3", "scale": 0.5, "length": 8}, rotary.LONG, shared, turn("ministral-3", 0.5, 8),
                    torch.arange(33), library=ministral(0.5, 8), by="transformers Ministral 3 get_llama_4_attn_scale"),
        rotary.case("inkling, scale 0.5, length 8, 5 queries of 33 keys",
                    {"form": "inkling", "scale": 0.5, "length": 8}, rotary.LONG, shared, turn("inkling", 0.5, 8),
                    torch.arange(33)),
        rotary.case("inkling, scale 0.1, length 3, both ways", {"form": "inkling", "scale": 0.1, "length": 3},
                    rotary.SQUARE, shared, turn("inkling", 0.1, 3), torch.arange(7), causal=False),
        rotary.case("beam, scale 0.1, length 2048, far positions", {"form": "beam", "scale": 0.1, "length": 2048},
                    rotary.SQUARE, shared, turn("beam", 0.1, 2048), torch.arange(7) * 1500 + 3, library=beam,
                    by="transformers Beam compute_attention_scaling"),
        rope_layer_case(shared, 0.1, 3),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, own derivation",
            "models/llama4/modeling_llama4.py, models/ministral3/modeling_ministral3.py, models/inkling/modeling_inkling.py, models/beam/modeling_beam.py; "
            "oracle/query_temperature.py",
            ("torch", "transformers"), seed=30,
            notes=["outputs and gradients: own derivation in float64; reference: a library's answer in float32.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
