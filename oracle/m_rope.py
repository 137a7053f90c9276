"""M-RoPE: positions are triples (t, h, w); pair m of the d/2 turns by axis(m)'s position · base^(−2m/d), layout half.

    contiguous   axis(m) by sections [t, h, w] of the pairs, one after the other         Qwen2-VL
    interleaved  h at m = 1, 4, 7 … < 3 · h, w at m = 2, 5, 8 … < 3 · w, t elsewhere     Qwen3-VL

Text has t = h = w: then it is RoPE. `outputs` are an own derivation in float64, turned pair by pair; `reference` is
the library's own rotary embedding and rotation in float32.
"""

import torch
from transformers import Qwen2VLConfig, Qwen3VLConfig
from transformers.models.qwen2_vl import modeling_qwen2_vl as qwen2
from transformers.models.qwen3_vl import modeling_qwen3_vl as qwen3

import golden
import rotary

NAME = "m-rope"

# Two words, an image of 2 × 2, a word: text goes on after the largest position of the image.
IMAGE = torch.tensor([[0, 1, 2, 2, 2, 2, 4], [0, 1, 2, 2, 3, 3, 4], [0, 1, 2, 3, 2, 3, 4]])


def axis_of(sections: list[int], assignment: str) -> list[int]:
    if assignment == "contiguous":
        return [axis for axis, size in enumerate(sections) for _ in range(size)]
    axes = [0] * sum(sections)
    for axis in (1, 2):
        for m in range(axis, min(3 * sections[axis], len(axes)), 3):
            axes[m] = axis
    return axes


def turn(sections, assignment, base):
    def apply(x, positions, role):
        places = torch.stack([positions[axis].double() for axis in axis_of(sections, assignment)], -1)
        return rotary.pairs(x, places * rotary.geometric(x.shape[-1], base), "half")

    return apply


def library(sections, assignment, base):
    def turned(query, key, query_positions, key_positions):
        heads, _, head_dim = query.shape[1:]
        sizes = {"hidden_size": heads * head_dim, "num_attention_heads": heads, "head_dim": head_dim}
        rule = {"rope_type": "default", "rope_theta": float(base), "mrope_section": sections}
        if assignment == "contiguous":
            config = Qwen2VLConfig(text_config=sizes | {"rope_parameters": rule}).text_config
            module, rotate = qwen2.Qwen2VLRotaryEmbedding(config), qwen2.apply_rotary_pos_emb
        else:
            config = Qwen3VLConfig(text_config=sizes | {"rope_parameters": rule | {"mrope_interleaved": True}}).text_config
            module, rotate = qwen3.Qwen3VLTextRotaryEmbedding(config), qwen3.apply_rotary_pos_emb
        cos, sin = module(key, key_positions[:, None])
        last = slice(-query.shape[2], None)
        return rotate(query, query, cos[:, last], sin[:, last])[0], rotate(key, key, cos, sin)[1]

    return turned


def make() -> dict:
    shared = rotary.groups(golden.Draw(25), rotary.SQUARE)
    eight = "12 heads of 8, 3 queries of 7 keys"
    shared[eight] = rotary.inputs(golden.Draw(26), 1, 12, 3, 7, 8)
    rotary.EVERY[eight] = 11
    names = {"contiguous": "Qwen2VLRotaryEmbedding", "interleaved": "Qwen3VLTextRotaryEmbedding"}

    def case(what, group, sections, assignment, base, positions, causal=True):
        places = torch.arange(positions.shape[1])
        options = {"sections": sections, "assignment": assignment, "base": base}
        made = rotary.case(
            f"{what}, {assignment} sections {', '.join(map(str, sections))}", options, group, shared,
            turn(sections, assignment, base), positions, causal, library=library(sections, assignment, base),
            by=f"transformers {names[assignment]}", order=places,
        )  # fmt: skip
        made["inputs"] = {"positions": places, "axes": positions}
        return made

    text = torch.arange(7).expand(3, 7)
    cases = [
        case("an image in text", rotary.SQUARE, [2, 4, 4], "contiguous", 10000, IMAGE),
        case("an image in text", rotary.SQUARE, [4, 3, 3], "interleaved", 1000000, IMAGE),
        case("text", rotary.SQUARE, [4, 3, 3], "interleaved", 10000, text, causal=False),
        case("an image, 3 queries of 7 keys", eight, [1, 1, 2], "contiguous", 10000, IMAGE),
        case("an image, 3 queries of 7 keys", eight, [2, 1, 1], "interleaved", 500, IMAGE),
    ]
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, own derivation",
            "models/qwen2_vl/modeling_qwen2_vl.py, models/qwen3_vl/modeling_qwen3_vl.py; oracle/m_rope.py",
            ("torch", "transformers"), seed=25,
            notes=["outputs and gradients: own derivation in float64; reference: the library's scores in float32.",
                   "axes are t, h and w of each key, [3, key]; queries are the last keys.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
