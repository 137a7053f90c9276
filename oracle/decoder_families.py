"""Decoders of pretrained families, tiny: grouped queries, norms of query and key, double norms with soft caps and
windows, parallel blocks.

    llama      pre-norm RMS, SwiGLU, RoPE, 6 heads of queries on 2 of keys, headDim not model / heads
    qwen3      the same with an RMS norm of queries and keys per head
    gemma2     a norm before and after each sub-layer, caps of scores and logits, a window in every other layer
    gpt-neox   attention and feed-forward read the block's input through a norm each; RoPE on half of a head
    gpt-j      one norm for both; interleaved RoPE

The numbers are float64 of torch operations, grouped queries by scaled_dot_product_attention(enable_gqa=True) where there
is no cap. Before the file is written, each case's logits are compared with the family's model of transformers, which
norms, rotates and takes its softmax in float32. Weights of linear maps are [in, out], norms multiply by `weight`
(Gemma's 1 + w is one number), Gemma's factor √width is in `tokens.weight`.
"""

import torch
from torch.nn import functional as F
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    GPTJConfig,
    GPTJForCausalLM,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

import golden

NAME = "decoder-families"
LAYERS, WIDTH, HIDDEN, VOCAB, BATCH, LENGTH = 2, 24, 26, 17, 2, 7
BASE = 10000.0

RMS = {"norm": "rms", "normEpsilon": 1e-6, "bias": False, "heads": 6, "keyValueHeads": 2, "headDim": 6}
LAYER = {"norm": "layer", "normEpsilon": 1e-5, "bias": True, "heads": 3, "keyValueHeads": 3, "headDim": 8}
FAMILIES = {
    "llama": RMS | {"form": "pre", "activation": "swiglu", "rotated": 6, "layout": "half"},
    "qwen3": RMS | {"form": "pre", "activation": "swiglu", "rotated": 6, "layout": "half", "queryKeyNorm": True},
    "gemma2": RMS | {"form": "double", "activation": "geglu-tanh", "rotated": 6, "layout": "half", "scoreScale": 9**-0.5,
                     "scoreCap": 2.0, "logitCap": 1.5, "window": [{"back": 2}, "all"]},
    "gpt-neox": LAYER | {"form": "parallel-two", "activation": "gelu", "rotated": 4, "layout": "half"},
    "gpt-j": LAYER | {"form": "parallel", "activation": "gelu-tanh", "rotated": 4, "layout": "interleaved"},
}  # fmt: skip


def rotate(x: torch.Tensor, rotated: int, layout: str) -> torch.Tensor:
    """x [batch, heads, length, headDim]"""
    frequencies = BASE ** (-torch.arange(0, rotated, 2, dtype=x.dtype) / rotated)
    angles = torch.arange(x.shape[2], dtype=x.dtype)[:, None] * frequencies
    turning, rest = x[..., :rotated], x[..., rotated:]
    if layout == "half":
        a, b = turning[..., : rotated // 2], turning[..., rotated // 2 :]
    else:
        a, b = turning[..., 0::2], turning[..., 1::2]
    c, s = angles.cos(), angles.sin()
    pair = (a * c - b * s, a * s + b * c)
    turned = torch.cat(pair, -1) if layout == "half" else torch.stack(pair, -1).flatten(-2)
    return torch.cat((turned, rest), -1)


def logits_of(p: dict, tokens: torch.Tensor, o: dict) -> torch.Tensor:
    length = tokens.shape[1]

    def linear(x, name):
        y = x @ p[f"{name}.weight"]
        return y + p[f"{name}.bias"] if f"{name}.bias" in p else y

    def normalise(x, name):
        weight, epsilon = p[f"{name}.weight"], o["normEpsilon"]
        if o["norm"] == "rms":
            return F.rms_norm(x, weight.shape, weight, epsilon)
        return F.layer_norm(x, weight.shape, weight, p[f"{name}.bias"], epsilon)

    def attention(x, name, layer):
        def heads(part, count):
            return linear(x, f"{name}.{part}").view(*x.shape[:2], count, o["headDim"]).transpose(1, 2)

        q, k, v = heads("query", o["heads"]), heads("key", o["keyValueHeads"]), heads("value", o["keyValueHeads"])
        if o.get("queryKeyNorm"):
            q, k = normalise(q, f"{name}.queryNorm"), normalise(k, f"{name}.keyNorm")
        q, k = (rotate(y, o["rotated"], o["layout"]) for y in (q, k))
        seen = torch.ones(length, length, dtype=torch.bool).tril()
        rule = o["window"][layer % 2] if "window" in o else "all"
        if rule != "all":
            seen &= torch.ones(length, length, dtype=torch.bool).triu(-rule["back"])
        scale = o.get("scoreScale", o["headDim"] ** -0.5)
        if "scoreCap" in o:
            k, v = (y.repeat_interleave(o["heads"] // o["keyValueHeads"], 1) for y in (k, v))
            scores = o["scoreCap"] * torch.tanh(scale * (q @ k.transpose(-1, -2)) / o["scoreCap"])
            mixed = torch.softmax(scores.masked_fill(~seen, float("-inf")), -1) @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=seen, scale=scale, enable_gqa=True)
        return linear(mixed.transpose(1, 2).flatten(2), f"{name}.output")

    def feed_forward(x, name):
        tanh = "tanh" if "tanh" in o["activation"] else "none"
        if o["activation"] in ("swiglu", "geglu-tanh"):
            gate = linear(x, f"{name}.gate")
            active = F.silu(gate) if o["activation"] == "swiglu" else F.gelu(gate, approximate=tanh)
            return linear(active * linear(x, f"{name}.up"), f"{name}.down")
        return linear(F.gelu(linear(x, f"{name}.up"), approximate=tanh), f"{name}.down")

    x = p["tokens.weight"][tokens]
    for layer in range(LAYERS):
        block = f"blocks.{layer}"
        norm = lambda y, name: normalise(y, f"{block}.{name}")  # noqa: E731
        attend = lambda y: attention(y, f"{block}.attention", layer)  # noqa: E731
        forward = lambda y: feed_forward(y, f"{block}.feedForward")  # noqa: E731
        if o["form"] == "pre":
            x = x + attend(norm(x, "norm1"))
            x = x + forward(norm(x, "norm2"))
        elif o["form"] == "double":
            x = x + norm(attend(norm(x, "norm1")), "norm1After")
            x = x + norm(forward(norm(x, "norm2")), "norm2After")
        else:
            second = "norm1" if o["form"] == "parallel" else "norm2"
            x = x + attend(norm(x, "norm1")) + forward(norm(x, second))
    logits = normalise(x, "norm") @ p["head.weight"]
    return o["logitCap"] * torch.tanh(logits / o["logitCap"]) if "logitCap" in o else logits


def parameters(family: str, o: dict) -> dict:
    draw = golden.Draw(20 + list(FAMILIES).index(family))
    p = {}

    def linear(name, inner, outer, bias=True):
        p[f"{name}.weight"] = draw.normal(inner, outer, std=inner**-0.5)
        if o["bias"]:
            # GPT-J's attention has no biases: zeros here, whose gradients are compared all the same.
            p[f"{name}.bias"] = draw.normal(outer, std=0.1) * bias

    def norm(name, width=WIDTH):
        p[f"{name}.weight"] = draw.normal(width, mean=1.0, std=0.1)
        if o["norm"] == "layer":
            p[f"{name}.bias"] = draw.normal(width, std=0.1)

    norms = {"pre": ("norm1", "norm2"), "double": ("norm1", "norm1After", "norm2", "norm2After"),
             "parallel": ("norm1",), "parallel-two": ("norm1", "norm2")}  # fmt: skip
    p["tokens.weight"] = draw.normal(VOCAB, WIDTH, std=0.5)
    queries, keys = o["heads"] * o["headDim"], o["keyValueHeads"] * o["headDim"]
    for layer in range(LAYERS):
        block = f"blocks.{layer}"
        for name in norms[o["form"]]:
            norm(f"{block}.{name}")
        for part, width in (("query", queries), ("key", keys), ("value", keys)):
            linear(f"{block}.attention.{part}", WIDTH, width, bias=family != "gpt-j")
        linear(f"{block}.attention.output", queries, WIDTH, bias=family != "gpt-j")
        if o.get("queryKeyNorm"):
            for part in ("queryNorm", "keyNorm"):
                norm(f"{block}.attention.{part}", o["headDim"])
        gated = o["activation"] in ("swiglu", "geglu-tanh")
        for part in ("gate", "up") if gated else ("up",):
            linear(f"{block}.feedForward.{part}", WIDTH, HIDDEN)
        linear(f"{block}.feedForward.down", HIDDEN, WIDTH)
    norm("norm")
    # Gemma's head is its table; here each has its own numbers but there.
    p["head.weight"] = draw.normal(WIDTH, VOCAB, std=WIDTH**-0.5)
    if family == "gemma2":
        p["head.weight"] = (p["tokens.weight"] / WIDTH**0.5).T.contiguous()
    return p


def reference(family: str, o: dict) -> torch.nn.Module:
    """The family's model of transformers, in float64 but for what it does in float32 itself."""
    shared = dict(vocab_size=VOCAB, attn_implementation="eager", bos_token_id=0, eos_token_id=0)
    llama = shared | dict(
        hidden_size=WIDTH, intermediate_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=o["heads"],
        num_key_value_heads=o["keyValueHeads"], head_dim=o["headDim"], rms_norm_eps=o["normEpsilon"],
        max_position_embeddings=64, pad_token_id=None,
    )  # fmt: skip
    plain = {"tie_word_embeddings": False}
    if family == "llama":
        return LlamaForCausalLM(LlamaConfig(**llama, **plain))
    if family == "qwen3":
        return Qwen3ForCausalLM(Qwen3Config(**llama, **plain))
    if family == "gemma2":
        return Gemma2ForCausalLM(Gemma2Config(
            **llama, query_pre_attn_scalar=9, attn_logit_softcapping=o["scoreCap"], sliding_window=3,
            final_logit_softcapping=o["logitCap"], layer_types=["sliding_attention", "full_attention"],
        ))  # fmt: skip
    if family == "gpt-neox":
        return GPTNeoXForCausalLM(GPTNeoXConfig(
            **shared, **plain, hidden_size=WIDTH, intermediate_size=HIDDEN, num_hidden_layers=LAYERS,
            num_attention_heads=o["heads"], rotary_pct=0.5, max_position_embeddings=64, hidden_act="gelu",
            layer_norm_eps=o["normEpsilon"], use_parallel_residual=True,
        ))  # fmt: skip
    return GPTJForCausalLM(GPTJConfig(
        **shared, **plain, n_embd=WIDTH, n_inner=HIDDEN, n_layer=LAYERS, n_head=o["heads"], rotary_dim=o["rotated"],
        n_positions=64, activation_function="gelu_new", layer_norm_epsilon=o["normEpsilon"],
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
    ))  # fmt: skip


def their_state(family: str, o: dict, p: dict) -> dict:
    """Our parameters under the names and in the layouts of transformers."""
    names = {
        "llama": ("model.layers.{}.", {"norm1": "input_layernorm", "norm2": "post_attention_layernorm"}),
        "gemma2": ("model.layers.{}.", {
            "norm1": "input_layernorm", "norm1After": "post_attention_layernorm",
            "norm2": "pre_feedforward_layernorm", "norm2After": "post_feedforward_layernorm"}),
        "gpt-neox": ("gpt_neox.layers.{}.", {
            "norm1": "input_layernorm", "norm2": "post_attention_layernorm", "attention.output": "attention.dense",
            "feedForward.up": "mlp.dense_h_to_4h", "feedForward.down": "mlp.dense_4h_to_h"}),
        "gpt-j": ("transformer.h.{}.", {
            "norm1": "ln_1", "attention.query": "attn.q_proj", "attention.key": "attn.k_proj",
            "attention.value": "attn.v_proj", "attention.output": "attn.out_proj", "feedForward.up": "mlp.fc_in",
            "feedForward.down": "mlp.fc_out"}),
    }  # fmt: skip
    common = {f"attention.{part}": f"self_attn.{part[0]}_proj" for part in ("query", "key", "value", "output")}
    common |= {f"feedForward.{part}": f"mlp.{part}_proj" for part in ("gate", "up", "down")}
    common |= {"attention.queryNorm": "self_attn.q_norm", "attention.keyNorm": "self_attn.k_norm"}
    path, own = names["llama" if family == "qwen3" else family]
    own = common | own
    shift = 1.0 if family == "gemma2" else 0.0
    state = {}
    for name, value in p.items():
        if not name.startswith("blocks."):
            continue
        _, layer, rest = name.split(".", 2)
        module, kind = rest.rsplit(".", 1)
        if family == "gpt-neox" and module in ("attention.query", "attention.key", "attention.value"):
            continue
        if family == "gpt-j" and module.startswith("attention.") and kind == "bias":
            continue
        is_norm = "orm" in module
        state[f"{path.format(layer)}{own[module]}.{kind}"] = value - shift if is_norm else (value.T if value.dim() == 2 else value)
    if family == "gpt-neox":  # query, key and value of each head are neighbours
        for layer in range(LAYERS):
            for kind in ("weight", "bias"):
                parts = [p[f"blocks.{layer}.attention.{part}.{kind}"] for part in ("query", "key", "value")]
                rows = [part.movedim(-1, 0).unflatten(0, (o["heads"], o["headDim"])) for part in parts]
                state[f"gpt_neox.layers.{layer}.attention.query_key_value.{kind}"] = torch.stack(rows, 1).flatten(0, 2)
    table, head = p["tokens.weight"], p["head.weight"].T
    last = {"weight": p["norm.weight"] - shift} | ({"bias": p["norm.bias"]} if "norm.bias" in p else {})
    outer = {
        "gpt-neox": ("gpt_neox.embed_in", "gpt_neox.final_layer_norm", "lm_head"),
        "gpt-j": ("transformer.wte", "transformer.ln_f", "lm_head"),
    }.get(family, ("model.embed_tokens", "model.norm", "lm_head"))
    state[f"{outer[0]}.weight"] = table / WIDTH**0.5 if family == "gemma2" else table
    state |= {f"{outer[1]}.{kind}": value for kind, value in last.items()}
    state[f"{outer[2]}.weight"] = head
    if family == "gpt-j":
        state["lm_head.bias"] = torch.zeros(VOCAB)
    return state


def case(family: str, batch: dict) -> dict:
    o = FAMILIES[family]
    drawn = parameters(family, o)
    p = {k: golden.leaf(v) for k, v in drawn.items()}
    tokens, targets = batch["tokens"], batch["targets"]

    def loss_of(*values):
        logits = logits_of(dict(zip(p, values)), tokens, o)
        return F.cross_entropy(logits.view(-1, VOCAB), targets.view(-1))

    golden.gradcheck(loss_of, *p.values(), fast=True)
    model = reference(family, o).double().eval()
    missing, unexpected = model.load_state_dict(their_state(family, o, drawn), strict=False)
    missing = [name for name in missing if not name.endswith((".attention.bias", ".masked_bias"))]
    if missing or unexpected:
        raise SystemExit(f"{family}: not set {missing}, unknown {unexpected}")
    logits = logits_of(p, tokens, o)
    with torch.no_grad():
        difference = golden.agree(family, logits, model(tokens).logits, 3e-6)
    found = golden.gradients(loss_of(*p.values()), **p)
    return {
        "name": family,
        "options": {"layers": LAYERS, "width": WIDTH, "hidden": HIDDEN, "vocab": VOCAB} | o,
        "inputsFrom": ["batch"],
        "inputs": drawn,
        "outputs": {"logits": logits},
        "reference": {"of": type(model).__name__, "largestDifference": float(f"{difference:.2g}")},
        "gradients": {k: golden.every(g, 23) if g.numel() > 150 else g for k, g in found.items()},
    }  # fmt: skip


def make() -> dict:
    draw = golden.Draw(19)
    batch = {"tokens": draw.integers(VOCAB, BATCH, LENGTH), "targets": draw.integers(VOCAB, BATCH, LENGTH)}
    return {
        "source": golden.source(
            NAME, "pytorch/pytorch, huggingface/transformers",
            "scaled_dot_product_attention, LlamaForCausalLM, Qwen3ForCausalLM, Gemma2ForCausalLM, GPTNeoXForCausalLM, "
            "GPTJForCausalLM", packages=("torch", "transformers"), seed=19, digits=12,
            notes=["Weights of linear maps are [in, out]: y = x weight + bias.",
                   "Gradients are of the mean cross-entropy; large ones are written at every 23rd entry."]),
        "shared": {"batch": batch},
        "cases": [case(family, batch) for family in FAMILIES],
    }  # fmt: skip
