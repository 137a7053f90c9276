"""RetNet's decay as a bias: bias[h, i, j] = |i − j| · ln γ_h, γ_h = 1 − 2^(−5 − h), so that softmax's weights,
before they are divided by their sum, carry the factor γ^δ that retention gives its scores.

The decay itself is read off fla's naive_retention: with queries and keys of one component √d and 1, and values that
are the rows of the identity, its output is the matrix γ_h^δ. Its casts to float32 are made casts to float64.
"""

from importlib import util
from pathlib import Path
from unittest.mock import patch

import torch

import golden
from position_bias import DIGITS, HEADS, attention_case, distances, groups

NAME = "retention-decay"


def bias(heads, distance):
    h = torch.arange(heads, dtype=torch.float64)
    return torch.log1p(-(2.0 ** (-5 - h)))[:, None, None] * distance.abs()


def naive_retention():
    """fla's function, from its file: importing the package needs a compiler for graphics cards."""
    package = Path(util.find_spec("fla").submodule_search_locations[0])
    spec = util.spec_from_file_location("naive", package / "ops" / "retention" / "naive.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.naive_retention


def fla_decay(heads, length):
    """γ_h^(i − j) for j ≤ i, 0 else, [heads, length, length]."""
    ones = torch.ones(1, heads, length, 1, dtype=torch.float64)
    rows = torch.eye(length, dtype=torch.float64).expand(1, heads, length, length)
    double = torch.Tensor.double
    create = torch.Tensor.new_tensor
    made = lambda x, data, dtype=None: create(x, data, dtype=torch.float64)  # noqa: E731
    with patch.object(torch.Tensor, "float", double), patch.object(torch.Tensor, "new_tensor", made):
        return naive_retention()(ones, ones, rows)[0]


def make() -> dict:
    for heads, length in ((HEADS, 33), (3, 7)):
        i = torch.arange(length, dtype=torch.float64)
        ours = bias(heads, i[:, None] - i[None, :]).exp().tril()
        golden.agree(f"decay of {heads} heads, fla", ours, fla_decay(heads, length), 1e-12)
    draw = golden.Draw(24)
    shared = groups(draw)

    def case(group, causal):
        return attention_case(shared, group, "decay", {}, {},
                              lambda _, lengths: bias(HEADS, distances(lengths)), causal)  # fmt: skip

    return {
        "source": golden.source(NAME, "fla-org/flash-linear-attention, own derivation",
                                "fla/ops/retention/naive.py naive_retention; oracle/retention_decay.py",
                                ("torch", "fla-core"), seed=24, digits=DIGITS,
                                notes=["exp(bias) equals fla's decay matrix within 1e-12."]),
        "shared": shared,
        "cases": [case("square", True), case("square", False), case("long", True)],
    }  # fmt: skip
