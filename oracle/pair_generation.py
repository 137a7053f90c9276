"""Targets of pretrained encoder-decoders, tiny and random, by transformers' own generate: what a target begins with, what is
forced, what ends it, greedy and by beam search.

Models are those of pair_families.py with matrices four times as large, so that tokens differ. Sources are padded on the
right. Without a cache, whose layers transformers 5.23 counts by the encoder's. A sequence is without the token that it begins with, with the token that ended it, and padded with −1 behind that.
"""

import sys

import torch

import golden
from families import config_of, is_fixed, model_of, tokens_of, written
from pair_families import CASES, MARIAN, BART

NAME = "pair-generation"
FACTOR = 4
LENGTHS = (7, 3, 11)
MODELS = {name: CASES[name] for name in ("t5", "t5-1.1", "mt5", "bart", "marian")} | {
    "bart, forced": ("BartForConditionalGeneration", BART | {"decoder_start_token_id": 5}),
    "marian, words that are forbidden": ("MarianMTModel", MARIAN),
}
# What generation_config.json holds.
GENERATION = {
    "bart, forced": {"forced_bos_token_id": 0, "forced_eos_token_id": 2},
    "marian, words that are forbidden": {"bad_words_ids": [[1], [8], [40]], "forced_eos_token_id": 2},
}
SEARCHES = {
    "greedy": {"beams": 1, "maxTokens": 12, "noRepeatNgram": 2},
    "4 beams": {"beams": 4, "maxTokens": 12, "noRepeatNgram": 2},
    "4 beams, length penalty 0.6": {"beams": 4, "maxTokens": 9, "lengthPenalty": 0.6},
}  # fmt: skip


def lively(architecture: str, settings: dict) -> torch.nn.Module:
    model = model_of(architecture, settings)
    seen = set()
    with torch.no_grad():
        for value in model.state_dict(keep_vars=True).values():
            if id(value) in seen or is_fixed(value) or len([size for size in value.shape if size > 1]) < 2:
                continue
            seen.add(id(value))
            value.mul_(FACTOR)
    return model


def cases_of(name: str) -> list[dict]:
    architecture, settings = MODELS[name]
    model = lively(architecture, settings)
    generation = GENERATION.get(name, {})
    model.generation_config.update(**generation)
    pad = model.generation_config.pad_token_id
    longest = max(LENGTHS)
    rows = [tokens_of(length).tolist() for length in LENGTHS]
    ids = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    found = []
    for title, options in SEARCHES.items():
        result = model.generate(
            ids, attention_mask=mask, do_sample=False, num_beams=options["beams"], max_new_tokens=options["maxTokens"],
            length_penalty=options.get("lengthPenalty", 1.0), no_repeat_ngram_size=options.get("noRepeatNgram", 0),
            early_stopping=False, use_cache=False, output_scores=True, return_dict_in_generate=True,
        )  # fmt: skip
        sequences = result.sequences[:, 1:].clone()
        for row in sequences:
            ends = (row == model.generation_config.eos_token_id).nonzero()
            if len(ends) > 0:
                row[ends[0, 0] + 1 :] = -1
        outputs = {"sequences": sequences}
        if options["beams"] > 1:
            outputs["scores"] = result.sequences_scores
        print(f"{name}, {title}: {sequences.tolist()}", file=sys.stderr)
        described = {"config": config_of(model, settings), "generation": generation, "tensors": written(model), "search": options}
        found.append({"name": f"{name}, {title}", "options": described, "inputs": {}, "outputs": outputs, "gradients": {}})
    return found


def make() -> dict:
    return {
        "source": golden.source(
            NAME, "huggingface/transformers", "generation/utils.py over the models' own classes, attention eager",
            ("torch", "transformers"), notes=["Weights and tokens are made by a rule; see oracle/families.py."], digits=7,
        ),
        "cases": [case for name in MODELS for case in cases_of(name)],
    }  # fmt: skip
