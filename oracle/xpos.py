"""xPos: rotary positions whose pairs also decay, interleaved pairs (2m, 2m + 1) of width d:

    q_i ← ζ_m^((i − c) / B) R(i) q_i,   k_j ← ζ_m^(−(j − c) / B) R(j) k_j,   ζ_m = (2m/d + γ) / (1 + γ)

so that the score of pair m has the factor ζ_m^((i − j) / B). The centre c cancels: torchscale takes −⌊−L/2⌋ of the
length L, x-transformers and rotary-embedding-torch ⌊L/2⌋. `outputs` are an own derivation in float64 with c = 0,
written out pair by pair; the libraries' scores, in float32 and with centres of their own, must agree with it.
"""

import torch
from rotary_embedding_torch import RotaryEmbedding
from torchscale.component.xpos_relative_position import XPOS
from x_transformers import x_transformers as xt

import golden
import rotary

NAME = "xpos"


def turn(base=10000.0, scale_base=512.0, gamma=0.4, layout="interleaved", rotated=None):
    def apply(x, positions, role):
        width = rotated or x.shape[-1]
        angle = positions.double()[:, None] * rotary.geometric(width, base)
        zeta = (torch.arange(0, width, 2, dtype=torch.float64) / width + gamma) / (1 + gamma)
        power = positions.double()[:, None] / scale_base * (1 if role == "query" else -1)
        factor = zeta**power
        factor = torch.cat((factor, factor), -1) if layout == "half" else factor.repeat_interleave(2, -1)
        grown = torch.cat((x[..., :width] * factor, x[..., width:]), -1)
        return rotary.pairs(grown, angle, layout)

    return apply


def torchscale(scale_base):
    def scores(query, key, query_positions, key_positions):
        module = XPOS(query.shape[-1], scale_base)

        def one(x, downscale):  # [batch · heads, length, headDim]
            offset = len(key_positions) - x.shape[2]
            return module(x.flatten(0, 1), offset=offset, downscale=downscale).view_as(x)

        return one(query, False), one(key, True)

    return scores


def x_transformers(scale_base, base, width):
    def scores(query, key, query_positions, key_positions):
        frequencies, scale = xt.RotaryEmbedding(width, use_xpos=True, scale_base=scale_base, base=base)(key_positions)
        return (xt.apply_rotary_pos_emb(query, frequencies, scale),
                xt.apply_rotary_pos_emb(key, frequencies, scale**-1.0))  # fmt: skip

    return scores


def rotary_embedding_torch(scale_base, base):
    def scores(query, key, query_positions, key_positions):
        module = RotaryEmbedding(query.shape[-1], use_xpos=True, xpos_scale_base=scale_base, theta=base)
        return module.rotate_queries_and_keys(query, key)

    return scores


def make() -> dict:
    shared = rotary.groups(golden.Draw(21))
    square, long = torch.arange(7), torch.arange(33)
    cases = [
        rotary.case("interleaved, headDim 20, length 7", {"scaleBase": 512},
                    rotary.SQUARE, shared, turn(), square, library=torchscale(512), by="torchscale XPOS"),
        rotary.case("interleaved, headDim 4, 5 queries of 33 keys, scale base 16", {"scaleBase": 16},
                    rotary.LONG, shared, turn(scale_base=16.0), long, library=torchscale(16),
                    by="torchscale XPOS"),
        rotary.case("interleaved, headDim 20, base 500, scale base 8", {"scaleBase": 8, "base": 500},
                    rotary.SQUARE, shared, turn(500.0, 8.0), square, library=rotary_embedding_torch(8, 500),
                    by="rotary-embedding-torch RotaryEmbedding.rotate_queries_and_keys"),
        rotary.case("interleaved, 12 of headDim 20 rotated, scale base 8", {"scaleBase": 8, "rotated": 12},
                    rotary.SQUARE, shared, turn(scale_base=8.0, rotated=12), square,
                    library=x_transformers(8, 10000, 12), by="x-transformers RotaryEmbedding with use_xpos"),
        rotary.case("half, headDim 20, gamma 1", {"scaleBase": 64, "gamma": 1, "layout": "half"},
                    rotary.SQUARE, shared, turn(scale_base=64.0, gamma=1.0, layout="half"), square),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "microsoft/torchscale, lucidrains/rotary-embedding-torch, lucidrains/x-transformers, own derivation",
            "torchscale/component/xpos_relative_position.py, rotary_embedding_torch.py, x_transformers.py, oracle/xpos.py",
            ("torch", "torchscale", "rotary-embedding-torch", "x-transformers"), seed=21,
            notes=["outputs and gradients: own derivation in float64, centre 0.",
                   "reference: a library's scores in float32, with its own centre.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
