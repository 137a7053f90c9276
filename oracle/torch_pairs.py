"""PyTorch's training step of an encoder-decoder on pairs, the rival in the benchmark. The protocol is that of torch_step.py; a
step passes once over all batches of the job in `file`, which bench/rivals/pair-job.ts describes.

    {"command": "setup", "shape": {...}, "threads": 2, "file": "job.json", "flushDenormals": true}

The model is torch.nn.Transformer, pre-norm with GELU, between one token table, which is the head too, and sinusoids that are
added to its vectors. Batches have the padding that relpos gives them; padding of a source is masked, padding of a target comes
after all text and has no loss. AdamW is the fused one, and gradients are clipped to a norm of 1.
"""

import json
import math

import torch
from torch import nn
from torch.nn import functional as F

import torch_step

IGNORED = -100


class Pairs(nn.Module):
    def __init__(self, job: dict):
        super().__init__()
        width, layers = job["width"], job["layers"]
        self.table = nn.Embedding(job["vocab"], width)
        self.drop = nn.Dropout(job["dropout"])
        self.stacks = nn.Transformer(
            width, job["heads"], layers, layers, job["hidden"], job["dropout"], activation="gelu", batch_first=True,
            norm_first=True,
        )  # fmt: skip
        self.register_buffer("places", sinusoids(job["longest"], width))
        nn.init.normal_(self.table.weight, std=0.02)

    def embed(self, tokens):
        return self.drop(self.table(tokens) + self.places[: tokens.shape[1]])

    def forward(self, source, padding, target):
        mask = self.stacks.generate_square_subsequent_mask(target.shape[1])
        hidden = self.stacks(
            self.embed(source), self.embed(target), tgt_mask=mask, tgt_is_causal=True, src_key_padding_mask=padding,
            memory_key_padding_mask=padding,
        )  # fmt: skip
        return F.linear(hidden, self.table.weight)


def sinusoids(length: int, width: int) -> torch.Tensor:
    frequencies = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    angles = torch.arange(length)[:, None] * frequencies
    return torch.stack([angles.sin(), angles.cos()], dim=2).reshape(length, width)


class Trainer(torch_step.Trainer):
    def __init__(self, request: dict):
        with open(request["file"]) as file:
            job = json.load(file)
        torch.set_flush_denormal(bool(request.get("flushDenormals", False)))
        torch.set_num_threads(int(request["threads"]))
        torch.manual_seed(0)
        self.smoothing = job["labelSmoothing"]
        self.model = Pairs(job).train()
        count = sum(p.numel() for p in self.model.parameters())
        if job["encoding"] == "sinusoidal" and count != job["parameters"]:
            raise ValueError(f"relpos' model has {job['parameters']} numbers, and this one {count}.")
        self.batches = [self.batch(each) for each in job["batches"]]
        self.optimiser = torch.optim.AdamW(self.model.parameters(), lr=5e-4, betas=(0.9, 0.98), weight_decay=0.01, fused=True)

    @staticmethod
    def batch(given: dict) -> tuple:
        rows = {name: torch.tensor(each["data"]).reshape(each["shape"]) for name, each in given.items()}
        following = rows["next"].masked_fill(rows["weights"] == 0, IGNORED)
        return rows["source"], rows["sourceMask"] == 0, rows["target"], following

    def step(self) -> float:
        for source, padding, target, following in self.batches:
            self.optimiser.zero_grad(set_to_none=True)
            logits = self.model(source, padding, target)
            loss = F.cross_entropy(
                logits.flatten(0, 1), following.flatten(), ignore_index=IGNORED, label_smoothing=self.smoothing
            )
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), 1.0, foreach=True)
            self.optimiser.step()
        return loss.item()


if __name__ == "__main__":
    torch_step.main(Trainer)
