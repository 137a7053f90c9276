"""The loss of pairs, as a training step has it: torch.nn.Transformer with padded sources and targets, and
torch.nn.functional.cross_entropy with label_smoothing and ignore_index, whose mean is over the tokens that count.

Rows have different lengths on both sides. The decoder reads `target` and is to predict `next`; both are padded on the
right, and `next` has -100 there. PyTorch is given the padding of the targets as a mask too, although no token of text
attends to it.
"""

import torch
from torch.nn import functional as F

import golden
from encoder_decoder import (
    BATCH, HEADS, HIDDEN, SOURCE, SOURCE_VOCAB, TARGET, VOCAB, WIDTH, ENCODER_LAYERS, DECODER_LAYERS, in_our_layout, transformer,
)  # fmt: skip

NAME = "pair-objective"
SOURCE_LENGTHS, TARGET_LENGTHS = [7, 4, 5], [2, 5, 3]
IGNORED = -100


def mask(lengths: list[int], longest: int) -> torch.Tensor:
    return torch.arange(longest)[None, :] < torch.tensor(lengths)[:, None]


def case(shared: dict, layers: dict, batch: dict, norm_first: bool, smoothing: float) -> dict:
    model = transformer(norm_first, "relu")
    model.load_state_dict(layers)
    tables = {name: golden.leaf(value) for name, value in shared.items()}
    seen, written = mask(SOURCE_LENGTHS, SOURCE), mask(TARGET_LENGTHS, TARGET)
    source, target = tables["encoder.tokens.weight"][batch["source"]], tables["decoder.tokens.weight"][batch["target"]]
    hidden = model(
        source, target, tgt_mask=torch.ones(TARGET, TARGET, dtype=torch.bool).triu(1),
        src_key_padding_mask=~seen, tgt_key_padding_mask=~written, memory_key_padding_mask=~seen,
    )  # fmt: skip
    logits = hidden @ tables["head.weight"]
    following = batch["next"].masked_fill(~written, IGNORED)
    loss = F.cross_entropy(logits.flatten(0, 1), following.flatten(), ignore_index=IGNORED, label_smoothing=smoothing)
    found = golden.gradients(loss, **tables, **dict(model.named_parameters()))
    derived = {name: found[name] for name in tables} | in_our_layout({n: found[n] for n in layers})
    return {
        "name": f"{'pre' if norm_first else 'post'}-norm, smoothing {smoothing}",
        "options": {"form": "pre" if norm_first else "post", "activation": "relu", "width": WIDTH, "heads": HEADS,
                    "hidden": HIDDEN, "encoderLayers": ENCODER_LAYERS, "decoderLayers": DECODER_LAYERS,
                    "sourceVocab": SOURCE_VOCAB, "vocab": VOCAB, "labelSmoothing": smoothing},
        "inputsFrom": ["parameters", "batch"],
        "inputs": {},
        "outputs": {"loss": loss},
        "gradients": {k: golden.every(g, 29) if g.dim() > 1 else g for k, g in derived.items()},
    }  # fmt: skip


def make() -> dict:
    torch.backends.mha.set_fastpath_enabled(False)
    draw = golden.Draw(37)
    layers = {}
    for name, value in transformer(False, "relu").state_dict().items():
        is_norm = "norm" in name
        mean = 1.0 if is_norm and name.endswith("weight") else 0.0
        std = 0.1 if is_norm or name.endswith("bias") else value.shape[-1] ** -0.5
        layers[name] = draw.normal(*value.shape, std=std, mean=mean)
    tables = {
        "encoder.tokens.weight": draw.normal(SOURCE_VOCAB, WIDTH, std=0.5),
        "decoder.tokens.weight": draw.normal(VOCAB, WIDTH, std=0.5),
        "head.weight": draw.normal(WIDTH, VOCAB, std=WIDTH**-0.5),
    }
    batch = {
        "source": draw.integers(SOURCE_VOCAB, BATCH, SOURCE), "target": draw.integers(VOCAB, BATCH, TARGET),
        "next": draw.integers(VOCAB, BATCH, TARGET),
    }  # fmt: skip
    masks = {"sourceMask": mask(SOURCE_LENGTHS, SOURCE).long(), "weights": mask(TARGET_LENGTHS, TARGET).double()}
    return {
        "source": golden.source(
            NAME, "pytorch/pytorch", "torch.nn.Transformer, torch.nn.functional.cross_entropy", seed=37, digits=12,
            notes=["Weights of linear maps are [in, out].",
                   "sourceMask and weights are 1 where a token is text; PyTorch ignores `next` elsewhere.",
                   "Gradients of matrices are written at every 29th entry."]),
        "shared": {"parameters": tables | in_our_layout(layers), "batch": batch | masks},
        "cases": [case(tables, layers, batch, *form) for form in [(False, 0.0), (False, 0.1), (True, 0.1)]],
    }  # fmt: skip
