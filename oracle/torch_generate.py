"""PyTorch's generation with a cache, the rival in the benchmark. The protocol is that of torch_step.py; a step reads a
prompt of `length` − `tokens` tokens and, unless "mode" is "prompt", generates `tokens` tokens greedily after it.

    {"command": "setup", "shape": {...}, "threads": 2, "mode": "prompt" | "generate", "tokens": 256}

Keys and values are kept and joined to those of the new token, as the eager caches of PyTorch's libraries do. The model
is that of torch_step.py, in inference mode.
"""

import torch
from torch.nn import functional as F

import torch_step


class Generator(torch_step.Trainer):
    def __init__(self, job: dict):
        shape, self.mode, self.tokens = job["shape"], job.get("mode", "generate"), int(job.get("tokens", 256))
        if self.mode not in ("prompt", "generate"):
            raise ValueError(f'mode must be "prompt" or "generate", got {self.mode!r}.')
        torch.set_flush_denormal(bool(job.get("flushDenormals", False)))
        torch.set_num_threads(int(job["threads"]))
        torch.manual_seed(0)
        self.model = torch_step.Gpt(**{k: shape[k] for k in ("length", "width", "heads", "layers", "vocab")}).eval()
        self.prompt = torch.randint(shape["vocab"], (shape["batch"], shape["length"] - self.tokens))

    def forward(self, tokens, cache):
        """Logits of the last token, and the cache with these tokens."""
        model, past = self.model, 0 if cache is None else cache[0][0].shape[2]
        x, kept = model.tokens(tokens), []
        mask = model.mask[:, :, past : past + tokens.shape[1], : past + tokens.shape[1]]
        for layer, block in enumerate(model.blocks):
            batch, length, width = x.shape
            split = block.qkv(block.norm1(x)).view(batch, length, 3, block.heads, width // block.heads)
            query, key, value = split.permute(2, 0, 3, 1, 4)
            if cache is not None:
                key, value = (torch.cat(pair, dim=2) for pair in zip(cache[layer], (key, value)))
            kept.append((key, value))
            a = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
            x = x + block.output(a.transpose(1, 2).reshape(batch, length, width))
            x = x + block.down(F.gelu(block.up(block.norm2(x))))
        return model.head(model.norm(x[:, -1])), kept

    @torch.inference_mode()
    def step(self) -> float:
        logits, cache = self.forward(self.prompt, None)
        for _ in range(self.tokens if self.mode == "generate" else 0):
            logits, cache = self.forward(logits.argmax(-1, keepdim=True), cache)
        return logits[0, 0].item()


if __name__ == "__main__":
    torch_step.main(Generator)
