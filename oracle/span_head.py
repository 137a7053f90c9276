"""Hugging Face's BertForQuestionAnswering: two layers, width 24, twelve heads, questions and texts as segments.

    loss = (cross-entropy of the first tokens + cross-entropy of the last tokens) / 2, the mean over the batch

Parameters have relpos' names; weights of linear maps are [in, out]. `first` and `last` are the places of the answers.
"""

import torch
from transformers import BertConfig, BertForQuestionAnswering

import golden

NAME = "span-head"
BATCH, LENGTH, WIDTH, HEADS, HIDDEN, LAYERS, VOCAB = 3, 7, 24, 12, 40, 2, 13
MASK = [[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0, 0]]
SEGMENTS = [[0, 0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 0, 0, 0], [0, 0, 1, 1, 1, 0, 0]]
FIRST, LAST = [3, 1, 0], [5, 3, 0]
OURS = {
    "bert.embeddings.word_embeddings.weight": "tokens.weight",
    "bert.embeddings.position_embeddings.weight": "position.learned.table",
    "bert.embeddings.token_type_embeddings.weight": "segments.weight",
    "bert.embeddings.LayerNorm": "embeddingNorm",
    "attention.self.query": "attention.query", "attention.self.key": "attention.key",
    "attention.self.value": "attention.value", "attention.output.dense": "attention.output",
    "attention.output.LayerNorm": "norm1", "intermediate.dense": "feedForward.up",
    "output.dense": "feedForward.down", "output.LayerNorm": "norm2", "qa_outputs": "span",
}  # fmt: skip


def our_name(theirs: str) -> str:
    if theirs in OURS:
        return OURS[theirs]
    module, kind = theirs.rsplit(".", 1)
    if module in OURS:
        return f"{OURS[module]}.{kind}"
    _, _, _, layer, part = module.split(".", 4)
    return f"blocks.{layer}.{OURS[part]}.{kind}"


def in_our_layout(values: dict) -> dict:
    tables = ("embeddings.weight",)
    return {
        our_name(name): value.T.contiguous() if value.dim() == 2 and not name.endswith(tables) else value
        for name, value in values.items()
    }


def model() -> BertForQuestionAnswering:
    config = BertConfig(
        vocab_size=VOCAB, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS, intermediate_size=HIDDEN,
        hidden_act="gelu", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, max_position_embeddings=LENGTH,
        type_vocab_size=2, layer_norm_eps=1e-12, pad_token_id=None,
    )  # fmt: skip
    config._attn_implementation = "eager"
    return BertForQuestionAnswering(config).double().train()


def case(weights: dict, tokens: torch.Tensor, padded: bool) -> dict:
    bert = model()
    bert.load_state_dict(weights)
    mask = torch.tensor(MASK) if padded else torch.ones(BATCH, LENGTH, dtype=torch.long)
    found = bert(
        input_ids=tokens, token_type_ids=torch.tensor(SEGMENTS), attention_mask=mask,
        start_positions=torch.tensor(FIRST), end_positions=torch.tensor(LAST),
    )  # fmt: skip
    derived = in_our_layout(golden.gradients(found.loss, **dict(bert.named_parameters())))
    return {
        "name": "padded" if padded else "whole",
        "options": {"vocab": VOCAB, "width": WIDTH, "heads": HEADS, "hidden": HIDDEN, "layers": LAYERS, "length": LENGTH,
                    "normEpsilon": 1e-12},
        "inputsFrom": ["parameters", "batch"],
        "inputs": {"keyMask": mask},
        "outputs": {"start": found.start_logits, "end": found.end_logits, "loss": found.loss},
        "gradients": {k: golden.every(g, 29) if g.dim() > 1 else g for k, g in derived.items()},
    }  # fmt: skip


def make() -> dict:
    draw = golden.Draw(37)
    weights = {}
    for name, value in model().state_dict().items():
        is_norm = "LayerNorm" in name
        mean = 1.0 if is_norm and name.endswith("weight") else 0.0
        std = 0.1 if is_norm or name.endswith("bias") else 0.5 if "embeddings" in name else value.shape[-1] ** -0.5
        weights[name] = draw.normal(*value.shape, std=std, mean=mean)
    tokens = draw.integers(VOCAB, BATCH, LENGTH)
    batch = {"tokens": tokens, "segments": torch.tensor(SEGMENTS), "first": torch.tensor(FIRST), "last": torch.tensor(LAST)}
    return {
        "source": golden.source(
            NAME, "huggingface/transformers", "models/bert/modeling_bert.py", packages=("torch", "transformers"), seed=37,
            digits=12,
            notes=["Weights of linear maps are [in, out].", "keyMask is 1 where a token is text.",
                   "Gradients are those of the loss; of matrices, every 29th entry is written."]),
        "shared": {"parameters": in_our_layout(weights), "batch": batch},
        "cases": [case(weights, tokens, padded) for padded in (False, True)],
    }  # fmt: skip
