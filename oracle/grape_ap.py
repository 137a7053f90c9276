"""GRAPE-AP: a gate of the query and each later key lowers the score, an own derivation in float64.

    p_t      = x_t · weight, per head, d numbers            x: the layer's input
    k_l      = R(−l) p_l / √(mean(p_l²) + ε)                R: every pair turns by l radians, pairs in halves
    a_il     = slope_h · ln σ(p_i · k_l / d)                for l ≤ i
    score_ij = τ q_i·k_j + Σ_{l = j+1 … i} a_il,            τ = headDim^−½; slopes of ALiBi

p_i has neither norm nor rotation, and l is the absolute position: the bias is not shift invariant. The sum runs along
one query's row, so that it is no difference of two running sums of tokens, as in forgetting attention.

ε is 2^−23: the authors' F.rms_norm without eps takes torch.finfo of the tensor's type, here as in float32. The sum is
written out key by key; the authors subtract a running sum from the whole.
"""

import torch

import golden
import rotary
from alibi import slopes
from causal_scores import weigh
from encoding_case import by_head, case, numbers, positions, score_inputs

NAME = "grape-ap"
EPSILON = 2.0**-23


def run(query, key, value, x, weight):
    heads, rows, columns, head_dim = query.shape[1], query.shape[2], key.shape[2], query.shape[-1]
    p = by_head(x @ weight, heads)
    width = p.shape[-1]
    normed = p / torch.sqrt((p * p).mean(-1, keepdim=True) + EPSILON)
    turned = rotary.pairs(normed, -positions(rows, columns)[1][:, None] * torch.ones(width // 2), "half")
    gates = torch.nn.functional.logsigmoid(p[:, :, columns - rows :] @ turned.transpose(-1, -2) / width)
    gates = slopes(heads)[:, None, None] * gates
    i, step = torch.arange(columns - rows, columns)[:, None], torch.arange(columns)
    bias = [(gates * ((j < step) & (step <= i))).sum(-1) for j in range(columns)]
    scores = head_dim**-0.5 * (query @ key.transpose(-1, -2)) + torch.stack(bias, -1)
    return {"scores": scores, "output": weigh(scores, value)}


def with_running_sum(p, query, key, value):
    """The whole sequence with the authors' operators, in float32."""
    width, length = p.shape[-1], p.shape[-2]
    normed = torch.nn.functional.rms_norm(p, (width,))
    angle = torch.arange(length).float()[:, None]
    first, second = normed.chunk(2, -1)
    turned = torch.cat([first * angle.cos() + second * angle.sin(), second * angle.cos() - first * angle.sin()], -1)
    gates = torch.nn.functional.logsigmoid(p @ turned.transpose(-1, -2) / width)
    past = torch.ones(length, length, dtype=torch.bool).tril()
    gates = (gates * slopes(p.shape[1]).float()[:, None, None]).masked_fill(~past, 0)
    bias = (gates.sum(-1, keepdim=True) - gates.cumsum(-1)).masked_fill(~past, float("-inf"))
    return torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)


def make_case(draw, heads, length, head_dim, width, queries=None, every=1):
    model = heads * head_dim
    inputs = score_inputs(draw, heads, length, head_dim, queries)
    inputs |= {"x": numbers(draw, 1, length, model), "weight": numbers(draw, model, heads * width, std=0.5)}
    words = ["1 head" if heads == 1 else f"{heads} heads", f"width {width}", f"length {length}"]
    words += [f"{queries} queries"] * (queries not in (None, 1)) + ["1 query"] * (queries == 1)
    more = {}
    if queries is None:
        single = {k: v.float() for k, v in inputs.items()}
        p = by_head(single["x"] @ single["weight"], heads)
        theirs = with_running_sum(p, *(single[n] for n in ("query", "key", "value")))
        ours = run(**{k: v for k, v in inputs.items() if k != "cotangent"})["output"]
        more["reference"] = {"by": "the authors' operators", "dtype": "float32",
                             "maxDifference": golden.agree("GRAPE-AP", ours, theirs, 1e-5), "outputs": {}}  # fmt: skip
    return case(", ".join(words), {"width": width}, inputs, run, {"weight": "position.grape-ap.weight"}, every=every,
                **more)  # fmt: skip


def make() -> dict:
    draw = golden.Draw(44)
    return {
        "source": golden.source(
            NAME, "model-architectures/GRAPE",
            "model/llama-mha-grape-ap-v1.py at f5b539f, before December 2025 llama-mha-grape-a-pi.py (own float64 "
            "derivation)",
            seed=44, digits=14,
            notes=["weight is [in, heads · width]. p_tie_mode is none; norms of query and key and shifted keys and "
                   "values are not part of the encoding."]),
        "cases": [make_case(draw, 12, 7, 4, 4, every=11),
                  make_case(draw, 3, 33, 4, 8, every=19),
                  make_case(draw, 1, 33, 20, 2, queries=5, every=7),
                  make_case(draw, 1, 101, 4, 8, every=41),
                  make_case(draw, 12, 9, 4, 2, queries=1, every=11)],
    }  # fmt: skip
