"""A table with one number a head and difference of positions, asked of transformers' Swin and BEiT.

    1-D    bias[h, i, j] = table[i − j + length − 1, h]                                       2 length − 1 rows
    2-D    bias[h, i, j] = table[(Δrow + rows − 1)(2 columns − 1) + Δcolumn + columns − 1, h]
    BEiT   three rows more: first → others, others → first, first → itself; the grid begins at position 1

One axis is a Swin window one row high. `long` cases keep the last queries of a whole window.
"""

import torch
from transformers.models.beit.modeling_beit import BeitRelativePositionBias
from transformers.models.swin.modeling_swin import SwinRelativePositionBias

import golden
from position_bias import DIGITS, HEADS, attention_case, groups

NAME = "window-table"


def swin_bias(window):
    module = SwinRelativePositionBias(HEADS, window).double()

    def bias(learned, lengths):
        named = {"relative_position_bias_table": learned["table"]}
        return torch.func.functional_call(module, named, ())[0][:, -lengths[0] :]

    return bias


def beit_bias(window):
    index = BeitRelativePositionBias.generate_relative_position_index(window)
    return lambda learned, lengths: learned["table"][index[-lengths[0] :]].permute(2, 0, 1)


def make() -> dict:
    draw = golden.Draw(28)
    shared = groups(draw)

    def case(group, name, options, rows, bias, causal):
        parameters = {"table": draw.normal(rows, HEADS, decimals=2)}
        return attention_case(shared, group, name, options, parameters, bias, causal)

    return {
        "source": golden.source(NAME, "huggingface/transformers",
                                "models/swin/modeling_swin.py SwinRelativePositionBias; "
                                "models/beit/modeling_beit.py BeitRelativePositionBias",
                                ("torch", "transformers"), seed=28, digits=DIGITS),
        "shared": shared,
        "cases": [
            case("square", "length 7", {"length": 7}, 13, swin_bias((1, 7)), False),
            case("long", "length 33", {"length": 33}, 65, swin_bias((1, 33)), True),
            case("long", "grid 3 × 11", {"length": 33, "gridWidth": 11}, 105, swin_bias((3, 11)), False),
            case("square", "grid 2 × 3 after a first token", {"length": 7, "gridWidth": 3, "untieFirst": True}, 18,
                 beit_bias((2, 3)), False),
            case("long", "grid 4 × 8 after a first token", {"length": 33, "gridWidth": 8, "untieFirst": True}, 108,
                 beit_bias((4, 8)), True),
        ],
    }  # fmt: skip
