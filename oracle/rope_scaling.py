"""RoPE for longer texts: frequencies and attention factors of transformers' ROPE_INIT_FUNCTIONS, and the reading of
configurations.

Three kinds of cases, told by `options.kind`:

    frequencies   `frequencies` in float64, derived here rule by rule; `reference` is transformers' float32
    attention     queries and keys turned and attended, in float64; `reference` is a layer's rotation in float32
    config        a configuration as it stands in config.json, and what transformers makes of it, for each layer type

Frequencies span decades, so they are compared relatively. Rules that transformers does not have are asked of those it
has: ntk-aware(s) is dynamic with factor 1 in a text of s · L, dynamic-linear is linear with factor max(N, L) / L, and
ntk-by-parts is yarn with attention factor 1. The paper's ramp of YaRN, `turns`, has no reference here.
"""

import copy
import math

import torch
from transformers import GPTNeoXConfig, LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.gpt_neox import modeling_gpt_neox as neox
from transformers.models.llama import modeling_llama as llama

import golden
import rotary

NAME = "rope-scaling"


def ntk(rotated, base, factor):
    return rotary.geometric(rotated, base * factor ** (rotated / (rotated - 2)) if factor != 1 else base)


def magnitude(factor, mscale=1.0):
    return 1.0 if factor <= 1 else 0.1 * mscale * math.log(factor) + 1


def by_parts(omega, rotated, base, length, factor, fast=32, slow=1, truncate=True, ramp="index"):
    """Pair by pair: the share that stays is 1 for fast pairs, 0 for slow ones."""
    found = []
    low, high = (rotated * math.log(length / (2 * math.pi * n)) / (2 * math.log(base)) for n in (fast, slow))
    if truncate:
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, rotated - 1)
    if low == high:
        high += 0.001
    for m, w in enumerate(omega.tolist()):
        if ramp == "index":
            kept = 1 - min(max((m - low) / (high - low), 0), 1)
        else:
            kept = min(max((length * w / (2 * math.pi) - slow) / (fast - slow), 0), 1)
        found.append(kept * w + (1 - kept) * w / factor)
    return torch.tensor(found, dtype=torch.float64)


def llama3(omega, length, factor, low=1, high=4):
    found = []
    for w in omega.tolist():
        wave = 2 * math.pi / w
        if wave > length / low:
            w /= factor
        elif not wave < length / high:
            smooth = (length / wave - low) / (high - low)
            w = (1 - smooth) * w / factor + smooth * w
        found.append(w)
    return torch.tensor(found, dtype=torch.float64)


def derived(rotated, base, scaling, current=None):
    """Frequencies and attention factor in float64."""
    omega = rotary.geometric(rotated, base)
    kind, factor, length = scaling["type"], scaling.get("factor", 1), scaling.get("length")
    growth = max(current, length) / length if current else None
    if kind == "linear":
        return omega / factor, 1.0
    if kind == "ntk-aware":
        return ntk(rotated, base, factor), 1.0
    if kind == "dynamic-linear":
        return omega / growth, 1.0
    if kind == "dynamic-ntk":
        return ntk(rotated, base, factor * growth - (factor - 1)), 1.0
    if kind == "llama3":
        return llama3(omega, **{k: v for k, v in scaling.items() if k != "type"}), 1.0
    if kind == "longrope":
        by = torch.tensor(scaling["long" if growth > 1 else "short"], dtype=torch.float64)
        default = math.sqrt(1 + math.log(factor) / math.log(length)) if factor > 1 else 1.0
        return omega / by, scaling.get("attentionFactor", default)
    ramp = {k: scaling[k] for k in ("fast", "slow", "truncate", "ramp") if k in scaling}
    found = by_parts(omega, rotated, base, length, factor, **ramp)
    if kind == "ntk-by-parts":
        return found, 1.0
    default = magnitude(factor)
    if "mscale" in scaling:
        default = magnitude(factor, scaling["mscale"]) / magnitude(factor, scaling["mscaleAllDim"])
    return found, scaling.get("attentionFactor", default)


NAMES = {"factor": "factor", "length": "original_max_position_embeddings", "fast": "beta_fast", "slow": "beta_slow",
         "truncate": "truncate", "attentionFactor": "attention_factor", "mscale": "mscale",
         "mscaleAllDim": "mscale_all_dim", "short": "short_factor", "long": "long_factor", "low": "low_freq_factor",
         "high": "high_freq_factor"}  # fmt: skip


def parameters(base, scaling, share=1.0, current=None):
    """A configuration's rope_parameters for the rule, its L, and the length to ask for; or None."""
    kind = scaling["type"]
    if scaling.get("ramp") == "turns":
        return None
    found = {NAMES[k]: v for k, v in scaling.items() if k in NAMES}
    length = scaling.get("length", 64)
    if kind == "ntk-aware":
        found, kind, current = {"factor": 1.0}, "dynamic", length * scaling["factor"]
    if kind == "dynamic-ntk":
        found, kind = {"factor": float(scaling.get("factor", 1))}, "dynamic"
    if kind == "dynamic-linear":
        found, kind, current = {"factor": max(current, length) / length}, "linear", None
    if kind == "ntk-by-parts":
        found, kind = found | {"attention_factor": 1.0}, "yarn"
    if kind == "llama3":
        found = {"low_freq_factor": 1, "high_freq_factor": 4} | found
    return found | {"rope_type": kind, "rope_theta": float(base), "partial_rotary_factor": share}, length, current


def library(head_dim, rotated, base, scaling, current=None):
    asked = parameters(base, scaling, rotated / head_dim, current)
    if asked is None:
        return None
    found, length, current = asked
    config = LlamaConfig(hidden_size=head_dim * 2, num_attention_heads=2, head_dim=head_dim,
                         max_position_embeddings=length, rope_parameters=found)  # fmt: skip
    return ROPE_INIT_FUNCTIONS[found["rope_type"]](config, seq_len=current)


def frequencies(head_dim, base, scaling, current=None, rotated=None):
    rotated = rotated or head_dim
    ours, factor = derived(rotated, base, scaling, current)
    written = ", ".join(f"{k} {v}" for k, v in scaling.items() if k not in ("type", "short", "long"))
    at = "" if current is None else f", in a text of {current}"
    made = {
        "name": f"{scaling['type']}, {rotated} of {head_dim}, base {base}, {written}{at}",
        "options": {"kind": "frequencies", "headDim": head_dim, "rotated": rotated, "base": base, "scaling": scaling}
        | ({} if current is None else {"current": current}),
        "inputs": {},
        "outputs": {"frequencies": ours, "attentionFactor": torch.tensor(factor, dtype=torch.float64)},
        "gradients": {},
    }
    answer = library(head_dim, rotated, base, scaling, current)
    if answer is not None:
        theirs, their_factor = answer
        worst = golden.agree(made["name"], torch.ones_like(ours), theirs.double() / ours, 3e-6)
        golden.agree(made["name"], torch.tensor(factor), torch.tensor(float(their_factor)), 1e-12)
        made["reference"] = {"by": "transformers ROPE_INIT_FUNCTIONS", "dtype": "float32", "maxDifference": worst,
                             "outputs": {"frequencies": theirs.float()}}  # fmt: skip
    return made


def attention(name, options, group, shared, positions, causal=True):
    """Turned by the rule's angles, both waves times its factor; the library's is the layer's own rotary module."""
    base, scaling, layout = options["base"], options["scaling"], options["layout"]
    head_dim = shared[group]["query"].shape[-1]
    rotated = options["rotated"]
    given = {k: v for k, v in scaling.items() if k != "current"}
    omega, factor = derived(rotated, base, given, scaling.get("current"))

    def turn(x, at, role):
        turned = rotary.pairs(x[..., :rotated], at.double()[:, None] * omega, layout)
        return torch.cat([factor * turned, x[..., rotated:]], -1)

    def transformers(query, key, query_positions, key_positions):
        found, length, _ = parameters(base, given, rotated / head_dim)
        heads = query.shape[1]
        sizes = dict(hidden_size=head_dim * heads, num_attention_heads=heads, max_position_embeddings=length)
        whole = rotated == head_dim
        module = (
            llama.LlamaRotaryEmbedding(LlamaConfig(**sizes, rope_parameters=found))
            if whole
            else neox.GPTNeoXRotaryEmbedding(GPTNeoXConfig(**sizes, rope_parameters=found))
        )
        apply = (llama if whole else neox).apply_rotary_pos_emb
        answers = []
        for x, at in ((query, query_positions), (key, key_positions)):
            # A longer text would switch longrope: positions are given as the whole text's.
            cos, sin = module(x, key_positions[None])
            answers.append(apply(x, x, cos[:, -len(at) :], sin[:, -len(at) :])[0])
        return answers

    half = layout == "half"
    made = rotary.case(name, options | {"kind": "attention"}, group, shared, turn, positions, causal,
                       library=transformers if half else None,
                       by="transformers, the layer's rotary module and apply_rotary_pos_emb", allowed=2e-5)  # fmt: skip
    return made


def config(name, length, **given):
    """What transformers 5 reads, for each layer type that has rope parameters of its own, in a text of that length."""
    given = {"hidden_size": 32, "num_attention_heads": 2, "max_position_embeddings": 256} | given
    made = LlamaConfig(**copy.deepcopy(given))
    layers = made.nested_rope_parameter_keys(made.rope_parameters)
    outputs = {}
    for layer in layers or [None]:
        one = made.rope_parameters[layer] if layer else made.rope_parameters
        width = int(made.head_dim * one.get("partial_rotary_factor", 1.0))
        answer = rotary.geometric(width, one["rope_theta"]), 1.0
        if one["rope_type"] != "default":
            answer = ROPE_INIT_FUNCTIONS[one["rope_type"]](made, seq_len=length, layer_type=layer)
        outputs[f"{layer or 'all'}.frequencies"] = answer[0].float()
        outputs[f"{layer or 'all'}.attentionFactor"] = torch.tensor(float(answer[1]), dtype=torch.float64)
    return {"name": name, "options": {"kind": "config", "config": given, "layerTypes": layers, "current": length},
            "inputs": {}, "outputs": outputs, "gradients": {}}  # fmt: skip


def make() -> dict:
    yarn = {"type": "yarn", "factor": 4, "length": 64}
    short, long = [1, 1.05, 1.2, 1.6, 2.5], [1, 1.5, 3.25, 7, 16]
    longrope = {"type": "longrope", "short": short, "long": long, "factor": 4, "length": 64}
    cases = [
        frequencies(20, 10000, {"type": "linear", "factor": 4}),
        frequencies(4, 500, {"type": "ntk-aware", "factor": 3}),
        frequencies(32, 10000, {"type": "ntk-aware", "factor": 2}, rotated=8),
        frequencies(20, 10000, {"type": "dynamic-linear", "length": 33}, 77),
        frequencies(20, 10000, {"type": "dynamic-ntk", "length": 64}, 64),
        frequencies(32, 10000, {"type": "dynamic-ntk", "length": 64, "factor": 2}, 128),
        frequencies(20, 500, {"type": "dynamic-ntk", "length": 33, "factor": 1}, 100),
        frequencies(16, 10000, {"type": "ntk-by-parts", "factor": 4, "length": 64}),
        frequencies(16, 10000, yarn),
        frequencies(16, 10000, yarn | {"ramp": "turns"}),
        frequencies(128, 10000, {"type": "yarn", "factor": 16, "length": 4096}),
        frequencies(64, 150000, {"type": "yarn", "factor": 32, "length": 4096, "truncate": False}),
        frequencies(20, 10000, {"type": "yarn", "factor": 40, "length": 4096, "mscale": 0.707, "mscaleAllDim": 1.0}),
        frequencies(20, 10000, {"type": "yarn", "factor": 40, "length": 4096, "mscale": 1.0, "mscaleAllDim": 1.0}),
        frequencies(20, 10000, yarn | {"length": 7, "attentionFactor": 1.25}),
        frequencies(12, 10000, yarn | {"length": 200, "fast": 16, "slow": 2}, rotated=6),
        # L/2π below 1: the ramp's upper end, D(1), is negative and rounds up to 0, the lower end.
        frequencies(8, 10000, yarn | {"length": 6}),
        frequencies(10, 10000, longrope, 64),
        frequencies(10, 10000, longrope, 65),
        frequencies(10, 500, longrope | {"factor": 1}, 7),
        frequencies(8, 500000, {"type": "llama3", "factor": 8, "length": 8192}),
        frequencies(64, 500000, {"type": "llama3", "factor": 32, "length": 8192, "low": 1, "high": 4}),
        frequencies(20, 10000, {"type": "llama3", "factor": 4, "length": 33, "low": 0.25, "high": 2}),
    ]  # fmt: skip
    shared = rotary.groups(golden.Draw(31), rotary.SQUARE)
    square, later = torch.arange(7), torch.arange(26, 33)
    ramp = {"type": "yarn", "factor": 4, "length": 20, "fast": 2, "slow": 0.125}
    cases += [
        attention("yarn, 8 of 20 turn", {"base": 10000, "layout": "half", "rotated": 8, "scaling": ramp},
                  rotary.SQUARE, shared, square),
        attention("yarn, interleaved, all of 20 turn, both ways",
                  {"base": 500, "layout": "interleaved", "rotated": 20, "scaling": ramp | {"attentionFactor": 1.5}},
                  rotary.SQUARE, shared, square, causal=False),
        attention("longrope beyond its length, 10 of 20 turn, from position 26",
                  {"base": 10000, "layout": "half", "rotated": 10,
                   "scaling": longrope | {"length": 16, "current": 33}},
                  rotary.SQUARE, shared, later),
        attention("llama3, from position 26",
                  {"base": 100, "layout": "half", "rotated": 20,
                   "scaling": {"type": "llama3", "factor": 8, "length": 33, "low": 0.5, "high": 4}},
                  rotary.SQUARE, shared, later),
    ]  # fmt: skip
    flat = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}
    nested = {"full_attention": flat | {"rope_theta": 1e6},
              "sliding_attention": {"rope_type": "default", "rope_theta": 1e4}}  # fmt: skip
    two = {"num_hidden_layers": 2, "layer_types": ["full_attention", "sliding_attention"]}
    loose = nested | {"full_attention": flat | {"rope_theta": 1e6, "truncate": False}}
    llama_31 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                "original_max_position_embeddings": 64, "rope_type": "llama3"}  # fmt: skip
    eight = {"short_factor": [1.0] * 4, "long_factor": [1.0, 2.0, 4.0, 8.0], "original_max_position_embeddings": 64}
    cases += [
        config("4: no scaling", 300, rope_theta=500.0),
        config("4: type linear, a quarter turns", 300, rope_theta=5e5, partial_rotary_factor=0.25,
               rope_scaling={"type": "linear", "factor": 4.0}),
        config("4: dynamic, L is max_position_embeddings", 300, rope_scaling={"type": "dynamic", "factor": 2.0}),
        config("4: llama3", 300, rope_theta=5e5, rope_scaling=llama_31),
        config("4: original length beside the scaling wins", 300, original_max_position_embeddings=32, rope_scaling=flat),
        config("5: yarn, base inside, not truncated", 300, rope_parameters=flat | {"rope_theta": 1e6, "truncate": False}),
        config("5: longrope, half turns, in a long text", 300,
               rope_parameters=eight | {"rope_type": "longrope", "rope_theta": 1e4, "partial_rotary_factor": 0.5}),
        config("5: longrope in a short text", 64,
               rope_parameters=eight | {"rope_type": "longrope", "rope_theta": 1e4, "partial_rotary_factor": 0.5,
                                        "factor": 8.0}),
        config("5: a layer type each", 300, **two, rope_parameters=nested),
        config("5: truncate of a layer type is not read", 300, **two, rope_parameters=loose),
        config("5: truncate beside the layer types is", 300, **two, rope_parameters=nested | {"truncate": False}),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "huggingface/transformers, own derivation",
            "modeling_rope_utils.py, models/llama/modeling_llama.py, models/gpt_neox/modeling_gpt_neox.py; "
            "oracle/rope_scaling.py",
            ("torch", "transformers"), seed=31,
            notes=["frequencies and attention: own derivation in float64; reference: the library's float32, frequencies "
                   "compared relatively.",
                   "config: what transformers 5 reads of a configuration, asked of LlamaConfig, in float32."]),
        "shared": shared,
        "cases": cases,
    }  # fmt: skip
