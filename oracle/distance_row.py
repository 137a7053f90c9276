"""Rows of the distance matrix as an input feature: own derivation of the article that relpos began from.

There is no reference implementation. The formulas, which the TypeScript follows, are these. A sequence has
positions i = 0 … n − 1. D(i, j) = |i − j|. N is `maxLength`, and every distance is divided by N (except in
`normalise`). The feature row F(i) depends on the mode:

    pad             F ∈ R^N     F_j(i) = |i − j| / N  for j < n,   0 for n ≤ j < N
                    n > N is an error.
       validity     F ∈ R^2N    the N columns above, then N columns that are 1 for j < n and 0 beyond;
                                they tell "distance 0" from "no such column"
    fixed-anchors   F ∈ R^K     F_k(i) = |i − a_k| / N            anchors a_0 … a_{K−1}; n is not bounded.
                                Anchors 0 … N − 1 are the article's rows with N columns whatever n is.
    normalise       F ∈ R^K     F_k(i) = |i − t_k (n − 1)| / max(n − 1, 1),   t_k = k / (K − 1), K ≥ 2
                                (the row D(i, ·)/(n − 1) read at K evenly spaced points; no division by N)
    bucket          F ∈ R^B     F_b(i) = #{ j : 0 ≤ j < n, bucket(|i − j|) = b } / N
                                bucket = T5's causal bucket of B buckets up to maxDistance; n is not bounded

`causal` rows see only the columns of the past, whatever n is, so F(i) never changes as the sequence grows:

    pad             F_j(i) = (i − j) / N  for j ≤ i,   0 for j > i;   validity columns are 1 for j ≤ i
    fixed-anchors   F_k(i) = max(i − a_k, 0) / N
    bucket          the count is over 0 ≤ j ≤ i
    normalise       has no causal rows: it needs n

`start` shifts positions: row i is that of position start + i, and n counts to start + length.

Then RPE(i) = f(F(i)) ∈ R^r. Weights are stored [in, out]:

    linear          F weight + bias
    tanh, relu      activation(F hidden.weight + hidden.bias) weight + bias

and the output is [s_i ; RPE(i)], where s_i is the token's one-hot row or its embedding. Initial weights are drawn
from N(0, 3 / columns), columns being N, K or B (2N with validity); the hidden layer's output from N(0, 1 / hidden).
"""

import torch

import golden
from t5 import exact_bucket

NAME = "distance-row"
BATCH, VOCAB, WIDTH, RANK, HIDDEN = 3, 5, 4, 3, 6


def rows(length: int, options: dict) -> torch.Tensor:
    """F [length, columns], written as loops: it is the definition."""
    start, maximum, causal = options.get("start", 0), options["maxLength"], options["causal"]
    n = start + length
    table = []
    for i in range(start, n):
        if options["mode"] == "pad":
            assert n <= maximum
            seen = [j <= i if causal else j < n for j in range(maximum)]
            row = [abs(i - j) / maximum if s else 0.0 for j, s in enumerate(seen)]
            row += [float(s) for s in seen] if options.get("validity") else []
        elif options["mode"] == "fixed-anchors":
            row = [(max(i - a, 0) if causal else abs(i - a)) / maximum for a in options["anchors"]]
        elif options["mode"] == "normalise":
            assert not causal
            points = options["points"]
            row = [abs(i - k / (points - 1) * (n - 1)) / max(n - 1, 1) for k in range(points)]
        elif options["mode"] == "bucket":
            counts = [0] * options["buckets"]
            for j in range(i + 1 if causal else n):
                counts[exact_bucket(abs(i - j), True, options["buckets"], options["maxDistance"])] += 1
            row = [c / maximum for c in counts]
        table.append(row)
    return torch.tensor(table, dtype=torch.float64)


def encode(content, features, weight, bias, hidden_weight=None, hidden_bias=None, activation=None):
    """content [batch, length, width], features [length, columns] -> [batch, length, width + rank]."""
    x = features
    if activation is not None:
        x = getattr(torch, activation)(x @ hidden_weight + hidden_bias)
    rpe = x @ weight + bias
    return torch.cat((content, rpe.expand(content.shape[0], *rpe.shape)), -1)


def case(draw, mode, length=7, layer="linear", content="embedding", causal=False, start=0, **extra) -> dict:
    options = {"mode": mode, "causal": causal, "maxLength": 11, "start": start, "layer": layer,
               "content": content, "rank": RANK, "vocab": VOCAB} | extra  # fmt: skip
    features = rows(length, options)
    columns = features.shape[1]
    size = (3 / columns) ** 0.5
    tokens = draw.integers(VOCAB, BATCH, length)
    if layer == "linear":
        parameters = {"weight": draw.normal(columns, RANK, std=size), "bias": draw.normal(RANK, std=0.1)}
    else:
        parameters = {
            "weight": draw.normal(HIDDEN, RANK, std=HIDDEN**-0.5), "bias": draw.normal(RANK, std=0.1),
            "hidden.weight": draw.normal(columns, HIDDEN, std=size), "hidden.bias": draw.normal(HIDDEN, std=0.1),
        }  # fmt: skip
    leaves = {k: golden.leaf(v) for k, v in parameters.items()}
    inputs = {"tokens": tokens, "positions": torch.arange(start, start + length)} | parameters
    activation = None if layer == "linear" else layer
    if content == "one-hot":
        embeddings = torch.nn.functional.one_hot(tokens, VOCAB).double()
    else:
        inputs["tokens.weight"] = draw.normal(VOCAB, WIDTH)
        leaves["tokens.weight"] = golden.leaf(inputs["tokens.weight"])
        embeddings = leaves["tokens.weight"][tokens]
        leaves["embeddings"] = embeddings
    arguments = [leaves[k] for k in parameters]
    output = encode(embeddings, features, *arguments, activation=activation)
    inputs["cotangent"] = draw.normal(*output.shape)
    golden.gradcheck(lambda c, *p: encode(c, features, *p, activation=activation), embeddings.detach(), *arguments)
    flags = ["causal"] * causal + ["validity"] * bool(extra.get("validity")) + [f"from {start}"] * (start > 0)
    return {
        "name": ", ".join([mode, *flags, layer, content, f"length {length}"]),
        "options": options,
        "inputs": inputs,
        "outputs": {"features": features, "output": output},
        "gradients": golden.gradients((output * inputs["cotangent"]).sum(), **leaves),
    }


def make() -> dict:
    draw = golden.Draw(9)
    anchors = {"anchors": [0, 1, 2, 4, 8]}
    article = {"anchors": list(range(11))}
    t5 = {"buckets": 8, "maxDistance": 20}
    cases = [
        case(draw, "pad", length=11, content="one-hot"),
        case(draw, "pad", layer="tanh", content="one-hot"),
        case(draw, "pad"),
        case(draw, "pad", layer="relu"),
        case(draw, "pad", validity=True),
        case(draw, "pad", causal=True),
        case(draw, "pad", causal=True, validity=True, layer="tanh"),
        case(draw, "pad", length=3, causal=True, start=5),
        case(draw, "fixed-anchors", **article),
        case(draw, "fixed-anchors", length=17, **anchors),
        case(draw, "fixed-anchors", layer="tanh", content="one-hot", **anchors),
        case(draw, "fixed-anchors", causal=True, layer="relu", **anchors),
        case(draw, "fixed-anchors", length=3, start=5, **anchors),
        case(draw, "normalise", points=5),
        case(draw, "normalise", length=17, layer="tanh", points=5),
        case(draw, "normalise", length=1, points=5),
        case(draw, "bucket", **t5),
        case(draw, "bucket", length=29, layer="relu", content="one-hot", **t5),
        case(draw, "bucket", causal=True, layer="tanh", **t5),
    ]
    return {
        "source": golden.source(
            NAME, "none", "oracle/distance_row.py: own derivation of the article that relpos began from", seed=9,
            notes=["No reference implementation is known; autograd was compared with central differences.",
                   "The formulas are in the generator's docstring. Weights are [in, out].",
                   "gradients.embeddings is with respect to the looked-up embeddings [batch, length, width]."]),
        "cases": cases,
    }  # fmt: skip
