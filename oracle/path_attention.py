"""PaTH: the product of Householder-like reflections between key and query, own float64 derivation.

    u_t = x_t down up,   w_t = v / √(Σ v² + 1e-6) per head with v_t = silu(Σ_k kernel[k] ∘ u_{t−2+k})
    β_t = 2 σ(x_t beta + bias),   H_t = I − β_t w_t w_tᵀ
    score_ij = τ (q_iᵀ H_i H_{i−1} … H_{j+1} k_j + c_i − c_j)      c: running sum of ln σ(x gate + bias), or 0

written here as the plain product, one reflection after the other, for every key: no triangular inverse. The last
`queries` tokens are new; older keys are given as a cache holds them, already turned by every older token, so that
only the new reflections are theirs. fla's naive_path_attn (float32, blocks of 64 with a triangular inverse) is
asked for the whole sequences; its file is loaded by itself, since the package around it imports triton. Projections,
convolution and norm follow fla/layers/path_attn.py of flash-linear-attention and fla/modules/l2norm.py.
"""

import torch

import golden
from causal_scores import case, score_inputs, weigh
from fla_file import fla_file

NAME = "path"
EPSILON = 1e-6
PROJECTIONS = ("x", "down", "up", "kernel", "beta", "beta_bias")


def by_head(flat, heads):
    """[batch, length, heads · width] → [batch, heads, length, width]"""
    return flat.unflatten(-1, (heads, -1)).transpose(1, 2)


def reflections(heads, x, down, up, kernel, beta, beta_bias):
    """w [batch, heads, length, headDim] and β [batch, heads, length]."""
    u = (x @ down @ up).transpose(1, 2)
    before = torch.nn.functional.pad(u, (kernel.shape[0] - 1, 0))
    mixed = torch.nn.functional.conv1d(before, kernel.T[:, None], groups=u.shape[1])
    v = by_head(torch.nn.functional.silu(mixed).transpose(1, 2), heads)
    w = v / torch.sqrt((v * v).sum(-1, keepdim=True) + EPSILON)
    return w, 2 * torch.sigmoid(x @ beta + beta_bias).transpose(1, 2)


def log_gates(x, gate, gate_bias):
    return torch.nn.functional.logsigmoid(x @ gate + gate_bias).transpose(1, 2)


def run(query, key, value, gate=None, gate_bias=None, **projections):
    heads, rows, columns = query.shape[1], query.shape[2], key.shape[2]
    past = columns - rows
    w, beta = reflections(heads, **projections)
    turned, lines = query, []
    for j in range(columns - 1, -1, -1):  # every query at once, from its newest key to its oldest
        lines.append((turned * key[:, :, j, None]).sum(-1))
        if j >= past:
            along = (turned * w[:, :, j, None]).sum(-1, keepdim=True) * beta[:, :, j, None, None]
            meets = torch.arange(past, columns)[:, None] >= j
            turned = torch.where(meets, turned - along * w[:, :, j, None], turned)
    scores = torch.stack(lines[::-1], -1)
    if gate is not None:
        total = log_gates(projections["x"], gate, gate_bias).cumsum(-1)
        scores = scores + total[:, :, past:, None] - total[:, :, None, :]
    scores = query.shape[-1] ** -0.5 * scores
    return {"scores": scores, "output": weigh(scores, value)}


def compare(inputs, heads, head_dim) -> float:
    """fla's output for the whole sequence, in float32 on its side."""
    inputs = {k: v for k, v in inputs.items() if k != "cotangent"}
    ours = run(**inputs)["output"]
    w, beta = reflections(heads, **{n: inputs[n] for n in PROJECTIONS})
    gates = torch.zeros_like(beta)
    if "gate" in inputs:
        gates = log_gates(inputs["x"], inputs["gate"], inputs["gate_bias"])
    by_token = [x.transpose(1, 2) for x in (inputs["query"], inputs["key"], inputs["value"], w, beta, gates)]
    naive = fla_file("ops/path_attn/naive.py").naive_path_attn
    return golden.agree("PaTH, fla", ours, naive(*by_token, head_dim**-0.5).transpose(1, 2), 1e-5)


def make_case(draw, heads, length, head_dim, rank, gate=False, queries=None, every=1):
    model = heads * head_dim
    inputs = score_inputs(draw, heads, length, head_dim, queries)
    inputs |= {"x": draw.normal(1, length, model, decimals=2), "down": draw.normal(model, rank, std=0.4),
               "up": draw.normal(rank, model, std=0.7), "kernel": draw.normal(3, model, std=0.7),
               "beta": draw.normal(model, heads, std=0.3), "beta_bias": draw.normal(heads)}  # fmt: skip
    if gate:
        inputs |= {"gate": draw.normal(model, heads, std=0.3), "gate_bias": draw.normal(heads, mean=1)}
    words = [f"{heads} heads", f"length {length}"] + ["forget gate"] * gate
    words += [f"{queries} queries"] * (queries is not None)
    options = {"causal": True, "rank": rank, "forgetGate": gate}
    more = {}
    if queries is None:
        more["reference"] = {"by": "fla naive_path_attn", "dtype": "float32",
                             "maxDifference": compare(inputs, heads, head_dim), "outputs": {}}  # fmt: skip
    return case(", ".join(words), options, inputs, run, every, **more)


def make() -> dict:
    draw = golden.Draw(24)
    return {
        "source": golden.source(
            NAME, "fla-org/flash-linear-attention",
            "fla/layers/path_attn.py, fla/ops/path_attn/naive.py (own float64 derivation of the product)",
            ("torch", "fla-core"), seed=24, digits=14,
            notes=["Weights are [in, out], the kernel [taps, model] with the newest token's tap last.",
                   "Where queries are fewer than keys, older keys are those of a cache: turned already."]),
        "cases": [make_case(draw, 12, 7, 4, 2, every=11),
                  make_case(draw, 3, 7, 4, 3, gate=True, every=5),
                  make_case(draw, 1, 33, 20, 3, every=13),
                  make_case(draw, 3, 33, 4, 3, gate=True, queries=6, every=13),
                  make_case(draw, 1, 101, 4, 2, every=41)],
    }  # fmt: skip
