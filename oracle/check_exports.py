"""Do other programs load exported folders, with the logits of relpos?

    node oracle/write-exports.ts FOLDER && python oracle/check_exports.py FOLDER

Folders of transformers are loaded by AutoModelForCausalLM in float32, ONNX models are checked by ONNX's checker with full
shape inference and run by ONNX Runtime, where they are installed, whole and token by token. Of encoder-decoders a source is
read with padding before it and behind it. Prints one line for each and
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


def pair_in_transformers(folder, source, target):
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32).eval()
    with torch.no_grad():
        ids = {"input_ids": torch.tensor([source]), "decoder_input_ids": torch.tensor([target])}
        return type(model).__name__, model(**ids).logits[0].numpy()


def pair_in_onnx(folder, source, target):
    import onnx

    files = [str(pathlib.Path(folder) / "onnx" / f"{name}.onnx") for name in ("encoder_model", "decoder_model_merged")]
    for file in files:
        onnx.checker.check_model(file, full_check=True)
    if onnxruntime is None:
        return "checker", None
    encoder, decoder = (onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"]) for file in files)
    # The source twice, once with padding before it and once behind.
    pads = 3
    ids = np.array([[0] * pads + source, source + [0] * pads])
    mask = np.array([[0] * pads + [1] * len(source), [1] * len(source) + [0] * pads])
    states = encoder.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    cache = {
        each.name: np.zeros([2 if size == "batch_size" else size if isinstance(size, int) else 0 for size in each.shape], np.float32)
        for each in decoder.get_inputs()
        if each.name.startswith("past")
    }
    names = [each.name for each in decoder.get_outputs()]
    rows, first = [], True
    for start, end in [(0, 4)] + [(at, at + 1) for at in range(4, len(target))]:
        feeds = {
            "input_ids": np.array([target[start:end]] * 2),
            "encoder_attention_mask": mask,
            "encoder_hidden_states": states,
            "use_cache_branch": np.array([not first]),
            **cache,
        }
        results = dict(zip(names, decoder.run(None, feeds)))
        rows.append(results.pop("logits"))
        present = {name.replace("present", "past_key_values"): value for name, value in results.items()}
        # Those of the source stay.
        cache = {name: value if first or "encoder" not in name else cache[name] for name, value in present.items()}
        first = False
    both = np.concatenate(rows, axis=1)
    worst = np.abs(both[0] - both[1]).max() / np.abs(both).max()
    return f"checker, ONNX Runtime, padding {worst:.1e}", both[0]


def encoder_in_transformers(folder, text, head):
    cls = transformers.AutoModelForMaskedLM if head else transformers.AutoModel
    model = cls.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        found = model(torch.tensor([text]))
    return type(model).__name__, (found.logits if head else found.last_hidden_state)[0].numpy()


def encoder_in_onnx(folder, text, head):
    import onnx

    file = str(pathlib.Path(folder) / "onnx" / "model.onnx")
    onnx.checker.check_model(file, full_check=True)
    if onnxruntime is None:
        return "checker", None
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    feeds = {"input_ids": np.array([text]), "attention_mask": np.ones([1, len(text)], np.int64)}
    if any(each.name == "token_type_ids" for each in session.get_inputs()):
        feeds["token_type_ids"] = np.zeros([1, len(text)], np.int64)
    return "checker, ONNX Runtime", session.run(["logits" if head else "last_hidden_state"], feeds)[0][0]


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
            if "tokens" in each:
                kinds, texts = (in_transformers, in_onnx), [each["tokens"]]
            elif "text" in each:
                kinds, texts = (encoder_in_transformers, encoder_in_onnx), [each["text"], each["head"]]
            else:
                kinds, texts = (pair_in_transformers, pair_in_onnx), [each["source"], each["target"]]
            run = kinds[each["format"] == "onnx"]
            by, logits = run(each["folder"], *texts)
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
