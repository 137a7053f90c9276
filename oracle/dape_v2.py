"""DAPE V2: DAPE's network with convolutions along the keys in place of its linear layers.

    x      = [s ; b], 0 where the key is in the future               channels: 2H
    hidden = leaky(conv(x, hidden_weight) + hidden_bias)             kernel κ along the keys, zeros around
    score  = s + b + conv(hidden, output_weight)                     s = τ q·k, before the mask

Own float64 derivation of chuanyang-Zheng/DAPE, megatron/model/positional_embeddings.py (Alibi_DAPEV2, Kerple_DAPEV2),
which is not on PyPI, with torch's conv2d as there; the output's bias is left out, as in dape.py. One thing differs. At the end of the text, the authors' second
convolution meets zeros, where one token more would have it meet the hidden numbers of future keys, which are not 0:
so the last (κ − 1)/2 rows change when the text grows by a token. Here every row has the numbers it has in a longer
text: κ − 1 zero keys are appended first. On all other rows the two are compared before the file is written.
"""

import torch

import golden
from causal_scores import case, score_inputs, seen, weigh
from dape import SLOPE, base_bias

NAME = "dape-v2"


def network(x, hidden_weight, hidden_bias, output_weight):
    """[batch, 2H, query, key] → [batch, H, query, key]; weights are [κ, in, out]."""

    def conv(x, weight, bias=None):
        kernel = weight.permute(2, 1, 0)[:, :, None]
        return torch.nn.functional.conv2d(x, kernel, bias, padding=(0, weight.shape[0] // 2))

    hidden = torch.nn.functional.leaky_relu(conv(x, hidden_weight, hidden_bias), SLOPE)
    return conv(hidden, output_weight)


def make_case(draw, base, heads, length, head_dim, width, kernel, queries=None, every=1):
    inputs = score_inputs(draw, heads, length, head_dim, queries)
    inputs |= {"hidden_weight": draw.normal(kernel, 2 * heads, width, std=0.3), "hidden_bias": draw.normal(width),
               "output_weight": draw.normal(kernel, width, heads, std=0.3)}  # fmt: skip
    if base == "kerple-log":
        inputs |= {"p": draw.normal(heads, mean=1.2, std=0.4), "a": draw.normal(heads, mean=0.8, std=0.3)}

    def run(query, key, value, hidden_weight, hidden_bias, output_weight, p=None, a=None):
        weights = (hidden_weight, hidden_bias, output_weight)
        scores = head_dim**-0.5 * (query @ key.transpose(-1, -2))
        bias = base_bias(base, *scores.shape[-2:], heads, p, a)
        pairs = torch.cat((scores, bias.expand_as(scores)), 1) * seen(scores)
        change = network(torch.nn.functional.pad(pairs, (0, kernel - 1)), *weights)[..., :length]
        if queries is None:
            rows = length - kernel // 2
            ours, theirs = (y[:, :, :rows] * seen(scores)[:rows] for y in (change, network(pairs, *weights)))
            golden.agree("DAPE V2, but for the last rows", ours, theirs, 1e-13)
        scores = scores + bias + change
        return {"scores": scores, "output": weigh(scores, value)}

    words = [base, f"{heads} heads", f"length {length}", f"kernel {kernel}"]
    words += [f"{queries} queries"] * (queries is not None)
    return case(", ".join(words), {"causal": True, "base": base, "width": width, "kernel": kernel}, inputs, run, every)


def make() -> dict:
    draw = golden.Draw(26)
    return {
        "source": golden.source(
            NAME, "chuanyang-Zheng/DAPE",
            "megatron/model/positional_embeddings.py Alibi_DAPEV2, Kerple_DAPEV2 (own float64 derivation)",
            seed=26, digits=14,
            notes=["Weights are [kernel, in, out]; of the 2H inputs the scores come first.",
                   "Where the text ends, keys are taken to go on: a row does not change when the text grows."]),
        "cases": [make_case(draw, "alibi", 12, 7, 4, 5, 3, every=11),
                  make_case(draw, "kerple-log", 3, 33, 4, 4, 3, every=19),
                  make_case(draw, "kerple-log", 2, 33, 20, 4, 5, queries=5, every=13),
                  make_case(draw, "alibi", 3, 9, 4, 3, 1, every=5)],
    }  # fmt: skip
