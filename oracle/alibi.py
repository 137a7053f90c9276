"""ALiBi: bias[h, i, j] = −slope[h] · |i − j|, added after the scale headDim^−½.

The authors' rule for slopes, with `below` the largest power of two ≤ heads:

    slopes(n)      = 2^(−8 (h + 1) / n), h = 0 … n − 1               n a power of two
    slopes(heads)  = slopes(below) ++ the first (heads − below) of slopes(2 · below)[0, 2, 4, …]

transformers' build_alibi_tensor keeps +slope · j in float32: that is ours plus slope · i, a constant of the row,
so slopes and causal attention agree; the bias itself does not.
"""

import math

import torch
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from x_transformers.x_transformers import AlibiPositionalBias

import golden
from attention import attend, attention_inputs

NAME = "alibi"
HEADS = (1, 2, 3, 4, 6, 8, 12, 16, 20)


def slopes(heads: int) -> torch.Tensor:
    def geometric(n):
        return [2.0 ** (-8 * (h + 1) / n) for h in range(n)]

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


def make() -> dict:
    draw = golden.Draw(6)
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, lucidrains/x-transformers, own derivation",
            "models/bloom/modeling_bloom.py build_alibi_tensor; AlibiPositionalBias; oracle/alibi.py",
            ("torch", "transformers", "x-transformers"), seed=6,
            notes=["outputs: own derivation of the authors' rule, float64; reference: Bloom's float32 slopes.",
                   "Bloom's slopes agree for every head count here; its bias drops the row constant."]),
        "cases": [*(slope_case(h) for h in HEADS), bias_case(12, 7), bias_case(3, 9),
                  attention_case(draw, 12, True), attention_case(draw, 3, False)],
    }  # fmt: skip
