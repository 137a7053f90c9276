"""
The file that the reference writer of safetensors makes of names whose order differs between UTF-8 and UTF-16.

Prints the version and the SHA-256 that test/checkpoints/safetensors.test.ts has; it writes no golden file.

    python oracle/safetensors_names.py
"""

import hashlib

import numpy
import safetensors
from safetensors.numpy import load, save

NAMES = ["\U0001f600", "\uff41", "\ue000", "\U0001f600a", "a", "ab", "Z", "\ud7ff", "é", ""]

if __name__ == "__main__":
    data = save({name: numpy.zeros(1, numpy.uint8) for name in NAMES})
    print(safetensors.__version__, hashlib.sha256(data).hexdigest())
    # Metadata that are null are read as none.
    header = b'{"__metadata__":null,"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
    print(load(len(header).to_bytes(8, "little") + header + b"\x03"))
