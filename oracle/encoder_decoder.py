"""torch.nn.Transformer between two token tables and a head: two encoder and three decoder layers, width 24, three heads.

    memory  = encoder(source.table[source]);   logits = decoder(target.table[target], memory) head
    loss    = Σ logits · cotangent

Parameters have relpos' names; weights of linear maps are [in, out]. A key padding mask is 1 where a token counts, which
is where PyTorch's is False. Every query keeps a key (the first token is never padding).
"""

import torch

import golden

NAME = "encoder-decoder"
BATCH, SOURCE, TARGET, WIDTH, HEADS, HIDDEN = 3, 7, 5, 24, 3, 40
ENCODER_LAYERS, DECODER_LAYERS, SOURCE_VOCAB, VOCAB = 2, 3, 13, 11
SOURCE_MASK = [[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0, 0], [1, 0, 1, 1, 1, 0, 0]]
TARGET_MASK = [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 1, 1, 1, 0]]


def transformer(
    norm_first: bool, activation: str, heads=HEADS, hidden=HIDDEN, layers=(ENCODER_LAYERS, DECODER_LAYERS)
) -> torch.nn.Transformer:
    model = torch.nn.Transformer(
        WIDTH, heads, *layers, hidden, dropout=0.0, activation=activation, batch_first=True,
        norm_first=norm_first,
    )  # fmt: skip
    # Training mode with dropout 0: the fused inference path is never taken.
    return model.double().train()


def our_names(theirs: str) -> list[str]:
    """Names of our tensors that one of PyTorch's holds, its rows parted among them."""
    half, rest = theirs.split(".", 1)
    if rest.startswith("norm."):
        return [f"{half}.{rest}"]
    _, layer, part = rest.split(".", 2)
    module, kind = part.rsplit(".", 1)
    block = f"{half}.blocks.{layer}"
    if kind.startswith("in_proj"):
        site = "attention" if module == "self_attn" else "crossAttention"
        return [f"{block}.{site}.{one}.{kind.removeprefix('in_proj_')}" for one in ("query", "key", "value")]
    modules = {
        "self_attn.out_proj": "attention.output", "multihead_attn.out_proj": "crossAttention.output",
        "linear1": "feedForward.up", "linear2": "feedForward.down", "norm1": "norm1",
        "norm2": "crossNorm" if half == "decoder" else "norm2", "norm3": "norm2",
    }  # fmt: skip
    return [f"{block}.{modules[module]}.{kind}"]


def in_our_layout(values: dict) -> dict:
    found = {}
    for theirs, value in values.items():
        names = our_names(theirs)
        for name, rows in zip(names, value.chunk(len(names))):
            found[name] = rows.T.contiguous() if rows.dim() == 2 else rows
    return found


def case(shared: dict, layers: dict, batch: dict, norm_first: bool, activation: str, padded: bool) -> dict:
    model = transformer(norm_first, activation)
    model.load_state_dict(layers)
    tables = {name: golden.leaf(value) for name, value in shared.items()}
    masks = {"sourceMask": torch.tensor(SOURCE_MASK), "targetMask": torch.tensor(TARGET_MASK)}
    source, target = (tables[f"{half}.tokens.weight"][batch[half]] for half in ("encoder", "decoder"))
    padding = [masks[name] == 0 for name in masks] if padded else [None, None]
    hidden = model(
        source, target, tgt_mask=torch.ones(TARGET, TARGET, dtype=torch.bool).triu(1),
        src_key_padding_mask=padding[0], tgt_key_padding_mask=padding[1], memory_key_padding_mask=padding[0],
    )  # fmt: skip
    logits = hidden @ tables["head.weight"]
    found = golden.gradients((logits * batch["cotangent"]).sum(), **tables, **dict(model.named_parameters()))
    derived = {name: found[name] for name in tables} | in_our_layout({n: found[n] for n in layers})
    words = ["pre-norm" if norm_first else "post-norm", activation, *(["padded"] if padded else [])]
    return {
        "name": ", ".join(words),
        "options": {"form": "pre" if norm_first else "post", "activation": activation, "width": WIDTH, "heads": HEADS,
                    "hidden": HIDDEN, "encoderLayers": ENCODER_LAYERS, "decoderLayers": DECODER_LAYERS,
                    "sourceVocab": SOURCE_VOCAB, "vocab": VOCAB, "normEpsilon": 1e-5},
        "inputsFrom": ["parameters", "batch"],
        "inputs": masks if padded else {},
        "outputs": {"logits": logits},
        "gradients": {k: golden.every(g, 29) if g.dim() > 1 else g for k, g in derived.items()},
    }  # fmt: skip


def layer_values(model: torch.nn.Transformer, draw: golden.Draw) -> dict:
    values = {}
    for name, value in model.state_dict().items():
        is_norm = "norm" in name
        mean = 1.0 if is_norm and name.endswith("weight") else 0.0
        std = 0.1 if is_norm or name.endswith("bias") else value.shape[-1] ** -0.5
        values[name] = draw.normal(*value.shape, std=std, mean=mean)
    return values


def make() -> dict:
    torch.backends.mha.set_fastpath_enabled(False)
    draw = golden.Draw(31)
    layers = layer_values(transformer(False, "relu"), draw)
    tables = {
        "encoder.tokens.weight": draw.normal(SOURCE_VOCAB, WIDTH, std=0.5),
        "decoder.tokens.weight": draw.normal(VOCAB, WIDTH, std=0.5),
        "head.weight": draw.normal(WIDTH, VOCAB, std=WIDTH**-0.5),
    }
    batch = {
        "encoder": draw.integers(SOURCE_VOCAB, BATCH, SOURCE), "decoder": draw.integers(VOCAB, BATCH, TARGET),
        "cotangent": draw.normal(BATCH, TARGET, VOCAB),
    }  # fmt: skip
    forms = [(False, "relu", False), (False, "relu", True), (True, "gelu", True)]
    return {
        "source": golden.source(
            NAME, "pytorch/pytorch", "torch.nn.Transformer", seed=31, digits=12,
            notes=["Weights of linear maps are [in, out]; `encoder` and `decoder` are token ids.",
                   "sourceMask and targetMask are 1 where a token is text.",
                   "Gradients of matrices are written at every 29th entry."]),
        "shared": {"parameters": tables | in_our_layout(layers), "batch": batch},
        "cases": [case(tables, layers, batch, *form) for form in forms],
    }  # fmt: skip
