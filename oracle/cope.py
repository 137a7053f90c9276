"""CoPE: positions counted by gates, own float64 derivation of the official formulas, written with gathers.

    g_ij = σ(τ q_i·k_j) for j ≤ i, else 0             τ = headDim^−½
    p_ij = min(Σ_{t ≥ j} g_it, P − 1)
    z_ij = (1 − w) q_i·e_⌊p⌋ + w q_i·e_⌈p⌉             w = p_ij − ⌊p_ij⌋

    official    score = τ (q_i·k_j + z_ij)
    appendix    score = τ q_i·k_j + z_ij              x-transformers, asked below in float64

facebookresearch/RAM, projects/cope/src/cope/context_position.py, is not on PyPI: the official form was derived
from its formulas (`--cope-nodiv` is the appendix form). `separateKeys` takes the gates from q · key_cope, where
key_cope is a projection of the layer's input of its own (`--cope-sep-key`).
"""

import torch
from x_transformers.x_transformers import CoPE

import golden
from causal_scores import case, score_inputs, seen, weigh

NAME = "cope"


def interpolated(query, gate_logits, table):
    positions_last = table.shape[0] - 1
    gates = torch.sigmoid(gate_logits) * seen(gate_logits)
    positions = gates.flip(-1).cumsum(-1).flip(-1).clamp(max=positions_last)
    z = query @ table.T
    share = positions - positions.detach().floor()
    below = z.gather(-1, positions.floor().long())
    above = z.gather(-1, positions.ceil().long())
    return (1 - share) * below + share * above


def run(query, key, value, table, x=None, gate_weight=None, gate_bias=None, scale="official"):
    tau = query.shape[-1] ** -0.5
    product = tau * (query @ key.transpose(-1, -2))
    gate_logits = product
    if x is not None:
        heads, width = query.shape[1], query.shape[3]
        gate_key = (x @ gate_weight + gate_bias).unflatten(-1, (heads, width)).transpose(1, 2)
        gate_logits = tau * (query @ gate_key.transpose(-1, -2))
    z = interpolated(query, gate_logits, table)
    scores = product + (tau * z if scale == "official" else z)
    return {"scores": scores, "output": weigh(scores, value)}


def make_case(draw, scale, heads, length, head_dim, table, queries=None, separate=False, every=1):
    inputs = score_inputs(draw, heads, length, head_dim, queries) | {"table": draw.normal(table, head_dim)}
    if separate:
        model = heads * head_dim
        inputs |= {"x": draw.normal(1, length, model), "gate_weight": draw.normal(model, model, std=0.4),
                   "gate_bias": draw.normal(model, std=0.4)}  # fmt: skip
    options = {"causal": True, "positions": table, "scale": scale, "separateKeys": separate}
    words = [scale, f"{heads} heads", f"length {length}", f"{table} positions"]
    words += [f"{queries} queries"] * (queries is not None) + ["separate keys"] * separate

    def go(**given):
        return run(**given, scale=scale)

    made = case(", ".join(words), options, inputs, go, every)
    if scale == "appendix":
        made["reference"] = {"by": "x-transformers CoPE", "dtype": "float64",
                             "maxDifference": compare(inputs, head_dim), "outputs": {}}  # fmt: skip
    return made


def compare(inputs, head_dim) -> float:
    """The module's term added to masked, scaled scores, in float64."""
    query, key, table = inputs["query"], inputs["key"], inputs["table"]
    module = CoPE(head_dim, query.shape[1], table.shape[0]).double()
    module.pos_emb.data.copy_(table)
    scores = head_dim**-0.5 * (query @ key.transpose(-1, -2))
    masked = scores.masked_fill(~seen(scores), -torch.finfo(scores.dtype).max)
    theirs = weigh(masked + module(query, masked), inputs["value"])
    ours = run(query, key, inputs["value"], table, scale="appendix")["output"]
    return golden.agree("CoPE, x-transformers", ours, theirs, 1e-13)


def make() -> dict:
    draw = golden.Draw(21)
    return {
        "source": golden.source(
            NAME, "facebookresearch/RAM, lucidrains/x-transformers",
            "projects/cope/src/cope/context_position.py (own float64 derivation); CoPE (appendix form)",
            ("torch", "x-transformers"), seed=21, digits=14,
            notes=["table is [positions, headDim]; gate_weight is [in, out]."]),
        "cases": [make_case(draw, "official", 12, 7, 4, 5, every=5),
                  make_case(draw, "appendix", 12, 7, 4, 8, every=5),
                  make_case(draw, "official", 1, 33, 20, 16, queries=5, every=7),
                  make_case(draw, "appendix", 3, 33, 4, 12, every=19),
                  make_case(draw, "official", 3, 9, 4, 6, separate=True, every=5),
                  make_case(draw, "appendix", 3, 9, 4, 6, queries=4, separate=True, every=5)],
    }  # fmt: skip
