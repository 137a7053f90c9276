"""Windows of Swin Transformers, as transformers builds them, asked in float64 with given queries, keys and values."""

from contextlib import contextmanager
from unittest.mock import patch

import torch


class Given(torch.nn.Module):
    """Stands for a projection and answers what it was given, heads beside each other: [batch, length, model]."""

    def forward(self, _):
        return self.tensor.transpose(1, 2).flatten(2)


@contextmanager
def in_float64():
    """Tables that the library makes in float32 are made in float64."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with patch.object(torch.Tensor, "float", torch.Tensor.double):
            yield
    finally:
        torch.set_default_dtype(before)


def answer(module, query, key, value, parameters):
    """The module's attention output [batch, heads, length, headDim]."""
    module.query, module.key, module.value = Given(), Given(), Given()
    module.query.tensor, module.key.tensor, module.value.tensor = query, key, value
    batch, heads, length, head_dim = query.shape
    hidden = torch.zeros(batch, length, heads * head_dim)
    context = torch.func.functional_call(module, parameters, (hidden,), {})[0]
    return context.unflatten(-1, (heads, head_dim)).transpose(1, 2)
