"""Cases of the rotary family: queries and keys are turned by their positions, and then attended.

    scores[h, i, j] = scale · turn(q_i) · turn(k_j)        before the mask
    output          = softmax(scores + mask) · value

`turn(x, positions, role, **parameters)` is the encoding. Keys may be more than queries: then the queries stand at
the last positions, as while decoding.
"""

import torch

import golden


def inputs(draw: golden.Draw, batch: int, heads: int, queries: int, keys: int, head_dim: int) -> dict:
    def vectors(length):
        return draw.normal(batch, heads, length, head_dim)

    return {"query": vectors(queries), "key": vectors(keys), "value": vectors(keys), "cotangent": vectors(queries)}


def scores_of(turn, query, key, query_positions, key_positions, factor, /, **parameters):
    turned = turn(query, query_positions, "query", **parameters), turn(key, key_positions, "key", **parameters)
    return factor * (turned[0] @ turned[1].transpose(-1, -2))


def attended(scores, value, query_order, key_order, causal):
    """Orders are positions along the text: a key is masked where it comes after the query."""
    if causal:
        future = key_order[None, :] > query_order[:, None]
        scores = scores.masked_fill(future, float("-inf"))
    return torch.softmax(scores, -1) @ value


# Two sizes that meet every axis: an odd headDim / 2, and 12 heads with fewer queries than keys.
SQUARE, LONG = "3 heads of 20, length 7", "12 heads of 4, 5 queries of 33 keys"
EVERY = {SQUARE: 11, LONG: 23}


def groups(draw: golden.Draw, *names: str) -> dict:
    sizes = {SQUARE: (1, 3, 7, 7, 20), LONG: (1, 12, 5, 33, 4)}
    return {name: inputs(draw, *sizes[name]) for name in names or sizes}


def case(name, options, group, shared, turn, positions, causal=True, parameters=None, library=None, by="",
         allowed=1e-5, order=None):  # fmt: skip
    """One case of a golden file.

    positions   of the keys, [..., key]; the queries are the last of them
    parameters  what the encoding learns, by name
    library     (query, key, query_positions, key_positions, **parameters) → scores, or (turned query, turned key),
                in float32: the reference
    order       places along the text, where positions are not these
    """
    tensors = shared[group]
    parameters = parameters or {}
    queries = tensors["query"].shape[2]
    scale = tensors["query"].shape[-1] ** -0.5
    order = positions if order is None else order
    at = positions[..., -queries:], positions
    leaves = {n: golden.leaf(tensors[n]) for n in ("query", "key", "value")}
    learned = {n: golden.leaf(t) for n, t in parameters.items()}

    def run(query, key, value, *values):
        scores = scores_of(turn, query, key, *at, scale, **dict(zip(parameters, values)))
        return scores, attended(scores, value, order[-queries:], order, causal)

    scores, output = run(*leaves.values(), *learned.values())
    golden.gradcheck(lambda *given: run(*given)[1], *leaves.values(), *learned.values(), fast=True)
    found = golden.gradients((output * tensors["cotangent"]).sum(), **leaves, **learned)

    def sample(tensor):
        return golden.every(tensor.contiguous(), EVERY[group])

    made = {
        "name": name,
        "options": options | {"causal": causal},
        "inputsFrom": [group],
        "inputs": {"positions": positions} | parameters,
        "outputs": {"scores": sample(scores), "output": sample(output)},
        "gradients": {n: sample(g) if n in leaves else g for n, g in found.items()},
    }
    if library is not None:
        single = {n: tensors[n].float() for n in ("query", "key")}
        answer = library(single["query"], single["key"], *at, **{n: t.float() for n, t in parameters.items()})
        theirs = answer if torch.is_tensor(answer) else scale * (answer[0] @ answer[1].transpose(-1, -2))
        # Relative above one: scores of far tokens are sums of large products.
        difference = golden.agree(name, scores / scores.abs().clamp(min=1), theirs / scores.abs().clamp(min=1), allowed)
        made["reference"] = {"by": by, "dtype": "float32", "maxDifference": difference,
                             "outputs": {"scores": sample(theirs)}}  # fmt: skip
    return made


def pairs(x: torch.Tensor, angle: torch.Tensor, layout: str) -> torch.Tensor:
    """Turns the pairs of the leading components by angle [length, pairs], pair by pair; the rest stays."""
    count = angle.shape[-1]
    parts = list(x.unbind(-1))
    for m in range(count):
        a, b = (m, m + count) if layout == "half" else (2 * m, 2 * m + 1)
        cos, sin = angle[..., m].cos(), angle[..., m].sin()
        first, second = parts[a], parts[b]
        parts[a], parts[b] = first * cos - second * sin, first * sin + second * cos
    return torch.stack(parts, -1)


def geometric(width: int, base: float) -> torch.Tensor:
    """base^(−2m / width), float64."""
    return torch.tensor([float(base) ** (-2 * m / width) for m in range(width // 2)], dtype=torch.float64)
