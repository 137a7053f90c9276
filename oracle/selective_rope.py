"""Selective RoPE: queries and keys turn by angles that the text itself sums up, an own derivation in float64.

    u_t = x_t / √(Σ x_t² + 1e-6) for each head's part of the layer's input x, joined again
    f_t = u_t · down · up                                       a number of each head and pair
    c_t = Σ_k kernel[k] ∘ f_{t−3+k},   f = 0 before the text     four taps, the newest last
    g_t = (c_t + e^bias) · gate_t                               each factor only where it is asked for
    φ_t = temperature ∘ Σ_{s ≤ t} g_s                            the token's own angle counts
    score_ij = τ (R(φ_i) q_i) · (R(φ_j) k_j)

R turns pair (m, m + headDim / 2) of each head. temperature_m = maxTemperature · base^(−2m / headDim). Gates read u:
`gate: "head"` is σ(u · weight + bias) for each head, "channel" σ(u · down · weight + bias) for each head and pair.
With `projection: "heads"`, f of a head is scale · u_h · W_h / ‖W_h‖ with the norm of each column (at least 1e-12).

l2_norm and ShortConvolution are those of flash-linear-attention. The sums are written step by step, as a decoder has
them, and compared with conv1d and cumsum of torch in float32.
"""

import torch

import golden
import rotary
from causal_scores import weigh
from encoding_case import by_head, case, numbers, score_inputs

NAME = "selective-rope"
EPSILON, TAPS = 1e-6, 4
NAMES = {"down": "down", "up": "up", "kernel": "kernel", "bias": "bias", "temperature": "temperature",
         "gate_down": "gate.down", "gate": "gate.weight", "gate_bias": "gate.bias", "weight": "weight",
         "scale": "scale"}  # fmt: skip


def normed(x, heads):
    parts = x.unflatten(-1, (heads, -1))
    return (parts / torch.sqrt((parts * parts).sum(-1, keepdim=True) + EPSILON)).flatten(-2)


def frequencies(heads, u, down=None, up=None, weight=None, scale=None):
    """f, [batch, length, heads · pairs]"""
    if down is not None:
        return u @ down @ up
    columns = weight / (weight * weight).sum(-2, keepdim=True).sqrt().clamp(min=1e-12)
    return (by_head(u, heads) @ (scale[:, None, None] * columns)).transpose(1, 2).flatten(-2)


def gates(heads, u, gate, gate_bias, gate_down=None):
    """[batch, length, heads, 1 or pairs]"""
    low = u if gate_down is None else u @ gate_down
    return torch.sigmoid(low @ gate + gate_bias).unflatten(-1, (heads, -1))


def temperatures(head_dim, base, largest):
    return largest * rotary.geometric(head_dim, base)


def angles(query, x, kernel, temperature, bias=None, **learned):
    """φ of every token, [batch, heads, length, pairs]: one token after the other."""
    heads, pairs = query.shape[1], query.shape[-1] // 2
    u = normed(x, heads)
    gated = {k: v for k, v in learned.items() if k.startswith("gate")}
    f = frequencies(heads, u, **{k: v for k, v in learned.items() if k not in gated}).unflatten(-1, (heads, pairs))
    factor = gates(heads, u, **gated) if gated else torch.ones(*f.shape[:3], 1)
    taps = kernel.unflatten(-1, (heads, pairs))
    total, found = torch.zeros_like(f[:, 0]), []
    for t in range(f.shape[1]):
        step = sum(taps[k] * f[:, t - TAPS + 1 + k] for k in range(TAPS) if t - TAPS + 1 + k >= 0)
        if bias is not None:
            step = step + bias.exp()
        total = total + step * factor[:, t]
        found.append(temperature * total)
    return torch.stack(found, 2)


def attend(query, key, value, phi):
    turned = [rotary.pairs(x, phi[:, :, -x.shape[2] :], "half") for x in (query, key)]
    scores = query.shape[-1] ** -0.5 * (turned[0] @ turned[1].transpose(-1, -2))
    return {"scores": scores, "output": weigh(scores, value)}


def with_operators(query, x, kernel, temperature, bias=None, **learned):
    """φ with torch's conv1d and cumsum."""
    heads, pairs = query.shape[1], query.shape[-1] // 2
    u = normed(x, heads)
    gated = {k: v for k, v in learned.items() if k.startswith("gate")}
    f = frequencies(heads, u, **{k: v for k, v in learned.items() if k not in gated}).transpose(1, 2)
    mixed = torch.nn.functional.conv1d(f, kernel.T[:, None], padding=TAPS - 1, groups=f.shape[1])[..., : f.shape[-1]]
    step = mixed.transpose(1, 2).unflatten(-1, (heads, pairs))
    step = step if bias is None else step + bias.exp()
    step = step * gates(heads, u, **gated) if gated else step
    return (temperature * step.cumsum(1)).transpose(1, 2)


def make_case(draw, name, heads, length, head_dim, encoding, queries=None, every=1):
    model, pairs = heads * head_dim, head_dim // 2
    rank, gate = encoding.get("rank", 16), encoding.get("gate", "none")
    learned = {"kernel": numbers(draw, TAPS, heads * pairs, std=0.7)}
    if encoding.get("projection", "low-rank") == "low-rank":
        learned |= {"down": numbers(draw, model, rank, std=0.6), "up": numbers(draw, rank, heads * pairs, std=0.6)}
    else:
        learned |= {"weight": numbers(draw, heads, head_dim, pairs), "scale": numbers(draw, heads, mean=1, std=0.3)}
    if gate == "head":
        learned |= {"gate": numbers(draw, model, heads), "gate_bias": numbers(draw, heads)}
    if gate == "channel":
        learned |= {"gate_down": numbers(draw, model, 3), "gate": numbers(draw, 3, heads * pairs),
                    "gate_bias": numbers(draw, heads * pairs)}  # fmt: skip
    if encoding.get("bias", False):
        learned |= {"bias": numbers(draw, heads, pairs, std=0.5)}
    fixed = temperatures(head_dim, encoding.get("base", 500000), encoding.get("maxTemperature", 1))
    if encoding.get("learnedTemperature", False):
        learned |= {"temperature": numbers(draw, pairs, std=0.3, mean=0.7)}

    def run(query, key, value, x, **learned):
        given = {"temperature": fixed} | learned
        return attend(query, key, value, angles(query, x, **given))

    inputs = score_inputs(draw, heads, length, head_dim, queries) | {"x": numbers(draw, 1, length, model)} | learned
    given = {"temperature": fixed} | {k: inputs[k] for k in ("query", "x", *learned)}
    single = with_operators(**{k: v.float() for k, v in given.items()})
    golden.agree(name, angles(**given), single, 1e-5)
    parameters = {k: f"position.selective-rope.{NAMES[k]}" for k in learned}
    return case(name, encoding, inputs, run, parameters, every=every)


def make() -> dict:
    draw = golden.Draw(45)
    return {
        "source": golden.source(
            NAME, "timurcarstensen/selective-rope, fla-org/flash-linear-attention",
            "src/selective_rope/modules/rotary.py at d12e825; fla-core 0.6.0, fla/modules/norm/l2norm.py and "
            "fla/modules/causal_conv1d (own float64 derivation)",
            seed=45, digits=14,
            notes=["Weights are [in, out], the kernel [taps, heads · pairs] with the newest token's tap last; bias "
                   "[heads, pairs] is a logarithm; weight is [heads, headDim, pairs].",
                   "down is [model, rank], up [rank, heads · pairs], gate_down [model, gateRank]. Where base is "
                   "absent it is 500,000."]),
        "cases": [
            make_case(draw, "12 heads, length 7", 12, 7, 4, {"rank": 3}, every=11),
            make_case(draw, "3 heads, length 33, base 100", 3, 33, 4, {"rank": 5, "base": 100}, every=19),
            make_case(draw, "gate of each head and bias, 3 heads, length 7", 3, 7, 4,
                      {"rank": 3, "gate": "head", "bias": True, "base": 10}, every=5),
            make_case(draw, "gate of each channel, 2 heads, length 7", 2, 7, 12,
                      {"rank": 3, "gate": "channel", "gateRank": 3, "base": 10, "maxTemperature": 2}, every=5),
            make_case(draw, "learned temperature, 1 head, 5 queries of 33 keys", 1, 33, 20,
                      {"rank": 4, "learnedTemperature": True}, queries=5, every=7),
            make_case(draw, "projection of each head, 3 heads, length 7", 3, 7, 4,
                      {"projection": "heads", "base": 10}, every=5),
            make_case(draw, "bias, 1 head, length 101", 1, 101, 4, {"rank": 2, "bias": True}, every=41),
            make_case(draw, "gate and bias, 1 query of 9 keys", 12, 9, 4, {"rank": 2, "gate": "head", "bias": True},
                      queries=1, every=11),
        ],
    }  # fmt: skip
