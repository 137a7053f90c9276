"""Axial RoPE: the rotated pairs are shared out between the axes of a grid, each axis has its own positions.

    lang         ω_m = base^(−2m / share), whole coordinates          share = rotated / axes
    alternating  ω_m = base^(−2 (axes · m + axis) / rotated)           Pixtral: the axes take turns in one spectrum
    pixel        ω_m = π · linspace(1, maxFrequency / 2, share / 2)[m], coordinates linspace(−1, 1, size)
    patch        ω_m = 2π · base^(−2m / share), coordinates 2 (k + ½) / size − 1      DINOv3

Pairs of axis 0 come first. Position p of a text of width W is (p div W, p mod W). `outputs` are an own derivation in
float64, turned pair by pair; `reference` is a library's scores in float32.
"""

import math

import torch
from rotary_embedding_torch import RotaryEmbedding, apply_rotary_emb
from transformers import DINOv3ViTConfig, PixtralVisionConfig
from transformers.models.dinov3_vit import modeling_dinov3_vit as dino
from transformers.models.pixtral import modeling_pixtral as pixtral

import golden
import rotary

NAME = "axial-rope"


def coordinates(kind: str, index: torch.Tensor, size: int) -> torch.Tensor:
    if kind == "pixel":
        return torch.zeros_like(index) - 1.0 + 2 * index / (size - 1)
    return 2 * (index + 0.5) / size - 1 if kind == "patch" else index


def frequencies(kind: str, axis: int, axes: int, rotated: int, base: float, max_frequency: float) -> torch.Tensor:
    share, double = rotated // axes, torch.float64
    if kind == "alternating":
        return torch.tensor([base ** (-2 * (axes * m + axis) / rotated) for m in range(share // 2)], dtype=double)
    if kind == "pixel":
        return math.pi * torch.linspace(1, max_frequency / 2, share // 2, dtype=double)
    return rotary.geometric(share, base) * (2 * math.pi if kind == "patch" else 1)


def turn(kind, layout, sizes=(1, 1), base=10000.0, max_frequency=10.0, rotated=None):
    """Positions are [axes, length]."""

    def apply(x, positions, role):
        width, axes = rotated or x.shape[-1], len(positions)
        angle = [coordinates(kind, index.double(), size)[:, None]
                 * frequencies(kind, axis, axes, width, base, max_frequency)
                 for axis, (index, size) in enumerate(zip(positions, sizes))]  # fmt: skip
        return rotary.pairs(x, torch.cat(angle, -1), layout)

    return apply


def grid(length: int, width: int) -> torch.Tensor:
    places = torch.arange(length)
    return torch.stack((places // width, places % width))


def lucidrains(kind, sizes, share, max_frequency=10.0):
    def turned(query, key, query_positions, key_positions):
        module = RotaryEmbedding(share, freqs_for=kind, max_freq=max_frequency)
        angle = module.get_axial_freqs(*sizes).flatten(0, len(sizes) - 1)
        flat = torch.zeros_like(key_positions[0])
        for index, size in zip(key_positions, sizes):
            flat = flat * size + index
        angle = angle[flat]
        return apply_rotary_emb(angle[-query.shape[2] :], query), apply_rotary_emb(angle, key)

    return turned


def dinov3(sizes, base):
    def turned(query, key, query_positions, key_positions):
        heads, _, head_dim = query.shape[1:]
        config = DINOv3ViTConfig(hidden_size=heads * head_dim, num_attention_heads=heads, rope_theta=base,
                                 image_size=[16 * s for s in sizes], patch_size=16)  # fmt: skip
        module = dino.DINOv3ViTRopePositionEmbedding(config).eval()
        cos, sin = module(torch.zeros(1, 3, *(16 * s for s in sizes)))
        at = key_positions[0] * sizes[1] + key_positions[1]
        cos, sin = cos[at], sin[at]
        both = dino.rotate_half
        return query * cos + both(query) * sin, key * cos + both(key) * sin

    return turned


def pixtral_vision(base):
    def turned(query, key, query_positions, key_positions):
        heads, _, head_dim = query.shape[1:]
        config = PixtralVisionConfig(hidden_size=heads * head_dim, num_attention_heads=heads,
                                     rope_parameters={"rope_type": "axial", "rope_theta": float(base)})  # fmt: skip
        cos, sin = pixtral.PixtralVisionRotaryEmbedding(config)(query, key_positions.T)
        return pixtral.apply_rotary_pos_emb(query, key, cos[None], sin[None])

    return turned


def make() -> dict:
    shared = rotary.groups(golden.Draw(23))
    square, deep = rotary.SQUARE, "2 heads of 12, length 12"
    shared[deep] = rotary.inputs(golden.Draw(24), 1, 2, 12, 12, 12)
    rotary.EVERY[deep] = 23
    by = "rotary-embedding-torch RotaryEmbedding.get_axial_freqs"

    def case(name, options, group, positions, causal=True, library=None, by="", **turning):
        places = torch.arange(positions.shape[1])
        made = rotary.case(name, options, group, shared, turn(**turning), positions, causal, library=library, by=by,
                           order=places)  # fmt: skip
        made["inputs"] = {"positions": places, "axes": positions}
        return made

    cases = [
        case("lang, interleaved, rows of 3", {"gridWidth": 3, "base": 10000}, square, grid(7, 3),
             library=lucidrains("lang", (3, 3), 10), by=by, kind="lang", layout="interleaved"),
        # One pair an axis: rotary-embedding-torch divides by share − 2 and refuses.
        case("lang, interleaved, rows of 7, 5 queries of 33 keys", {"gridWidth": 7, "base": 10000}, rotary.LONG, grid(33, 7),
             kind="lang", layout="interleaved"),
        case("lang, interleaved, 3 axes of 2 × 2 × 3, both ways",
             {"axes": 3, "gridHeight": 2, "gridWidth": 3, "base": 10000}, deep,
             torch.stack((torch.arange(12) // 6, torch.arange(12) // 3 % 2, torch.arange(12) % 3)), causal=False,
             library=lucidrains("lang", (2, 2, 3), 4), by=by, kind="lang", layout="interleaved", sizes=(1, 1, 1)),
        case("pixel, interleaved, 3 × 4, both ways",
             {"frequencies": "pixel", "gridHeight": 3, "gridWidth": 4, "maxFrequency": 6}, deep, grid(12, 4),
             causal=False, library=lucidrains("pixel", (3, 4), 6, 6), by=by, kind="pixel", layout="interleaved",
             sizes=(3, 4), max_frequency=6.0),
        case("patch, half, 3 × 4, both ways",
             {"frequencies": "patch", "layout": "half", "gridHeight": 3, "gridWidth": 4, "base": 100}, deep,
             grid(12, 4), causal=False, library=dinov3((3, 4), 100.0), by="transformers DINOv3ViTRopePositionEmbedding",
             kind="patch", layout="half", sizes=(3, 4), base=100.0),
        case("alternating, half, rows of 5, both ways", {"frequencies": "alternating", "layout": "half", "gridWidth": 5},
             deep, grid(12, 5), causal=False, library=pixtral_vision(10000),
             by="transformers PixtralVisionRotaryEmbedding", kind="alternating", layout="half"),
        # rope-vit's base, the default.
        case("lang, half, 8 of headDim 20, rows of 2, base 100", {"layout": "half", "gridWidth": 2, "rotated": 8}, square,
             grid(7, 2), kind="lang", layout="half", rotated=8, base=100.0),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "lucidrains/rotary-embedding-torch, huggingface/transformers, own derivation",
            "rotary_embedding_torch.py; models/dinov3_vit/modeling_dinov3_vit.py, models/pixtral/modeling_pixtral.py; "
            "oracle/axial_rope.py",
            ("torch", "rotary-embedding-torch", "transformers"), seed=23,
            notes=["outputs and gradients: own derivation in float64; reference: a library's scores in float32.",
                   "axes are the positions along each axis, [axes, key]; positions those along the text.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
