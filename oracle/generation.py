"""Beam search, and what changes the scores of the next token, as transformers does both.

Two kinds of cases, told by `options.kind`:

    filter   `scores [rows, vocab]` and `ids [rows, length]` before, `probabilities` after the filters of `options`
    beams    `prompts [rows, length]` before; `sequences` and `scores` of all texts that were found, best first

The model of beam search is a rule on integers, so that a test can follow it exactly: the logits of a text are
`rule(ids)`. A sequence is padded with −1 behind its end, and the token that ended it is kept.
"""

import torch
from transformers import GenerationConfig, PretrainedConfig, PreTrainedModel
from transformers.generation import GenerationMixin
from transformers.generation.logits_process import (
    LogitsProcessorList,
    MinPLogitsWarper,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    SuppressTokensLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)
from transformers.modeling_outputs import CausalLMOutput

import golden

VOCAB = 23
WORD = 2**32


def mixed(x: int) -> int:
    """A word of 32 bits whose bits depend on all bits of x."""
    x = (x ^ (x >> 16)) * 0x45D9F3B % WORD
    x = (x ^ (x >> 16)) * 0x45D9F3B % WORD
    return x ^ (x >> 16)


def rule(ids: list[int]) -> list[float]:
    """Logits from 0 to 8 in steps of 2⁻¹⁷: the last two tokens and the length decide."""
    key = mixed((ids[-1] * 1009 + ids[-2] * 31 + len(ids)) % WORD)
    return [(mixed((key + 7919 * id) % WORD) >> 12) / 2**17 for id in range(VOCAB)]


class ToyConfig(PretrainedConfig):
    model_type = "rule-of-integers"

    def __init__(self, **more):
        super().__init__(vocab_size=VOCAB, num_hidden_layers=1, hidden_size=1, num_attention_heads=1, **more)


class Toy(PreTrainedModel, GenerationMixin):
    config_class = ToyConfig

    def __init__(self, config):
        super().__init__(config)
        self.unused = torch.nn.Parameter(torch.zeros(1))

    def forward(self, input_ids=None, attention_mask=None, **_):
        rows = [rule(ids) for ids in input_ids.tolist()]
        return CausalLMOutput(logits=torch.tensor(rows, dtype=torch.float32)[:, None, :])

    def prepare_inputs_for_generation(self, input_ids, **kwargs):
        return {"input_ids": input_ids}


def searched(name: str, prompts: list[list[int]], **options) -> dict:
    beams = options["beams"]
    ends = options.get("endTokens", [])
    config = GenerationConfig(
        num_beams=beams,
        num_return_sequences=beams,
        length_penalty=options.get("lengthPenalty", 1.0),
        early_stopping=options.get("earlyStopping", False),
        max_new_tokens=options["maxTokens"],
        repetition_penalty=options.get("repetitionPenalty", 1.0),
        no_repeat_ngram_size=options.get("noRepeatNgram", 0),
        suppress_tokens=options.get("suppressTokens"),
        eos_token_id=ends or None,
        pad_token_id=VOCAB,  # no token of the model
        do_sample=False,
        use_cache=False,
        output_scores=True,
        return_dict_in_generate=True,
    )
    ids = torch.tensor(prompts)
    found = Toy(ToyConfig()).generate(ids, generation_config=config, attention_mask=torch.ones_like(ids))
    sequences = found.sequences[:, ids.shape[1] :]
    sequences = torch.where(sequences == VOCAB, -1, sequences)
    # One beam is greedy decoding, which has no scores.
    scores = getattr(found, "sequences_scores", None)
    shape = (len(prompts), beams)
    outputs = {"sequences": sequences.reshape(*shape, -1)}
    if scores is not None:
        outputs["scores"] = scores.reshape(shape)
    return {
        "name": name,
        "options": {"kind": "beams"} | options,
        "inputs": {"prompts": ids},
        "outputs": outputs,
        "gradients": {},
    }


FILTERS = {
    "repetitionPenalty": RepetitionPenaltyLogitsProcessor,
    "noRepeatNgram": NoRepeatNGramLogitsProcessor,
    "suppressTokens": SuppressTokensLogitsProcessor,
    "temperature": TemperatureLogitsWarper,
    "topK": TopKLogitsWarper,
    "topP": TopPLogitsWarper,
    "minP": MinPLogitsWarper,
}


def filtered(name: str, draw: golden.Draw, **options) -> dict:
    ids = draw.integers(5, 3, 9)
    scores = draw.normal(3, VOCAB, std=2.5).float()
    # Order of GenerationMixin._get_logits_processor.
    chain = LogitsProcessorList(kind(options[key]) for key, kind in FILTERS.items() if key in options)
    probabilities = torch.softmax(chain(ids, scores.clone()), dim=-1)
    return {
        "name": name,
        "options": {"kind": "filter"} | options,
        "inputs": {"ids": ids, "scores": scores},
        "outputs": {"probabilities": probabilities},
        "gradients": {},
    }


def make() -> dict:
    draw = golden.Draw(7)
    cases = [
        filtered("repetition penalty", draw, repetitionPenalty=1.3),
        filtered("reward of repetition", draw, repetitionPenalty=0.7),
        filtered("no 1-gram twice", draw, noRepeatNgram=1),
        filtered("no 2-gram twice", draw, noRepeatNgram=2),
        filtered("no 3-gram twice", draw, noRepeatNgram=3),
        filtered("temperature", draw, temperature=0.7),
        filtered("hot", draw, temperature=2.5),
        filtered("top-k", draw, topK=5),
        filtered("top-k of one", draw, topK=1),
        filtered("top-k beyond the vocabulary", draw, topK=100),
        filtered("top-p", draw, topP=0.9),
        filtered("top-p of little", draw, topP=0.05),
        filtered("top-p of all", draw, topP=0.9999),
        filtered("min-p", draw, minP=0.1),
        filtered("min-p of much", draw, minP=0.9),
        filtered("all", draw, repetitionPenalty=1.2, noRepeatNgram=2, temperature=1.7, topK=12, topP=0.8, minP=0.05),
        filtered("suppressed tokens", draw, suppressTokens=[0, 7, 22]),
    ]
    prompts = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    for beams in (1, 4):
        for penalty in (0.6, 1.0, 2.0) if beams > 1 else (None,):
            given = {} if penalty is None else {"lengthPenalty": penalty}
            words = f"{beams} beams, length penalty {penalty}" if given else "1 beam"
            cases.append(searched(words, prompts, beams=beams, maxTokens=12, endTokens=[0], **given))
            cases.append(searched(f"{words}, no end", prompts, beams=beams, maxTokens=7, **given))
    cases += [
        searched("negative length penalty", prompts, beams=4, maxTokens=12, endTokens=[0], lengthPenalty=-0.5),
        searched("early stopping", prompts, beams=4, maxTokens=20, endTokens=[0, 3], earlyStopping=True),
        searched("many end tokens", prompts, beams=3, maxTokens=15, endTokens=[0, 1, 2, 3, 4, 5]),
        searched("most tokens end", prompts, beams=3, maxTokens=15, endTokens=list(range(14)), lengthPenalty=2.0),
        searched("one token", prompts, beams=5, maxTokens=1, endTokens=[0]),
        searched("penalty of repetition", prompts, beams=4, maxTokens=20, endTokens=[0], repetitionPenalty=1.4),
        searched("no 2-gram twice, in beams", prompts, beams=4, maxTokens=40, noRepeatNgram=2, endTokens=[22]),
        searched("suppressed tokens, in beams", prompts, beams=4, maxTokens=12, endTokens=[0], suppressTokens=[1, 2, 3, 4, 20]),
        searched("long", prompts, beams=2, maxTokens=60, endTokens=[11], lengthPenalty=1.5),
    ]
    return {
        "source": golden.source(
            "generation",
            "huggingface/transformers",
            "src/transformers/generation/{utils,logits_process}.py",
            packages=("torch", "transformers"),
            dtype="float32",
            seed=7,
            notes=["The model of beam search is a rule on integers, see oracle/generation.py."],
        ),
        "cases": cases,
    }
