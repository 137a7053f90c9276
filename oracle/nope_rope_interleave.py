"""RoPE in most layers and none in every n-th: one layer of each kind, in float64.

The derivation turns queries and keys (or not), and masks by the rules written out. References, in float32:
transformers' own mask predicates for windows and chunks, Llama 4's attention layer with its chunked mask, and the
layers that the configurations of SmolLM3 and Llama 4 give RoPE.
"""

import torch
from transformers import Llama4TextConfig, SmolLM3Config
from transformers.masking_utils import chunked_overlay, sliding_window_overlay

import golden
import query_temperature
import rotary


# Of the model around the layer; queries grow with it.
TRAIN_LENGTH = 16


def allowed(length, window=None, chunk=None) -> torch.Tensor:
    i, j = torch.arange(length)[:, None], torch.arange(length)[None]
    seen = j <= i
    if window is not None:
        seen = seen & (i - j < window)
    if chunk is not None:
        seen = seen & (i // chunk == j // chunk)
    return seen


def check_masks(length) -> None:
    """The rules above against the predicates of transformers, element by element."""
    zero, no_padding = torch.tensor(0), torch.zeros(1, dtype=torch.long)
    for rule, predicate in ((allowed(length, window=3), sliding_window_overlay(3)),
                            (allowed(length, chunk=4), chunked_overlay(4, no_padding))):  # fmt: skip
        for i in range(length):
            for j in range(i + 1):
                if bool(predicate(zero, zero, torch.tensor(i), torch.tensor(j))) != bool(rule[i, j]):
                    raise SystemExit(f"nope-rope-interleave: transformers masks ({i}, {j}) otherwise.")


def check_layers() -> None:
    """1 in `no_rope_layers` means that a layer has RoPE: all but every fourth."""
    ours = [int((layer + 1) % 4 != 0) for layer in range(9)]
    for config in (SmolLM3Config(num_hidden_layers=9), Llama4TextConfig(num_hidden_layers=9)):
        if list(config.no_rope_layers) != ours:
            raise SystemExit(f"nope-rope-interleave: {type(config).__name__} has RoPE in {config.no_rope_layers}.")


def attend(query, key, value, layout, base, mask, turned, length=None):
    """`length`: queries of a layer without RoPE grow each time so many positions have passed."""
    scale = query.shape[-1] ** -0.5
    if not turned and length is not None:
        passed = torch.floor((torch.arange(query.shape[2]).double() + 1) / length)
        query = query * (1 + 0.1 * torch.log(1 + passed))[:, None]
    if turned:
        def turn(x):
            angles = torch.arange(x.shape[2]).double()[:, None] * rotary.geometric(x.shape[-1], base)
            return rotary.pairs(x, angles, layout)

        query, key = turn(query), turn(key)
    scores = scale * query @ key.transpose(-1, -2)
    return torch.softmax(scores.masked_fill(~mask, float("-inf")), -1) @ value


def case(name, options, layer, shared, group, window=None, chunk=None, reference=None) -> dict:
    tensors = shared[group]
    length = tensors["query"].shape[2]
    leaves = {n: golden.leaf(tensors[n]) for n in ("query", "key", "value")}
    turned = (layer + 1) % options.get("every", 4) != 0
    mask = allowed(length, window, chunk) if turned else allowed(length)

    def run(*given):
        grows = TRAIN_LENGTH if options.get("temperature") else None
        return attend(*given, options.get("layout", "half"), options.get("base", 10000), mask, turned, grows)

    output = run(*leaves.values())
    golden.gradcheck(run, *leaves.values(), fast=True)
    found = golden.gradients((output * tensors["cotangent"]).sum(), **leaves)
    step = {"rows of 7": 11, "rows of 33": 101}[group]

    def sample(tensor):
        return golden.every(tensor.contiguous(), step)

    made = {
        "name": name,
        "options": options | {"causal": True, "layer": layer},
        "inputsFrom": [group],
        "inputs": {},
        "outputs": {"output": sample(output)},
        "gradients": {n: sample(g) for n, g in found.items()},
    }
    if reference is not None:
        theirs = reference(*(tensors[n].float() for n in ("query", "key", "value")))
        difference = float((output.detach().float() - theirs).abs().max())
        if not difference < 1e-6:
            raise SystemExit(f"{name}: differs from the reference by {difference:.3g}.")
        made["reference"] = {"by": "transformers Llama4TextAttention", "dtype": "float32", "maxDifference": difference}
    return made


def make() -> dict:
    check_masks(33)
    check_layers()
    draw = golden.Draw(47)

    def vectors(batch, heads, length, head_dim):
        return {n: draw.normal(batch, heads, length, head_dim) for n in ("query", "key", "value", "cotangent")}

    shared = {"rows of 7": vectors(1, 3, 7, 20), "rows of 33": vectors(1, 12, 33, 4)}

    def llama(*given):
        return query_temperature.llama_4_attention(*given, 0.0, 8192, [1])

    grows = {"temperature": True, "temperatureLength": TRAIN_LENGTH}
    cases = [
        case("a layer with RoPE", {"layout": "interleaved"}, 0, shared, "rows of 7", reference=llama),
        case("a layer without, whose queries grow", grows, 3, shared, "rows of 33"),
        case("a window of 5", {"window": 5, "base": 500}, 1, shared, "rows of 33", window=5),
        case("chunks of 4", {"chunk": 4}, 2, shared, "rows of 33", chunk=4),
        case("every second layer, a window of 3, chunks of 8", {"every": 2, "window": 3, "chunk": 8}, 2, shared,
             "rows of 33", window=3, chunk=8),
        case("every second layer, one without", {"every": 2, "window": 3} | grows, 1, shared, "rows of 33"),
    ]  # fmt: skip
    source = golden.source(
        "nope-rope-interleave", "huggingface/transformers",
        "models/llama4/modeling_llama4.py, models/smollm3, models/cohere2, masking_utils.py",
        packages=("torch", "transformers"), seed=47,
        notes=["Masks are compared with transformers' predicates, layers with two of its configurations."],
    )  # fmt: skip
    return {"source": source, "shared": shared, "cases": cases}
