"""The shape of a golden file, and the few things every generator needs to write one.

A file is one JSON object:

    source   where the numbers come from: repository, file, versions, dtype, seed, command, notes
    shared   (some files) named groups of inputs that several cases use
    cases    a list of { name, options, inputs, outputs, gradients } and, in some, inputsFrom, reference

A tensor is { "shape": [...], "data": [...] }, flat and row-major. If it also has "every": n, then data
holds only the entries at flat indices 0, n, 2n, … (n shares no factor with the axes, so all rows and columns
are met). A case's inputs are those of the shared groups in inputsFrom, in order, then its own.

Gradients are those of  loss = Σ output · cotangent  unless the file says otherwise.
"""

import json
import math
import platform
from importlib.metadata import version
from pathlib import Path

import numpy
import torch

FOLDER = Path(__file__).resolve().parent.parent / "test" / "golden"

# One thread: the order of a sum, and so its last bit, must not depend on the machine's load.
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


class Draw:
    """Seeded inputs with few decimals: short in JSON, and read back as exactly the same float64."""

    def __init__(self, seed: int):
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int, std: float = 1.0, mean: float = 0.0, decimals: int = 3) -> torch.Tensor:
        values = mean + std * torch.randn(shape, generator=self.generator, dtype=torch.float64)
        return torch.round(values * 10**decimals) / 10**decimals

    def integers(self, below: int, *shape: int) -> torch.Tensor:
        return torch.randint(below, shape, generator=self.generator)


def source(name, repository, file, packages=("torch",), dtype="float64", seed=None, **more) -> dict:
    """`more` may carry `notes` (a list of sentences) and `digits` (significant digits kept)."""
    versions = {"python": platform.python_version()} | {p: version(p).split("+")[0] for p in packages}
    command = f"python oracle/make_all.py {name}"
    return {"repository": repository, "file": file, "versions": versions, "dtype": dtype, "seed": seed,
            "command": command} | more  # fmt: skip


def gradients(loss: torch.Tensor, **leaves: torch.Tensor) -> dict:
    """d loss / d leaf for every named leaf."""
    return dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values()))))


def leaf(tensor: torch.Tensor, dtype=None) -> torch.Tensor:
    return tensor.detach().to(dtype or tensor.dtype).clone().requires_grad_(True)


def gradcheck(function, *inputs: torch.Tensor, fast: bool = False) -> None:
    """Stops the generator when autograd and central differences disagree."""
    torch.manual_seed(0)  # the fast mode projects on random directions
    inputs = tuple(leaf(x) if x.is_floating_point() else x for x in inputs)
    torch.autograd.gradcheck(function, inputs, eps=1e-6, atol=1e-7, rtol=1e-6, fast_mode=fast)


def agree(what: str, ours: torch.Tensor, theirs: torch.Tensor, tolerance: float) -> float:
    """The largest absolute difference; stops the generator when it exceeds the tolerance."""
    difference = float((ours.detach().double() - theirs.detach().double()).abs().max())
    if not difference <= tolerance:
        raise SystemExit(f"{what}: differs from its reference by {difference:.3g}, allowed {tolerance:.3g}.")
    return difference


def every(tensor: torch.Tensor, step: int) -> dict:
    """A tensor of which only each `step`-th entry is written."""
    return {"shape": list(tensor.shape), "every": step, "data": tensor.detach().flatten()[::step]}


def write(name: str, document: dict, folder: Path = FOLDER) -> Path:
    digits = document["source"].get("digits")
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(document, digits) + "\n")
    return path


def _text(value, digits, indent="") -> str:
    """JSON with one line per tensor, so that a change is visible in a diff."""
    if isinstance(value, torch.Tensor):
        value = {"shape": list(value.shape), "data": value.detach().flatten()}
    if isinstance(value, dict) and "data" in value:
        head = "".join(f"{json.dumps(k)}: {json.dumps(v)}, " for k, v in value.items() if k != "data")
        return f'{{{head}"data": [{",".join(_numbers(value["data"], digits))}]}}'
    inner = indent + " "
    if isinstance(value, dict) and value:
        rows = [f"{inner}{json.dumps(k)}: {_text(v, digits, inner)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        rows = [inner + _text(v, digits, inner) for v in value]
        return "[\n" + ",\n".join(rows) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _numbers(data: torch.Tensor, digits) -> list[str]:
    if data.dtype == torch.bool or not data.is_floating_point():
        return [str(int(v)) for v in data.tolist()]
    if data.dtype == torch.float32:
        return [_short(str(v)) for v in data.numpy().astype(numpy.float32)]
    keep = (lambda v: v) if digits is None else (lambda v: float(f"{v:.{digits}g}"))
    values = data.tolist()
    if not all(math.isfinite(v) for v in values):
        raise ValueError("a golden file holds finite numbers only; JSON has no infinity.")
    return [_short(repr(keep(v))) for v in values]


def _short(text: str) -> str:
    return "0" if text == "-0.0" else text.removesuffix(".0")
