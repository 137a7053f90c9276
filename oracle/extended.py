"""Models that relpos extended to longer texts, as transformers loads their folders: frequencies, attention factors, logits.

`node oracle/write-extended.ts` writes the folders: configurations by relpos, weights by the rule of families.py. Texts have
7 tokens and 200, of which 64 are the length of training; of the long ones each 23rd logit is kept. Models run in float64,
with the frequencies that they compute in float32.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import torch
import transformers

import families
import golden

NAME = "extended"
LENGTHS = (7, 200)


def rotary_of(model: torch.nn.Module) -> dict:
    """Inverse frequencies and attention factor as the last pass used them, of the layers that see the whole text."""
    module = next(m for name, m in model.named_modules() if name.endswith("rotary_emb"))
    if hasattr(module, "full_attention_inv_freq"):
        return {"frequencies": module.full_attention_inv_freq, "factor": module.full_attention_attention_scaling}
    return {"frequencies": module.inv_freq, "factor": module.attention_scaling}


def case(name: str, folder: Path) -> dict:
    # Falcon's eager attention adds ALiBi twice.
    attention = "sdpa" if name.startswith("falcon") else "eager"
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64, attn_implementation=attention)
    outputs = {}
    for length in LENGTHS:
        with torch.no_grad():
            logits = model.eval()(families.tokens_of(length)[None]).logits[0]
        found = rotary_of(model)
        outputs[f"logits{length}"] = golden.every(logits, 23) if length > 7 else logits
        # A copy: longrope writes into the buffer.
        outputs[f"frequencies{length}"] = found["frequencies"].float().clone()
        outputs[f"factor{length}"] = torch.tensor(float(found["factor"]), dtype=torch.float64)
    config = json.loads((folder / "config.json").read_text())
    return {"name": name, "options": {"config": config}, "inputs": {}, "outputs": outputs, "gradients": {}}


def make() -> dict:
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as place:
        command = ["npx", "node", "oracle/write-extended.ts", place]
        names = json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)
        cases = [case(name, Path(place) / name) for name in names]
    return {
        "source": golden.source(
            NAME, "huggingface/transformers", "AutoModelForCausalLM.from_pretrained, modeling_rope_utils.py",
            ("torch", "transformers"), digits=7,
            notes=["Folders are written by relpos; weights and tokens are made by a rule, see oracle/families.py."],
        ),
        "cases": cases,
    }  # fmt: skip
