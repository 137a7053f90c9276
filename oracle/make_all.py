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
import re
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import golden



def generators() -> tuple[dict[str, str], dict[str, str]]:
    """The modules beside this file that have a `make()`, by the golden file it makes: those of requirements.txt, and
    those of requirements-legacy.txt, whose packages cannot be installed beside transformers 5.

    `rope_scaling.py` makes `rope-scaling.json`, unless it has another `NAME`. `LEGACY = True` marks the others.
    """
    modern, legacy = {}, {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        text = path.read_text()
        if not re.search(r"^(def make\(\)|from \w+ import \w+ as make\b)", text, re.MULTILINE):
            continue
        named = re.search(r'^NAME = "(.+)"$', text, re.MULTILINE)
        name = named[1] if named else path.stem.replace("_", "-")
        of = legacy if re.search(r"^LEGACY = True$", text, re.MULTILINE) else modern
        of[name] = path.stem
    return modern, legacy


MODULES, LEGACY = generators()


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
