"""Values and gradients of single operators, torch in float64, on small odd inputs.

Some inputs are large (±40) so that an unguarded exponential would show. softplus is called with its
threshold raised to 700: torch's default switches to y = x above 20 and is off by 2e-9 there.
"""

import torch
from torch.nn import functional as F

import golden

NAME = "operators"


def case(name: str, function, inputs: dict, cotangents: golden.Draw, **options) -> dict:
    """Differentiable inputs are the floating ones; `function` takes all inputs by position."""
    leaves = {k: golden.leaf(v) if v.is_floating_point() else v for k, v in inputs.items()}
    output = function(*leaves.values())
    cotangent = cotangents.normal(*output.shape)
    wanted = {k: v for k, v in leaves.items() if v.is_floating_point()}
    return {
        "name": name,
        "options": options,
        "inputs": inputs | {"cotangent": cotangent},
        "outputs": {"y": output},
        "gradients": golden.gradients((output * cotangent).sum(), **wanted),
    }


def unit_lower_inverse(x: torch.Tensor) -> torch.Tensor:
    """What is on and above the diagonal is not read."""
    eye = torch.eye(x.shape[-1], dtype=x.dtype)
    return torch.linalg.solve_triangular(x, eye.expand_as(x), upper=False, unitriangular=True)


def make() -> dict:
    draw = golden.Draw(11)
    x = {"x": draw.normal(3, 5, 7)}
    large = {"x": torch.cat((draw.normal(3, 5), torch.tensor([[40.0, -40.0]] * 3, dtype=torch.float64)), 1)}
    line = {"x": torch.linspace(-6, 6, 25, dtype=torch.float64)}
    affine = {"weight": draw.normal(7, mean=1, std=0.2), "bias": draw.normal(7, std=0.2)}
    classes = {"logits": draw.normal(5, 7, std=2), "targets": draw.integers(7, 5)}
    gather = torch.tensor([[[0, 2, 2, 1]] * 5, [[1, 1, 0, 2]] * 5, [[2, 0, 1, 1]] * 5])
    scatter = {"base": draw.normal(4, 7), "source": draw.normal(3, 7), "index": draw.integers(4, 3, 7)}

    def one(name, function, inputs=x, **options):
        return case(name, function, inputs, draw, **options)

    return {
        "source": golden.source(NAME, "pytorch/pytorch", "torch, torch.nn.functional", seed=11),
        "cases": [
            one("softmax", lambda a: torch.softmax(a, -1), axis=-1),
            one("softmax over the middle axis", lambda a: torch.softmax(a, 1), axis=1),
            one("softmax of large scores", lambda a: torch.softmax(a, -1), large, axis=-1),
            one("log_softmax", lambda a: torch.log_softmax(a, -1), axis=-1),
            one("log_softmax of large scores", lambda a: torch.log_softmax(a, -1), large, axis=-1),
            one("logsumexp", lambda a: torch.logsumexp(a, -1), axis=-1),
            one("logsumexp of large scores", lambda a: torch.logsumexp(a, -1), large, axis=-1),
            one("layer_norm", lambda a, w, b: F.layer_norm(a, (7,), w, b, 1e-5), x | affine, epsilon=1e-5),
            one("rms_norm", lambda a, w: F.rms_norm(a, (7,), w, 1e-6), x | {"weight": affine["weight"]}, epsilon=1e-6),
            one("gelu exact", F.gelu, line, approximate="none"),
            one("gelu tanh", lambda a: F.gelu(a, approximate="tanh"), line, approximate="tanh"),
            one("silu", F.silu, line),
            one("softplus", lambda a: F.softplus(a, threshold=700), line),
            one("softplus of large inputs", lambda a: F.softplus(a, threshold=700), large),
            one("erf", torch.erf, line),
            one("cross_entropy", F.cross_entropy, classes, reduction="mean"),
            one("cumsum", lambda a: torch.cumsum(a, -1), axis=-1, reverse=False),
            one("cumsum over the middle axis", lambda a: torch.cumsum(a, 1), axis=1, reverse=False),
            one("cumsum, reverse", lambda a: a.flip(-1).cumsum(-1).flip(-1), axis=-1, reverse=True),
            one("gather", lambda a, i: torch.gather(a, 2, i), x | {"index": gather}, axis=2),
            one("scatter_add", lambda a, s, i: a.scatter_add(0, i, s), scatter, axis=0),
            one("leaky_relu", lambda a: F.leaky_relu(a, 0.01), line, slope=0.01),
            one("inverse_unit_lower", unit_lower_inverse, {"x": draw.normal(2, 7, 7, std=0.5)}),
            one("cross_entropy of smoothed targets", lambda a, t: F.cross_entropy(a, t, label_smoothing=0.1), classes,
                reduction="mean", smoothing=0.1),
        ],
    }
