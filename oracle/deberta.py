"""DeBERTa's disentangled attention: score = (q_i·k_j + q_i·K_r + k_j·Q_r) / √((1 + terms) headDim).

K = P W_k and Q = P W_q for a table P [2k, model] of all layers; r = clamp(bucket(distance) + k, 0, 2k − 1), in both
terms: the paper has the opposite distance in the second, no released code has. Version 1 has projections of its own
(that of keys without bias) and no buckets; version 2, whose attention 3 has too, takes the content's projections,
layer-normalises P, and has k = buckets, logarithmic beyond k / 2:

    bucket(n) = n for n ≤ mid = k / 2, else mid + ⌈ln(n / mid) / ln((M − 1) / mid) · (mid − 1)⌉, odd in n

Asked are the authors' DisentangledSelfAttention (PyPI deberta 0.1.12) in float64, and transformers' two classes, whose
scale is a float32 number.
"""

from types import SimpleNamespace

import numpy
import torch
from torch.nn.functional import layer_norm
from transformers import DebertaConfig, DebertaV2Config
from transformers.models.deberta import modeling_deberta
from transformers.models.deberta_v2 import modeling_deberta_v2

import golden
from content import attention_inputs, bare_package, case, distances

bare_package("DeBERTa", "DeBERTa.deberta", "DeBERTa.utils")
import sys  # noqa: E402

sys.modules["DeBERTa.utils"].get_logger = lambda: None
numpy.int = int  # gone from numpy since 1.24
from DeBERTa.deberta.da_utils import make_log_bucket_position  # noqa: E402
from DeBERTa.deberta.disentangled_attention import DisentangledSelfAttention  # noqa: E402

LEGACY = True

NAME = "deberta"
EPSILON = 1e-7  # of released configurations' layer norm


def exact_bucket(distance: int, buckets: int, longest: int) -> int:
    """Whole numbers only: the ceiling of a logarithm ratio, by comparing powers."""
    mid, n = buckets // 2, abs(distance)
    if n <= mid:
        return distance
    # the smallest t with (n / mid)^(mid − 1) ≤ ((longest − 1) / mid)^t
    t = 0
    while n ** (mid - 1) * mid**t > (longest - 1) ** t * mid ** (mid - 1):
        t += 1
    return (mid + t) * (1 if distance > 0 else -1)


def bucket_case(buckets: int, longest: int) -> dict:
    distance = torch.arange(-longest, longest + 1)
    exact = torch.tensor([exact_bucket(d, buckets, longest) for d in distance.tolist()])
    authors = torch.tensor(make_log_bucket_position(distance.numpy(), buckets, longest))
    golden.agree(f"bucket {buckets}/{longest}, the authors' float64", exact, authors, 0)
    hugging = modeling_deberta_v2.make_log_bucket_position(distance, buckets, longest)
    golden.agree(f"bucket {buckets}/{longest}, transformers' float32", exact, hugging, 0)
    kept = slice(None, None, 3 if longest > 100 else 1)
    return {
        "name": f"bucket, {buckets} buckets, up to {longest}",
        "options": {"buckets": buckets, "maxDistance": longest},
        "inputs": {"distance": distance[kept]},
        "outputs": {"bucket": exact[kept]},
        "gradients": {},
    }


def heads_of(x: torch.Tensor, heads: int) -> torch.Tensor:
    """[length, heads · headDim] -> [heads, length, headDim]"""
    return x.unflatten(-1, (heads, -1)).movedim(-2, 0)


def scores_with(options: dict):
    """One pair at a time. Projections are [in, out]; those of version 2 are the layer's own."""
    version, terms = options["version"], options["terms"]

    def scores(query, key, table, **p):
        heads, size = query.shape[1], table.shape[0] // 2
        distance = distances(query.shape[2], key.shape[2])
        if version == 2:
            longest = options["maxDistance"]
            distance = distance.apply_(lambda d: exact_bucket(d, size, longest))
            table = layer_norm(table, table.shape[1:], p["normWeight"], p["normBias"], EPSILON)
        row = (distance + size).clamp(0, 2 * size - 1)
        products = query @ key.transpose(-1, -2)
        if "c2p" in terms:
            keys = table @ p["keyWeight"] + (p["keyBias"] if version == 2 else 0)
            products = products + torch.einsum("bhqd,hqkd->bhqk", query, heads_of(keys, heads)[:, row])
        if "p2c" in terms:
            queries = table @ p["queryWeight"] + p["queryBias"]
            products = products + torch.einsum("bhkd,hqkd->bhqk", key, heads_of(queries, heads)[:, row])
        return products / ((1 + len(terms)) * query.shape[-1]) ** 0.5

    return scores


def flat(x: torch.Tensor) -> torch.Tensor:
    return x.flatten(0, 1)


def authors(options, query, key, table, **p):
    """Scores [batch · heads, length, length] of the authors' module, which reads version 1's weights too."""
    version, terms = options["version"], options["terms"]
    size, model = table.shape[0] // 2, table.shape[1]
    config = SimpleNamespace(
        num_attention_heads=query.shape[1], hidden_size=model, attention_head_size=query.shape[-1],
        share_att_key=version == 2, pos_att_type="|".join(terms), relative_attention=True,
        position_buckets=size if version == 2 else -1, max_relative_positions=options["maxDistance"],
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)  # fmt: skip
    module = DisentangledSelfAttention(config).double().eval()
    prefix = "" if version == 2 else "pos_"
    for part in ("query", "key"):
        projection = getattr(module, f"{prefix}{part}_proj", None)
        if projection is not None and f"{part}Weight" in p:
            projection.weight.data = p[f"{part}Weight"].T
            projection.bias.data = p.get(f"{part}Bias", torch.zeros(query.shape[1] * query.shape[-1]).double())
    if version == 2:
        table = layer_norm(table, (model,), p["normWeight"], p["normBias"], EPSILON)
    factor = 1 + len(terms)
    with torch.no_grad():
        added = module.disentangled_attention_bias(flat(query), flat(key), None, table, factor)
        return flat(query) @ flat(key).transpose(-1, -2) / (factor * query.shape[-1]) ** 0.5 + added


def transformers_scores(options, query, key, table, **p):
    """The same of transformers, with its float32 scale; the model's width must be heads · headDim."""
    version, terms = options["version"], options["terms"]
    heads, length, model = query.shape[1], query.shape[2], table.shape[1]
    shared = {"hidden_size": model, "num_attention_heads": heads, "relative_attention": True, "pos_att_type": terms,
              "max_relative_positions": options["maxDistance"], "hidden_dropout_prob": 0.0}  # fmt: skip
    with torch.no_grad():
        if version == 1:
            module = modeling_deberta.DisentangledSelfAttention(DebertaConfig(**shared)).double().eval()
            if "c2p" in terms:
                module.pos_proj.weight.data = p["keyWeight"].T
            if "p2c" in terms:
                module.pos_q_proj.weight.data, module.pos_q_proj.bias.data = p["queryWeight"].T, p["queryBias"]
            scaled = query / ((1 + len(terms)) * query.shape[-1]) ** 0.5
            relative = distances(length, length)[None]
            added = module.disentangled_att_bias(scaled, key, relative, table, 1 + len(terms))
            return flat(scaled @ key.transpose(-1, -2) + added)
        config = DebertaV2Config(**shared, share_att_key=True, position_buckets=table.shape[0] // 2)
        module = modeling_deberta_v2.DisentangledSelfAttention(config).double().eval()
        for part in ("query", "key"):
            if f"{part}Weight" in p:
                projection = getattr(module, f"{part}_proj")
                projection.weight.data, projection.bias.data = p[f"{part}Weight"].T, p[f"{part}Bias"]
        table = layer_norm(table, (model,), p["normWeight"], p["normBias"], EPSILON)
        factor = 1 + len(terms)
        added = module.disentangled_attention_bias(flat(query), flat(key), None, table, factor)
        return flat(query) @ flat(key).transpose(-1, -2) / (factor * query.shape[-1]) ** 0.5 + added


def deberta_case(draw, causal, version, heads, keys, head_dim, model, size, longest=None, terms=("c2p", "p2c"),
                 queries=None) -> dict:  # fmt: skip
    inputs = attention_inputs(draw, heads, keys, head_dim, queries)
    inputs["table"] = draw.normal(2 * size, model, decimals=2)
    parts = [part for part, term in (("query", "p2c"), ("key", "c2p")) if term in terms]
    for part in parts:
        inputs[f"{part}Weight"] = draw.normal(model, heads * head_dim, std=model**-0.5, decimals=2)
        if version == 2 or part == "query":
            inputs[f"{part}Bias"] = draw.normal(heads * head_dim, std=0.3, decimals=2)
    if version == 2:
        inputs |= {"normWeight": draw.normal(model, mean=1, std=0.2), "normBias": draw.normal(model, std=0.2)}
    options = {"causal": causal, "version": version, "terms": list(terms), "maxDistance": longest or size, "model": model}
    options |= {"buckets": size} if version == 2 else {}
    words = [f"version {version}", "causal" if causal else "bidirectional", f"{heads} heads of {head_dim}"]
    words += [f"length {keys}"] + [f"the last {queries} queries"] * (queries is not None)
    words += [f"{size} buckets up to {longest}" if version == 2 else f"up to {size}", " and ".join(terms)]
    name = ", ".join(words)
    scores = scores_with(options)
    made = case(name, options, inputs, scores, kept=13)
    for part in ("queryWeight", "keyWeight", "table"):
        if part in made["gradients"]:
            made["gradients"][part] = golden.every(made["gradients"][part], 13)
    full = torch.cat((draw.normal(1, heads, keys - inputs["query"].shape[2], head_dim), inputs["query"]), 2)
    given = inputs | {"query": full}
    golden.agree(f"{name}, the last rows", scores(**inputs), scores(**given)[:, :, -inputs["query"].shape[2] :], 1e-13)
    golden.agree(f"{name}, the authors' scores", flat(scores(**given)), authors(options, **given), 1e-12)
    if model == heads * head_dim:
        golden.agree(f"{name}, transformers' scores", flat(scores(**given)), transformers_scores(options, **given), 3e-7)
    return made


def make() -> dict:
    draw = golden.Draw(27)
    return {
        "source": golden.source(
            NAME, "microsoft/DeBERTa, huggingface/transformers",
            "DeBERTa/deberta/disentangled_attention.py DisentangledSelfAttention, da_utils.py; "
            "models/deberta/modeling_deberta.py, models/deberta_v2/modeling_deberta_v2.py",
            ("torch", "transformers", "deberta", "numpy"), seed=27, digits=14,
            notes=["Numbers are our derivation's in float64; the authors' module agrees within 1e-12, transformers' "
                   "classes, whose scale is float32, within 3e-7 where the model's width is heads · headDim.",
                   "All three take the same row of the table in both terms.",
                   "Buckets: exact whole-number arithmetic; the authors' float64 and transformers' float32 agree.",
                   "Projections are [in, out]; those of version 2 are the layer's own."]),
        "cases": [
            *(bucket_case(*sizes) for sizes in ((256, 512), (128, 512), (32, 64), (8, 20))),
            deberta_case(draw, False, 1, 12, 7, 4, 5, 9),
            deberta_case(draw, False, 1, 3, 7, 4, 12, 4),
            deberta_case(draw, True, 1, 1, 7, 20, 6, 4, terms=("p2c",)),
            deberta_case(draw, False, 2, 3, 7, 4, 12, 4, 7),
            deberta_case(draw, False, 2, 2, 33, 4, 8, 8, 20),
            deberta_case(draw, True, 2, 3, 7, 4, 12, 6, 12, queries=3),
            deberta_case(draw, True, 2, 2, 33, 4, 8, 12, 40, terms=("c2p",), queries=7),
        ],
    }  # fmt: skip
