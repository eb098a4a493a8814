"""Arrays as NumPy writes them, for tests/tensors/npy.test.ts: python dev/numpy-arrays.py > tests/tensors/numpy-arrays.json"""
import base64
import io
import json

import numpy as np


def saved(write) -> str:
    file = io.BytesIO()
    write(file)
    return base64.b64encode(file.getvalue()).decode()


arrays = {
    "scalar float32": np.float32(1.5),
    "float16": np.array([0.5, -0.0, np.inf], np.float16),
    "float64 in Fortran order": np.asfortranarray(np.arange(4, dtype=np.float64).reshape(2, 2)),
    "int32 in Fortran order": np.asfortranarray(np.arange(12, dtype=np.int32).reshape(2, 3, 2)),
    "big-endian int16": np.array([1, -2, 300], ">i2"),
    "big-endian texts": np.array(["ab", "ä"], ">U2"),
    "int64": np.array([-(2**63), 2**63 - 1]),
    "uint64": np.array([2**64 - 1], np.uint64),
    "bool": np.array([True, False]),
    "texts": np.array(["", "ä漢", "\U0001f600x"]),
    "bytes": np.array([b"ab", b"c"]),
    "empty": np.zeros((0, 3), np.uint8),
    "complex": np.array([1j], np.complex64),
    "records": np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]),
}
out = {name: saved(lambda file, a=a: np.save(file, a)) for name, a in arrays.items()}
out["objects"] = saved(lambda file: np.save(file, np.array([None, 1], object), allow_pickle=True))
out["version 3"] = saved(lambda file: np.lib.format.write_array(file, np.arange(3, dtype=np.int8), version=(3, 0)))
named = {"x": np.arange(3, dtype=np.float32), "s0/pre/in": np.array([[1, 2]], np.uint8)}
out["npz"] = saved(lambda file: np.savez(file, **named))
out["npz compressed"] = saved(lambda file: np.savez_compressed(file, zeros=np.zeros(100, np.int16)))
print(json.dumps({"numpy": np.__version__, "files": out}, indent=2))
