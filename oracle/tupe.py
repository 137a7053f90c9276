"""TUPE's untied position terms, own float64 derivation of guolinke/TUPE, transformer_sentence_encoder.py.

    bias[h, i, j] = (LN(p_i) U_Q)_h · (LN(p_j) U_K)_h / √(2 headDim)  [+ t5 table[bucket(j − i), h]]
    scores        = q·k / √(2 headDim) + bias

With a [CLS] token at position 0 (`untieFirst`) the table of positions has one row more: tokens take rows 1, 2, …;
row 0 with itself gives what [CLS] adds to all, row 1 with itself what all add to [CLS]. Column 0 is written first
and row 0 then, so (0, 0) belongs to the row. Buckets of `relative`: others → [CLS] is bucket `buckets`, [CLS] → others
is `buckets / 2`, which T5's own bidirectional buckets never reach.
"""

import torch
from torch.nn.functional import layer_norm

import golden
from position_bias import DIGITS, HEAD_DIM, HEADS, MODEL, attention_case, groups, positions
from t5 import exact_bucket

NAME = "tupe"
SCALE = (2 * HEAD_DIM) ** -0.5


def absolute(learned, lengths, untie):
    queries, keys = lengths
    normed = layer_norm(learned["table"], (MODEL,), learned["norm.weight"], learned["norm.bias"], 1e-5)

    def heads(part):
        projected = normed @ learned[f"{part}.weight"] + learned[f"{part}.bias"]
        return projected.unflatten(-1, (HEADS, HEAD_DIM)).transpose(0, 1)

    whole = SCALE * heads("query") @ heads("key").transpose(1, 2)
    if not untie:
        return whole[:, keys - queries : keys, :keys]
    first_to_others, others_to_first = whole[:, 0, 0], whole[:, 1, 1]
    bias = whole[:, 1 : keys + 1, 1 : keys + 1].clone()
    bias[:, :, 0] = others_to_first[:, None]
    bias[:, 0, :] = first_to_others[:, None]
    return bias[:, keys - queries :]


def relative(learned, lengths, untie, causal, buckets, most):
    i, j = (p.long().tolist() for p in positions(lengths))
    index = torch.tensor([[exact_bucket(a - b, causal, buckets, most) for b in j] for a in i])
    if untie:
        index[:, 0] = buckets
        if i[0] == 0:
            index[0, :] = buckets // 2
    return learned["buckets"][index].permute(2, 0, 1)


def make() -> dict:
    draw = golden.Draw(29)
    shared = groups(draw)
    # One decimal keeps the two projections small in the file.
    shared["projections"] = {
        "table": draw.normal(34, MODEL, decimals=1), "norm.weight": draw.normal(MODEL, mean=1, std=0.2, decimals=1),
        "norm.bias": draw.normal(MODEL, std=0.2, decimals=1),
        "query.weight": draw.normal(MODEL, MODEL, std=0.2, decimals=1), "query.bias": draw.normal(MODEL, decimals=1),
        "key.weight": draw.normal(MODEL, MODEL, std=0.2, decimals=1), "key.bias": draw.normal(MODEL, decimals=1),
    }  # fmt: skip

    def case(group, untie, causal, sizes=None):
        options = {"maxLength": 33 if untie else 34, "untieFirst": untie, "relative": sizes is not None}
        own = {}
        if sizes is not None:
            options |= {"buckets": sizes[0], "maxDistance": sizes[1]}
            own = {"buckets": draw.normal(sizes[0] + untie, HEADS)}

        def bias(learned, lengths):
            found = absolute(learned, lengths, untie)
            return found if sizes is None else found + relative(learned, lengths, untie, causal, *sizes)

        name = ", ".join(["TUPE-A" if sizes is None else "TUPE-R", *(["untied first token"] if untie else [])])
        made = attention_case(shared, group, name, options, shared["projections"] | own, bias, causal, scale=SCALE)
        return made | {"inputsFrom": [group, "projections"], "inputs": own}

    return {
        "source": golden.source(NAME, "own derivation of guolinke/TUPE",
                                "oracle/tupe.py, after fairseq/modules/transformer_sentence_encoder.py",
                                seed=29, digits=DIGITS),
        "shared": shared,
        "cases": [case("square", True, False), case("square", True, False, (8, 20)), case("long", False, True),
                  case("long", True, True, (8, 20)), case("square", False, False, (32, 128))],
    }  # fmt: skip
