"""torch.nn.TransformerEncoder: two layers, width 24, three heads, hidden 40.

Parameters keep PyTorch's names and layouts: a Linear's weight is [out, in]; in_proj_weight stacks query, key
and value. keyPadding is PyTorch's src_key_padding_mask: 1 forbids the key. Every query keeps at least one
allowed key (position 0 is never padded), so no row is wholly masked; the outputs of padded queries are
defined too and are to be compared.
"""

import torch

import golden

NAME = "transformer-encoder"
BATCH, LENGTH, WIDTH, HEADS, HIDDEN, LAYERS = 3, 7, 24, 3, 40, 2
PADDING = [[0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 0, 1, 1]]


def encoder(norm_first: bool, activation: str, final_norm: bool) -> torch.nn.TransformerEncoder:
    layer = torch.nn.TransformerEncoderLayer(
        WIDTH, HEADS, HIDDEN, dropout=0.0, activation=activation, batch_first=True, norm_first=norm_first
    )
    norm = torch.nn.LayerNorm(WIDTH) if final_norm else None
    # Training mode with dropout 0: the fused inference path is never taken.
    return torch.nn.TransformerEncoder(layer, LAYERS, norm, enable_nested_tensor=False).double().train()


def parameters(draw: golden.Draw) -> dict:
    drawn = {}
    for name, value in encoder(False, "relu", True).state_dict().items():
        is_norm = "norm" in name
        mean = 1.0 if is_norm and name.endswith("weight") else 0.0
        std = 0.1 if is_norm or name.endswith("bias") else value.shape[-1] ** -0.5
        drawn[name] = draw.normal(*value.shape, std=std, mean=mean)
    return drawn


def case(shared, x, cotangent, norm_first=False, causal=False, padded=False, activation="relu", final_norm=False):
    model = encoder(norm_first, activation, final_norm)
    model.load_state_dict({k: shared[k] for k in model.state_dict()})
    padding = torch.tensor(PADDING, dtype=torch.bool)
    future = torch.ones(LENGTH, LENGTH, dtype=torch.bool).triu(1)
    x = golden.leaf(x)
    output = model(x, mask=future if causal else None, src_key_padding_mask=padding if padded else None)
    found = golden.gradients((output * cotangent).sum(), x=x, **dict(model.named_parameters()))

    words = ["pre-norm" if norm_first else "post-norm", activation]
    words += ["causal"] * causal + ["padded keys"] * padded + ["final norm"] * final_norm
    groups = ["layers", "inputs"] + ["final norm"] * final_norm
    return {
        "name": ", ".join(words),
        "options": {"normFirst": norm_first, "causal": causal, "keyPadding": padded, "activation": activation,
                    "finalNorm": final_norm, "heads": HEADS, "layers": LAYERS, "normEpsilon": 1e-5},
        "inputsFrom": groups,
        "inputs": {"keyPadding": padding} if padded else {},
        "outputs": {"output": output},
        "gradients": {k: golden.every(g, 17) if k != "x" and g.dim() > 1 else g for k, g in found.items()},
    }  # fmt: skip


def make() -> dict:
    torch.backends.mha.set_fastpath_enabled(False)
    draw = golden.Draw(1)
    all_parameters = parameters(draw)
    x, cotangent = draw.normal(BATCH, LENGTH, WIDTH), draw.normal(BATCH, LENGTH, WIDTH)
    cases = [
        case(all_parameters, x, cotangent, norm_first, causal, padded)
        for norm_first in (False, True) for causal in (False, True) for padded in (False, True)
    ]  # fmt: skip
    cases.append(case(all_parameters, x, cotangent, activation="gelu"))
    cases.append(case(all_parameters, x, cotangent, True, True, True, "gelu", final_norm=True))
    final = {k: v for k, v in all_parameters.items() if k.startswith("norm.")}
    return {
        "source": golden.source(
            NAME, "pytorch/pytorch", "torch.nn.TransformerEncoder", seed=1, digits=12,
            notes=["Linear weights are [out, in], as PyTorch stores them.",
                   "keyPadding 1 forbids the key; no query has all of its keys forbidden.",
                   "Gradients of matrices are written at every 17th entry."]),
        "shared": {"layers": {k: v for k, v in all_parameters.items() if k not in final}, "final norm": final,
                   "inputs": {"x": x, "cotangent": cotangent}},
        "cases": cases,
    }  # fmt: skip
