"""p-RoPE: RoPE of which the slowest pairs stand still. Of d/2 pairs the first n = ⌊proportion · d / 2⌋ turn by

    position · base^(−2m/d) / factor         m = 0 … n − 1

over the whole width d, the others by nothing: transformers' rope_type "proportional". `outputs` are float64: angles
derived here, turned pair by pair; in layout half also through Llama's own apply_rotary_pos_emb. `reference` is
transformers' frequencies and rotation in float32.
"""

import torch
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama import modeling_llama as llama

import golden
import rotary

NAME = "p-rope"


def frequencies(width: int, base: float, proportion: float, factor: float = 1.0) -> torch.Tensor:
    turning = int(proportion * width // 2)
    slow = torch.arange(width // 2) >= turning
    return (rotary.geometric(width, base) / factor).masked_fill(slow, 0.0)


def turn(base, proportion, factor=1.0, layout="half"):
    def apply(x, positions, role):
        angle = positions.double()[:, None] * frequencies(x.shape[-1], base, proportion, factor)
        return rotary.pairs(x, angle, layout)

    return apply


def transformers(base, proportion, factor):
    def turned(query, key, query_positions, key_positions):
        head_dim = query.shape[-1]
        config = LlamaConfig(
            hidden_size=head_dim * 4, num_attention_heads=4,
            rope_parameters={"rope_type": "proportional", "rope_theta": float(base),
                             "partial_rotary_factor": proportion, "factor": factor},
        )  # fmt: skip
        found, scale = ROPE_INIT_FUNCTIONS["proportional"](config)
        golden.agree("frequencies", frequencies(head_dim, base, proportion, factor), found, 1e-7)
        assert scale == 1.0
        angle = torch.cat([key_positions[:, None] * found] * 2, -1)[None]
        last = angle[:, -len(query_positions) :]
        return (llama.apply_rotary_pos_emb(query, query, last.cos(), last.sin())[0],
                llama.apply_rotary_pos_emb(key, key, angle.cos(), angle.sin())[0])  # fmt: skip

    return turned


def make() -> dict:
    shared = rotary.groups(golden.Draw(22))
    square, long = torch.arange(7), torch.arange(33)
    by = "transformers, rope_type proportional; Llama's apply_rotary_pos_emb"

    def half(name, group, positions, base, proportion, factor=1.0, causal=True):
        options = {"base": base, "proportion": proportion, "factor": factor}
        return rotary.case(name, options, group, shared, turn(base, proportion, factor), positions, causal,
                           library=transformers(base, proportion, factor), by=by)  # fmt: skip

    cases = [
        half("headDim 20, 0.75", rotary.SQUARE, square, 10000, 0.75),
        half("headDim 20, 0.25, base 500, factor 2, both ways", rotary.SQUARE, square, 500, 0.25, 2.0, causal=False),
        half("headDim 4, 0.5, 5 queries of 33 keys", rotary.LONG, long, 10000, 0.5),
        rotary.case("interleaved, headDim 20, 0.5", {"base": 10000, "proportion": 0.5, "layout": "interleaved"},
                    rotary.SQUARE, shared, turn(10000, 0.5, layout="interleaved"), square),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, own derivation",
            "modeling_rope_utils.py _compute_proportional_rope_parameters, models/llama/modeling_llama.py; oracle/p_rope.py",
            ("torch", "transformers"), seed=22,
            notes=["outputs and gradients: own derivation in float64; reference: the library's scores in float32.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
