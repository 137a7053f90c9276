"""Makes the golden files again.

    python oracle/make_all.py                 all of them
    python oracle/make_all.py rope t5         some of them
    python oracle/make_all.py --check         writes nothing; exit code 1 when a file differs from what would be made

An environment makes the files that its packages can answer, and names the others.
"""

import argparse
import importlib
import json
import math
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import golden

MODULES = {
    "transformer-encoder": "transformer_encoder",
    "adamw": "adamw",
    "sinusoidal": "sinusoidal",
    "learned": "learned",
    "rope": "rope",
    "rope-scaling": "rope_scaling",
    "alibi": "alibi",
    "t5": "t5",
    "kerple-log": "kerple_log",
    "kerple-power": "kerple_power",
    "sandwich": "sandwich",
    "fire": "fire",
    "dynamic-position-bias": "dynamic_position_bias",
    "log-cpb": "log_cpb",
    "window-table": "window_table",
    "tupe": "tupe",
    "retention-decay": "retention_decay",
    "bam": "bam",
    "none": "no_positions",
    "distance-row": "distance_row",
    "gpt": "gpt",
    "decoder-families": "decoder_families",
    "encoder-decoder": "encoder_decoder",
    "operators": "operators",
    "music-transformer": "music_transformer",
    "xlnet": "xlnet",
    "abacus": "abacus",
    "random-offset": "random_offset",
    "randomized": "randomized",
    "p-rope": "p_rope",
    "xpos": "xpos",
    "axial-rope": "axial_rope",
    "m-rope": "m_rope",
    "pope": "pope",
    "log-n": "log_n",
    "query-temperature": "query_temperature",
    "scalable-softmax": "scalable_softmax",
    "lerope": "lerope",
    "fope": "fope",
    "nope-rope-interleave": "nope_rope_interleave",
    "cope": "cope",
    "dape": "dape",
    "dape-v2": "dape_v2",
    "fox": "fox",
    "path": "path_attention",
    "rel-proj": "rel_proj",
    "clipped-rope": "clipped_rope",
    "mrrope": "mrrope",
    "value-rope": "value_rope",
    "grape-ap": "grape_ap",
    "selective-rope": "selective_rope",
}

# These ask packages of requirements-legacy.txt, which have no room beside transformers 5: an environment of their own.
LEGACY = {
    "shaw": "shaw",
    "transformer-xl": "transformer_xl",
    "bert-relative-key": "bert_relative_key",
    "bert-relative-key-query": "bert_relative_key_query",
    "deberta": "deberta",
}


def difference(a, b) -> float:
    """The largest |a − b| / max(1, |a|) over two JSON values; infinite when their structure differs."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return max((difference(a[k], b[k]) for k in a), default=0.0)
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return max(map(difference, a, b), default=0.0)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) / max(1.0, abs(a))
    return 0.0 if a == b else math.inf


def check(name: str, document: dict) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        made = golden.write(name, document, Path(folder)).read_bytes()
    path = golden.FOLDER / f"{name}.json"
    if not path.exists():
        print(f"{name}: there is no {path.name} yet")
        return False
    kept = path.read_bytes()
    if made == kept:
        print(f"{name}: identical")
        return True
    print(f"{name}: differs, by at most {difference(json.loads(kept), json.loads(made)):.3g}")
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join([*MODULES, *LEGACY])}")
    parser.add_argument("--check", action="store_true", help="compare with the files that are there")
    options = parser.parse_args()
    legacy = version("transformers").startswith("4.")
    here, elsewhere = (LEGACY, MODULES) if legacy else (MODULES, LEGACY)
    unknown = [n for n in options.names if n not in here and n not in elsewhere]
    if unknown:
        parser.error(f"unknown golden file {', '.join(unknown)}. Known: {', '.join([*MODULES, *LEGACY])}")
    other = f"requirements{'' if legacy else '-legacy'}.txt"
    foreign = [n for n in options.names if n in elsewhere]
    if foreign:
        parser.error(f"{', '.join(foreign)}: needs the environment of {other}, see README.md")
    if not options.names:
        print(f"left to the environment of {other}: {', '.join(elsewhere)}")
    good = True
    for name in options.names or here:
        began = time.perf_counter()
        document = importlib.import_module(here[name]).make()
        if options.check:
            good = check(name, document) and good
            continue
        path = golden.write(name, document)
        seconds = time.perf_counter() - began
        print(f"{path.name}: {len(document['cases'])} cases, {path.stat().st_size / 1000:.0f} kB, {seconds:.1f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
