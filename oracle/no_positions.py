"""Attention with no positions at all: torch's scaled_dot_product_attention, its plain mathematical kernel."""

from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

import golden
from attention import attend, attention_inputs

NAME = "none"


def case(name: str, inputs: dict, causal: bool) -> dict:
    query, key, value = (golden.leaf(inputs[n]) for n in ("query", "key", "value"))
    with sdpa_kernel(SDPBackend.MATH):
        output = scaled_dot_product_attention(query, key, value, is_causal=causal)
        found = golden.gradients((output * inputs["cotangent"]).sum(), query=query, key=key, value=value)
    golden.agree(name, attend(query, key, value, causal=causal), output, 1e-13)
    return {
        "name": name,
        "options": {"causal": causal, "scoreScale": query.shape[-1] ** -0.5},
        "inputs": inputs,
        "outputs": {"output": output},
        "gradients": found,
    }


def make() -> dict:
    draw = golden.Draw(8)
    return {
        "source": golden.source(
            NAME, "pytorch/pytorch", "torch.nn.functional.scaled_dot_product_attention, math kernel", seed=8
        ),
        "cases": [
            case("causal, 12 heads, length 7", attention_inputs(draw), True),
            case("causal, 3 heads, headDim 5", attention_inputs(draw, 1, 3, 7, 5), True),
            case("bidirectional, 3 heads, length 7", attention_inputs(draw, 1, 3), False),
        ],
    }
