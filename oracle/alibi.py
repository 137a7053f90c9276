"""ALiBi: bias[h, i, j] = −slope[h] · |i − j|, added after the scale headDim^−½.

The authors' rule for slopes, with `below` the largest power of two ≤ heads:

    slopes(n)      = 2^(−8 (h + 1) / n), h = 0 … n − 1               n a power of two
    slopes(heads)  = slopes(below) ++ the first (heads − below) of slopes(2 · below)[0, 2, 4, …]

transformers' build_alibi_tensor keeps +slope · j in float32: that is ours plus slope · i, a constant of the row,
so slopes and causal attention agree; the bias itself does not.

Published variants, all own float64 derivations, compared with a library where there is one:

    biasedHeads    slopes(n) for n heads, none for the rest                      x-transformers, alibi_num_heads
    biasMax        2^(−max (h + 1) / n) instead of 8                             MPT, alibi_bias_max
    preScaled      (q·k + bias) · headDim^−½                                     Falcon, whose slopes are bfloat16
    learned        slopes are exp of a parameter                                 x-transformers until 2023
    separate       learned, others for keys after the query                      the same, bidirectional
    offset         −slope (|δ| − ½) for keys before the query                    google-deepmind/randomized_…
    one-sided      half of the heads see keys before, half keys after            ofirpress, issue 5, second way
"""

import math

import torch
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.falcon.modeling_falcon import build_alibi_tensor as falcon_alibi
from transformers.models.mpt.modeling_mpt import build_mpt_alibi_tensor
from x_transformers.x_transformers import AlibiPositionalBias

import golden
from attention import attend, attention_inputs
from position_bias import HEAD_DIM, LENGTHS, attention_case as biased_case, distances, groups

NAME = "alibi"
HEADS = (1, 2, 3, 4, 6, 8, 12, 16, 20)


def slopes(heads: int, most: float = 8) -> torch.Tensor:
    def geometric(n):
        return [2.0 ** (-most * (h + 1) / n) for h in range(n)]

    below = 2 ** math.floor(math.log2(heads))
    return torch.tensor(geometric(below) + geometric(2 * below)[0::2][: heads - below], dtype=torch.float64)


def bias(heads: int, length: int) -> torch.Tensor:
    positions = torch.arange(length, dtype=torch.float64)
    return -slopes(heads)[:, None, None] * (positions[:, None] - positions[None, :]).abs()


def slope_case(heads: int) -> dict:
    ours = slopes(heads)
    bloom = build_alibi_tensor(torch.ones(1, 2), heads, torch.float32)[:, 0, 1]  # slope · j at j = 1
    golden.agree(f"slopes of {heads} heads, x-transformers",
                 ours, torch.tensor(AlibiPositionalBias._get_slopes(heads), dtype=torch.float64), 1e-15)  # fmt: skip
    return {
        "name": f"slopes, {heads} heads",
        "options": {"heads": heads},
        "inputs": {},
        "outputs": {"slopes": ours},
        "gradients": {},
        "reference": {"by": "transformers build_alibi_tensor", "dtype": "float32",
                      "maxDifference": golden.agree(f"slopes of {heads} heads, Bloom", ours, bloom, 1e-7),
                      "outputs": {"slopes": bloom}},
    }  # fmt: skip


def bias_case(heads: int, length: int) -> dict:
    ours = bias(heads, length)
    golden.agree("bias, x-transformers", ours, AlibiPositionalBias(heads)(length, length), 1e-6)
    return {
        "name": f"bias, {heads} heads, length {length}",
        "options": {"heads": heads, "length": length},
        "inputs": {},
        "outputs": {"bias": ours},
        "gradients": {},
    }


def attention_case(draw: golden.Draw, heads: int, causal: bool) -> dict:
    inputs = attention_inputs(draw, heads=heads)
    leaves = {n: golden.leaf(inputs[n]) for n in ("query", "key", "value")}
    ours = bias(heads, 7)
    output = attend(*leaves.values(), ours, causal=causal)
    if causal:
        bloom = build_alibi_tensor(torch.ones(1, 7), heads, torch.float32).view(heads, 1, 7)
        golden.agree("causal attention with Bloom's bias", output, attend(*leaves.values(), bloom.double()), 1e-6)
    golden.gradcheck(lambda q, k, v: attend(q, k, v, ours, causal=causal), *leaves.values(), fast=True)
    return {
        "name": f"{'causal' if causal else 'bidirectional'} attention, {heads} heads, length 7",
        "options": {"heads": heads, "causal": causal, "scoreScale": 0.5},
        "inputs": inputs,
        "outputs": {"output": output},
        "gradients": golden.gradients((output * inputs["cotangent"]).sum(), **leaves),
    }


def variant_cases(draw: golden.Draw) -> tuple[dict, list]:
    heads = 12
    shared = groups(draw)
    logs = {"logSlope": draw.normal(heads, mean=-2), "logSlopeFuture": draw.normal(heads, mean=-2)}

    def fixed(slope):
        return lambda _, lengths: -slope[:, None, None] * distances(lengths).abs()

    def column(parameter):
        return parameter.exp()[:, None, None]

    def separate(learned, lengths):
        distance = distances(lengths)
        past, future = distance.clamp(min=0), distance.clamp(max=0)
        return -column(learned["logSlope"]) * past + column(learned["logSlopeFuture"]) * future

    def offset(_, lengths):
        distance = distances(lengths)
        return -slopes(heads)[:, None, None] * (distance.abs() - 0.5 * (distance > 0))

    def one_sided(_, lengths):
        distance = distances(lengths)
        half = -slopes(heads // 2)[:, None, None] * distance.abs()
        return torch.cat([half + 1e30 * distance.clamp(max=0), half - 1e30 * distance.clamp(min=0)])

    some = torch.cat([slopes(8), torch.zeros(4)])
    library = AlibiPositionalBias(8, total_heads=heads)
    golden.agree("8 of 12 heads, x-transformers", fixed(some)({}, LENGTHS["square"]), library(7, 7), 1e-6)
    mpt = build_mpt_alibi_tensor(heads, 7, alibi_bias_max=4)[:, 0]
    golden.agree("slopes up to 2^−4, MPT", slopes(heads, 4), mpt[:, 6] - mpt[:, 5], 1e-7)
    falcon = falcon_alibi(torch.ones(1, 2), heads, torch.float32)[:, 0, 1]
    golden.agree("slopes, Falcon", slopes(heads), falcon, 2**-9)
    tilted = fixed(slopes(heads) * HEAD_DIM**-0.5)

    def learned(learned, lengths):
        return -column(learned["logSlope"]) * distances(lengths).abs()

    def case(group, name, options, bias, causal, names=()):
        return biased_case(shared, group, name, options, {n: logs[n] for n in names}, bias, causal)

    both = ("logSlope", "logSlopeFuture")
    return shared, [
        case("square", "8 of 12 heads", {"biasedHeads": 8}, fixed(some), True),
        case("square", "slopes down to 2^−4", {"biasMax": 4}, fixed(slopes(heads, 4)), True),
        case("long", "before the scale", {"preScaled": True}, tilted, True),
        case("long", "learned", {"learned": True}, learned, True, both[:1]),
        case("square", "separate sides", {"learned": True, "sides": "separate"}, separate, False, both),
        case("square", "offset", {"sides": "offset"}, offset, False),
        case("square", "one-sided", {"sides": "one-sided"}, one_sided, False),
    ]  # fmt: skip


def make() -> dict:
    draw = golden.Draw(6)
    shared, variants = variant_cases(golden.Draw(30))
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, lucidrains/x-transformers, own derivation",
            "models/bloom, falcon, mpt: build_alibi_tensor; AlibiPositionalBias; oracle/alibi.py",
            ("torch", "transformers", "x-transformers"), seed=6,
            notes=["outputs: own derivation of the authors' rule, float64; reference: Bloom's float32 slopes.",
                   "Bloom's slopes agree for every head count here; its bias drops the row constant.",
                   "Variants are cases with shared inputs; masked scores hold −1e30 · distance."]),
        "shared": shared,
        "cases": [*(slope_case(h) for h in HEADS), bias_case(12, 7), bias_case(3, 9),
                  attention_case(draw, 12, True), attention_case(draw, 3, False),
                  *variants],
    }  # fmt: skip
