"""T5's bucketed bias: bias[h, i, j] = table[bucket(j − i), h].

The bucket is transformers' T5Attention._relative_position_bucket (its argument is key − query, the negative of
relpos' distance), compared here with exact integer arithmetic, so that no boundary hangs on a float32 rounding.
Two published forms of the score:

    T5                 q·k          + bias          scoreScale 1, biasMultiplier 1
    x-transformers     q·k / √d     + bias · √d     scoreScale d^−½, biasMultiplier √d
"""

import torch
from transformers import T5Config
from transformers.models.t5.modeling_t5 import T5Attention
from x_transformers.x_transformers import RelativePositionBias

import golden
from attention import attend, attention_inputs

NAME = "t5"
LENGTH, HEADS, HEAD_DIM = 7, 12, 4


def exact_bucket(distance: int, causal: bool, buckets: int, max_distance: int) -> int:
    """distance = query − key. Whole numbers only: floor(a) of a logarithm ratio, by comparing powers."""
    offset = 0
    if causal:
        n = max(distance, 0)
    else:
        buckets //= 2
        offset = buckets if distance < 0 else 0
        n = abs(distance)
    exact = buckets // 2
    if n < exact:
        return offset + n
    span = buckets - exact
    # the largest t with (n / exact)^span ≥ (max_distance / exact)^t
    t = 0
    while t < span and n**span * exact ** (t + 1) >= max_distance ** (t + 1) * exact**span:
        t += 1
    return offset + min(exact + t, buckets - 1)


def bucket_case(causal: bool, buckets: int, max_distance: int) -> dict:
    distance = torch.arange(-300, 301)
    found = T5Attention._relative_position_bucket(-distance, not causal, buckets, max_distance)
    exact = torch.tensor([exact_bucket(d, causal, buckets, max_distance) for d in distance.tolist()])
    golden.agree(f"bucket {buckets}/{max_distance}, exact arithmetic", exact, found, 0)
    other = RelativePositionBias._relative_position_bucket(-distance, causal, buckets, max_distance)
    golden.agree(f"bucket {buckets}/{max_distance}, x-transformers", other, found, 0)
    return {
        "name": f"bucket, {'causal' if causal else 'bidirectional'}, {buckets} buckets, up to {max_distance}",
        "options": {"causal": causal, "buckets": buckets, "maxDistance": max_distance},
        "inputs": {"distance": distance},
        "outputs": {"bucket": found},
        "gradients": {},
    }


def bias_of(table: torch.Tensor, causal: bool, max_distance: int) -> torch.Tensor:
    """transformers' T5Attention.compute_bias [heads, query, key], differentiable in the table."""
    buckets = table.shape[0]
    config = T5Config(
        d_model=HEADS * HEAD_DIM, d_kv=HEAD_DIM, num_heads=HEADS, is_decoder=causal,
        relative_attention_num_buckets=buckets, relative_attention_max_distance=max_distance,
    )  # fmt: skip
    module = T5Attention(config, has_relative_attention_bias=True, layer_idx=0).double()
    call = torch.func.functional_call
    compute = _ComputeBias(module)
    return call(compute, {"attention.relative_attention_bias.weight": table}, (LENGTH, LENGTH))[0]


class _ComputeBias(torch.nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.attention = attention

    def forward(self, *lengths):
        return self.attention.compute_bias(*lengths)


def attention_case(draw, causal: bool, buckets: int, max_distance: int, scaled: bool) -> dict:
    inputs = attention_inputs(draw, 1, HEADS, LENGTH, HEAD_DIM) | {"table": draw.normal(buckets, HEADS)}
    scale, multiplier = (HEAD_DIM**-0.5, HEAD_DIM**0.5) if scaled else (1.0, 1.0)
    leaves = {n: golden.leaf(inputs[n]) for n in ("query", "key", "value", "table")}

    def run(query, key, value, table):
        bias = multiplier * bias_of(table, causal, max_distance)
        return attend(query, key, value, bias, scale, causal)

    output = run(**leaves)
    bias = bias_of(leaves["table"], causal, max_distance)
    if scaled:
        other = RelativePositionBias(multiplier, causal, buckets, max_distance, HEADS).double()
        other.relative_attention_bias.weight.data.copy_(inputs["table"])
        golden.agree("t5 bias, x-transformers", multiplier * bias, other(LENGTH, LENGTH), 1e-15)
    golden.gradcheck(run, *leaves.values(), fast=True)
    words = "causal" if causal else "bidirectional"
    form = "x-transformers' form" if scaled else "T5's form"
    return {
        "name": f"attention, {words}, {buckets} buckets, up to {max_distance}, {form}",
        "options": {"causal": causal, "buckets": buckets, "maxDistance": max_distance, "heads": HEADS,
                    "scoreScale": scale, "biasMultiplier": multiplier},
        "inputs": inputs,
        "outputs": {"bias": bias, "output": output},
        "gradients": golden.gradients((output * inputs["cotangent"]).sum(), **leaves),
    }  # fmt: skip


def make() -> dict:
    draw = golden.Draw(7)
    sizes = ((32, 128), (8, 20), (16, 64))
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, lucidrains/x-transformers",
            "models/t5/modeling_t5.py T5Attention; RelativePositionBias",
            ("torch", "transformers", "x-transformers"), seed=7,
            notes=["distance = query − key; the references' relative_position is its negative.",
                   "outputs.bias is table[bucket], before biasMultiplier.",
                   "Length 7 meets the logarithmic buckets only where there are 8 buckets."]),
        "cases": [*(bucket_case(causal, *size) for causal in (True, False) for size in sizes),
                  *(attention_case(draw, causal, *size, scaled)
                    for causal, size, scaled in ((True, (32, 128), False), (True, (32, 128), True),
                                                 (False, (32, 128), False), (True, (8, 20), True),
                                                 (False, (8, 20), False)))],
    }  # fmt: skip
