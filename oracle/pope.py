"""PoPE: magnitudes from the vectors, angles from the positions alone. For component c of width d:

    q_i,c ← softplus(q_i,c) (cos, sin)(i ω_c),   k_j,c ← softplus(k_j,c) (cos, sin)(j ω_c + b_c),   ω_c = base^(−c/d)
    b_c   = bias[h, c] limited to [−2π, 0] where it is used

so that pair (q, k) has Σ_c softplus(q_c) softplus(k_c) cos((i − j) ω_c − b_c). Components beyond `rotated` stay as they
are. The scale is headDim^−½ though the product is up to 2 · headDim wide.

`outputs` are an own derivation in float64 by the sum of cosines, which shares nothing with the libraries; theirs, in
float64 but for their float32 frequencies, must agree. Some entries of the bias lie outside the limits, one on each.
"""

import math

import torch
import torch.nn.functional as F
from PoPE_pytorch import PoPE
from x_transformers.x_transformers import PolarEmbedding, apply_polar_pos_emb

import golden
import rotary

NAME = "pope"


def scores(query, key, query_positions, key_positions, bias, base, scale):
    """Σ_c μ_q μ_k cos((i − j) ω_c − b_c), one component after the other."""
    rotated = bias.shape[-1]
    limited = bias.clamp(-2 * math.pi, 0.0)
    distance = (query_positions[:, None] - key_positions[None, :]).double()
    total = query[..., rotated:] @ key[..., rotated:].transpose(-1, -2)
    for c in range(rotated):
        sizes = F.softplus(query[..., c])[..., :, None] * F.softplus(key[..., c])[..., None, :]
        total = total + sizes * torch.cos(distance * base ** (-c / rotated) - limited[:, c, None, None])
    return scale * total


def pope_pytorch(query, key, query_positions, key_positions, bias, base):
    module = PoPE(bias.shape[-1], heads=bias.shape[0], theta=base)
    module.bias.data.copy_(bias)
    return PoPE.apply_pope_to_qk(module(key_positions), query, key)


def x_transformers(query, key, query_positions, key_positions, bias, base):
    module = PolarEmbedding(bias.shape[-1], bias.shape[0], base=base)
    module.learned_bias.data.copy_(bias[:, None])
    frequencies, limited = module(key_positions)
    return apply_polar_pos_emb(query, frequencies), apply_polar_pos_emb(key, frequencies + limited)


def case(name, group, shared, positions, bias, base, libraries, causal=True) -> dict:
    tensors = shared[group]
    queries, head_dim = tensors["query"].shape[2:]
    scale = head_dim**-0.5
    at = positions[-queries:], positions
    leaves = {n: golden.leaf(tensors[n]) for n in ("query", "key", "value")} | {"bias": golden.leaf(bias)}

    def run(query, key, value, bias):
        found = scores(query, key, *at, bias, base, scale)
        return found, rotary.attended(found, value, *at, causal)

    found, output = run(**leaves)
    # On a limit the clamp has a corner, where differences from both sides disagree.
    inside = torch.where((bias == 0) | (bias == -2 * math.pi), bias - 0.5, bias)
    golden.gradcheck(lambda *given: run(*given)[1], *(tensors[n] for n in ("query", "key", "value")), inside, fast=True)

    def sample(tensor):
        return golden.every(tensor.contiguous(), rotary.EVERY[group])

    single = [tensors[n].float() for n in ("query", "key")]
    answers = {by: library(*single, *at, bias.float(), base) for by, library in libraries.items()}
    theirs = {by: scale * (q @ k.transpose(-1, -2)) for by, (q, k) in answers.items()}
    differences = [golden.agree(f"{name}, {by}", found, other, 2e-6) for by, other in theirs.items()]
    gradients = golden.gradients((output * tensors["cotangent"]).sum(), **leaves)
    return {
        "name": name,
        "options": {"base": base, "rotated": bias.shape[-1], "causal": causal},
        "inputsFrom": [group],
        "inputs": {"positions": positions, "bias": bias},
        "outputs": {"scores": sample(found), "output": sample(output)},
        "gradients": {n: g if n == "bias" else sample(g) for n, g in gradients.items()},
        "reference": {"by": ", ".join(theirs), "dtype": "float32", "maxDifference": max(differences),
                      "outputs": {"scores": sample(next(iter(theirs.values())).detach())}},
    }  # fmt: skip


def make() -> dict:
    draw = golden.Draw(27)
    shared = rotary.groups(draw)
    both = {"PoPE-pytorch PoPE.apply_pope_to_qk": pope_pytorch,
            "x-transformers PolarEmbedding, apply_polar_pos_emb": x_transformers}  # fmt: skip

    def biases(heads, rotated):
        bias = draw.normal(heads, rotated, mean=-3.0, std=1.5)
        # Outside on either side, and on the limit 0 itself, where training begins.
        bias[0, :3] = torch.tensor([0.5, -7.0, 0.0], dtype=torch.float64)
        return bias

    one = {k: v for k, v in both.items() if k.startswith("PoPE")}
    cases = [
        case("headDim 20, length 7", rotary.SQUARE, shared, torch.arange(7), biases(3, 20), 10000.0, both),
        case("headDim 4, 5 queries of 33 keys, base 500", rotary.LONG, shared, torch.arange(33), biases(12, 4), 500.0, both),
        case("headDim 20, 12 turned, both ways", rotary.SQUARE, shared, torch.arange(7), biases(3, 12), 10000.0, one,
             causal=False),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "lucidrains/PoPE-pytorch, lucidrains/x-transformers, own derivation",
            "PoPE_pytorch/pope.py; x_transformers.py PolarEmbedding; oracle/pope.py",
            ("torch", "PoPE-pytorch", "x-transformers"), seed=27,
            notes=["outputs and gradients: own derivation in float64, a sum of cosines.",
                   "reference: the first library's scores in float32; maxDifference is that of all named.",
                   "Scores are before the mask. Entries are thinned, see every."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
