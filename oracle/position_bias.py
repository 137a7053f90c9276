"""Golden cases of encodings that add a bias of the positions to the scores.

    scores = scale · query · keyᵀ [· factor] + bias [, future keys masked],   output = softmax(scores) · value

Keys stand at positions 0 … n − 1 and queries at the last of them, so that a few queries meet all earlier keys.
Two groups of queries, keys and values are shared by the cases of a file:

    square   7 queries, 7 keys      12 heads, headDim 4
    long     7 queries, 33 keys     12 heads, headDim 4
"""

import torch

import golden

HEADS, HEAD_DIM = 12, 4
MODEL = HEADS * HEAD_DIM
STEPS = (13, 29, 61, 97)  # share no factor with any axis here

DIGITS = 14  # kept of outputs; the tests allow 1e-12

LENGTHS = {"square": (7, 7), "long": (7, 33)}


def groups(draw: golden.Draw) -> dict:
    """The two shared groups, each with the cotangent of its output."""

    def group(queries, keys):
        lengths = {"query": queries, "key": keys, "value": keys, "cotangent": queries}
        return {name: draw.normal(1, HEADS, n, HEAD_DIM, decimals=2) for name, n in lengths.items()}

    return {name: group(*lengths) for name, lengths in LENGTHS.items()}


def positions(lengths) -> tuple[torch.Tensor, torch.Tensor]:
    queries, keys = lengths
    return torch.arange(keys - queries, keys, dtype=torch.float64), torch.arange(keys, dtype=torch.float64)


def distances(lengths) -> torch.Tensor:
    """query − key, [query, key]."""
    i, j = positions(lengths)
    return i[:, None] - j[None, :]


def scores_of(query, key, bias, scale, lengths, causal, factor=None):
    """bias and factor [heads, query, key]; the factor multiplies scaled scores before the bias is added."""
    scores = scale * (query @ key.transpose(-1, -2))
    scores = (scores if factor is None else scores * factor) + bias
    # The mask as relpos adds it, so that masked scores are comparable; their weights are exactly 0.
    return scores + 1e30 * distances(lengths).clamp(max=0) if causal else scores


def attention_case(shared, group, name, options, parameters, bias, causal, scale=HEAD_DIM**-0.5, factor=None,
                   turn=None, check=True) -> dict:  # fmt: skip
    """bias(parameters, lengths) and factor(parameters, lengths), or None; turn(vectors, role, parameters)."""
    inputs = shared[group]
    leaves = {n: golden.leaf(inputs[n]) for n in ("query", "key", "value")}
    leaves |= {n: golden.leaf(p) for n, p in parameters.items()}
    lengths = LENGTHS[group]

    def score(query, key, *rest):
        learned = dict(zip(parameters, rest))
        if turn is not None:
            query, key = turn(query, "query", learned), turn(key, "key", learned)
        added = 0.0 if bias is None else bias(learned, lengths)
        return scores_of(query, key, added, scale, lengths, causal, None if factor is None else factor(learned, lengths))

    def run(query, key, value, *rest):
        return torch.softmax(score(query, key, *rest), -1) @ value

    query, key, value, *rest = leaves.values()
    scores = score(query, key, *rest)
    output = torch.softmax(scores, -1) @ value
    if check:
        golden.gradcheck(run, *leaves.values(), fast=True)
    outputs = {"output": output, "scores": scores}
    gradients = golden.gradients((output * inputs["cotangent"]).sum(), **leaves)
    sides, (queries, keys) = "causal" if causal else "bidirectional", lengths
    return {
        "name": f"{name}, {sides}, {queries} queries, {keys} keys",
        "options": {**options, "causal": causal, "scoreScale": scale},
        "inputsFrom": [group],
        "inputs": parameters,
        "outputs": {n: thin(t) for n, t in outputs.items()},
        "gradients": {n: thin(t) for n, t in gradients.items()},
    }  # fmt: skip


def thin(tensor: torch.Tensor):
    """The whole of a short tensor, about 30 entries of a long one."""
    if tensor.numel() <= 48:
        return tensor
    return golden.every(tensor, next((n for n in STEPS if tensor.numel() <= 30 * n), STEPS[-1]))
