"""torch.nn.Transformer with one table for both halves and the head, twelve heads of width two, and learned slopes of ALiBi.

Every attention adds −exp(s) |i − j| to its scores, with a learned s for each head and site, as PyTorch's float masks. Names,
masks and gradients are those of encoder_decoder.py.
"""

import torch

import golden
from encoder_decoder import BATCH, SOURCE, SOURCE_MASK, VOCAB, WIDTH, in_our_layout, layer_values, transformer

NAME = "encoder-decoder-biased"


def biased_case(draw: golden.Draw, norm_first: bool) -> dict:
    """Twelve heads of width two, one layer in each half."""
    heads, hidden, target = 12, 20, 6
    model = transformer(norm_first, "gelu", heads, hidden, (1, 1))
    layers = layer_values(model, draw)
    model.load_state_dict(layers)
    slopes = {
        f"{site}position.alibi.log-slope": golden.leaf(draw.normal(heads, std=0.5, mean=-1.0))
        for site in ("encoder.", "decoder.", "decoder.crossAttention.")
    }
    shared = {"tokens.weight": golden.leaf(draw.normal(VOCAB, WIDTH, std=0.5))} | slopes
    tokens = {"encoder": draw.integers(VOCAB, BATCH, SOURCE), "decoder": draw.integers(VOCAB, BATCH, target)}
    cotangent = draw.normal(BATCH, target, VOCAB)
    masks = {"sourceMask": torch.tensor(SOURCE_MASK), "targetMask": torch.tensor([[1] * 6, [1] * 4 + [0] * 2, [1] * 5 + [0]])}
    hides = {name: torch.zeros(mask.shape).double().masked_fill(mask == 0, -torch.inf) for name, mask in masks.items()}

    def bias(log_slope: torch.Tensor, queries: int, keys: int) -> torch.Tensor:
        distance = torch.arange(queries)[:, None] - torch.arange(keys)[None, :]
        return (-log_slope.exp()[:, None, None] * distance.abs()).repeat(BATCH, 1, 1)

    source, written = (shared["tokens.weight"][tokens[half]] for half in ("encoder", "decoder"))
    of_source, of_target, across = slopes.values()
    future = torch.full((target, target), -torch.inf).double().triu(1)
    hidden_states = model(
        source, written, src_mask=bias(of_source, SOURCE, SOURCE), tgt_mask=bias(of_target, target, target) + future,
        memory_mask=bias(across, target, SOURCE), src_key_padding_mask=hides["sourceMask"],
        tgt_key_padding_mask=hides["targetMask"], memory_key_padding_mask=hides["sourceMask"],
    )  # fmt: skip
    logits = hidden_states @ shared["tokens.weight"].T
    found = golden.gradients((logits * cotangent).sum(), **shared, **dict(model.named_parameters()))
    derived = {name: found[name] for name in shared} | in_our_layout({n: found[n] for n in layers})
    return {
        "name": f"one table, learned slopes in all attentions, {'pre' if norm_first else 'post'}-norm, padded",
        "options": {"form": "pre" if norm_first else "post", "activation": "gelu", "width": WIDTH, "heads": heads,
                    "hidden": hidden, "encoderLayers": 1, "decoderLayers": 1, "vocab": VOCAB, "normEpsilon": 1e-5,
                    "embeddings": "shared", "tiedHead": True, "encoding": "alibi", "encodingOptions": {"learned": True}},
        "inputs": tokens | masks | {"cotangent": cotangent} | shared | in_our_layout(layers),
        "outputs": {"logits": logits},
        "gradients": {k: golden.every(g, 29) if g.dim() > 1 else g for k, g in derived.items()},
    }  # fmt: skip


def make() -> dict:
    torch.backends.mha.set_fastpath_enabled(False)
    draw = golden.Draw(32)
    return {
        "source": golden.source(
            NAME, "pytorch/pytorch", "torch.nn.Transformer", seed=32, digits=12,
            notes=["Weights of linear maps are [in, out]; `encoder` and `decoder` are token ids.",
                   "sourceMask and targetMask are 1 where a token is text.",
                   "Gradients of matrices are written at every 29th entry."]),
        "cases": [biased_case(draw, norm_first) for norm_first in (False, True)],
    }  # fmt: skip
