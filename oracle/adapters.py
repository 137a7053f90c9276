"""Low-rank adapters in the files that relpos writes, as PEFT loads them: logits of models that have them.

`node oracle/write-adapters.ts` writes the files; values of adapters and models are made by the rule of families.py. PEFT warns of
nothing: no key of its file is missing or left over. Models run in float64.
"""

import json
import subprocess
import tempfile
import warnings
from pathlib import Path

import peft
import torch

import families
import golden

NAME = "adapters"
LENGTH = 7


def case(name: str, folder: str) -> dict:
    model = families.model_of(*families.CASES[name])
    tokens = families.tokens_of(LENGTH)[None]
    with torch.no_grad():
        before = model(tokens).logits[0].clone()
    config = json.loads((Path(folder) / "adapter_config.json").read_text())
    stored = peft.utils.load_peft_weights(folder, device="cpu")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Of a name in transformers that PEFT still uses.
        warnings.simplefilter("ignore", FutureWarning)
        adapted = peft.PeftModel.from_pretrained(model, folder, autocast_adapter_dtype=False)
    own = peft.get_peft_model_state_dict(adapted, save_embedding_layers=False)
    if own.keys() != stored.keys():
        raise SystemExit(f"{name}: PEFT keeps {sorted(own.keys() ^ stored.keys())} under other names.")
    with torch.no_grad():
        logits = adapted.double().eval()(tokens).logits[0]
        merged = adapted.merge_and_unload()(tokens).logits[0]
    golden.agree(f"{name}, merged", logits, merged, 1e-9)
    if float((logits - before).abs().max()) < 0.01:
        raise SystemExit(f"{name}: the adapter changes nothing.")
    config.pop("base_model_name_or_path")
    return {
        "name": name,
        "options": {"config": config, "keys": sorted(stored)},
        "inputs": {},
        "outputs": {"logits": logits},
        "gradients": {},
    }


def make() -> dict:
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as place:
        command = ["npx", "node", "oracle/write-adapters.ts", place]
        folders = json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)
        cases = [case(name, folder) for name, folder in folders.items()]
    return {
        "source": golden.source(
            NAME, "huggingface/peft", "PeftModel.from_pretrained", ("torch", "transformers", "peft"), digits=7,
            notes=["Files are written by relpos; values are made by a rule, see oracle/families.py."],
        ),
        "cases": cases,
    }  # fmt: skip
