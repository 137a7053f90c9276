"""A tiny GPT written with plain torch operations: two pre-norm blocks, width 24, three heads, vocabulary 17.

    x       = tokens.weight[tokens] (+ position.learned.table[position])
    x       = x + attention(norm1(x));   x = x + feedForward(norm2(x))          for each block
    logits  = norm(x) head.weight        (tied: norm(x) tokens.weightᵀ, no head.weight)
    loss    = mean cross-entropy over all batch · length targets

    LayerNorm: epsilon 1e-5, with bias.   RMSNorm: x / √(mean x² + 1e-6) · weight.
    gelu:   down(gelu(up(x)))             swiglu: down(silu(gate(x)) · up(x))
    Attention is causal with scale headDim^−½; head h reads columns h · headDim … of query, key and value.

Every weight of a linear map is [in, out]: y = x weight + bias. `gradients` are those of the mean loss.
The first case is GPT-2's own form: transformers' GPT2LMHeadModel with the same weights must give the same
logits and gradients before the file is written.
"""

import torch
from torch.nn import functional as F
from transformers import GPT2Config, GPT2LMHeadModel

import golden
from attention import attend

NAME = "gpt"
LAYERS, WIDTH, HEADS, VOCAB, BATCH, LENGTH, MAX_LENGTH = 2, 24, 3, 17, 3, 7, 11
HIDDEN = {"gelu": 96, "swiglu": 64}


def logits_of(p: dict, tokens: torch.Tensor, norm: str, activation: str) -> torch.Tensor:
    def linear(x, name):
        y = x @ p[f"{name}.weight"]
        return y + p[f"{name}.bias"] if f"{name}.bias" in p else y

    def normalise(x, name):
        if norm == "layer":
            return F.layer_norm(x, (WIDTH,), p[f"{name}.weight"], p[f"{name}.bias"], 1e-5)
        return F.rms_norm(x, (WIDTH,), p[f"{name}.weight"], 1e-6)

    def split(x):
        return x.view(*x.shape[:-1], HEADS, WIDTH // HEADS).transpose(1, 2)

    x = p["tokens.weight"][tokens]
    if "position.learned.table" in p:
        x = x + p["position.learned.table"][: tokens.shape[1]]
    for layer in range(LAYERS):
        block = f"blocks.{layer}"
        a = normalise(x, f"{block}.norm1")
        q, k, v = (split(linear(a, f"{block}.attention.{n}")) for n in ("query", "key", "value"))
        a = attend(q, k, v).transpose(1, 2).reshape(x.shape)
        x = x + linear(a, f"{block}.attention.output")
        a = normalise(x, f"{block}.norm2")
        if activation == "swiglu":
            a = F.silu(linear(a, f"{block}.feedForward.gate")) * linear(a, f"{block}.feedForward.up")
        else:
            a = F.gelu(linear(a, f"{block}.feedForward.up"), approximate="tanh" if "tanh" in activation else "none")
        x = x + linear(a, f"{block}.feedForward.down")
    x = normalise(x, "norm")
    return x @ (p["head.weight"] if "head.weight" in p else p["tokens.weight"].T)


def draw_groups(draw: golden.Draw) -> dict:
    """Parameters in groups, so that cases of one file need not repeat them."""
    groups = {name: {} for name in ("weights", "norm biases", "linear biases", "gelu", "swiglu", "head", "learned")}

    def linear(group, name, inner, outer):
        groups[group][f"{name}.weight"] = draw.normal(inner, outer, std=inner**-0.5)
        if group != "swiglu":
            groups["linear biases"][f"{name}.bias"] = draw.normal(outer, std=0.1)

    def norm(name):
        groups["weights"][f"{name}.weight"] = draw.normal(WIDTH, mean=1.0, std=0.1)
        groups["norm biases"][f"{name}.bias"] = draw.normal(WIDTH, std=0.1)

    groups["weights"]["tokens.weight"] = draw.normal(VOCAB, WIDTH, std=0.5)
    for layer in range(LAYERS):
        block = f"blocks.{layer}"
        norm(f"{block}.norm1")
        for n in ("query", "key", "value", "output"):
            linear("weights", f"{block}.attention.{n}", WIDTH, WIDTH)
        norm(f"{block}.norm2")
        for kind, hidden in HIDDEN.items():
            for n in ("gate", "up") if kind == "swiglu" else ("up",):
                linear(kind, f"{block}.feedForward.{n}", WIDTH, hidden)
            linear(kind, f"{block}.feedForward.down", hidden, WIDTH)
    norm("norm")
    groups["head"]["head.weight"] = draw.normal(WIDTH, VOCAB, std=WIDTH**-0.5)
    groups["learned"]["position.learned.table"] = draw.normal(MAX_LENGTH, WIDTH, std=0.3)
    groups["batch"] = {"tokens": draw.integers(VOCAB, BATCH, LENGTH), "targets": draw.integers(VOCAB, BATCH, LENGTH)}
    return groups


def case(groups: dict, norm: str, activation: str, positions: str, tied: bool) -> dict:
    swiglu = activation == "swiglu"
    used = ["weights", "swiglu" if swiglu else "gelu"]
    used += [] if swiglu else ["norm biases", "linear biases"]
    used += ([] if tied else ["head"]) + (["learned"] if positions == "learned" else [])
    p = {k: golden.leaf(v) for g in used for k, v in groups[g].items()}
    tokens, targets = groups["batch"]["tokens"], groups["batch"]["targets"]

    def loss_of(*values):
        logits = logits_of(dict(zip(p, values)), tokens, norm, activation)
        return F.cross_entropy(logits.view(-1, VOCAB), targets.view(-1))

    loss = loss_of(*p.values())
    golden.gradcheck(loss_of, *p.values(), fast=True)
    found = golden.gradients(loss, **p)
    return {
        "name": f"{norm} norm, {activation}, positions {positions}, {'tied' if tied else 'untied'} head",
        "options": {"layers": LAYERS, "width": WIDTH, "heads": HEADS, "hidden": HIDDEN["swiglu" if swiglu else "gelu"],
                    "vocab": VOCAB, "norm": norm, "normEpsilon": 1e-5 if norm == "layer" else 1e-6,
                    "activation": activation, "bias": not swiglu, "positions": positions, "tied": tied,
                    **({"maxLength": MAX_LENGTH} if positions == "learned" else {})},
        "inputsFrom": [*used, "batch"],
        "inputs": {},
        "outputs": {"logits": logits_of(p, tokens, norm, activation), "loss": loss},
        "gradients": {k: golden.every(g, 7) if g.numel() > 150 else g for k, g in found.items()},
    }  # fmt: skip


def against_gpt2(case: dict, groups: dict) -> None:
    """GPT2LMHeadModel in float64. Its Conv1D weights are [in, out] too; query, key and value are one c_attn."""
    p = {k: v for g in case["inputsFrom"] for k, v in groups[g].items()}
    config = GPT2Config(
        vocab_size=VOCAB, n_positions=MAX_LENGTH, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS, n_inner=HIDDEN["gelu"],
        activation_function="gelu_new", layer_norm_epsilon=1e-5, attn_implementation="eager",
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    model = GPT2LMHeadModel(config).double()
    names = {"wte": "tokens", "ln_f": "norm"}
    for layer in range(LAYERS):
        ours, theirs = f"blocks.{layer}", f"h.{layer}"
        names |= {f"{theirs}.ln_1": f"{ours}.norm1", f"{theirs}.attn.c_proj": f"{ours}.attention.output",
                  f"{theirs}.ln_2": f"{ours}.norm2", f"{theirs}.mlp.c_fc": f"{ours}.feedForward.up",
                  f"{theirs}.mlp.c_proj": f"{ours}.feedForward.down"}  # fmt: skip

    def gathered(values: dict, theirs: str) -> torch.Tensor:
        module, kind = theirs.removeprefix("transformer.").rsplit(".", 1)
        if module == "wpe":
            return values["position.learned.table"]
        if module.endswith("c_attn"):
            block = f"blocks.{module.split('.')[1]}.attention"
            return torch.cat([values[f"{block}.{n}.{kind}"] for n in ("query", "key", "value")], -1)
        return values[f"{names[module]}.{kind}"]

    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(gathered(p, name))
    logits = model(p["tokens"]).logits
    golden.agree("gpt, GPT-2's logits", case["outputs"]["logits"], logits, 1e-12)
    F.cross_entropy(logits.view(-1, VOCAB), p["targets"].view(-1)).backward()
    leaves = {k: golden.leaf(v) for k, v in p.items() if v.is_floating_point()}
    ours = logits_of(leaves, p["tokens"], "layer", "gelu-tanh")
    found = golden.gradients(F.cross_entropy(ours.view(-1, VOCAB), p["targets"].view(-1)), **leaves)
    for name, parameter in model.named_parameters():
        golden.agree(f"gpt, GPT-2's gradient of {name}", gathered(found, name), parameter.grad, 1e-12)


def make() -> dict:
    groups = draw_groups(golden.Draw(10))
    cases = [
        case(groups, "layer", "gelu-tanh", "learned", True),
        case(groups, "layer", "gelu", "none", False),
        case(groups, "rms", "swiglu", "none", False),
        case(groups, "rms", "swiglu", "learned", True),
    ]
    against_gpt2(cases[0], groups)
    return {
        "source": golden.source(
            NAME, "own derivation; huggingface/transformers", "oracle/gpt.py; models/gpt2/modeling_gpt2.py",
            ("torch", "transformers"), seed=10, digits=12,
            notes=["Weights of linear maps are [in, out]: y = x weight + bias.",
                   "Gradients are of the mean cross-entropy; large ones are written at every 7th entry.",
                   "The first case equals GPT2LMHeadModel; the others are written with torch operations alone."]),
        "shared": groups,
        "cases": cases,
    }  # fmt: skip
