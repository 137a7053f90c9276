"""Beam search over a small encoder-decoder, torch.nn.Transformer between two tables and a head, by transformers' generate.

Weights follow a rule, so that none is stored: number k of all weights, in the order of relpos' parameters, is
(mixed(k + 1) / 2³² − 1/2) · scale; norms are 1 and biases 0. Sources are padded on the right. A sequence is padded with −1
behind its end, and the token that ended it is kept.
"""

import torch
from transformers import GenerationConfig, PretrainedConfig, PreTrainedModel
from transformers.generation import GenerationMixin
from transformers.modeling_outputs import BaseModelOutput, Seq2SeqLMOutput

import golden
from encoder_decoder import our_names
from generation import mixed

VOCAB, WIDTH, HEADS, HIDDEN, LAYERS = 19, 16, 2, 24, 2
BEGIN, END = 17, 18
SCALE = 1.6
SOURCES = [[3, 1, 4, 1, 5, 9, END], [2, 6, END], [8, 2, 8, 1, 8, END], [16, END], [7, 7, 5, 3, 2, 11, 12, END]]


class PairConfig(PretrainedConfig):
    model_type = "pair-of-stacks"

    def __init__(self, **more):
        super().__init__(is_encoder_decoder=True, decoder_start_token_id=BEGIN, eos_token_id=END, pad_token_id=VOCAB, **more)
        self.vocab_size, self.num_hidden_layers, self.hidden_size, self.num_attention_heads = VOCAB, LAYERS, WIDTH, HEADS


class Encoder(torch.nn.Module):
    main_input_name = "input_ids"

    def __init__(self, pair):
        super().__init__()
        self.__dict__["pair"] = pair

    def forward(self, input_ids, attention_mask=None, **_):
        tokens = self.pair.source(input_ids.clamp(max=VOCAB - 1))
        return BaseModelOutput(self.pair.stacks.encoder(tokens, src_key_padding_mask=attention_mask == 0))


class Pair(PreTrainedModel, GenerationMixin):
    config_class = PairConfig
    main_input_name = "input_ids"

    def __init__(self, config):
        super().__init__(config)
        self.source, self.target = torch.nn.Embedding(VOCAB, WIDTH), torch.nn.Embedding(VOCAB, WIDTH)
        self.stacks = torch.nn.Transformer(WIDTH, HEADS, LAYERS, LAYERS, HIDDEN, 0.0, batch_first=True)
        self.head = torch.nn.Linear(WIDTH, VOCAB, bias=False)
        self.reader = Encoder(self)

    def get_encoder(self, *_, **__):
        return self.reader

    def prepare_inputs_for_generation(self, decoder_input_ids, encoder_outputs=None, attention_mask=None, **_):
        return {"decoder_input_ids": decoder_input_ids, "encoder_outputs": encoder_outputs, "attention_mask": attention_mask}

    def forward(self, input_ids=None, attention_mask=None, decoder_input_ids=None, encoder_outputs=None, **_):
        length = decoder_input_ids.shape[1]
        hidden = self.stacks.decoder(
            self.target(decoder_input_ids.clamp(max=VOCAB - 1)), encoder_outputs[0],
            tgt_mask=torch.ones(length, length, dtype=torch.bool).triu(1), memory_key_padding_mask=attention_mask == 0,
        )  # fmt: skip
        return Seq2SeqLMOutput(logits=self.head(hidden))


def ruled(order: list[str], shapes: dict) -> dict:
    count, found = 0, {}
    for name in order:
        size = torch.Size(shapes[name]).numel()
        if len(shapes[name]) == 1:
            found[name] = torch.full(shapes[name], 1.0 if "orm" in name and name.endswith("weight") else 0.0)
            continue
        numbers = [(mixed(count + k + 1) / 2**32 - 0.5) * SCALE for k in range(size)]
        found[name] = torch.tensor(numbers, dtype=torch.float64).float().reshape(shapes[name])
        count += size
    return found


def order_of_ours() -> list[str]:
    def linear(name):
        return [f"{name}.weight", f"{name}.bias"]

    def attention(name):
        return [each for part in ("query", "key", "value", "output") for each in linear(f"{name}.{part}")]

    names = ["encoder.tokens.weight", "decoder.tokens.weight"]
    for half in ("encoder", "decoder"):
        for layer in range(LAYERS):
            block = f"{half}.blocks.{layer}"
            names += attention(f"{block}.attention")
            names += attention(f"{block}.crossAttention") if half == "decoder" else []
            names += linear(f"{block}.feedForward.up") + linear(f"{block}.feedForward.down")
    return [*names, "head.weight"]


def model() -> Pair:
    pair = Pair(PairConfig()).eval()
    state = pair.stacks.state_dict()
    shapes = {"encoder.tokens.weight": [VOCAB, WIDTH], "decoder.tokens.weight": [VOCAB, WIDTH], "head.weight": [WIDTH, VOCAB]}
    for theirs, value in state.items():
        names = our_names(theirs)
        for name, rows in zip(names, value.chunk(len(names))):
            shapes[name] = list(rows.T.shape if rows.dim() == 2 else rows.shape)
    ours = ruled(order_of_ours(), shapes)
    for theirs, value in state.items():
        names = our_names(theirs)
        if "norm" in theirs:
            value.fill_(1.0 if theirs.endswith("weight") else 0.0)
        else:
            value.copy_(torch.cat([ours[name].T if ours[name].dim() == 2 else ours[name] for name in names]))
    with torch.no_grad():
        pair.source.weight.copy_(ours["encoder.tokens.weight"])
        pair.target.weight.copy_(ours["decoder.tokens.weight"])
        pair.head.weight.copy_(ours["head.weight"].T)
    return pair


def searched(pair: Pair, name: str, **options) -> dict:
    longest = max(map(len, SOURCES))
    ids = torch.tensor([row + [VOCAB] * (longest - len(row)) for row in SOURCES])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in SOURCES])
    config = GenerationConfig(
        num_beams=options["beams"], num_return_sequences=1, length_penalty=options.get("lengthPenalty", 1.0),
        early_stopping=options.get("earlyStopping", False), max_new_tokens=options["maxTokens"],
        repetition_penalty=options.get("repetitionPenalty", 1.0), no_repeat_ngram_size=options.get("noRepeatNgram", 0),
        suppress_tokens=[BEGIN], decoder_start_token_id=BEGIN, eos_token_id=END, pad_token_id=VOCAB, do_sample=False,
        use_cache=False, output_scores=True, return_dict_in_generate=True,
    )  # fmt: skip
    found = pair.generate(ids, generation_config=config, attention_mask=mask)
    sequences = found.sequences[:, 1:]
    outputs = {"sequences": torch.where(sequences == VOCAB, -1, sequences)}
    if options["beams"] > 1:
        outputs["scores"] = found.sequences_scores
    return {"name": name, "options": options, "inputs": {}, "outputs": outputs, "gradients": {}}


def make() -> dict:
    torch.backends.mha.set_fastpath_enabled(False)
    pair = model()
    cases = [searched(pair, "1 beam", beams=1, maxTokens=15)]
    for beams in (4, 5):
        for penalty in (0.6, 1.0, 2.0):
            cases.append(searched(pair, f"{beams} beams, length penalty {penalty}", beams=beams, maxTokens=15, lengthPenalty=penalty, noRepeatNgram=2))
    cases += [
        searched(pair, "early stopping", beams=5, maxTokens=15, earlyStopping=True, noRepeatNgram=2),
        searched(pair, "repeated tokens", beams=4, maxTokens=8),
        searched(pair, "penalty of repetition", beams=4, maxTokens=15, repetitionPenalty=1.3),
        searched(pair, "greedy, no 2-gram twice", beams=1, maxTokens=15, noRepeatNgram=2),
    ]
    return {
        "source": golden.source(
            "target-generation", "huggingface/transformers", "src/transformers/generation/utils.py",
            packages=("torch", "transformers"), dtype="float32",
            notes=["The model and its sources are in oracle/target_generation.py."]),
        "cases": cases,
    }  # fmt: skip
