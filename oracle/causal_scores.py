"""What the encodings share that act on causal scores: inputs with fewer queries than keys, mask, softmax.

The last `queries` of `length` tokens ask; query row a stands at position length − queries + a.
"""

import torch

import golden


def score_inputs(draw, heads: int, length: int, head_dim: int, queries: int | None = None) -> dict:
    """query and cotangent [1, heads, queries, headDim], key and value [1, heads, length, headDim]."""
    rows = {"query": length if queries is None else queries, "key": length, "value": length}
    rows["cotangent"] = rows["query"]
    return {name: draw.normal(1, heads, size, head_dim, decimals=2) for name, size in rows.items()}


def seen(scores: torch.Tensor) -> torch.Tensor:
    """Which keys each query sees, bool [query, key]."""
    rows, columns = scores.shape[-2:]
    return torch.ones(rows, columns, dtype=torch.bool).tril(columns - rows)


def distances(rows: int, columns: int) -> torch.Tensor:
    """query − key, float64 [query, key]."""
    return (torch.arange(columns - rows, columns)[:, None] - torch.arange(columns)[None, :]).double()


def weigh(scores: torch.Tensor, value: torch.Tensor, causal: bool = True) -> torch.Tensor:
    if causal:
        scores = scores.masked_fill(~seen(scores), float("-inf"))
    return torch.softmax(scores, -1) @ value


def case(name: str, options: dict, inputs: dict, run, every: int = 1, **more) -> dict:
    """
    `run(**leaves)` gives named outputs, of which `output` meets the cotangent; future `scores` become
    1e30 · (query − key), which is what relpos' mask leaves of them. Gradients are compared with central
    differences. Long tensors keep each `every`-th entry.
    """
    leaves = {k: golden.leaf(v) for k, v in inputs.items() if k != "cotangent"}
    outputs = run(**leaves)
    golden.gradcheck(lambda *given: run(**dict(zip(leaves, given)))["output"], *leaves.values(), fast=True)
    if options["causal"]:
        scores = outputs["scores"]
        outputs["scores"] = torch.where(seen(scores), scores, 1e30 * distances(*scores.shape[-2:]))
    found = golden.gradients((outputs["output"] * inputs["cotangent"]).sum(), **leaves)

    def kept(tensor: torch.Tensor):
        return tensor if every == 1 or tensor.numel() < 40 else golden.every(tensor, every)

    return {
        "name": name,
        "options": options,
        "inputs": inputs,
        "outputs": {k: kept(v) for k, v in outputs.items()},
        "gradients": {k: kept(v) for k, v in found.items()},
    } | more
