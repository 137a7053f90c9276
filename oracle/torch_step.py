"""PyTorch's training step, the rival in the benchmark. One JSON job per line in, one JSON answer per line out.

    {"command": "setup", "shape": {"batch": 8, "length": 256, "width": 256, "heads": 8, "layers": 4, "vocab": 4096},
     "threads": 2, "mode": "eager" | "compile", "flushDenormals": true, "optimiser": "sgd" | "adamw"}
                                       -> {"parameters": 5249024, "torch": "2.13.0", "threads": 2}
    {"command": "run", "steps": 10}    -> {"milliseconds": [...], "losses": [...]}
    {"command": "memory"}              -> {"peakBytes": 680000000}
    {"command": "exit"}                -> {"bye": true}

A failure answers {"error": "..."} and the next line is read. Set up once per process: flushing of subnormal
numbers is inherited by the worker threads when they start, and peak memory never goes down.
The first runs warm up (with "compile" they compile): let the caller discard them.

The model is a GPT of pre-norm blocks: LayerNorm with bias, one projection for query, key and value, ALiBi as a
float mask made once, exact GELU with four times the width, an untied head without bias, mean cross-entropy.
"""

import json
import math
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, mask):
        batch, length, width = x.shape
        split = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        x = x + self.output(a.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Gpt(nn.Module):
    """tokens, targets [batch, length] -> mean cross-entropy."""

    def __init__(self, length: int, width: int, heads: int, layers: int, vocab: int):
        super().__init__()
        self.tokens = nn.Embedding(vocab, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocab, bias=False)
        self.register_buffer("mask", alibi_mask(heads, length))
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, tokens, targets):
        x = self.tokens(tokens)
        for block in self.blocks:
            x = block(x, self.mask)
        logits = self.head(self.norm(x))
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def alibi_mask(heads: int, length: int) -> torch.Tensor:
    """−slope · distance for the past, −∞ for the future [1, heads, query, key]."""
    below = 2 ** math.floor(math.log2(heads))
    slopes = [2.0 ** (-8 * (h + 1) / below) for h in range(below)]
    slopes += [2.0 ** (-8 * (h + 1) / (2 * below)) for h in range(0, 2 * below, 2)][: heads - below]
    positions = torch.arange(length)
    distance = (positions[:, None] - positions[None, :]).float()
    bias = -torch.tensor(slopes)[:, None, None] * distance
    return bias.masked_fill(distance < 0, float("-inf"))[None]


class Trainer:
    def __init__(self, job: dict):
        shape, mode, optimiser = job["shape"], job.get("mode", "eager"), job.get("optimiser", "sgd")
        if mode not in ("eager", "compile"):
            raise ValueError(f'mode must be "eager" or "compile", got {mode!r}.')
        if optimiser not in ("sgd", "adamw"):
            raise ValueError(f'optimiser must be "sgd" or "adamw", got {optimiser!r}.')
        if shape["width"] % shape["heads"]:
            raise ValueError(f"width {shape['width']} is not a multiple of heads {shape['heads']}.")
        # Before the first parallel operation, so that every worker thread inherits it.
        if not torch.set_flush_denormal(bool(job.get("flushDenormals", False))) and job.get("flushDenormals"):
            raise RuntimeError("this processor cannot flush subnormal numbers; set flushDenormals to false.")
        torch.set_num_threads(int(job["threads"]))
        torch.manual_seed(0)
        self.model = Gpt(**{k: shape[k] for k in ("length", "width", "heads", "layers", "vocab")})
        self.loss = torch.compile(self.model) if mode == "compile" else self.model
        size = (shape["batch"], shape["length"])
        self.tokens, self.targets = (torch.randint(shape["vocab"], size) for _ in range(2))
        # Fused: one pass over all parameters, the fastest that PyTorch offers on the processor.
        kind, rate = (torch.optim.SGD, 0.01) if optimiser == "sgd" else (torch.optim.AdamW, 1e-3)
        self.optimiser = kind(self.model.parameters(), lr=rate, fused=True)

    def step(self) -> float:
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.loss(self.tokens, self.targets)
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def run(self, steps: int) -> dict:
        milliseconds, losses = [], []
        for _ in range(steps):
            began = time.perf_counter()
            losses.append(self.step())
            milliseconds.append(1000 * (time.perf_counter() - began))
        return {"milliseconds": milliseconds, "losses": losses}


def peak_memory() -> int:
    """Bytes. Linux hands getrusage's figure from parent to child, so the kernel's own line comes first."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main(trainer_of: type[Trainer] = Trainer) -> None:
    trainer = None
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            job = json.loads(line)
            command = job.get("command", "setup")
            if command == "setup":
                trainer = trainer_of(job)
                count = sum(p.numel() for p in trainer.model.parameters())
                answer = {"parameters": count, "torch": torch.__version__.split("+")[0],
                          "threads": torch.get_num_threads()}  # fmt: skip
            elif command == "run":
                if trainer is None:
                    raise RuntimeError("run before setup: send a setup job first.")
                answer = trainer.run(int(job.get("steps", 1)))
            elif command == "memory":
                answer = {"peakBytes": peak_memory()}
            elif command == "exit":
                print(json.dumps({"bye": True}), flush=True)
                return
            else:
                raise ValueError(f"unknown command {command!r}. Known: setup, run, memory, exit")
        except Exception as error:  # whatever it is, the caller gets one line back
            answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:2000]}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
