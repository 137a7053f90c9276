"""What generators of encodings with content terms share: attention whose scores depend on q or k and on the distance.

Queries are the last of the positions of the keys, so that `queries < keys` is a text with a past. distance = query − key.
"""

import sys
import types
from importlib.util import find_spec

import torch

import golden


def distances(queries: int, keys: int) -> torch.Tensor:
    """[query, key]"""
    positions = torch.arange(keys)
    return positions[keys - queries :, None] - positions[None, :]


def attention_inputs(draw, heads, keys, head_dim, queries=None, batch=1) -> dict:
    queries = queries or keys
    lengths = {"query": queries, "key": keys, "value": keys, "cotangent": queries}
    return {name: draw.normal(batch, heads, length, head_dim) for name, length in lengths.items()}


def weigh(scores: torch.Tensor, causal: bool) -> torch.Tensor:
    """The softmax of the keys that a query may see."""
    if causal:
        scores = scores.masked_fill(distances(*scores.shape[-2:]) < 0, float("-inf"))
    return torch.softmax(scores, -1)


def seen(scores: torch.Tensor, causal: bool) -> torch.Tensor:
    """Scores, or weights, with zeros for keys that are masked."""
    return scores.masked_fill(distances(*scores.shape[-2:]) < 0, 0) if causal else scores


def case(name, options, inputs, scores_of, value_term=None, kept=1, **more) -> dict:
    """`scores_of(**leaves)` has the terms and the scale, not the mask; `value_term(weights, **leaves)` is added to the
    output. Scores are written where none is masked; of them, of the output and of the gradients of query, key and value
    only each `kept`-th entry is."""
    causal = options["causal"]

    def run(**leaves):
        scores = scores_of(**leaves)
        weights = weigh(scores, causal)
        output = weights @ leaves["value"]
        return scores, output if value_term is None else output + value_term(weights, **leaves)

    leaves = {n: golden.leaf(x) for n, x in inputs.items() if n != "cotangent"}
    scores, output = run(**leaves)
    names = list(leaves)
    golden.gradcheck(lambda *xs: run(**dict(zip(names, xs)))[1], *leaves.values(), fast=True)
    found = golden.gradients((output * inputs["cotangent"]).sum(), **leaves)
    few = lambda tensor: golden.every(tensor, kept)  # noqa: E731
    return {
        "name": name,
        "options": options,
        "inputs": inputs,
        "outputs": ({} if causal else {"scores": few(scores)}) | {"output": few(output)},
        "gradients": {n: few(g) if n in ("query", "key", "value") else g for n, g in found.items()},
    } | more  # fmt: skip


def reference(by: str, dtype: str, **pairs) -> dict:
    """A library's answers beside ours: name=(ours, theirs, tolerance, kept)."""
    differences = {n: golden.agree(f"{by}, {n}", a, b, tolerance) for n, (a, b, tolerance, _) in pairs.items()}
    kept = {n: golden.every(b, step) for n, (_, b, _, step) in pairs.items()}
    return {"by": by, "dtype": dtype, "maxDifference": max(differences.values()), "outputs": kept}


def bare_package(*names: str) -> None:
    """Lets modules of old packages be imported one by one, without the imports of their `__init__`."""
    for name in names:
        top, *rest = name.split(".")
        loaded = sys.modules.get(top)
        root = loaded.__path__[0] if loaded else find_spec(top).submodule_search_locations[0]
        module = types.ModuleType(name)
        module.__path__ = ["/".join([root, *rest])]
        sys.modules[name] = module


def sinusoid(distance: torch.Tensor, width: int) -> torch.Tensor:
    """[...] -> [..., width]"""
    frequencies = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = distance.double()[..., None] * frequencies
    return torch.cat((angles.sin(), angles.cos()), -1)


def heads_of(x: torch.Tensor, heads: int) -> torch.Tensor:
    """[..., heads · headDim] -> [heads, ..., headDim]"""
    return x.unflatten(-1, (heads, -1)).movedim(-2, 0)


def scores_with(distance: torch.Tensor):
    """Transformer-XL's and XLNet's scores of pairs at these distances [query, key], one pair at a time."""

    def scores(query, key, u, v, weight, **_):
        position = heads_of(sinusoid(distance, weight.shape[0]) @ weight, query.shape[1])
        terms = torch.einsum("bhqd,hqkd->bhqk", query + v[:, None], position)
        return ((query + u[:, None]) @ key.transpose(-1, -2) + terms) * query.shape[-1] ** -0.5

    return scores


class Given(torch.nn.Module):
    """A projection that answers what it was made with."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, _):
        return self.answer
