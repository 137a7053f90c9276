"""Music Transformer: score = τ q_i·(k_j + E[h, distance]), E zero from distance L on; a value term alike, as an option.

Row L − 1 − distance of a table [heads, L, headDim] (or [L, headDim], shared by heads) belongs to a distance; tables of
bidirectional attention go on to 2 L − 1 rows. The authors' code (tensor2tensor, `dot_product_self_attention_relative_v2`
and its unmasked form) needs TensorFlow and is not asked. This derivation takes one pair at a time; it is compared with
the authors' procedure, written anew: cut or pad the table to the length, multiply, skew by reshaping.
"""

import torch

import golden
from content import attention_inputs, case, distances, seen

NAME = "music-transformer"


def rows(table: torch.Tensor, queries: int, keys: int, causal: bool) -> torch.Tensor:
    """E for every pair, [heads or 1, query, key, headDim]; zero where the table has no row."""
    table = table if table.dim() == 3 else table[None]
    longest = table.shape[1] if causal else (table.shape[1] + 1) // 2
    distance = distances(queries, keys)
    known = (distance < longest) & (distance > (-1 if causal else -longest))
    index = (longest - 1 - distance).clamp(0, table.shape[1] - 1)
    return table[:, index] * known[..., None]


def terms(causal: bool):
    def scores(query, key, tableKey, **_):
        position = rows(tableKey, query.shape[2], key.shape[2], causal)
        product = torch.einsum("bhqd,hqkd->bhqk", query, position.expand(query.shape[1], -1, -1, -1))
        return (query @ key.transpose(-1, -2) + product) * query.shape[-1] ** -0.5

    def value_term(weights, tableValue, **_):
        position = rows(tableValue, *weights.shape[-2:], causal)
        return torch.einsum("bhqk,hqkd->bhqd", weights, position.expand(weights.shape[1], -1, -1, -1))

    return scores, value_term


def skewed(query: torch.Tensor, table: torch.Tensor, causal: bool) -> torch.Tensor:
    """q·E as the authors lay it out, for as many queries as keys."""
    length = query.shape[2]
    table = table if table.dim() == 3 else table.expand(query.shape[1], -1, -1)
    longest = table.shape[1] if causal else (table.shape[1] + 1) // 2
    missing, spare = max(length - longest, 0), max(longest - length, 0)
    if causal:
        used = torch.nn.functional.pad(table, (0, 0, missing, 0))[:, spare : spare + length]
        product = torch.einsum("bhld,hmd->bhlm", query, used)
        padded = torch.nn.functional.pad(product, (1, 0))
        return padded.reshape(*query.shape[:2], length + 1, length)[:, :, 1:]
    used = torch.nn.functional.pad(table, (0, 0, missing, missing))[:, spare : spare + 2 * length - 1]
    product = torch.einsum("bhld,hmd->bhlm", query, used)  # column m: key − query = m − (length − 1)
    padded = torch.nn.functional.pad(product, (0, 1)).flatten(2)
    padded = torch.nn.functional.pad(padded, (0, length - 1)).unflatten(2, (length + 1, 2 * length - 1))
    return padded[:, :, :length, length - 1 :]


def music_case(draw, causal, heads, keys, head_dim, longest, shared=False, values=False, queries=None) -> dict:
    inputs = attention_inputs(draw, heads, keys, head_dim, queries)
    size = (longest if causal else 2 * longest - 1, head_dim)
    for table in ["tableKey"] + ["tableValue"] * values:
        inputs[table] = draw.normal(*size) if shared else draw.normal(heads, *size)
    words = ["causal" if causal else "bidirectional", f"{heads} heads of {head_dim}", f"length {keys}"]
    words += [f"the last {queries} queries"] * (queries is not None) + [f"{longest} rows"]
    words += ["shared by heads"] * shared + ["value term"] * values
    name = ", ".join(words)
    options = {"causal": causal, "maxLength": longest, "shared": shared, "values": values}
    scores, value_term = terms(causal)
    made = case(name, options, inputs, scores, value_term if values else None, kept=13)

    query, key = inputs["query"], inputs["key"]
    full = torch.cat((draw.normal(1, heads, keys - query.shape[2], head_dim), query), 2)
    theirs = full @ key.transpose(-1, -2) + skewed(full, inputs["tableKey"], causal)
    theirs = (theirs * head_dim**-0.5)[:, :, -query.shape[2] :]
    golden.agree(f"{name}, the authors' procedure", seen(scores(**inputs), causal), seen(theirs, causal), 1e-13)
    return made


def make() -> dict:
    draw = golden.Draw(22)
    return {
        "source": golden.source(
            NAME, "own derivation", "oracle/music_transformer.py", seed=22, digits=14,
            notes=["The authors' tensor2tensor needs TensorFlow and was read, not run; its procedure was written anew "
                   "and compared, scores within 1e-13.",
                   "Row L − 1 − distance of a table is that of a distance.",
                   "outputs.scores hold τ and the key term."]),
        "cases": [
            music_case(draw, True, 12, 7, 4, 5),
            music_case(draw, True, 1, 7, 20, 7, values=True),
            music_case(draw, False, 3, 7, 4, 4, values=True),
            music_case(draw, False, 2, 7, 4, 9, shared=True),
            music_case(draw, True, 1, 33, 4, 9, shared=True, values=True),
            music_case(draw, False, 2, 33, 4, 12, shared=True, values=True, queries=7),
            music_case(draw, True, 3, 7, 4, 5, values=True, queries=3),
        ],
    }  # fmt: skip
