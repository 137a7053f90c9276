"""Pretrained encoder-decoders, tiny and random: the logits of transformers, with weights and tokens by the rule of families.py.

`logits7x1` are those of a target of one token after a source of seven.
"""

import sys

import torch

import golden
from families import TIED, UNTIED, VOCAB, config_of, model_of, tokens_of, written

NAME = "pair-families"
T5 = dict(vocab_size=VOCAB, d_model=24, d_kv=6, d_ff=26, num_layers=2, num_decoder_layers=3, num_heads=3,
          relative_attention_num_buckets=8, relative_attention_max_distance=20, decoder_start_token_id=0)  # fmt: skip
BART = dict(vocab_size=VOCAB, d_model=24, encoder_layers=2, decoder_layers=3, encoder_attention_heads=3,
            decoder_attention_heads=3, encoder_ffn_dim=26, decoder_ffn_dim=26, max_position_embeddings=320, pad_token_id=1,
            bos_token_id=0, eos_token_id=2, decoder_start_token_id=2, forced_eos_token_id=2)  # fmt: skip
MARIAN = BART | {"decoder_vocab_size": VOCAB, "decoder_start_token_id": 1, "activation_function": "swish"}
PEGASUS = BART | {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0, "forced_eos_token_id": 1}
BLENDERBOT = BART | {"bos_token_id": 1, "pad_token_id": 0, "decoder_start_token_id": 1}
CASES = {
    "t5": ("T5ForConditionalGeneration", T5),
    "t5-1.1": ("T5ForConditionalGeneration", T5 | {"feed_forward_proj": "gated-gelu"}),
    "t5-gelu": ("T5ForConditionalGeneration", T5 | {"feed_forward_proj": "gelu"} | UNTIED),
    "mt5": ("MT5ForConditionalGeneration", T5 | TIED),
    "bart": ("BartForConditionalGeneration", BART),
    "bart-scaled": ("BartForConditionalGeneration", BART | {"scale_embedding": True, "activation_function": "gelu_new"}),
    "marian": ("MarianMTModel", MARIAN | {"scale_embedding": True}),
    "pegasus": ("PegasusForConditionalGeneration", PEGASUS | {"scale_embedding": True, "activation_function": "relu"}),
    "blenderbot": ("BlenderbotForConditionalGeneration", BLENDERBOT),
}  # fmt: skip


def case(name: str) -> dict:
    architecture, settings = CASES[name]
    model = model_of(architecture, settings)
    outputs = {}
    with torch.no_grad():
        for source, target in ((7, 1), (300, 7)):
            ids = {"input_ids": tokens_of(source)[None], "decoder_input_ids": tokens_of(target)[None]}
            outputs[f"logits{source}x{target}"] = model(**ids).logits[0]
    print(f"{name}: logits to {float(outputs['logits300x7'].abs().max()):.2f}", file=sys.stderr)
    options = {"config": config_of(model, settings), "tensors": written(model)}
    return {"name": name, "options": options, "inputs": {}, "outputs": outputs, "gradients": {}}


def make() -> dict:
    return {
        "source": golden.source(
            NAME, "huggingface/transformers", "the models' own classes, attention eager", ("torch", "transformers"),
            notes=["Weights and tokens are made by a rule; see oracle/families.py."], digits=7,
        ),
        "cases": [case(name) for name in CASES],
    }  # fmt: skip
