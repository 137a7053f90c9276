"""Asks ONNX itself whether a model is legal.

    python oracle/check_onnx.py model.onnx [more.onnx …]

For each file: onnx.checker.check_model(full_check=True), then strict shape inference with data propagation.
Operators of other domains (com.microsoft) have no schema in ONNX: for them only the opset import is checked, and
they are listed as unchecked. What follows them in the graph is inferred as far as it can be, which the count of
values without a shape shows. Exit code 1 when any file fails.
"""

import argparse
import sys
from collections import Counter

import onnx

OWN_DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training"}


def graphs(graph: onnx.GraphProto):
    """The graph and, depth first, every body inside it (Loop, If, Scan)."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for body in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                yield from graphs(body)


def without_shape(model: onnx.ModelProto) -> int:
    """How many node outputs of the main graph have no inferred type and shape."""
    graph = model.graph
    known = {v.name for v in [*graph.value_info, *graph.output] if v.type.tensor_type.HasField("shape")}
    return sum(name not in known for node in graph.node for name in node.output if name)


def check(path: str) -> tuple[bool, str]:
    try:
        model = onnx.load(path)
    except Exception as error:
        return False, f"cannot be read: {_line(error)}"
    inside = [*graphs(model.graph)]
    local = {(f.domain, f.name) for f in model.functions}
    nodes = [n for g in inside for n in g.node] + [n for f in model.functions for n in f.node]
    imported = {entry.domain or "ai.onnx": entry.version for entry in model.opset_import}
    foreign = Counter(
        f"{n.domain}.{n.op_type}" for n in nodes if n.domain not in OWN_DOMAINS and (n.domain, n.op_type) not in local
    )
    missing = {n.domain or "ai.onnx" for n in nodes} - imported.keys()
    if missing:
        return False, f"uses {', '.join(sorted(missing))} without an opset import; imported: {imported}"
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:
        return False, f"checker: {_line(error)}"
    try:
        inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except Exception as error:
        return False, f"shape inference: {_line(error)}"
    words = [f"{len(nodes)} nodes", f"IR {model.ir_version}", f"opsets {imported}"]
    if len(inside) > 1:
        words.append(f"{len(inside) - 1} inner graphs")
    if unknown := without_shape(inferred):
        words.append(f"{unknown} values without an inferred shape")
    if foreign:
        words.append("unchecked: " + ", ".join(f"{n} × {op}" for op, n in sorted(foreign.items())))
    return True, "; ".join(words)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    failures = 0
    for path in parser.parse_args().files:
        good, why = check(path)
        failures += not good
        print(f"{'ok  ' if good else 'FAIL'} {path}: {why}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
