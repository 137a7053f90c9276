"""Pretrained families, tiny and random: the logits of transformers for a configuration and weights that a rule makes.

The weights are not in the file. Each is made from the name of its tensor and its place, see `weights_of`, here and in
test/families/made-weights.ts. A tensor is `[name, shape]` in the order of the state; `logits` are those of texts of 1, 7
and 300 tokens, of the longest text each 23rd number. The tokens of a text are made by the same rule.

Models run in float64, but for what they do in float32 themselves. Texts that are padded on the left give the same numbers:
`leftPadded` is the largest difference that was measured here, between a padded batch and each text alone.
"""

import sys

import torch
import transformers

import golden

NAME = "families"
VOCAB = 53
LENGTHS = (1, 7, 300)
TIED = {"tie_word_embeddings": True}
UNTIED = {"tie_word_embeddings": False}

LLAMA = dict(vocab_size=VOCAB, hidden_size=24, intermediate_size=26, num_hidden_layers=2, num_attention_heads=6,
             num_key_value_heads=2, head_dim=6, max_position_embeddings=512)  # fmt: skip
LLAMA3 = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 64}  # fmt: skip

# Each case: model_type, the class, and what its configuration is given.
CASES = {
    "llama": ("LlamaForCausalLM", LLAMA | UNTIED),
    "llama-3.1": ("LlamaForCausalLM", LLAMA | TIED | {"rope_parameters": LLAMA3}),
    "llama-biases": ("LlamaForCausalLM", LLAMA | UNTIED | {"head_dim": 4, "num_key_value_heads": 6,
                                                           "attention_bias": True, "mlp_bias": True}),
}  # fmt: skip


def hash32(name: str) -> int:
    """FNV-1a of a name's UTF-8."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def noise(name: str, count: int) -> torch.Tensor:
    """Numbers from 0 to 65535, one for each place: the finaliser of MurmurHash3 of the name's hash plus the place."""
    x = (torch.arange(count, dtype=torch.int64) + hash32(name)) & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = ((x ^ (x >> shift)) * factor) & 0xFFFFFFFF
    return (x ^ (x >> 16)) >> 16


def weights_of(name: str, shape: list[int]) -> torch.Tensor:
    """From −1/4 to 1/4 in matrices, 7/8 to 9/8 in vectors of weights, −1/8 to 1/8 in other vectors; exact in float32."""
    count = 1
    for size in shape:
        count *= size
    uniform = (noise(name, count).double() - 32768) / 32768
    if len([size for size in shape if size > 1]) > 1:
        values = uniform / 4
    else:
        values = uniform / 8 + (1 if name.endswith("weight") else 0)
    return values.reshape(shape)


def tokens_of(length: int) -> torch.Tensor:
    return noise(f"tokens {length}", length) % VOCAB


def model_of(architecture: str, settings: dict) -> torch.nn.Module:
    cls = getattr(transformers, architecture)
    config = cls.config_class(**settings)
    config._attn_implementation = "eager"
    model = cls(config).double().eval()
    # What is tied is one tensor under two names, of which a file has the first.
    for name, value in {id(value): (name, value) for name, value in reversed(model.state_dict(keep_vars=True).items())}.values():
        value.data.copy_(weights_of(name, list(value.shape)))
    return model


def written(model: torch.nn.Module) -> list:
    """The tensors that a file of this model has: tied ones once."""
    seen = set()
    state = model.state_dict(keep_vars=True).items()
    return [[name, list(value.shape)] for name, value in state if not (id(value) in seen or seen.add(id(value)))]


def config_of(model: torch.nn.Module, settings: dict) -> dict:
    """config.json as the class writes it, without what is null."""
    values = {key: value for key, value in model.config.to_dict().items() if value is not None}
    for key in ("transformers_version", "_name_or_path", "_attn_implementation", "id2label", "label2id"):
        values.pop(key, None)
    return values | {"architectures": [type(model).__name__]}


def left_padded(model: torch.nn.Module, texts: list[torch.Tensor], alone: list[torch.Tensor]) -> float:
    longest = max(len(text) for text in texts)
    ids = torch.stack([torch.cat((torch.zeros(longest - len(text), dtype=torch.int64), text)) for text in texts])
    mask = torch.stack([torch.arange(longest) >= longest - len(text) for text in texts]).long()
    more = {"position_ids": (mask.cumsum(-1) - 1).clamp(min=0)} if takes_positions(model) else {}
    # Eager attention gives NaN for queries that see nothing, and then for what they are keys of.
    model.set_attn_implementation("sdpa")
    logits = model(input_ids=ids, attention_mask=mask, **more).logits
    return max(float((row[-len(text):] - own).abs().max()) for row, text, own in zip(logits, texts, alone))


def takes_positions(model: torch.nn.Module) -> bool:
    return "position_ids" in model.forward.__code__.co_varnames


def case(name: str) -> dict:
    architecture, settings = CASES[name]
    model = model_of(architecture, settings)
    lengths = [length for length in LENGTHS if length <= settings.get("n_positions", length)]
    texts = [tokens_of(length) for length in lengths]
    with torch.no_grad():
        logits = [model(text[None]).logits[0] for text in texts]
        difference = left_padded(model, texts[:2], logits[:2])
    print(f"{name}: left padded {difference:.1e}, logits to {float(logits[1].abs().max()):.2f}", file=sys.stderr)
    return {
        "name": name,
        "options": {"config": config_of(model, settings), "tensors": written(model), "leftPadded": float(f"{difference:.1g}")},
        "inputs": {},
        "outputs": {
            f"logits{length}": golden.every(own, 23) if length > 7 else own for length, own in zip(lengths, logits)
        },
        "gradients": {},
    }  # fmt: skip


def make() -> dict:
    return {
        "source": golden.source(
            NAME, "huggingface/transformers", "the models' own classes, attention eager", ("torch", "transformers"),
            notes=["Weights and tokens are made by a rule; see oracle/families.py."], digits=7,
        ),
        "cases": [case(name) for name in CASES],
    }  # fmt: skip
