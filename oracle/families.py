"""Pretrained families, tiny and random: the logits of transformers for a configuration and weights that a rule makes.

The weights are not in the file. Each is made from the name of its tensor and its place, see `weights_of`, here and in
test/families/made-weights.ts. A tensor is `[name, shape]` in the order of the state; `logits` are those of texts of 1, 7
and 300 tokens, of the longest text each 23rd number. The tokens of a text are made by the same rule.

Models run in float64, but for what they do in float32 themselves. Texts that are padded on the left give the same numbers:
`leftPadded` is the largest difference that was measured here, between a padded batch and each text alone.
"""

import inspect
import json
import math
import sys

import torch
import transformers

import golden

NAME = "families"
VOCAB = 53
TIED = {"tie_word_embeddings": True}
UNTIED = {"tie_word_embeddings": False}

LLAMA = dict(vocab_size=VOCAB, hidden_size=24, intermediate_size=26, num_hidden_layers=2, num_attention_heads=6,
             num_key_value_heads=2, head_dim=6, max_position_embeddings=512)  # fmt: skip
WINDOWS = {"layer_types": ["sliding_attention", "full_attention"], "sliding_window": 5}
QWEN = LLAMA | {"use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1}
NEOX = dict(vocab_size=VOCAB, hidden_size=24, intermediate_size=26, num_hidden_layers=2, num_attention_heads=3,
            max_position_embeddings=512)  # fmt: skip
GPT2 = dict(vocab_size=VOCAB, n_embd=24, n_inner=26, n_layer=2, n_head=3, n_positions=320, bos_token_id=0, eos_token_id=0)
MPT = dict(vocab_size=VOCAB, d_model=24, n_layers=2, max_seq_len=320)
FALCON = dict(vocab_size=VOCAB, hidden_size=24, num_hidden_layers=2, num_attention_heads=6, ffn_hidden_size=26,
              max_position_embeddings=512, bos_token_id=0, eos_token_id=0)  # fmt: skip
BLOOM = dict(vocab_size=VOCAB, hidden_size=24, n_layer=2, n_head=3)


def scaled(rope_type: str, **more) -> dict:
    return {"rope_parameters": {"rope_type": rope_type, "rope_theta": 10000.0, "factor": 4.0} | more}


LLAMA3 = scaled("llama3", low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)
YARN = scaled("yarn", original_max_position_embeddings=64)

# Each case: the class, and what its configuration is given.
CASES = {
    "llama": ("LlamaForCausalLM", LLAMA | UNTIED),
    "llama-3.1": ("LlamaForCausalLM", LLAMA | TIED | LLAMA3),
    "llama-yarn": ("LlamaForCausalLM", LLAMA | UNTIED | YARN),
    "llama-biases": ("LlamaForCausalLM", LLAMA | UNTIED | {"head_dim": 4, "num_key_value_heads": 6,
                                                           "attention_bias": True, "mlp_bias": True}),
    "mistral": ("MistralForCausalLM", LLAMA | UNTIED | {"sliding_window": 5}),
    "mistral-no-window": ("MistralForCausalLM", LLAMA | UNTIED | {"sliding_window": None}),
    "qwen2": ("Qwen2ForCausalLM", QWEN | TIED),
    "qwen3": ("Qwen3ForCausalLM", QWEN | UNTIED | {"attention_bias": True}),
    "smollm3": ("SmolLM3ForCausalLM", LLAMA | TIED | {"num_hidden_layers": 4, "pad_token_id": 0}),
    "gemma": ("GemmaForCausalLM", LLAMA | TIED),
    "gemma2": ("Gemma2ForCausalLM", LLAMA | TIED | WINDOWS | {
        "query_pre_attn_scalar": 9, "attn_logit_softcapping": 2.0, "final_logit_softcapping": 1.5}),
    "gemma3": ("Gemma3ForCausalLM", LLAMA | TIED | WINDOWS | {"query_pre_attn_scalar": 9}),
    "gemma3-scaled": ("Gemma3ForCausalLM", LLAMA | TIED | WINDOWS | {
        "final_logit_softcapping": 1.5, "attention_bias": True, "rope_parameters": {
            "sliding_attention": {"rope_type": "default", "rope_theta": 1000.0},
            "full_attention": {"rope_type": "linear", "rope_theta": 50000.0, "factor": 8.0}}}),
    "gpt2": ("GPT2LMHeadModel", GPT2),
    "gpt2-untied": ("GPT2LMHeadModel", GPT2 | UNTIED | {"activation_function": "gelu", "n_inner": None}),
    "gpt-neox": ("GPTNeoXForCausalLM", NEOX),
    "gpt-neox-sequential": ("GPTNeoXForCausalLM", NEOX | TIED | {"use_parallel_residual": False, "attention_bias": False}),
    "gptj": ("GPTJForCausalLM", GPT2 | UNTIED | {"rotary_dim": 4}),
    "phi": ("PhiForCausalLM", {k: v for k, v in LLAMA.items() if k != "head_dim"} | UNTIED | {"hidden_size": 48}),
    "bloom": ("BloomForCausalLM", BLOOM),
    "bloom-untied": ("BloomForCausalLM", BLOOM | UNTIED | {"n_head": 4}),
    "mpt": ("MptForCausalLM", MPT | {"n_heads": 6, "attn_config": {"softmax_scale": 0.3}}),
    "falcon-7b": ("FalconForCausalLM", FALCON),
    "falcon-40b": ("FalconForCausalLM", FALCON | UNTIED | {"new_decoder_architecture": True, "num_kv_heads": 2}),
    "falcon-11b": ("FalconForCausalLM", FALCON | {"new_decoder_architecture": True, "num_kv_heads": 3,
                                                  "num_ln_in_parallel_attn": 1}),
    "falcon-rw": ("FalconForCausalLM", FALCON | {"multi_query": False, "parallel_attn": False, "bias": True,
                                                 "alibi": True}),
}  # fmt: skip
# ALiBi of transformers' Falcon is rounded to bfloat16, which changes it from 257 tokens on.
LONGEST = {"falcon-rw": 250}


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
    # Falcon's eager attention adds ALiBi twice.
    config._attn_implementation = "sdpa" if architecture.startswith("Falcon") else "eager"
    model = cls(config).double().eval()
    # What is tied is one tensor under two names, of which a file has the first.
    for name, value in {id(value): (name, value) for name, value in reversed(model.state_dict(keep_vars=True).items())}.values():
        if not is_fixed(value):
            value.data.copy_(weights_of(name, list(value.shape)))
    return model


def is_fixed(value: torch.Tensor) -> bool:
    """Whether a parameter is not trained: a table of sinusoids."""
    return isinstance(value, torch.nn.Parameter) and not value.requires_grad


def written(model: torch.nn.Module) -> list:
    """The tensors that a file of this model has: tied ones once."""
    seen = set()
    state = model.state_dict(keep_vars=True).items()
    return [[name, list(value.shape)] for name, value in state if not (is_fixed(value) or id(value) in seen or seen.add(id(value)))]


def config_of(model: torch.nn.Module, settings: dict) -> dict:
    """config.json as the class writes it, without what is null."""
    # Null is said where it differs from the default of the class.
    classic = type(model.config)().to_dict()
    values = {
        key: value for key, value in model.config.to_dict().items() if value is not None or classic.get(key) is not None
    }
    for key in ("transformers_version", "_name_or_path", "_attn_implementation", "id2label", "label2id"):
        values.pop(key, None)
    return json.loads(json.dumps(values)) | {"architectures": [type(model).__name__]}


def left_padded(model: torch.nn.Module, texts: list[torch.Tensor], alone: list[torch.Tensor]) -> float | None:
    longest = max(len(text) for text in texts)
    ids = torch.stack([torch.cat((torch.zeros(longest - len(text), dtype=torch.int64), text)) for text in texts])
    mask = torch.stack([torch.arange(longest) >= longest - len(text) for text in texts]).long()
    more = {"position_ids": (mask.cumsum(-1) - 1).clamp(min=0)} if takes_positions(model) else {}
    # Eager attention gives NaN for queries that see nothing, and then for what they are keys of.
    try:
        model.set_attn_implementation("sdpa")
    except ValueError:  # a model with soft caps has only eager attention
        return None
    logits = model(input_ids=ids, attention_mask=mask, **more).logits
    return max(float((row[-len(text):] - own).abs().max()) for row, text, own in zip(logits, texts, alone))


def takes_positions(model: torch.nn.Module) -> bool:
    return "position_ids" in inspect.signature(model.forward).parameters


def case(name: str) -> dict:
    architecture, settings = CASES[name]
    model = model_of(architecture, settings)
    lengths = (1, 7, LONGEST.get(name, 300))
    texts = [tokens_of(length) for length in lengths]
    with torch.no_grad():
        logits = [model(text[None]).logits[0] for text in texts]
        difference = left_padded(model, texts[:2], logits[:2])
    padded = {} if difference is None or math.isnan(difference) else {"leftPadded": float(f"{difference:.1g}")}
    print(f"{name}: {padded}, logits to {float(logits[1].abs().max()):.2f}", file=sys.stderr)
    return {
        "name": name,
        "options": {"config": config_of(model, settings), "tensors": written(model)} | padded,
        "inputs": {},
        "outputs": {
            f"logits{length}": golden.every(own, 23) if length > 7 else own for length, own in zip(lengths, logits)
        },
        "gradients": {},
    }  # fmt: skip


def make() -> dict:
    return {
        "source": golden.source(
            NAME, "huggingface/transformers", "the models' own classes, attention eager, of Falcon sdpa", ("torch", "transformers"),
            notes=["Weights and tokens are made by a rule; see oracle/families.py."], digits=7,
        ),
        "cases": [case(name) for name in CASES],
    }  # fmt: skip
