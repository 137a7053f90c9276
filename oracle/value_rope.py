"""Rotary on values, undone at the output (DeepSeek-V4): values turn as keys do, outputs turn back.

    score_ij = scale · (R(i) q_i) · (R(j) k_j)
    o_i      = R(−i) Σ_j w_ij R(j) v_j = Σ_j w_ij R(j − i) v_j

R turns pair m by position · base^(−2m / rotated). An own derivation in float64 by the second form, value by value and
pair by pair, so that no output is turned back. Here the leading `rotated` components turn, in DeepSeek-V4 the
trailing ones of each head.

Compared with DeepseekV4Attention of transformers in float32: one layer with sliding attention, its sinks at −∞ and
its one key head, which is its value too. What it multiplies is taken by hooks: queries and keys after their norms,
and the input of its output projection.
"""

import torch
from transformers import DeepseekV4Config
from transformers.models.deepseek_v4 import modeling_deepseek_v4 as deepseek

import golden
import rotary
from causal_scores import seen
from encoding_case import case, positions, score_inputs

NAME = "value-rope"


def attend(base, layout, rotated, causal, query, key, value):
    omega = rotary.geometric(rotated, base)
    at = positions(query.shape[2], key.shape[2])
    turned = [rotary.pairs(x, p[:, None] * omega, layout) for x, p in zip((query, key), at)]
    scores = query.shape[-1] ** -0.5 * (turned[0] @ turned[1].transpose(-1, -2))
    masked = scores.masked_fill(~seen(scores), float("-inf")) if causal else scores
    weights = torch.softmax(masked, -1)
    rows = []
    for a, i in enumerate(at[0]):
        relative = rotary.pairs(value, (at[1] - i)[:, None] * omega, layout)
        rows.append((weights[:, :, a, :, None] * relative).sum(-2))
    return {"scores": scores, "output": torch.stack(rows, -2)}


def compare(draw, heads, length, head_dim, rotated) -> float:
    """The layer's own output before its projection, against ours for the queries and keys it makes."""
    config = DeepseekV4Config(
        hidden_size=16, num_attention_heads=heads, head_dim=head_dim, q_lora_rank=8, o_groups=1, o_lora_rank=4,
        num_hidden_layers=1, layer_types=["sliding_attention"], sliding_window=length, max_position_embeddings=64,
        partial_rotary_factor=rotated / head_dim, attn_implementation="eager", vocab_size=8,
    )  # fmt: skip
    torch.manual_seed(7)
    layer = deepseek.DeepseekV4Attention(config, 0)
    torch.nn.init.constant_(layer.sinks, float("-inf"))
    found = {}
    layer.q_b_norm.register_forward_hook(lambda module, given, made: found.update(query=made))
    layer.kv_norm.register_forward_hook(lambda module, given, made: found.update(key=made))
    layer.o_a_proj.register_forward_pre_hook(lambda module, given: found.update(output=given[0]))
    x, at = draw.normal(1, length, 16).float(), torch.arange(length)[None]
    waves = deepseek.DeepseekV4RotaryEmbedding(config)(x, at, layer_type="main")
    mask = torch.full((1, 1, length, length), float("-inf")).triu(1)
    with torch.no_grad():
        layer(x, {"main": waves}, at, mask)
    query = found["query"].double()
    key = found["key"].double()[:, None].expand_as(query)
    ours = attend(10000, "interleaved", rotated, True, *(y.roll(rotated, -1) for y in (query, key, key)))
    theirs = found["output"].unflatten(-1, (heads, head_dim)).squeeze(2).transpose(1, 2)
    return golden.agree("rotary on values, transformers", ours["output"].roll(-rotated, -1), theirs, 1e-5)


def make_case(draw, name, heads, length, head_dim, encoding, queries=None, causal=True, every=1):
    base, layout = encoding.get("base", 10000), encoding["layout"]
    rotated = encoding.get("rotated", head_dim)

    def run(query, key, value):
        return attend(base, layout, rotated, causal, query, key, value)

    return case(name, encoding, score_inputs(draw, heads, length, head_dim, queries), run, causal=causal, every=every)


def make() -> dict:
    draw = golden.Draw(43)
    worst = max(compare(draw, 3, 7, 8, 4), compare(draw, 12, 33, 4, 4))
    return {
        "source": golden.source(
            NAME, "huggingface/transformers",
            "models/deepseek_v4/modeling_deepseek_v4.py, DeepseekV4Attention (own float64 derivation)",
            ("torch", "transformers"), seed=43, digits=14,
            notes=["Leading components turn; in DeepSeek-V4 the trailing ones of a head do.",
                   f"transformers' layer in float32 differs from the derivation by at most {worst:.0e}."]),
        "cases": [
            make_case(draw, "interleaved, 12 heads, length 7", 12, 7, 4, {"base": 10000, "layout": "interleaved"},
                      every=11),
            make_case(draw, "interleaved, 4 of 20 components, 5 queries of 33 keys", 3, 33, 20,
                      {"base": 10000, "layout": "interleaved", "rotated": 4}, queries=5, every=17),
            make_case(draw, "half, base 100, length 67", 1, 67, 4, {"base": 100, "layout": "half"}, every=11),
            make_case(draw, "half, 2 of 8 components, both ways", 3, 7, 8,
                      {"base": 100, "layout": "half", "rotated": 2}, causal=False, every=5),
            make_case(draw, "interleaved, 1 query of 9 keys", 12, 9, 4, {"base": 10000, "layout": "interleaved"},
                      queries=1, every=11),
        ],
    }  # fmt: skip
