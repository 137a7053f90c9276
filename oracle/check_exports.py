"""Do other programs load exported folders, with the logits of relpos?

    node oracle/write-exports.ts FOLDER && python oracle/check_exports.py FOLDER

Folders of transformers are loaded by AutoModelForCausalLM in float32, ONNX models are checked by ONNX's checker with full
shape inference and run by ONNX Runtime, where they are installed, whole and token by token. Prints one line for each and
exits with code 1 where one fails or differs by more than 1e-4 of the largest logit.
"""

import json
import pathlib
import sys
import warnings

import numpy as np
import torch
import transformers

try:
    import onnxruntime
except ImportError:
    onnxruntime = None

LIMIT = 1e-4


def difference(found, wanted):
    return float(np.abs(np.asarray(found) - wanted).max() / np.abs(wanted).max())


def in_transformers(folder, tokens):
    kind = json.loads((pathlib.Path(folder) / "config.json").read_text())["model_type"]
    # Version 4's default attention leaves Gemma 2's caps out.
    options = {"attn_implementation": "eager"} if kind == "gemma2" else {}
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **options)
    model.eval()
    with torch.no_grad():
        return type(model).__name__, model(torch.tensor([tokens])).logits[0].numpy()


def in_onnx(folder, tokens):
    import onnx

    file = str(pathlib.Path(folder) / "onnx" / "model.onnx")
    onnx.checker.check_model(file, full_check=True)
    if onnxruntime is None:
        return "checker", None
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    cache = {
        each.name: np.zeros([1 if size == "batch_size" else size if isinstance(size, int) else 0 for size in each.shape], np.float32)
        for each in session.get_inputs()
        if each.name.startswith("past")
    }
    names = [each.name for each in session.get_outputs()]
    rows = []
    # A piece, then token by token.
    for start, end in [(0, 7)] + [(at, at + 1) for at in range(7, len(tokens))]:
        feeds = {
            "input_ids": np.array([tokens[start:end]]),
            "attention_mask": np.ones([1, end], np.int64),
            **cache,
        }
        results = dict(zip(names, session.run(None, feeds)))
        rows.append(results.pop("logits")[0])
        cache = {name.replace("present", "past_key_values"): value for name, value in results.items()}
    return "checker, ONNX Runtime", np.concatenate(rows)


def main():
    warnings.simplefilter("ignore")
    transformers.logging.set_verbosity_error()
    folder = pathlib.Path(sys.argv[1])
    failures = 0
    print(f"transformers {transformers.__version__}", onnxruntime and f"onnxruntime {onnxruntime.__version__}")
    for each in json.loads((folder / "exports.json").read_text()):
        if each.get("refused"):
            continue
        label = f"{each['name']}, {each['format']}"
        try:
            run = in_transformers if each["format"] == "huggingface" else in_onnx
            by, logits = run(each["folder"], each["tokens"])
            found = 0.0 if logits is None else difference(logits, np.array(each["logits"]))
            print(f"{label}: {by}, {found:.1e}", flush=True)
            failures += not found < LIMIT
        except Exception as error:
            failures += 1
            print(f"{label}: {type(error).__name__}: {str(error)[:300]}", flush=True)
    print(f"{failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
