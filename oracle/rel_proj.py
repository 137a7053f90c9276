"""x-transformers' RelativeProjPositionalBias, asked in float64.

    score_ij = τ q_i·k_j + Σ_m w_i[h, m] bank[m, i − j]   for 0 ≤ i − j < maxDistance, else + 0
    w_i      = x_i weight + bias
"""

import torch
from x_transformers.x_transformers import RelativeProjPositionalBias

import golden
from causal_scores import case, score_inputs, weigh

NAME = "rel-proj"


class _Bias(torch.nn.Module):
    """The module one level down, so that `functional_call` can put leaves in place of its parameters."""

    def __init__(self, *sizes):
        super().__init__()
        self.module = RelativeProjPositionalBias(*sizes).double()

    def forward(self, x, keys):
        return self.module(x, seq_len_k=keys)


NAMES = ("module.to_distance_weights.0.weight", "module.to_distance_weights.0.bias", "module.distance_bank")


def make_case(draw, heads, length, head_dim, basis, longest, queries=None, causal=True, every=1):
    model = heads * head_dim
    inputs = score_inputs(draw, heads, length, head_dim, queries)
    inputs |= {"x": draw.normal(1, length, model), "weight": draw.normal(model, heads * basis, std=0.3),
               "bias": draw.normal(heads * basis), "bank": draw.normal(longest, basis)}  # fmt: skip
    module = _Bias(model, heads, basis, longest)

    def run(query, key, value, x, weight, bias, bank):
        rows, columns = query.shape[2], key.shape[2]
        given = dict(zip(NAMES, (weight.T, bias, bank.T)))
        term = torch.func.functional_call(module, given, (x[:, columns - rows :], columns))
        scores = head_dim**-0.5 * (query @ key.transpose(-1, -2)) + term
        return {"scores": scores, "output": weigh(scores, value, causal)}

    options = {"causal": causal, "basis": basis, "maxDistance": longest}
    words = ["causal" if causal else "bidirectional", f"{heads} heads", f"length {length}", f"up to {longest}"]
    words += [f"{queries} queries"] * (queries is not None)
    return case(", ".join(words), options, inputs, run, every)


def make() -> dict:
    draw = golden.Draw(25)
    return {
        "source": golden.source(
            NAME, "lucidrains/x-transformers", "x_transformers.py RelativeProjPositionalBias",
            ("torch", "x-transformers"), seed=25, digits=14,
            notes=["weight is [in, heads · basis], bank [maxDistance, basis]: the transposes of the module's."]),
        "cases": [make_case(draw, 12, 7, 4, 2, 5, every=11),
                  make_case(draw, 3, 33, 4, 4, 40, every=19),
                  make_case(draw, 1, 33, 20, 4, 30, queries=5, every=13),
                  make_case(draw, 3, 7, 4, 2, 4, causal=False, every=5)],
    }  # fmt: skip
