"""Transformer-XL: score = τ ((q_i + u)·k_j + (q_i + v)·(W R_distance)), R the sinusoid [sin; cos] of the distance.

Asked is transformers 4's RelPartialLearnableMultiHeadAttn (version 5 has it no more), which is the authors' PyTorch
module: it is given queries, keys and values in place of its projections, and its own relative shift lays the terms out.
Cases with fewer queries than keys are its segments with memory. It answers in float64; its sinusoid is float32, so it
is given ours, which is compared with its own.
"""

import torch
from transformers.models.deprecated.transfo_xl.modeling_transfo_xl import (
    PositionalEmbedding,
    RelPartialLearnableMultiHeadAttn,
)

import golden
from content import Given, attention_inputs, case, distances, scores_with, seen, sinusoid, weigh

LEGACY = True

NAME = "transformer-xl"


def rows_first(x: torch.Tensor) -> torch.Tensor:
    """[batch, heads, length, headDim] -> [length, batch, heads · headDim]"""
    return x.permute(2, 0, 1, 3).flatten(2)


def library(query, key, value, u, v, weight, clamp, **_):
    """Weights [batch, heads, query, key] of transformers' module.

    With a mask it would compute in float32. Without, keys of the future have weights too, of scores that its shift
    leaves behind: what is seen is scaled to the sum 1 instead."""
    batch, heads, length, head_dim = query.shape
    keys = key.shape[2]
    width = heads * head_dim
    module = RelPartialLearnableMultiHeadAttn(heads, width, head_dim, 0.0, pre_lnorm=True, r_r_bias=v, r_w_bias=u)
    module = module.double().eval()
    padded = torch.cat((torch.zeros(batch, heads, keys - length, head_dim), query), 2)
    module.qkv_net = Given(torch.cat([rows_first(x) for x in (padded.double(), key, value)], -1))
    module.r_net.weight = torch.nn.Parameter(weight.T.contiguous())
    module.o_net = torch.nn.Identity()
    # The model's own code: positions from the farthest to 0, clamped.
    positions = torch.arange(keys - 1, -1, -1.0).double()
    if clamp is not None:
        positions.clamp_(max=clamp)
    own = PositionalEmbedding(weight.shape[0])(positions.float())
    golden.agree("sinusoid, transformers' float32", sinusoid(positions, weight.shape[0])[:, None], own, 1e-5)
    memory = torch.zeros(keys - length, batch, width).double() if keys > length else None
    with torch.no_grad():
        _, weights = module(
            torch.zeros(length, batch, width).double(), sinusoid(positions, weight.shape[0])[:, None],
            mems=memory, output_attentions=True)  # fmt: skip
    weights = seen(weights.permute(2, 3, 0, 1), True)
    return weights / weights.sum(-1, keepdim=True)


def xl_case(draw, heads, keys, head_dim, clamp=None, queries=None) -> dict:
    inputs = attention_inputs(draw, heads, keys, head_dim, queries)
    width = heads * head_dim
    inputs |= {"u": draw.normal(heads, head_dim), "v": draw.normal(heads, head_dim),
               "weight": draw.normal(width, width, std=0.3, decimals=2)}  # fmt: skip
    words = [f"{heads} heads of {head_dim}", f"length {keys}"]
    words += [f"a segment of {queries} with memory"] * (queries is not None)
    words += [f"distances up to {clamp}"] * (clamp is not None)
    name = ", ".join(words)
    distance = distances(queries or keys, keys)
    distance = distance if clamp is None else distance.clamp(max=clamp)
    scores = scores_with(distance)
    options = {"causal": True} | ({} if clamp is None else {"clampLength": clamp})
    made = case(name, options, inputs, scores, kept=13)
    made["gradients"]["weight"] = golden.every(made["gradients"]["weight"], 13)
    golden.agree(f"{name}, weights", weigh(scores(**inputs), True), library(**inputs, clamp=clamp), 1e-12)
    return made


def make() -> dict:
    draw = golden.Draw(23)
    return {
        "source": golden.source(
            NAME, "huggingface/transformers", "models/deprecated/transfo_xl/modeling_transfo_xl.py "
            "RelPartialLearnableMultiHeadAttn, as kimiyoung/transformer-xl pytorch/mem_transformer.py",
            ("torch", "transformers"), seed=23, digits=14,
            notes=["Numbers are our derivation's in float64; the library's weights agree within 1e-12.",
                   "Its float32 sinusoid was compared with ours and replaced by it.",
                   "u is r_w_bias, v is r_r_bias, weight is r_net's, stored [in, out]."]),
        "cases": [
            xl_case(draw, 12, 7, 4),
            xl_case(draw, 1, 7, 20, clamp=3),
            xl_case(draw, 2, 33, 4, queries=7),
            xl_case(draw, 2, 33, 4, clamp=11),
            xl_case(draw, 3, 7, 4, queries=3),
        ],
    }  # fmt: skip
