"""Rotary positions: rotate pair m of a head's first `rotated` dimensions by i · base^(−2m / rotated).

    half          pair m is (x[m], x[m + rotated/2])      LLaMA, GPT-NeoX
    interleaved   pair m is (x[2m], x[2m + 1])            GPT-J, the paper

`outputs` and `gradients` are float64: tables derived here, then put through the reference's own
apply_rotary_pos_emb, and checked against a rotation written out pair by pair. `reference` is the whole
library chain in float32 (its tables too), with the largest difference that was measured: near position 1000
a float32 angle is off by up to 6e-5, so no tighter comparison with it is possible.
Queries and keys are written at every 13th entry.
"""

import torch
from transformers import GPTNeoXConfig, LlamaConfig
from transformers.models.gpt_neox import modeling_gpt_neox as neox
from transformers.models.gptj import modeling_gptj as gptj
from transformers.models.llama import modeling_llama as llama
from x_transformers import x_transformers as xt

import golden

NAME = "rope"
BATCH, LENGTH = 2, 7
HEADS = {6: 12, 8: 12, 32: 3}


def angles(rotated: int, base: float, positions: torch.Tensor, interpolation=1.0, rescale=1.0) -> torch.Tensor:
    """[length, rotated / 2], float64."""
    base = base * rescale ** (rotated / (rotated - 2)) if rescale != 1 else base
    positions = positions.double() / interpolation
    frequencies = torch.tensor([float(base) ** (-2 * m / rotated) for m in range(rotated // 2)], dtype=torch.float64)
    return positions.double()[:, None] * frequencies


def written_out(x: torch.Tensor, angle: torch.Tensor, layout: str) -> torch.Tensor:
    """The rotation pair by pair: no code shared with the references."""
    half = angle.shape[-1]
    parts = list(x.unbind(-1))
    for m in range(half):
        a, b = (m, m + half) if layout == "half" else (2 * m, 2 * m + 1)
        cos, sin = angle[:, m].cos(), angle[:, m].sin()
        first, second = parts[a], parts[b]
        parts[a], parts[b] = first * cos - second * sin, first * sin + second * cos
    return torch.stack(parts, -1)


def rotate(query, key, cos, sin, layout):
    """The references' rotation, given their tables cos and sin [length, rotated / 2]."""
    if layout == "interleaved":
        # GPT-J keeps [batch, length, heads, headDim].
        def one(x):
            rows = (t.expand(x.shape[0], *t.shape) for t in (sin, cos))
            return gptj.apply_rotary_pos_emb(x.transpose(1, 2), *rows).transpose(1, 2)

        return one(query), one(key)
    cos, sin = (torch.cat((t, t), -1).unsqueeze(0) for t in (cos, sin))
    whole = cos.shape[-1] == query.shape[-1]
    return (llama if whole else neox).apply_rotary_pos_emb(query, key, cos, sin)


def library_tables(head_dim, rotated, base, positions, layout):
    """The library's own float32 cos and sin [length, rotated / 2], and which library that is."""
    if layout == "interleaved":
        if base == 10000:
            sin, cos = gptj.create_sinusoidal_positions(2048, rotated)[positions].chunk(2, -1)
            return cos, sin, "transformers GPT-J create_sinusoidal_positions and apply_rotary_pos_emb"
        freqs, _ = xt.RotaryEmbedding(rotated, base=base)(positions)
        by = "x-transformers RotaryEmbedding; transformers GPT-J apply_rotary_pos_emb"
        return freqs[0, :, 0::2].cos(), freqs[0, :, 0::2].sin(), by
    parameters = {"rope_type": "default", "rope_theta": float(base), "partial_rotary_factor": rotated / head_dim}
    sizes = dict(hidden_size=head_dim * 4, num_attention_heads=4, max_position_embeddings=2048)
    if rotated == head_dim:
        module = llama.LlamaRotaryEmbedding(LlamaConfig(**sizes, rope_parameters=parameters))
    else:
        module = neox.GPTNeoXRotaryEmbedding(GPTNeoXConfig(**sizes, rope_parameters=parameters))
    cos, sin = module(torch.zeros(1), positions[None])
    by = f"transformers {type(module).__name__} and apply_rotary_pos_emb"
    return cos[0, :, : rotated // 2], sin[0, :, : rotated // 2], by


def stretched_tables(rotated, base, positions, interpolation, rescale):
    """x-transformers' float32 cos and sin of a longer context: both rules have names of their own there."""
    module = xt.RotaryEmbedding(rotated, base=base, interpolation_factor=interpolation, base_rescale_factor=rescale)
    freqs, _ = module(positions)
    by = "x-transformers RotaryEmbedding, interpolation_factor and base_rescale_factor; transformers GPT-J"
    return freqs[0, :, 0::2].cos(), freqs[0, :, 0::2].sin(), by


def case(inputs: dict, layout: str, head_dim: int, base: int, start: int, rotated: int | None = None,
         interpolation: float = 1.0, rescale: float = 1.0) -> dict:  # fmt: skip
    rotated = rotated or head_dim
    positions = torch.arange(start, start + LENGTH)
    angle = angles(rotated, base, positions, interpolation, rescale)
    stretched = interpolation != 1 or rescale != 1

    def run(dtype, cos, sin):
        query, key = golden.leaf(inputs["query"], dtype), golden.leaf(inputs["key"], dtype)
        outputs = rotate(query, key, cos, sin, layout)
        loss = sum((o * inputs[f"{n}.cotangent"].to(dtype)).sum() for n, o in zip(("query", "key"), outputs))
        return dict(zip(("query", "key"), outputs)), golden.gradients(loss, query=query, key=key)

    outputs, found = run(torch.float64, angle.cos(), angle.sin())
    for name in ("query", "key"):
        golden.agree("rope, pair by pair", written_out(inputs[name], angle, layout), outputs[name], 1e-14)
    golden.gradcheck(lambda q, k: rotate(q, k, angle.cos(), angle.sin(), layout),
                     inputs["query"][:1, :2], inputs["key"][:1, :2], fast=True)  # fmt: skip

    if stretched:
        cos32, sin32, by = stretched_tables(rotated, base, positions, interpolation, rescale)
    else:
        cos32, sin32, by = library_tables(head_dim, rotated, base, positions, layout)
    outputs32, found32 = run(torch.float32, cos32, sin32)
    allowed = 3e-6 if start == 0 else 5e-4
    measured = [golden.agree(f"rope {layout} {by}", outputs[n], outputs32[n], allowed) for n in outputs]
    measured += [golden.agree(f"rope {layout} {by}", found[n], found32[n], allowed) for n in found]

    def sample(tensors):
        return {k: golden.every(t.contiguous(), 13) for k, t in tensors.items()}

    partial = "" if rotated == head_dim else f", {rotated} rotated"
    options = {"layout": layout, "headDim": head_dim, "rotatedDim": rotated, "base": base, "start": start}
    if stretched:
        options |= {"interpolation": interpolation, "rescale": rescale}
        partial += f", interpolation {interpolation}, rescale {rescale}"
    return {
        "name": f"{layout}, headDim {head_dim}{partial}, base {base}, from position {start}",
        "options": options,
        "inputsFrom": [f"headDim {head_dim}"],
        "inputs": {"positions": positions},
        "outputs": {"cos": angle.cos(), "sin": angle.sin()} | sample(outputs),
        "gradients": sample(found),
        "reference": {"by": by, "dtype": "float32", "maxDifference": max(measured),
                      "outputs": {"cos": cos32.contiguous(), "sin": sin32.contiguous()} | sample(outputs32),
                      "gradients": sample(found32)},
    }  # fmt: skip


def make() -> dict:
    draw = golden.Draw(5)
    shared = {
        f"headDim {d}": {
            name: draw.normal(BATCH, heads, LENGTH, d)
            for name in ("query", "key", "query.cotangent", "key.cotangent")
        }
        for d, heads in HEADS.items()
    }
    cases = []
    for layout in ("half", "interleaved"):
        for d in HEADS:
            pairs = [(b, s) for b in (10000, 500000) for s in (0, 1000)]
            # headDim 8 meets both bases from both starts; the others each base once.
            for base, start in pairs if d == 8 else (pairs[0], pairs[3]):
                cases.append(case(shared[f"headDim {d}"], layout, d, base, start))
    cases.append(case(shared["headDim 8"], "half", 8, 10000, 1000, rotated=2))
    cases.append(case(shared["headDim 32"], "half", 32, 10000, 0, rotated=8))
    cases.append(case(shared["headDim 6"], "interleaved", 6, 10000, 0, interpolation=4.0))
    cases.append(case(shared["headDim 8"], "interleaved", 8, 10000, 0, rescale=8.0))
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, lucidrains/x-transformers, own derivation",
            "models/llama/modeling_llama.py, models/gpt_neox/modeling_gpt_neox.py, models/gptj/modeling_gptj.py; "
            "RotaryEmbedding; oracle/rope.py",
            ("torch", "transformers", "x-transformers"), seed=5,
            notes=["outputs and gradients: float64 tables of our own, the reference's rotation.",
                   "reference: the library's chain in float32; compare with float64 no closer than maxDifference.",
                   "Queries and keys are written at every 13th entry; cos and sin are [length, rotatedDim / 2]."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
