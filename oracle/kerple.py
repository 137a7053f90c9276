"""KERPLE's kernels, own float64 derivation of chijames/KERPLE, megatron/mpu/layers.py (ParallelKerpleLog, -Power).

    log      bias[h] = −p_h · ln(1 + a_h δ)
    power    bias[h] = −a_h · δ^p_h,   weight kernel: scaled score · exp(−w_h δ^r_h), before the bias is added

with δ = query − key. The authors keep a lower triangle of δ, so that future keys have δ = 0 and are masked after;
here δ is |query − key|, the same under a causal mask.

The authors hold parameters in range by writing into them before every forward pass: 0.01 ≤ all, exponents ≤ 2 in
`power`. So a parameter outside has the gradient of the bound it was moved to. `gradients` are those of a clamp
inside the graph, 0 outside; `reference.gradients` are the authors'.
"""

import torch

import golden
from position_bias import DIGITS, HEADS, LENGTHS, attention_case, distances, groups, scores_of, thin

REPOSITORY = "own derivation of chijames/KERPLE"
FILE = "oracle/kerple.py, after megatron/mpu/layers.py"
SMALLEST, STEEPEST = 1e-2, 2.0


def column(parameter):
    return parameter[:, None, None]


def log_kernel(learned, lengths):
    a, p = (column(learned[n].clamp(min=SMALLEST)) for n in ("a", "p"))
    return -p * torch.log(1 + a * distances(lengths).abs())


def power_kernel(a, p, lengths):
    return column(a.clamp(min=SMALLEST)) * distances(lengths).abs() ** column(p.clamp(SMALLEST, STEEPEST))


def power_bias(learned, lengths):
    return -power_kernel(learned["a"], learned["p"], lengths)


def power_factor(learned, lengths):
    return torch.exp(-power_kernel(learned["weight.a"], learned["weight.p"], lengths))


def inside(draw, names) -> dict:
    """Parameters away from the bounds: a in 0.2 … 1.2, p in 0.3 … 1.8."""
    wide = {"a": (0.2, 1.0), "p": (0.3, 1.5)}

    def uniform(low, span):
        values = low + span * torch.rand(HEADS, generator=draw.generator, dtype=torch.float64)
        return torch.round(values * 1000) / 1000

    return {n: uniform(*wide[n[-1]]) for n in names}


def outside(parameters, top) -> dict:
    """Some heads below the lower bound, one on it; exponents of two heads above the upper one."""
    moved = {n: p.clone() for n, p in parameters.items()}
    for n, p in moved.items():
        p[1], p[4], p[6] = -0.7, 0.004, SMALLEST
        if n.endswith("p") and top:
            p[2], p[9], p[10] = 2.5, 2.001, STEEPEST
    return moved


def in_place(shared, group, parameters, bias, factor, cotangent):
    """The authors' order: clamp the data, then differentiate at what is left."""
    inputs = shared[group]
    leaves = {n: golden.leaf(p) for n, p in parameters.items()}
    for n, p in leaves.items():
        p.data = p.data.clamp(SMALLEST, STEEPEST if factor and n.endswith("p") else None)
    lengths = LENGTHS[group]
    scores = scores_of(inputs["query"], inputs["key"], bias(leaves, lengths), 0.5, lengths, True,
                       factor and factor(leaves, lengths))  # fmt: skip
    output = torch.softmax(scores, -1) @ inputs["value"]
    return output, golden.gradients((output * cotangent).sum(), **leaves)


def outside_case(shared, parameters, bias, factor=None, options={}):
    group = "square"
    case = attention_case(shared, group, "outside the range", options, parameters, bias, True,
                          factor=factor, check=False)  # fmt: skip
    output, theirs = in_place(shared, group, parameters, bias, factor, shared[group]["cotangent"])
    for n, p in parameters.items():
        within = (p >= SMALLEST) & ((p <= STEEPEST) if factor and n.endswith("p") else torch.tensor(True))
        golden.agree(f"gradient of {n} inside the range", case["gradients"][n], theirs[n] * within, 1e-15)
    case["reference"] = {
        "by": "the authors' clamp in place", "dtype": "float64",
        "maxDifference": max(golden.agree("gradient outside", case["gradients"][n], theirs[n], 10) for n in parameters),
        "outputs": {"output": thin(output)}, "gradients": theirs,
    }  # fmt: skip
    return case


def log_document() -> dict:
    draw = golden.Draw(21)
    shared = groups(draw)
    parameters = inside(draw, ("a", "p"))
    return document("kerple-log", 21, shared, [
        attention_case(shared, "square", "inside", {}, parameters, log_kernel, True),
        attention_case(shared, "square", "inside", {}, parameters, log_kernel, False),
        attention_case(shared, "long", "inside", {}, inside(draw, ("a", "p")), log_kernel, True),
        outside_case(shared, outside(parameters, False), log_kernel),
    ])  # fmt: skip


def power_document() -> dict:
    draw = golden.Draw(22)
    shared = groups(draw)
    plain, weight = inside(draw, ("a", "p")), inside(draw, ("weight.a", "weight.p"))
    both = plain | weight
    return document("kerple-power", 22, shared, [
        attention_case(shared, "square", "bias", {"kernel": "bias"}, plain, power_bias, True),
        attention_case(shared, "long", "bias", {"kernel": "bias"}, plain, power_bias, True),
        attention_case(shared, "long", "weight", {"kernel": "weight"}, weight, None, True, factor=power_factor),
        attention_case(shared, "square", "both", {"kernel": "both"}, both, power_bias, False, factor=power_factor),
        attention_case(shared, "long", "both", {"kernel": "both"}, both, power_bias, True, factor=power_factor),
        outside_case(shared, outside(both, True), power_bias, power_factor, {"kernel": "both"}),
    ])  # fmt: skip


def document(name, seed, shared, cases) -> dict:
    notes = ["gradients: of a clamp in the graph; reference.gradients: of the authors' clamp in place."]
    source = golden.source(name, REPOSITORY, FILE, seed=seed, digits=DIGITS, notes=notes)
    return {"source": source, "shared": shared, "cases": cases}
