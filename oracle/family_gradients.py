"""Gradients of pretrained families, tiny and random: of the mean cross-entropy of the next token, by transformers.

Weights and configurations are those of families.py, whose file has them; names of cases are the same. A batch is two texts
of 20 tokens each, of which 19 are read. The gradient of a tensor is an output under its name, at every 23rd entry; a tied
table has the sum over both of its uses. Models run in float64, but for what they do in float32 themselves.
"""

import torch

import families
import golden

NAME = "family-gradients"


def case(name: str) -> dict:
    architecture, settings = families.CASES[name]
    model = families.model_of(architecture, settings)
    rows = torch.stack([families.tokens_of(20), families.tokens_of(21)[1:]])
    logits = model(input_ids=rows[:, :-1]).logits
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1).double(), rows[:, 1:].flatten())
    names = [each for each, _ in families.written(model)]
    state = model.state_dict(keep_vars=True)
    found = dict(zip(names, torch.autograd.grad(loss, [state[each] for each in names])))
    return {
        "name": name,
        "options": {},
        "inputs": {},
        "outputs": {"loss": loss} | {each: golden.every(gradient, 23) for each, gradient in found.items()},
        "gradients": {},
    }


def make() -> dict:
    return {
        "source": golden.source(
            NAME, "huggingface/transformers", "the models' own classes, attention eager, of Falcon sdpa", ("torch", "transformers"),
            notes=["Outputs are the loss and the gradients by tensor, of the mean cross-entropy of the next token; see oracle/family_gradients.py."], digits=7,
        ),
        "cases": [case(name) for name in families.CASES],
    }  # fmt: skip
