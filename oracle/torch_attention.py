"""PyTorch's scaled_dot_product_attention, forward and backward, the rival in the attention benchmark.

The protocol is torch_step.py's; the shape's "vocab" and "layers" are not used. The mode says what is added:

    "bias"     ALiBi as a float mask [1, heads, query, key], made once
    "learned"   a float mask that needs a gradient
    "plain"    is_causal, no mask: the fused kernel's own case
"""

import torch
from torch.nn import functional as F

import torch_step


class Attention(torch_step.Trainer):
    def __init__(self, job: dict):
        shape, mode = job["shape"], job.get("mode", "bias")
        if mode not in ("bias", "learned", "plain"):
            raise ValueError(f'mode must be "bias", "learned" or "plain", got {mode!r}.')
        torch.set_flush_denormal(bool(job.get("flushDenormals", False)))
        torch.set_num_threads(int(job["threads"]))
        torch.manual_seed(0)
        heads, length = shape["heads"], shape["length"]
        size = (shape["batch"], heads, length, shape["width"] // heads)
        self.inputs = [torch.rand(size).mul(2).sub(1).requires_grad_() for _ in range(3)]
        self.cotangent = torch.rand(size)
        self.mask = None if mode == "plain" else torch_step.alibi_mask(heads, length)
        self.leaves = list(self.inputs)
        if mode == "learned":
            self.mask.requires_grad_()
            self.leaves.append(self.mask)
        self.model = torch.nn.Identity()

    def step(self) -> float:
        output = F.scaled_dot_product_attention(*self.inputs, attn_mask=self.mask, is_causal=self.mask is None)
        torch.autograd.grad(output, self.leaves, self.cotangent)
        return float(output.detach().flatten()[0])


if __name__ == "__main__":
    torch_step.main(Attention)
