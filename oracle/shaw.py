"""Shaw's relative positions: score = τ q_i·(k_j + a^K_c), output_i = Σ_j weight_ij (v_j + a^V_c), c = clip(j − i, −K, K) + K.

The authors' code (tensor2tensor, `dot_product_attention_relative`) needs TensorFlow and is not asked. This derivation
takes one pair at a time, as the paper writes it. Two published ports are compared with it:

    transformers, Wav2Vec2-BERT, `relative_key`: the key term alone, clipped, float64
    OpenNMT-py, `max_relative_positions`: both terms with one table for keys and values, softmax in float32
"""

import torch
from transformers import Wav2Vec2BertConfig
from transformers.models.wav2vec2_bert.modeling_wav2vec2_bert import Wav2Vec2BertSelfAttention

import golden
from content import Given, attention_inputs, bare_package, case, distances, reference, weigh

bare_package("onmt", "onmt.modules")
from onmt.modules.multi_headed_attn import MultiHeadedAttention  # noqa: E402

LEGACY = True

NAME = "shaw"


def rows(table: torch.Tensor, queries: int, keys: int) -> torch.Tensor:
    """a_c for every pair, [query, key, headDim]."""
    most = table.shape[0] // 2
    return table[(-distances(queries, keys)).clamp(-most, most) + most]


def scores(query, key, tableKey, **_):
    terms = torch.einsum("bhqd,qkd->bhqk", query, rows(tableKey, query.shape[2], key.shape[2]))
    return (query @ key.transpose(-1, -2) + terms) * query.shape[-1] ** -0.5


def value_term(weights, tableValue, **_):
    return torch.einsum("bhqk,qkd->bhqd", weights, rows(tableValue, *weights.shape[-2:]))


def wide(x: torch.Tensor) -> torch.Tensor:
    """[batch, heads, length, headDim] -> [batch, length, heads · headDim]"""
    return x.transpose(1, 2).flatten(2)


def project(module: torch.nn.Module, names: tuple[str, ...]) -> None:
    """Takes projections away: the module is then given queries, keys and values as they are."""
    for name in names:
        setattr(module, name, torch.nn.Identity())


def wav2vec2_bert(query, key, value, table):
    """Weights [batch, heads, query, key], bidirectional, float64."""
    _, heads, length, head_dim = query.shape
    most = table.shape[0] // 2
    config = Wav2Vec2BertConfig(
        hidden_size=heads * head_dim, num_attention_heads=heads, position_embeddings_type="relative_key",
        left_max_position_embeddings=most, right_max_position_embeddings=most,
        attention_dropout=0.0)  # fmt: skip
    module = Wav2Vec2BertSelfAttention(config).eval().double()
    module.distance_embedding.weight.data = table
    for name, x in zip(("linear_q", "linear_k", "linear_v"), (query, key, value)):
        setattr(module, name, Given(wide(x)))
    with torch.no_grad():
        return module(torch.zeros(1, length, heads * head_dim).double(), output_attentions=True)[1]


def open_nmt(query, key, value, table, causal):
    """Output [batch, heads, query, headDim]; one table for keys and values; its softmax is float32."""
    _, heads, length, head_dim = query.shape
    module = MultiHeadedAttention(heads, heads * head_dim, 0.0, max_relative_positions=table.shape[0] // 2,
                                  attn_type="self", self_attn_type="scaled-dot").eval()  # fmt: skip
    project(module, ("linear_query", "linear_keys", "linear_values", "final_linear"))
    module.relative_positions_embeddings.weight.data = table
    future = (distances(length, length) < 0)[None, None] if causal else None
    with torch.no_grad():
        output, _ = module(wide(key).clone(), wide(value).clone(), wide(query).clone(), mask=future)
    return output.unflatten(-1, (heads, head_dim)).transpose(1, 2)


def shaw_case(draw, causal, heads, keys, head_dim, most, values=True, queries=None, kept=13) -> dict:
    inputs = attention_inputs(draw, heads, keys, head_dim, queries)
    inputs["tableKey"] = draw.normal(2 * most + 1, head_dim)
    if values:
        inputs["tableValue"] = draw.normal(2 * most + 1, head_dim)
    words = ["causal" if causal else "bidirectional", f"{heads} heads of {head_dim}", f"length {keys}"]
    words += [f"the last {queries} queries"] * (queries is not None)
    name = ", ".join([*words, f"up to {most}", "keys and values" if values else "keys"])
    options = {"causal": causal, "maxDistance": most, "values": values}
    made = case(name, options, inputs, scores, value_term if values else None, kept)

    query, key, value = (inputs[n] for n in ("query", "key", "value"))
    full = torch.cat((draw.normal(1, heads, keys - query.shape[2], head_dim), query), 2)
    if not causal:
        theirs = wav2vec2_bert(full, key, value, inputs["tableKey"])[:, :, -query.shape[2] :]
        golden.agree(f"{name}, weights, Wav2Vec2-BERT", weigh(scores(**inputs), causal), theirs, 1e-13)
    if values:
        # OpenNMT has one table: the key's is put in the place of the value's.
        same = inputs | {"tableValue": inputs["tableKey"]}
        weights = weigh(scores(**same), causal)
        ours = weights @ value + value_term(weights, **same)
        theirs = open_nmt(full, key, value, inputs["tableKey"], causal)[:, :, -query.shape[2] :]
        made["reference"] = reference("OpenNMT-py, tableValue = tableKey", "float32 softmax",
                                      output=(ours, theirs, 1e-6, kept))  # fmt: skip
    return made


def make() -> dict:
    draw = golden.Draw(21)
    return {
        "source": golden.source(
            NAME, "own derivation; OpenNMT/OpenNMT-py, huggingface/transformers",
            "oracle/shaw.py; onmt/modules/multi_headed_attn.py MultiHeadedAttention; "
            "models/wav2vec2_bert/modeling_wav2vec2_bert.py Wav2Vec2BertSelfAttention",
            ("torch", "transformers", "OpenNMT-py"), seed=21, digits=14,
            notes=["The authors' tensor2tensor needs TensorFlow and was read, not run.",
                   "Tables are indexed by clip(key − query) + maxDistance, as the authors do.",
                   "Wav2Vec2-BERT's weights agree within 1e-13 in the bidirectional cases.",
                   "outputs.scores hold τ and the key term."]),
        "cases": [
            shaw_case(draw, True, 12, 7, 4, 3),
            shaw_case(draw, False, 3, 7, 4, 3, values=False),
            shaw_case(draw, False, 2, 7, 20, 4),
            shaw_case(draw, True, 2, 33, 4, 5),
            shaw_case(draw, False, 2, 33, 4, 5, queries=7),
            shaw_case(draw, True, 3, 7, 4, 2, queries=3),
        ],
    }  # fmt: skip
