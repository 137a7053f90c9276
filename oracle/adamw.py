"""torch.optim.AdamW over 20 steps, with gradient clipping and nanoGPT's learning-rate schedule.

With `step` counted from 0:

    step < warmup          rate = maximum · (step + 1) / (warmup + 1)
    step > decaySteps      rate = minimum
    otherwise              rate = minimum + ½ (1 + cos(π (step − warmup) / (decaySteps − warmup))) (maximum − minimum)

Clipping is torch.nn.utils.clip_grad_norm_: all gradients times min(1, maxNorm / (norm + 1e-6)).
The inputs hold the gradients before clipping, [step, ...]; `norms` are those before clipping.
Outputs `<parameter>@<n>`, `<parameter>.exp_avg@<n>` and `<parameter>.exp_avg_sq@<n>` are after n steps.
"""

import math

import torch

import golden

NAME = "adamw"
STEPS, SEEN = 20, (1, 2, 5, 20)
DECAY = {"matrix": 0.1, "vector": 0.0, "square": 0.1}


def rate(step: int, maximum: float, minimum: float, warmup: int, decay_steps: int) -> float:
    if step < warmup:
        return maximum * (step + 1) / (warmup + 1)
    if step > decay_steps:
        return minimum
    progress = (step - warmup) / (decay_steps - warmup)
    return minimum + 0.5 * (1.0 + math.cos(math.pi * progress)) * (maximum - minimum)


def case(name, dtype, parameters, grads, betas, max_norm=1.0):
    schedule = {"maximum": 0.05, "minimum": 0.005, "warmup": 5, "decaySteps": 16}
    rates = [rate(s, 0.05, 0.005, 5, 16) for s in range(STEPS)]
    leaves = {k: golden.leaf(v, dtype) for k, v in parameters.items()}
    groups = [{"params": [p], "weight_decay": DECAY[k]} for k, p in leaves.items()]
    optimiser = torch.optim.AdamW(groups, lr=0.0, betas=betas, eps=1e-8, foreach=False)
    norms, outputs = [], {}
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = rates[step]
        for k, p in leaves.items():
            p.grad = grads[k][step].to(dtype).clone()
        norms.append(torch.nn.utils.clip_grad_norm_(leaves.values(), max_norm, foreach=False))
        optimiser.step()
        if step + 1 in SEEN:
            for k, p in leaves.items():
                state = optimiser.state[p]
                outputs[f"{k}@{step + 1}"] = p.detach().clone()
                outputs[f"{k}.exp_avg@{step + 1}"] = state["exp_avg"].clone()
                outputs[f"{k}.exp_avg_sq@{step + 1}"] = state["exp_avg_sq"].clone()
    outputs["norms"] = torch.stack(norms)
    assert 3 <= sum(float(n) > max_norm for n in norms) <= STEPS - 3, "some steps must clip and some must not"
    return {
        "name": name,
        "options": {"dtype": str(dtype).removeprefix("torch."), "betas": list(betas), "epsilon": 1e-8,
                    "maxNorm": max_norm, "weightDecay": DECAY, "steps": STEPS, "schedule": schedule},
        "inputs": parameters | {f"{k}.gradient": g for k, g in grads.items()}
                  | {"learningRate": torch.tensor(rates, dtype=torch.float64)},
        "outputs": outputs,
        "gradients": {},
    }  # fmt: skip


def make() -> dict:
    draw = golden.Draw(2)
    shapes = {"matrix": (5, 7), "vector": (7,), "square": (3, 3)}
    parameters = {k: draw.normal(*s) for k, s in shapes.items()}
    size = torch.tensor([1.0, 0.02, 0.3, 0.05], dtype=torch.float64).repeat(STEPS // 4)
    grads = {}
    for k, s in shapes.items():
        drawn = draw.normal(STEPS, *s) * size.view(-1, *[1] * len(s))
        grads[k] = torch.round(drawn * 1e5) / 1e5
    return {
        "source": golden.source(
            NAME, "pytorch/pytorch", "torch.optim.AdamW, torch.nn.utils.clip_grad_norm_", seed=2,
            dtype="float64; the case that says so float32",
            notes=["The schedule is that of karpathy/nanoGPT, train.py, get_lr; steps count from 0.",
                   "Gradients are given before clipping."]),
        "cases": [
            case("float64, betas 0.9 and 0.95", torch.float64, parameters, grads, (0.9, 0.95)),
            case("float64, betas 0.9 and 0.999", torch.float64, parameters, grads, (0.9, 0.999)),
            case("float32, betas 0.9 and 0.95", torch.float32, parameters, grads, (0.9, 0.95)),
        ],
    }  # fmt: skip
