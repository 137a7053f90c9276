"""Golden cases of encodings that add a bias of the positions to the scores.

    weights = softmax(scale · query · keyᵀ [· factor] + bias [, future keys masked]),   output = weights · value

Keys stand at positions 0 … n − 1 and queries at the last of them, so that a few queries meet all earlier keys.
Two groups of queries, keys and values are shared by the cases of a file:

    square   7 queries, 7 keys      batch 2, 12 heads, headDim 4
    long     7 queries, 33 keys     batch 1, 12 heads, headDim 4
"""

import torch

import golden

HEADS, HEAD_DIM = 12, 4
MODEL = HEADS * HEAD_DIM
STEP = 29  # shares no factor with any axis here

LENGTHS = {"square": (7, 7), "long": (7, 33)}


def groups(draw: golden.Draw) -> dict:
    """The two shared groups, each with the cotangent of its output."""

    def group(batch, queries, keys):
        lengths = {"query": queries, "key": keys, "value": keys, "cotangent": queries}
        return {name: draw.normal(batch, HEADS, n, HEAD_DIM, decimals=2) for name, n in lengths.items()}

    return {"square": group(2, *LENGTHS["square"]), "long": group(1, *LENGTHS["long"])}


def positions(lengths) -> tuple[torch.Tensor, torch.Tensor]:
    queries, keys = lengths
    return torch.arange(keys - queries, keys, dtype=torch.float64), torch.arange(keys, dtype=torch.float64)


def distances(lengths) -> torch.Tensor:
    """query − key, [query, key]."""
    i, j = positions(lengths)
    return i[:, None] - j[None, :]


def attend(query, key, value, bias, scale, causal, factor=None):
    """bias and factor [heads, query, key]; the factor multiplies scaled scores before the bias is added."""
    scores = scale * (query @ key.transpose(-1, -2))
    scores = (scores if factor is None else scores * factor) + bias
    if causal:
        queries, keys = scores.shape[-2:]
        future = torch.ones(queries, keys, dtype=torch.bool).triu(1 + keys - queries)
        scores = scores.masked_fill(future, float("-inf"))
    return torch.softmax(scores, -1) @ value


def attention_case(shared, group, name, options, parameters, bias, causal, scale=HEAD_DIM**-0.5, factor=None,
                   turn=None, check=True) -> dict:  # fmt: skip
    """bias(parameters, lengths) and factor(parameters, lengths), or None; turn(vectors, role, parameters)."""
    inputs = shared[group]
    leaves = {n: golden.leaf(inputs[n]) for n in ("query", "key", "value")}
    leaves |= {n: golden.leaf(p) for n, p in parameters.items()}

    def run(query, key, value, *rest):
        learnt = dict(zip(parameters, rest))
        if turn is not None:
            query, key = turn(query, "query", learnt), turn(key, "key", learnt)
        added = 0.0 if bias is None else bias(learnt, LENGTHS[group])
        return attend(query, key, value, added, scale, causal, None if factor is None else factor(learnt, LENGTHS[group]))

    output = run(*leaves.values())
    if check:
        golden.gradcheck(run, *leaves.values(), fast=True)
    outputs = {"output": output}
    if bias is not None:
        with torch.no_grad():
            outputs["bias"] = bias({n: leaves[n] for n in parameters}, LENGTHS[group])
    gradients = golden.gradients((output * inputs["cotangent"]).sum(), **leaves)
    return {
        "name": f"{name}, {'causal' if causal else 'bidirectional'}, {' queries, '.join(map(str, LENGTHS[group]))} keys",
        "options": {**options, "causal": causal, "scoreScale": scale},
        "inputsFrom": [group],
        "inputs": parameters,
        "outputs": {n: thin(t) for n, t in outputs.items()},
        "gradients": {n: thin(t) for n, t in gradients.items()},
    }  # fmt: skip


def thin(tensor: torch.Tensor):
    """The whole of a short tensor, each 29th entry of a long one."""
    return tensor if tensor.numel() <= 60 else golden.every(tensor, STEP)
