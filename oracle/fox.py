"""Forgetting attention: score += c_i − c_j with c the running sum of log gates, own float64 derivation.

    ℓ_t      = ln σ(w_h · x_t + β_h),   c_i = Σ_{t ≤ i} ℓ_t
    score_ij = τ q_i·k_j + c_i − c_j,     τ = headDim^−½

Compared with two published implementations: the bias with x-transformers' DataDependentAlibi in float64, the
output with fla's naive_forgetting_attn, which computes in float32. The latter's file is loaded by itself, since
the package around it imports triton.

`bias`, the data-independent gate, has ℓ_t = ln σ(β_h). `slopes` cases hold ln σ(β_h) at the first β_h that
zhixuan-lin/forgetting-transformer gives decay times T_min to T_max: its rule is written here with torch.
"""

import math

import torch
from x_transformers.x_transformers import DataDependentAlibi

import golden
from causal_scores import case, distances, score_inputs, weigh
from fla_file import fla_file

NAME = "fox"


def log_gates(x, weight, bias):
    """[batch, heads, length]"""
    return torch.nn.functional.logsigmoid(x @ weight + bias).transpose(1, 2)


def with_bias(query, key, value, forget):
    scores = query.shape[-1] ** -0.5 * (query @ key.transpose(-1, -2)) + forget
    return {"scores": scores, "output": weigh(scores, value)}


def run(query, key, value, x, weight, bias):
    total = log_gates(x, weight, bias).cumsum(-1)
    forget = total[:, :, -query.shape[2] :, None] - total[:, :, None, :]
    return with_bias(query, key, value, forget)


def run_independent(query, key, value, bias):
    between = distances(query.shape[2], key.shape[2])
    return with_bias(query, key, value, torch.nn.functional.logsigmoid(bias)[:, None, None] * between)


def dependent_case(draw, heads, length, head_dim, queries=None, every=1):
    model = heads * head_dim
    inputs = score_inputs(draw, heads, length, head_dim, queries)
    inputs |= {"x": draw.normal(1, length, model), "weight": draw.normal(model, heads, std=0.3),
               "bias": draw.normal(heads, mean=1)}  # fmt: skip
    more = {}
    if queries is None:
        module = DataDependentAlibi(model, heads).double()
        linear = module.to_forget_gates[0]
        linear.weight.data, linear.bias.data = inputs["weight"].T.clone(), inputs["bias"].clone()
        total = log_gates(*(inputs[n] for n in ("x", "weight", "bias"))).cumsum(-1)
        ours = total[..., None] - total[..., None, :]
        golden.agree("forgetting bias, x-transformers", ours, module(inputs["x"]), 1e-13)
        output = run(**{k: v for k, v in inputs.items() if k != "cotangent"})["output"]
        by_token = [inputs[n].transpose(1, 2) for n in ("query", "key", "value")]
        gates = log_gates(*(inputs[n] for n in ("x", "weight", "bias"))).transpose(1, 2)
        theirs = fla_file("ops/forgetting_attn/naive.py").naive_forgetting_attn(*by_token, gates)
        more["reference"] = {"by": "fla naive_forgetting_attn", "dtype": "float32",
                             "maxDifference": golden.agree("forgetting attention, fla", output,
                                                           theirs.transpose(1, 2), 1e-5),
                             "outputs": {}}  # fmt: skip
    words = [f"{heads} heads", f"length {length}"] + [f"{queries} queries"] * (queries is not None)
    return case(", ".join(words), {"causal": True, "gate": "data"}, inputs, run, every, **more)


def independent_case(draw, heads, length, head_dim, queries=None, every=1):
    inputs = score_inputs(draw, heads, length, head_dim, queries) | {"bias": draw.normal(heads, mean=1)}
    words = ["data-independent", f"{heads} heads", f"length {length}"]
    words += [f"{queries} queries"] * (queries is not None)
    return case(", ".join(words), {"causal": True, "gate": "bias"}, inputs, run_independent, every)


def slopes_case(heads: int, shortest: float, longest: float) -> dict:
    logs = torch.linspace(math.log(shortest), math.log(longest), heads, dtype=torch.float64)
    bias = -torch.log(torch.expm1(1 / torch.exp(logs)))
    return {
        "name": f"first slopes, {heads} heads, decay times {shortest} to {longest}",
        "options": {"heads": heads, "decayTimes": [shortest, longest]},
        "inputs": {},
        "outputs": {"slopes": torch.nn.functional.logsigmoid(bias)},
        "gradients": {},
    }


def make() -> dict:
    draw = golden.Draw(23)
    return {
        "source": golden.source(
            NAME, "zhixuan-lin/forgetting-transformer, fla-org/flash-linear-attention, lucidrains/x-transformers",
            "modeling_forgetting_transformer.py (own float64 derivation); fla/ops/forgetting_attn/naive.py; "
            "DataDependentAlibi",
            ("torch", "fla-core", "x-transformers"), seed=23, digits=14, notes=["weight is [in, out]."]),
        "cases": [dependent_case(draw, 12, 7, 4, every=5),
                  dependent_case(draw, 3, 33, 4, every=19),
                  dependent_case(draw, 1, 33, 20, queries=5, every=7),
                  independent_case(draw, 12, 7, 4, every=11),
                  independent_case(draw, 1, 9, 20, queries=4, every=7),
                  slopes_case(12, 2, 1000), slopes_case(1, 4, 64)],
    }  # fmt: skip
