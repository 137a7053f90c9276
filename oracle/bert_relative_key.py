"""BERT's relative positions of Huang et al.: `relative_key` adds q_i·T_distance, `relative_key_query` k_j·T_distance too.

Row distance + maxLength − 1 of T [2 maxLength − 1, headDim] belongs to a distance; nothing is clipped, so a longer text
has no rows. Asked is BertSelfAttention of transformers 4 (version 5 has absolute positions only), float64.
"""

import torch
from transformers import BertConfig
from transformers.models.bert.modeling_bert import BertSelfAttention

import golden
from content import Given, attention_inputs, case, distances, weigh

LEGACY = True

NAME = "bert-relative-key"


def scores_with(with_key: bool):
    def scores(query, key, table, **_):
        position = table[distances(query.shape[2], key.shape[2]) + table.shape[0] // 2]
        products = query @ key.transpose(-1, -2) + torch.einsum("bhqd,qkd->bhqk", query, position)
        if with_key:
            products = products + torch.einsum("bhkd,qkd->bhqk", key, position)
        return products * query.shape[-1] ** -0.5

    return scores


def library(query, key, value, table, causal, kind):
    """Weights and output of transformers' module, as many queries as keys."""
    _, heads, length, head_dim = query.shape
    config = BertConfig(
        hidden_size=heads * head_dim, num_attention_heads=heads, position_embedding_type=kind,
        max_position_embeddings=(table.shape[0] + 1) // 2, attention_probs_dropout_prob=0.0)  # fmt: skip
    module = BertSelfAttention(config).double().eval()
    module.distance_embedding.weight.data = table
    for name, x in (("query", query), ("key", key), ("value", value)):
        setattr(module, name, Given(x.transpose(1, 2).flatten(2)))
    mask = torch.zeros(1, 1, length, length).double()
    if causal:
        mask = mask.masked_fill(distances(length, length) < 0, torch.finfo(torch.float64).min)
    with torch.no_grad():
        output, weights = module(torch.zeros(1, length, heads * head_dim).double(), mask, output_attentions=True)
    return weights, output.unflatten(-1, (heads, head_dim)).transpose(1, 2)


def bert_case(draw, kind, causal, heads, keys, head_dim, longest, queries=None) -> dict:
    inputs = attention_inputs(draw, heads, keys, head_dim, queries)
    inputs["table"] = draw.normal(2 * longest - 1, head_dim)
    words = ["causal" if causal else "bidirectional", f"{heads} heads of {head_dim}", f"length {keys}"]
    words += [f"the last {queries} queries"] * (queries is not None) + [f"at most {longest}"]
    name = ", ".join(words)
    options = {"causal": causal, "maxLength": longest}
    scores = scores_with(kind == "relative_key_query")
    made = case(name, options, inputs, scores, kept=13)

    query, key, value = (inputs[n] for n in ("query", "key", "value"))
    rows = query.shape[2]
    full = torch.cat((draw.normal(1, heads, keys - rows, head_dim), query), 2)
    weights, output = library(full, key, value, inputs["table"], causal, kind)
    ours = weigh(scores(**inputs), causal)
    golden.agree(f"{kind}, {name}, weights", ours, weights[:, :, -rows:], 1e-13)
    golden.agree(f"{kind}, {name}, output", ours @ value, output[:, :, -rows:], 1e-12)
    return made


def document(name: str, kind: str, seed: int) -> dict:
    draw = golden.Draw(seed)
    return {
        "source": golden.source(
            name, "huggingface/transformers", f'models/bert/modeling_bert.py BertSelfAttention, "{kind}"',
            ("torch", "transformers"), seed=seed, digits=14,
            notes=["Numbers are our derivation's in float64; the library's weights and outputs agree within 1e-12.",
                   "Row distance + maxLength − 1 of the table is that of distance = query − key."]),
        "cases": [
            bert_case(draw, kind, False, 12, 7, 4, 7),
            bert_case(draw, kind, True, 1, 7, 20, 9),
            bert_case(draw, kind, True, 2, 33, 4, 33),
            bert_case(draw, kind, False, 2, 33, 4, 33, queries=7),
            bert_case(draw, kind, True, 3, 7, 4, 8, queries=3),
        ],
    }  # fmt: skip


def make() -> dict:
    return document(NAME, "relative_key", 25)
