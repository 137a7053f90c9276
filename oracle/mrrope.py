"""MrRoPE (arXiv 2601.22181): frequencies of RoPE for longer texts, by a radix of each pair.

    ω_m ← ω_m · s^(−p_m),   q_m = clip(m − l, 0, n),   n = h − l
    mrrope-uni   p = q / n
    mrrope-pro   p = q (q + 1) / (n (n + 1))
    l = max(⌊D(fast)⌋, 0),   h = min(⌈D(slow)⌉, rotated − 1),   D(r) = rotated · ln(L / 2πr) / (2 ln base)

and cosines and sines times 0.1 ln s + 1, as in YaRN; so are l and h, the ends of YaRN's ramp. Pro is `yarn_radix3`
and Uni `yarn_radix` of the first author's code, LlamaYaRNRadix.py; both are derived here in float64. The article's
form, a cumulative product of the factors λ_d of pairs l … h − 1, is written too and compared:

    mrrope-uni   λ_d = s^(1 / n)
    mrrope-pro   λ_d = s^(2 (1 + d − l) / (n (n + 1)))

The ends are compared with transformers' YaRN: it leaves pairs up to l as they are, and divides those from h on by s.

Two kinds of cases, told by `options.kind`: `frequencies`, as in rope-scaling.json, and `attention`.
"""

import math

import torch
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

import golden
import rotary
from causal_scores import weigh
from encoding_case import case, positions, score_inputs

NAME = "mrrope"


def ends(rotated, base, length, fast=32, slow=1):
    low, high = (rotated * math.log(length / (2 * math.pi * n)) / (2 * math.log(base)) for n in (fast, slow))
    return max(math.floor(low), 0), min(math.ceil(high), rotated - 1)


def derived(rotated, base, scaling):
    """Frequencies and attention factor in float64."""
    omega = rotary.geometric(rotated, base).tolist()
    kind, s = scaling["type"], scaling["factor"]
    low, high = ends(rotated, base, scaling["length"], **{k: scaling[k] for k in ("fast", "slow") if k in scaling})
    n = high - low
    found = []
    for m, w in enumerate(omega):
        q = min(max(m - low, 0), n)
        found.append(w * s ** -(q / n if kind == "mrrope-uni" else q * (q + 1) / (n * (n + 1))))
    default = 1.0 if s <= 1 else 0.1 * math.log(s) + 1
    frequencies = torch.tensor(found, dtype=torch.float64)
    golden.agree("MrRoPE, cumulative product", torch.ones(len(omega)), by_radices(omega, kind, s, low, high)
                 / frequencies, 1e-13)  # fmt: skip
    compare_ends(rotated, base, scaling, low, high)
    return frequencies, scaling.get("attentionFactor", default)


def by_radices(omega, kind, s, low, high):
    """The article's form: pair m is slower by the product of the factors of all pairs before it."""
    n, slower, found = high - low, 1.0, []
    for m, w in enumerate(omega):
        found.append(w / slower)
        if low <= m < high:
            slower *= s ** (1 / n if kind == "mrrope-uni" else 2 * (1 + m - low) / (n * (n + 1)))
    return torch.tensor(found, dtype=torch.float64)


def compare_ends(rotated, base, scaling, low, high):
    given = {"beta_fast": scaling.get("fast", 32), "beta_slow": scaling.get("slow", 1)}
    parameters = {"rope_type": "yarn", "rope_theta": float(base), "factor": float(scaling["factor"]),
                  "original_max_position_embeddings": scaling["length"]} | given  # fmt: skip
    config = LlamaConfig(hidden_size=rotated * 2, num_attention_heads=2, head_dim=rotated,
                         max_position_embeddings=int(scaling["length"] * scaling["factor"]),
                         rope_parameters=parameters)  # fmt: skip
    yarn, _ = ROPE_INIT_FUNCTIONS["yarn"](config)
    omega = rotary.geometric(rotated, base)
    share = (omega / yarn.double() - 1) / (scaling["factor"] - 1)  # 0 where it stays, 1 where it is ω / s
    for m, moved in enumerate(share.tolist()):
        expected = 0 if m <= low else 1 if m >= high else None
        if (expected is not None and abs(moved - expected) > 1e-5) or (expected is None and not 0 < moved < 1):
            raise SystemExit(f"mrrope: pair {m} of {rotated // 2} has another place in transformers' YaRN.")


def frequencies(head_dim, base, scaling, rotated=None):
    rotated = rotated or head_dim
    table, factor = derived(rotated, base, scaling)
    written = ", ".join(f"{k} {v}" for k, v in scaling.items() if k != "type")
    return {
        "name": f"{scaling['type']}, {rotated} of {head_dim}, base {base}, {written}",
        "options": {"kind": "frequencies", "headDim": head_dim, "rotated": rotated, "base": base, "scaling": scaling},
        "inputs": {},
        "outputs": {"frequencies": table, "attentionFactor": torch.tensor(factor, dtype=torch.float64)},
        "gradients": {},
    }


def attention(draw, name, heads, length, head_dim, encoding, queries=None, every=1):
    layout, rotated = encoding["layout"], encoding["rotated"]
    table, factor = derived(rotated, encoding["base"], encoding["scaling"])

    def turn(x, at):
        turned = rotary.pairs(x[..., :rotated], at[:, None] * table, layout)
        return torch.cat([factor * turned, x[..., rotated:]], -1)

    def run(query, key, value):
        at = positions(query.shape[2], key.shape[2])
        scores = head_dim**-0.5 * (turn(query, at[0]) @ turn(key, at[1]).transpose(-1, -2))
        return {"scores": scores, "output": weigh(scores, value)}

    made = case(name, encoding, score_inputs(draw, heads, length, head_dim, queries), run, every=every)
    made["options"]["kind"] = "attention"
    return made


def make() -> dict:
    draw = golden.Draw(42)
    cases = []
    for kind in ("mrrope-uni", "mrrope-pro"):
        cases += [
            frequencies(128, 500000, {"type": kind, "factor": 4, "length": 8192}),
            frequencies(128, 10000, {"type": kind, "factor": 16, "length": 4096}),
            frequencies(64, 150000, {"type": kind, "factor": 32, "length": 4096, "attentionFactor": 1.25}),
            # No pair turns 32 times: the lower end is 0.
            frequencies(16, 10000, {"type": kind, "factor": 4, "length": 64}),
            frequencies(12, 10, {"type": kind, "factor": 4, "length": 200, "fast": 16, "slow": 2}, rotated=6),
            frequencies(20, 100, {"type": kind, "factor": 2, "length": 33, "fast": 4, "slow": 0.25}),
            # D(slow) is above rotated − 1, which is above the last pair: no pair is slowed by the whole factor.
            frequencies(16, 10000, {"type": kind, "factor": 4, "length": 64, "slow": 1e-9}),
            # One pair of room: both rules are the same.
            frequencies(8, 10000, {"type": kind, "factor": 3, "length": 60, "fast": 9, "slow": 2}),
        ]
    near = {"factor": 4, "length": 20, "fast": 2, "slow": 0.125}
    cases += [
        attention(draw, "mrrope-pro, 12 heads, length 7", 12, 7, 8,
                  {"base": 100, "layout": "half", "rotated": 8, "scaling": {"type": "mrrope-pro"} | near}, every=11),
        attention(draw, "mrrope-uni, 8 of 20 turn, interleaved, 5 queries of 33 keys", 3, 33, 20,
                  {"base": 10000, "layout": "interleaved", "rotated": 8,
                   "scaling": {"type": "mrrope-uni"} | near | {"attentionFactor": 1.5}}, queries=5, every=17),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "mattian7/mrRoPE",
            "scaled_rope/LlamaYaRNRadix.py at d1a6f31, yarn_radix3 (Pro) and yarn_radix (Uni), own float64 derivation; "
            "modeling_rope_utils.py of transformers (the ends of the ramp)",
            ("torch", "transformers"), seed=42, digits=15,
            notes=["frequencies: to be compared relatively.",
                   "The repository is the first author's, from before the article; the article names no other."]),
        "cases": cases,
    }  # fmt: skip
