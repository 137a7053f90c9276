"""Randomized positions: an encoding at given drawn positions. What is drawn is no number to compare.

    sinusoidal, rope   at the drawn positions themselves (rope in interleaved pairs)
    alibi, t5          at drawn distances: tokens n apart have distance d[n], d[0] = 0, positions d

The rules are those of google-deepmind/randomized_positional_encodings, models/positional_encodings.py, which is no
package: own derivations in float64. Its ALiBi adds half a step on one side, which is no part of ALiBi and is left out.
"""

import torch

import golden
import rotary
from alibi import slopes
from sinusoidal import table
from t5 import exact_bucket

NAME = "randomized"


def drawn(seed: int, count: int, below: int, from_zero: bool) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    if from_zero:
        rest = torch.randperm(below - 1, generator=generator)[: count - 1].sort().values + 1
        return torch.cat((torch.zeros(1, dtype=rest.dtype), rest))
    return torch.randperm(below, generator=generator)[:count].sort().values


def input_case(draw) -> dict:
    width, length = 12, 7
    embeddings, cotangent = golden.leaf(draw.normal(2, length, width)), draw.normal(2, length, width)
    positions = drawn(1, length, 2048, False)
    output = embeddings * width**0.5 + table("concat", width, positions.tolist())
    return {
        "name": "sinusoidal, 7 of 2048",
        "options": {"base": "sinusoidal", "baseOptions": {"layout": "concat"}},
        "inputs": {"embeddings": embeddings, "positions": positions, "cotangent": cotangent},
        "outputs": {"output": output},
        "gradients": golden.gradients((output * cotangent).sum(), embeddings=embeddings),
    }


def rope_case(shared, group, positions, causal=True) -> dict:
    def turn(x, places, role):
        angle = places.double()[:, None] * rotary.geometric(x.shape[-1], 10000)
        return rotary.pairs(x, angle, "interleaved")

    made = rotary.case(f"rope, {len(positions)} of 2048", {}, group, shared, turn, positions, causal)
    made["options"] |= {"base": "rope", "baseOptions": {"layout": "interleaved"}}
    return made


def distance_case(name, options, shared, group, positions, bias_of, causal=True, parameters=None) -> dict:
    """`bias_of(distance, **parameters)` gives [heads] for one distance."""
    tensors, parameters = shared[group], parameters or {}
    queries, keys = tensors["query"].shape[2], len(positions)
    scale = tensors["query"].shape[-1] ** -0.5
    order = torch.arange(keys)
    leaves = {n: golden.leaf(tensors[n]) for n in ("query", "key", "value")}
    learned = {n: golden.leaf(t) for n, t in parameters.items()}

    def run(query, key, value, *values):
        given = dict(zip(parameters, values))
        rows = []
        for i in range(keys - queries, keys):
            distances = [int(positions[abs(i - j)]) * (1 if i >= j else -1) for j in range(keys)]
            rows.append(torch.stack([bias_of(d, **given) for d in distances], -1))
        scores = scale * (query @ key.transpose(-1, -2)) + torch.stack(rows, 1)
        return rotary.attended(scores, value, order[-queries:], order, causal)

    output = run(*leaves.values(), *learned.values())
    golden.gradcheck(run, *leaves.values(), *learned.values(), fast=True)
    found = golden.gradients((output * tensors["cotangent"]).sum(), **leaves, **learned)

    def sample(tensor):
        return golden.every(tensor.contiguous(), rotary.EVERY[group])

    return {
        "name": name,
        "options": options | {"causal": causal},
        "inputsFrom": [group],
        "inputs": {"positions": positions} | parameters,
        "outputs": {"output": sample(output)},
        "gradients": {n: g if n in learned else sample(g) for n, g in found.items()},
    }


def make() -> dict:
    draw = golden.Draw(33)
    shared = rotary.groups(draw)

    def alibi(heads):
        return lambda distance: -slopes(heads) * abs(distance)

    def t5(causal):
        return lambda distance, table: table[exact_bucket(distance, causal, 8, 64)]

    bucketed = {"buckets": 8, "maxDistance": 64, "form": "scaled", "biasMultiplier": 1}
    cases = [
        input_case(draw),
        rope_case(shared, rotary.SQUARE, drawn(2, 7, 2048, False), causal=False),
        rope_case(shared, rotary.LONG, drawn(3, 33, 2048, False)),
        distance_case("alibi, distances 7 of 64", {"base": "alibi"}, shared, rotary.SQUARE, drawn(4, 7, 64, True),
                      alibi(3), causal=False),
        distance_case("alibi, 5 queries, distances 33 of 64", {"base": "alibi"}, shared, rotary.LONG,
                      drawn(5, 33, 64, True), alibi(12)),
        distance_case("t5, distances 7 of 64", {"base": "t5", "baseOptions": bucketed}, shared, rotary.SQUARE,
                      drawn(6, 7, 64, True), t5(True), parameters={"table": draw.normal(8, 3)}),
        distance_case("t5, 5 queries both ways, distances 33 of 64", {"base": "t5", "baseOptions": bucketed}, shared,
                      rotary.LONG, drawn(7, 33, 64, True), t5(False), causal=False,
                      parameters={"table": draw.normal(8, 12)}),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "own derivation", "oracle/randomized.py", ("torch",), seed=33,
            notes=["Own derivations of the rules in google-deepmind/randomized_positional_encodings, positional_encodings.py.",
                   "positions are what was drawn for the keys; for alibi and t5 the distances of tokens 0, 1, 2, … apart.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
