"""XLNet's relative positions: Transformer-XL's terms with the sinusoid of the signed distance, in either direction.

Asked is transformers' XLNetRelativeAttention.rel_attn_core in float64, with the positions of its model's
relative_positional_encoding: klen … −qlen + 1 bidirectional, klen … 0 one way. Segment terms are left out.
"""

import torch
from transformers import XLNetConfig
from transformers.models.xlnet.modeling_xlnet import XLNetModel, XLNetRelativeAttention

import golden
from content import attention_inputs, case, distances, scores_with, sinusoid, weigh

NAME = "xlnet"


def library(query, key, value, u, v, weight, causal, clamp, **_):
    """Weights [batch, heads, query, key] and output of transformers' module."""
    _, heads, length, head_dim = query.shape
    keys, width = key.shape[2], weight.shape[0]
    # Its check wants heads that divide the width; the width of a sinusoid is the model's.
    config = XLNetConfig(
        vocab_size=8, d_model=width, n_layer=0, n_head=heads, d_inner=8, dropout=0.0, clamp_len=clamp or -1,
        attn_type="uni" if causal else "bi")  # fmt: skip
    theirs = XLNetModel(config).relative_positional_encoding(length, keys)[:, 0]
    positions = torch.arange(keys, -1 if causal else -length, -1)
    positions = positions if clamp is None else positions.clamp(-clamp, clamp)
    golden.agree("sinusoid, transformers' float32", sinusoid(positions, width), theirs, 1e-5)

    module = XLNetRelativeAttention(config).eval().double()
    module.r_w_bias.data, module.r_r_bias.data = u, v
    first = lambda x: x.permute(2, 0, 1, 3)  # noqa: E731, [length, batch, heads, headDim]
    position = (sinusoid(positions, width) @ weight).unflatten(-1, (heads, head_dim))[:, None]
    mask = (distances(length, keys) < 0)[:, :, None, None].double() if causal else None
    with torch.no_grad():
        output, weights = module.rel_attn_core(
            first(query), first(key), first(value), position, attn_mask=mask, output_attentions=True)  # fmt: skip
    return weights.permute(2, 3, 0, 1), output.permute(1, 2, 0, 3)


def xlnet_case(draw, causal, heads, keys, head_dim, clamp=None, queries=None) -> dict:
    inputs = attention_inputs(draw, heads, keys, head_dim, queries)
    width = heads * head_dim
    inputs |= {"u": draw.normal(heads, head_dim), "v": draw.normal(heads, head_dim),
               "weight": draw.normal(width, width, std=0.3, decimals=2)}  # fmt: skip
    words = ["causal" if causal else "bidirectional", f"{heads} heads of {head_dim}", f"length {keys}"]
    words += [f"a segment of {queries} with memory"] * (queries is not None)
    words += [f"distances up to {clamp}"] * (clamp is not None)
    name = ", ".join(words)
    distance = distances(queries or keys, keys)
    distance = distance if clamp is None else distance.clamp(-clamp, clamp)
    scores = scores_with(distance)
    options = {"causal": causal} | ({} if clamp is None else {"clampLength": clamp})
    made = case(name, options, inputs, scores, kept=13)
    made["gradients"]["weight"] = golden.every(made["gradients"]["weight"], 13)
    weights, output = library(**inputs, causal=causal, clamp=clamp)
    ours = weigh(scores(**inputs), causal)
    golden.agree(f"{name}, weights", ours, weights, 1e-12)
    golden.agree(f"{name}, output", ours @ inputs["value"], output, 1e-12)
    return made


def make() -> dict:
    draw = golden.Draw(24)
    return {
        "source": golden.source(
            NAME, "huggingface/transformers",
            "models/xlnet/modeling_xlnet.py XLNetRelativeAttention.rel_attn_core",
            ("torch", "transformers"), seed=24, digits=14,
            notes=["Numbers are our derivation's in float64; the library's weights and outputs agree within 1e-12.",
                   "Its float32 sinusoid was compared with ours and replaced by it.",
                   "u is r_w_bias, v is r_r_bias, weight is r, stored [in, out]."]),
        "cases": [
            xlnet_case(draw, False, 12, 7, 4),
            xlnet_case(draw, True, 1, 7, 20),
            xlnet_case(draw, False, 2, 33, 4, queries=7),
            xlnet_case(draw, False, 2, 33, 4, clamp=11),
            xlnet_case(draw, True, 3, 7, 4, queries=3),
        ],
    }  # fmt: skip
