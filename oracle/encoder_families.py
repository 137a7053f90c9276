"""Pretrained encoders, tiny and random: hidden states and masked-language logits of transformers, with weights by the rule of
families.py.

Tokens are those of families.py, but for the padding token, in whose place is token 5: RoBERTa counts positions from tokens that
are no padding. `hidden` are the last hidden states of texts of 1, 7 and 300 tokens, `logits` those of a head where there is one, of
the longest text each 61st number. `segments` says that the second half of a text is of segment 1. `padded` is the largest difference
between the hidden states of a text and those of the same text with padding behind it, that was measured here.
"""

import sys

import torch

import golden
from families import VOCAB, config_of, model_of, tokens_of, written

NAME = "encoder-families"
SIZES = dict(vocab_size=VOCAB, hidden_size=24, intermediate_size=26, num_hidden_layers=2, num_attention_heads=3)
BERT = SIZES | dict(max_position_embeddings=320, pad_token_id=0)
ROBERTA = SIZES | dict(max_position_embeddings=322, pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1,
                       layer_norm_eps=1e-5)  # fmt: skip
DEBERTA = SIZES | dict(relative_attention=True, position_buckets=8, norm_rel_ebd="layer_norm", share_att_key=True,
                       pos_att_type="p2c|c2p", layer_norm_eps=1e-7, max_relative_positions=-1, max_position_embeddings=40,
                       position_biased_input=False, type_vocab_size=0, pad_token_id=0)  # fmt: skip
MODERN = SIZES | dict(num_hidden_layers=5, max_position_embeddings=512, local_attention=10, global_attn_every_n_layers=3,
                      pad_token_id=0, bos_token_id=1, eos_token_id=2, cls_token_id=1, sep_token_id=2)  # fmt: skip
CASES = {
    "bert": ("BertForMaskedLM", BERT),
    "bert-base": ("BertModel", BERT | {"hidden_act": "gelu_new", "layer_norm_eps": 1e-6}),
    "bert-pretraining": ("BertForPreTraining", BERT | {"type_vocab_size": 3}),
    "roberta": ("RobertaForMaskedLM", ROBERTA),
    "roberta-base": ("RobertaModel", ROBERTA | {"pad_token_id": 3, "max_position_embeddings": 330}),
    "deberta-v2": ("DebertaV2ForMaskedLM", DEBERTA),
    "deberta-v2-c2p": ("DebertaV2Model", DEBERTA | {"pos_att_type": ["c2p"], "type_vocab_size": 2, "max_relative_positions": 20}),
    "modernbert": ("ModernBertForMaskedLM", MODERN),
    "modernbert-biases": ("ModernBertForMaskedLM", MODERN | {
        "attention_bias": True, "mlp_bias": True, "norm_bias": True, "classifier_bias": True, "decoder_bias": False}),
    "modernbert-base": ("ModernBertModel", MODERN | {"num_hidden_layers": 2, "global_attn_every_n_layers": 1}),
}  # fmt: skip


def text_of(length: int, padding: int) -> torch.Tensor:
    ids = tokens_of(length)
    return torch.where(ids == padding, 5, ids)


def case(name: str) -> dict:
    architecture, settings = CASES[name]
    model = model_of(architecture, settings)
    base = model.base_model
    padding = model.config.pad_token_id
    segments = getattr(model.config, "type_vocab_size", 0) > 1
    outputs = {}
    with torch.no_grad():
        for length in (1, 7, 300):
            ids = text_of(length, padding)[None]
            more = {"token_type_ids": (torch.arange(length) >= length / 2).long()[None]} if segments else {}
            hidden = base(input_ids=ids, **more).last_hidden_state[0]
            outputs[f"hidden{length}"] = golden.every(hidden, 61) if length > 7 else hidden
            if base is not model:
                found = model(input_ids=ids, **more)
                logits = (found.logits if hasattr(found, "logits") else found.prediction_logits)[0]
                outputs[f"logits{length}"] = golden.every(logits, 61) if length > 7 else logits
            if length == 7:
                behind = torch.cat((ids, torch.full((1, 3), padding)), 1)
                mask = (torch.arange(10) < 7).long()[None]
                more = {key: torch.cat((value, value[:, :3]), 1) for key, value in more.items()}
                padded = base(input_ids=behind, attention_mask=mask, **more).last_hidden_state[0][:7]
                difference = float((padded - hidden).abs().max())
    print(f"{name}: padded {difference:.1g}", file=sys.stderr)
    options = {"config": config_of(model, settings), "tensors": written(model), "segments": segments, "padded": float(f"{difference:.1g}")}
    return {"name": name, "options": options, "inputs": {}, "outputs": outputs, "gradients": {}}


def make() -> dict:
    return {
        "source": golden.source(
            NAME, "huggingface/transformers", "the models' own classes, attention eager", ("torch", "transformers"),
            notes=["Weights and tokens are made by a rule; see oracle/families.py."], digits=7,
        ),
        "cases": [case(name) for name in CASES],
    }  # fmt: skip
