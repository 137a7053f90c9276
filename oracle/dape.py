"""DAPE: a small network over the heads, at each pair of query and key, of scores and a base bias.

    hidden = leaky([s ; b] hidden_weight + hidden_bias)       [s ; b]: 2H numbers of the pair, leaky slope 0.01
    score  = s + b + hidden output_weight                     s = τ q·k, before the mask

Own float64 derivation of chuanyang-Zheng/DAPE, DAPE.py (AliBi_DAPE, ParallelKerpleLog_DAPE), which is not on PyPI:
written with the torch functions its modules are made of. The authors' second layer has a bias: one number for all
scores of a head, which the softmax does not see and which has gradient 0; it is left out. Base biases in distance form, by the authors' rules:

    alibi         b = −slope[h] (i − j)
    kerple-log    b = −p ln(1 + a (i − j)),  p and a from 0.01 on
"""

import torch

import golden
from alibi import slopes
from causal_scores import case, distances, score_inputs, weigh

NAME = "dape"
SLOPE = 0.01


def base_bias(base, rows, columns, heads, p=None, a=None):
    """[heads, query, key]; beyond the diagonal, which the authors cut off, |i − j| stands for i − j."""
    between = distances(rows, columns).abs()
    if base == "alibi":
        return -slopes(heads)[:, None, None] * between
    floor = torch.full_like(p, 0.01)
    p, a = (torch.maximum(x, floor)[:, None, None] for x in (p, a))
    return -p * torch.log(1 + a * between)


def network(pairs, hidden_weight, hidden_bias, output_weight):
    """[batch, query, key, 2H] → [batch, query, key, H]"""
    linear = torch.nn.functional.linear
    hidden = torch.nn.functional.leaky_relu(linear(pairs, hidden_weight[0].T, hidden_bias), SLOPE)
    return linear(hidden, output_weight[0].T)


def make_case(draw, base, heads, length, head_dim, width, queries=None, causal=True, every=1):
    inputs = score_inputs(draw, heads, length, head_dim, queries)
    inputs |= {"hidden_weight": draw.normal(1, 2 * heads, width, std=0.4), "hidden_bias": draw.normal(width),
               "output_weight": draw.normal(1, width, heads, std=0.4)}  # fmt: skip
    if base == "kerple-log":
        # One p below the floor of 0.01: its gradient there is 0.
        inputs |= {"p": draw.normal(heads, mean=1.2, std=0.4), "a": draw.normal(heads, mean=0.8, std=0.3)}
        inputs["p"][0] = -0.2

    def run(query, key, value, hidden_weight, hidden_bias, output_weight, p=None, a=None):
        scores = head_dim**-0.5 * (query @ key.transpose(-1, -2))
        bias = base_bias(base, *scores.shape[-2:], heads, p, a)
        pairs = torch.cat((scores, bias.expand_as(scores)), 1).permute(0, 2, 3, 1)
        change = network(pairs, hidden_weight, hidden_bias, output_weight).permute(0, 3, 1, 2)
        scores = scores + bias + change
        return {"scores": scores, "output": weigh(scores, value, causal)}

    words = [base, "causal" if causal else "bidirectional", f"{heads} heads", f"length {length}"]
    words += [f"{queries} queries"] * (queries is not None)
    return case(", ".join(words), {"causal": causal, "base": base, "width": width}, inputs, run, every)


def make() -> dict:
    draw = golden.Draw(22)
    return {
        "source": golden.source(
            NAME, "chuanyang-Zheng/DAPE", "DAPE.py AliBi_DAPE, ParallelKerpleLog_DAPE (own float64 derivation)",
            seed=22, digits=14, notes=["Weights are [1, in, out]; of the 2H inputs the scores come first."]),
        "cases": [make_case(draw, "alibi", 12, 7, 4, 8, every=11),
                  make_case(draw, "kerple-log", 12, 7, 4, 5, every=11),
                  make_case(draw, "kerple-log", 2, 33, 20, 4, queries=5, every=13),
                  make_case(draw, "alibi", 3, 7, 4, 6, causal=False, every=5)],
    }  # fmt: skip
