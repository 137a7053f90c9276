"""RoPE's frequencies from configurations as they are published, asked of the model classes of transformers.

Cases of two kinds:

    config    the keys of a config.json that matter to positions; for each type of layer the frequencies and the attention
              factor of the class's own rotary module
    class     what a class of transformers assumes where its file says nothing: base and rotated width by type of layer
"""

import copy
import importlib
import inspect
import math

import torch
from transformers.models.auto.configuration_auto import CONFIG_MAPPING, model_type_to_module_name

import golden

NAME = "rope-configs"


def number(value):
    return torch.tensor(float(value), dtype=torch.float64)


def rotary_module(made):
    """The rotary module of a configuration's text model."""
    name = model_type_to_module_name(made.model_type)
    modeling = importlib.import_module(f"transformers.models.{name}.modeling_{name}")
    found = [one for key, one in vars(modeling).items()
             if key.endswith("RotaryEmbedding") and inspect.isclass(one) and "Vision" not in key]  # fmt: skip
    return found[0](made)


def from_module(made, layers):
    module = rotary_module(made)
    outputs = {}
    for layer in layers or [None]:
        prefix = f"{layer}_" if layer else ""
        outputs[f"{layer or 'all'}.frequencies"] = getattr(module, f"{prefix}inv_freq").float()
        outputs[f"{layer or 'all'}.attentionFactor"] = number(getattr(module, f"{prefix}attention_scaling"))
    return outputs


def from_table(made):
    """GPT-J and CodeGen have a table of sines: the angles of position 1 are its frequencies."""
    modeling = importlib.import_module(f"transformers.models.{made.model_type}.modeling_{made.model_type}")
    row = modeling.create_sinusoidal_positions(2, made.rotary_dim)[1].double()
    sine, cosine = row.chunk(2)
    return {"all.frequencies": torch.atan2(sine, cosine).float(), "all.attentionFactor": number(1)}


def config(name, current, given, layers=(), of=None):
    """`of` is the class that answers for a model_type with code of its own."""
    model_type = of or given["model_type"]
    keys = {key: value for key, value in copy.deepcopy(given).items() if key != "model_type"}
    made = CONFIG_MAPPING[model_type](**keys)
    outputs = from_table(made) if model_type in ("gptj", "codegen") else from_module(made, layers)
    return {"name": name, "options": {"kind": "config", "config": given, "layerTypes": list(layers), "current": current},
            "inputs": {}, "outputs": outputs, "gradients": {}}  # fmt: skip


def classes():
    """All classes with rotary parameters of one kind, by the defaults of their configurations."""
    cases = []
    for model_type, made_by in sorted(CONFIG_MAPPING.items()):
        try:
            made = made_by()
            parameters = getattr(made, "rope_parameters", None)
            width, heads = made.hidden_size, made.num_attention_heads
            own = getattr(made, "qk_rope_head_dim", None) or getattr(made, "head_dim", None) or width // heads
        except Exception:
            continue
        if not parameters or not isinstance(own, int) or not isinstance(heads, int):
            continue
        # They come from a set, whose order changes from process to process.
        layers = sorted(made.nested_rope_parameter_keys(parameters) or [])
        outputs = {}
        for layer in layers or [None]:
            one = parameters[layer] if layer else parameters
            if one is None or one["rope_type"] not in ("default", "linear", "yarn", "llama3"):
                continue
            share = 1 if getattr(made, "qk_rope_head_dim", None) else one.get("partial_rotary_factor", 1.0)
            outputs[f"{layer or 'all'}.base"] = number(one["rope_theta"])
            outputs[f"{layer or 'all'}.rotated"] = number(int(own * share))
        if outputs:
            sizes = {"model_type": model_type, "hidden_size": width, "num_attention_heads": heads,
                     "num_hidden_layers": getattr(made, "num_hidden_layers", 1)}  # fmt: skip
            cases.append({"name": f"class {model_type}", "inputs": {}, "outputs": outputs, "gradients": {},
                          "options": {"kind": "class", "config": sizes, "layerTypes": layers}})  # fmt: skip
    return cases


LLAMA_31 = {"factor": 8.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
            "original_max_position_embeddings": 8192, "rope_type": "llama3"}  # fmt: skip
SHORT = [round(1 + 0.01 * m, 2) for m in range(48)]
LONG = [round(1 + 0.02 * m * m, 2) for m in range(48)]
TWO = ("full_attention", "sliding_attention")
ALTERNATING = ["sliding_attention", "sliding_attention", "sliding_attention", "full_attention"]


def make() -> dict:
    llama = {"model_type": "llama", "hidden_size": 4096, "num_attention_heads": 32}
    qwen25 = {"model_type": "qwen2", "hidden_size": 3584, "num_attention_heads": 28, "max_position_embeddings": 32768,
              "rope_theta": 1000000.0}  # fmt: skip
    phi3 = {"model_type": "phi3", "hidden_size": 3072, "num_attention_heads": 32, "max_position_embeddings": 131072,
            "original_max_position_embeddings": 4096, "rope_theta": 10000.0}  # fmt: skip
    deepseek = {"model_type": "deepseek_v3", "hidden_size": 7168, "num_attention_heads": 128, "qk_nope_head_dim": 128,
                "qk_rope_head_dim": 64, "max_position_embeddings": 163840, "rope_theta": 10000}  # fmt: skip
    yarn_40 = {"beta_fast": 32, "beta_slow": 1, "factor": 40, "mscale": 1.0, "mscale_all_dim": 1.0,
               "original_max_position_embeddings": 4096, "type": "yarn"}  # fmt: skip
    gemma3 = {"model_type": "gemma3_text", "hidden_size": 1152, "num_attention_heads": 4, "head_dim": 256,
              "num_hidden_layers": 26, "max_position_embeddings": 32768}  # fmt: skip
    modernbert = {"model_type": "modernbert", "hidden_size": 768, "num_attention_heads": 12, "num_hidden_layers": 22,
                  "max_position_embeddings": 8192, "position_embedding_type": "absolute"}  # fmt: skip
    olmo3 = {"model_type": "olmo3", "hidden_size": 4096, "num_attention_heads": 32, "num_hidden_layers": 4,
             "max_position_embeddings": 65536, "rope_theta": 500000, "layer_types": ALTERNATING}  # fmt: skip
    neox = {"model_type": "gpt_neox", "hidden_size": 2048, "num_attention_heads": 8, "max_position_embeddings": 2048}
    cases = [
        config("Pythia 1B", 64, neox | {"rotary_emb_base": 10000, "rotary_pct": 0.25}),
        config("GPT-NeoX with another base and half the head", 64, neox | {"rotary_emb_base": 40000, "rotary_pct": 0.5}),
        config("GPT-NeoX, no rotary key", 64, neox),
        config("GPT-J 6B", 64, {"model_type": "gptj", "n_embd": 4096, "n_head": 16, "n_positions": 2048, "rotary": True,
                                "rotary_dim": 64}),
        config("CodeGen 350M", 64, {"model_type": "codegen", "n_embd": 1024, "n_head": 16, "n_positions": 2048,
                                    "rotary_dim": 32}),
        config("Llama 1, no rotary key", 64, llama | {"max_position_embeddings": 2048}),
        config("Llama 3.1 8B", 64, llama | {"max_position_embeddings": 131072, "rope_theta": 500000.0,
                                            "rope_scaling": LLAMA_31}),
        config("Llama 3.2 1B", 64, llama | {"hidden_size": 2048, "head_dim": 64, "max_position_embeddings": 131072,
                                            "rope_theta": 500000.0, "rope_scaling": LLAMA_31 | {"factor": 32.0}}),
        config("Llama, keys of version 4 and 5, of which those inside win", 64,
               llama | {"max_position_embeddings": 4096, "rope_theta": 10000.0, "rope_scaling": None,
                        "rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 500000.0}}),
        config("Llama, rope_scaling in the place of rope_parameters", 64,
               llama | {"max_position_embeddings": 4096, "rope_theta": 20000.0,
                        "rope_scaling": {"type": "linear", "factor": 4.0},
                        "rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}}),
        config("Llama, an empty rope_scaling", 64,
               llama | {"max_position_embeddings": 4096, "rope_scaling": {},
                        "rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 500000.0}}),
        config("Falcon 7B, no rotary key", 64, {"model_type": "falcon", "hidden_size": 4544, "num_attention_heads": 71,
                                                "alibi": False, "max_position_embeddings": 2048}),
        config("Mistral 7B", 64, {"model_type": "mistral", "hidden_size": 4096, "num_attention_heads": 32,
                                  "max_position_embeddings": 32768, "rope_theta": 10000.0, "sliding_window": 4096}),
        config("Mixtral, no rotary key", 64, {"model_type": "mixtral", "hidden_size": 4096, "num_attention_heads": 32}),
        config("Qwen2.5 7B", 64, qwen25 | {"use_sliding_window": False}),
        config("Qwen2.5 7B with yarn", 64, qwen25 | {"rope_scaling": {
            "factor": 4.0, "original_max_position_embeddings": 32768, "type": "yarn"}}),
        config("Qwen3 4B", 64, {"model_type": "qwen3", "hidden_size": 2560, "num_attention_heads": 32, "head_dim": 128,
                                "max_position_embeddings": 40960, "rope_theta": 1000000, "rope_scaling": None}),
        config("Qwen3 Next 80B", 64, {"model_type": "qwen3_next", "hidden_size": 2048, "num_attention_heads": 16,
                                      "head_dim": 256, "partial_rotary_factor": 0.25, "rope_theta": 10000000}),
        config("Gemma 2 2B", 64, {"model_type": "gemma2", "hidden_size": 2304, "num_attention_heads": 8,
                                  "rope_theta": 10000.0}),
        config("Gemma 3 1B", 64, gemma3 | {"rope_local_base_freq": 10000, "rope_theta": 1000000, "rope_scaling": None}, TWO),
        config("Gemma 3 4B, which leaves most to its class", 64,
               {"model_type": "gemma3_text", "hidden_size": 2560, "num_hidden_layers": 34,
                "rope_scaling": {"factor": 8.0, "rope_type": "linear"}}, TWO),
        config("Gemma 3 with other bases", 64, gemma3 | {"rope_local_base_freq": 5000, "rope_theta": 700000}, TWO),
        config("Gemma 3 of version 5", 64, gemma3 | {
            "layer_types": ["sliding_attention"] * 25 + ["full_attention"],
            "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
                                "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}}}, TWO),
        config("Gemma 3 of version 5 with a null", 64, gemma3 | {
            "rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 300000.0},
                                "sliding_attention": None}}, TWO),
        config("ModernBERT base", 64, modernbert | {"global_rope_theta": 160000.0, "local_rope_theta": 10000.0}, TWO),
        config("ModernBERT, no rotary key", 64, modernbert, TWO),
        config("OLMo 3 7B", 64, olmo3 | {"rope_scaling": {
            "attention_factor": 1.2079441541679836, "beta_fast": 32, "beta_slow": 1, "factor": 8.0,
            "original_max_position_embeddings": 8192, "rope_type": "yarn"}}, TWO),
        config("DeepSeek V3", 64, deepseek | {"rope_scaling": yarn_40}),
        config("DeepSeek V3 before its texts were long", 64, deepseek | {"max_position_embeddings": 4096}),
        config("DeepSeek V2 Lite", 64, {
            "model_type": "deepseek_v2", "hidden_size": 2048, "num_attention_heads": 16, "qk_nope_head_dim": 128,
            "qk_rope_head_dim": 64, "max_position_embeddings": 163840, "rope_theta": 10000,
            "rope_scaling": yarn_40 | {"mscale": 0.707, "mscale_all_dim": 0.707}}),
        config("Kimi K2", 64, deepseek | {"model_type": "kimi_k2", "rope_theta": 50000.0, "num_attention_heads": 64,
                                          "max_position_embeddings": 131072,
                                          "rope_scaling": yarn_40 | {"beta_fast": 1.0, "beta_slow": 1.0, "factor": 32.0}},
               of="deepseek_v3"),
        config("GPT-OSS 20B", 64, {
            "model_type": "gpt_oss", "hidden_size": 2880, "num_attention_heads": 64, "head_dim": 64,
            "max_position_embeddings": 131072, "initial_context_length": 4096, "rope_theta": 150000,
            "rope_scaling": {"beta_fast": 32.0, "beta_slow": 1.0, "factor": 32.0, "truncate": False,
                             "original_max_position_embeddings": 4096, "rope_type": "yarn"}}),
        config("Phi-2", 64, {"model_type": "phi", "hidden_size": 2560, "num_attention_heads": 32,
                             "partial_rotary_factor": 0.4, "rope_theta": 10000.0, "max_position_embeddings": 2048}),
        config("Phi, no rotary key", 64, {"model_type": "phi", "hidden_size": 2048, "num_attention_heads": 32}),
        config("Phi-3 mini 128k, a short text", 4096, phi3 | {"rope_scaling": {
            "long_factor": LONG, "short_factor": SHORT, "type": "longrope"}}),
        config("Phi-4 mini, three quarters turn", 4096, phi3 | {
            "num_attention_heads": 24, "partial_rotary_factor": 0.75,
            "rope_scaling": {"long_factor": LONG, "short_factor": SHORT, "type": "longrope"}}),
        config("StableLM 2, no share", 64, {"model_type": "stablelm", "hidden_size": 2048, "num_attention_heads": 32,
                                            "rope_theta": 10000}),
        config("GLM 4 9B", 64, {"model_type": "glm", "hidden_size": 4096, "num_attention_heads": 32, "head_dim": 128,
                                "partial_rotary_factor": 0.5, "rope_theta": 10000.0}),
        config("Command R", 64, {"model_type": "cohere", "hidden_size": 8192, "num_attention_heads": 64,
                                 "rope_theta": 8000000.0, "max_position_embeddings": 131072}),
        config("MiniMax M2", 64, {"model_type": "minimax_m2", "hidden_size": 3072, "num_attention_heads": 48,
                                  "head_dim": 128, "rotary_dim": 64, "rope_theta": 5000000}),
        config("Nemotron 4", 64, {"model_type": "nemotron", "hidden_size": 6144, "num_attention_heads": 48,
                                  "rope_theta": 10000}),
        config("Persimmon 8B", 64, {"model_type": "persimmon", "hidden_size": 4096, "num_attention_heads": 64,
                                    "rope_theta": 25000.0}),
        config("SmolLM 3", 64, {"model_type": "smollm3", "hidden_size": 2048, "num_attention_heads": 16,
                                "num_hidden_layers": 4, "rope_theta": 5000000.0, "no_rope_layers": [1, 1, 1, 0],
                                "no_rope_layer_interval": 4}),
    ]  # fmt: skip
    return {
        "source": golden.source(
            NAME, "huggingface/transformers", "models/*/configuration_*.py and modeling_*.py; oracle/rope_configs.py",
            ("torch", "transformers"), dtype="float32",
            notes=["Configurations have the keys of the published files that matter to positions; longrope's factors are made up.",
                   "Kimi K2 has code of its own; DeepSeek V3's class, which it follows, answers."]),
        "cases": cases + classes(),
    }  # fmt: skip
