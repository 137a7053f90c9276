"""One file of the installed fla-core, loaded by its path: importing the package itself needs triton."""

import importlib.util
from types import ModuleType


def fla_file(path: str) -> ModuleType:
    """`path` within the package, as `ops/path_attn/naive.py`."""
    root = importlib.util.find_spec("fla").submodule_search_locations[0]
    spec = importlib.util.spec_from_file_location("fla_file", f"{root}/{path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
