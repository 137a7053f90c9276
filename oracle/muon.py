"""torch.optim.Muon over 12 steps, in float64, with the rate of each step given.

PyTorch casts the gradient to bfloat16 for the iteration. Here `bfloat16()` gives the tensor itself, so that the formula is
compared and not the rounding. Weights are stored [inputs, outputs]; PyTorch stores [outputs, inputs], so the reference gets
the transposes. Outputs `<parameter>@<n>` and `<parameter>.momentum@<n>` are after n steps.
"""

from unittest import mock

import torch

import golden

NAME = "muon"
STEPS, SEEN = 12, (1, 2, 12)
SHAPES = {"wide": (5, 7), "tall": (7, 3), "square": (4, 4)}


def case(name, parameters, grads, adjust, decay):
    leaves = {k: golden.leaf(v.T.contiguous(), torch.float64) for k, v in parameters.items()}
    optimiser = torch.optim.Muon(leaves.values(), lr=0.0, weight_decay=decay, momentum=0.95, adjust_lr_fn=adjust)
    rates = [0.03 * (1 - step / 20) for step in range(STEPS)]
    outputs = {}
    with mock.patch.object(torch.Tensor, "bfloat16", lambda self: self.clone()):
        for step in range(STEPS):
            for group in optimiser.param_groups:
                group["lr"] = rates[step]
            for k, p in leaves.items():
                p.grad = grads[k][step].T.contiguous().clone()
            optimiser.step()
            if step + 1 in SEEN:
                for k, p in leaves.items():
                    outputs[f"{k}@{step + 1}"] = p.detach().T.contiguous().clone()
                    outputs[f"{k}.momentum@{step + 1}"] = optimiser.state[p]["momentum_buffer"].T.contiguous().clone()
    return {
        "name": name,
        "options": {"momentum": 0.95, "weightDecay": decay, "iterations": 5, "adjust": adjust, "steps": STEPS},
        "inputs": parameters | {f"{k}.gradient": g for k, g in grads.items()}
                  | {"learningRate": torch.tensor(rates, dtype=torch.float64)},
        "outputs": outputs,
        "gradients": {},
    }  # fmt: skip


def make() -> dict:
    draw = golden.Draw(11)
    parameters = {k: draw.normal(*s) for k, s in SHAPES.items()}
    grads = {k: torch.round(draw.normal(STEPS, *s) * 1e5) / 1e5 for k, s in SHAPES.items()}
    return {
        "source": golden.source(
            NAME, "pytorch/pytorch", "torch.optim.Muon", seed=11, dtype="float64",
            notes=["bfloat16() was replaced by a copy, so that the iteration runs in float64.",
                   "The reference's weights are the transposes of ours."]),
        "cases": [
            case("match_rms_adamw, decay 0.1", parameters, grads, "match_rms_adamw", 0.1),
            case("original, no decay", parameters, grads, "original", 0.0),
        ],
    }  # fmt: skip
