"""Beam search by transformers' generate with its cache, the rival in the benchmark. The protocol is that of torch_step.py; a step
writes a target for every source of the job in `file`, in batches of `batch` sources.

    {"command": "setup", "shape": {...}, "threads": 2, "folder": "model", "file": "sources.json", "flushDenormals": true}
    python oracle/torch_translation.py make FOLDER SETTINGS

`make` writes a MarianMTModel with random weights into a folder, from which relpos loads the same model; SETTINGS is JSON with
`width`, `heads`, `hidden`, `layers`, `vocab`, `begin` and `end`. The job has `sources`, rows of token ids that end with the end
symbol, in an order in which neighbours have like lengths; `batch`, `beams`, `tokens`, and where what was written is to go,
`out`, once. Weights are random, so hardly a target ends by itself: all have `tokens` tokens.
"""

import json
import sys

import torch
from transformers import GenerationConfig, MarianConfig, MarianMTModel

import torch_step


def made(folder: str, given: dict) -> None:
    torch.manual_seed(0)
    width, heads, hidden, layers = (given[name] for name in ("width", "heads", "hidden", "layers"))
    vocab = given["vocab"] + 1  # Padding has an id of its own, as in Marian's models.
    config = MarianConfig(
        vocab_size=vocab, decoder_vocab_size=vocab, d_model=width, encoder_layers=layers, decoder_layers=layers,
        encoder_attention_heads=heads, decoder_attention_heads=heads, encoder_ffn_dim=hidden, decoder_ffn_dim=hidden,
        max_position_embeddings=512, scale_embedding=True, activation_function="swish", pad_token_id=vocab - 1,
        bos_token_id=given["begin"], eos_token_id=given["end"], decoder_start_token_id=given["begin"],
        forced_eos_token_id=None, init_std=0.1,
    )  # fmt: skip
    MarianMTModel(config).save_pretrained(folder)


class Translator(torch_step.Trainer):
    def __init__(self, request: dict):
        with open(request["file"]) as file:
            self.job = json.load(file)
        torch.set_flush_denormal(bool(request.get("flushDenormals", False)))
        torch.set_num_threads(int(request["threads"]))
        self.model = MarianMTModel.from_pretrained(request["folder"]).eval()
        config = self.model.config
        self.search = GenerationConfig(
            num_beams=self.job["beams"], length_penalty=1.0, early_stopping=False, max_new_tokens=self.job["tokens"],
            do_sample=False, use_cache=True, pad_token_id=config.pad_token_id, eos_token_id=config.eos_token_id,
            decoder_start_token_id=config.decoder_start_token_id, suppress_tokens=[config.bos_token_id, config.pad_token_id],
        )  # fmt: skip
        self.written = False

    @torch.inference_mode()
    def step(self) -> float:
        pad, rows, found = self.model.config.pad_token_id, self.job["sources"], []
        for first in range(0, len(rows), self.job["batch"]):
            batch = rows[first : first + self.job["batch"]]
            longest = max(map(len, batch))
            ids = torch.tensor([row + [pad] * (longest - len(row)) for row in batch])
            made = self.model.generate(ids, attention_mask=(ids != pad).long(), generation_config=self.search)
            found += [[token for token in row[1:] if token != pad] for row in made.tolist()]
        if not self.written:
            with open(self.job["out"] + ".torch", "w") as file:
                json.dump(found, file)
            self.written = True
        return float(len(found))


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        made(sys.argv[2], json.loads(sys.argv[3]))
    else:
        torch_step.main(Translator)
