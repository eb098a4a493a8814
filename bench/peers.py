"""What ONNX's and ONNX Runtime's own shape inference say of the models of the shared corpus.

python peers.py <corpus folder> <model>... prints one JSON line per model:
{"name": ..., "onnx": {"status": "ok", "exact": n, "partial": n, "unknown": n, "wrong": n}, "symbolic": the same};
a tool that raised or did not end has the reason as its status and no counts.
Both get the recorded input shapes and none of the shapes that the file declares further on. Tensors whose shape was
seen to depend on data are left out.
"""
import gzip
import json
import os
import signal
import sys
import tempfile

import onnx

LIMIT_SECONDS = 60


def measured(folder, name):
    with gzip.open(os.path.join(folder, name + ".shapes.json.gz")) as file:
        return json.load(file)


def prepared(folder, name, record):
    model = onnx.load(os.path.join(folder, name + ".onnx"), load_external_data=False)
    del model.graph.value_info[:]
    for value in model.graph.output:
        if value.type.HasField("tensor_type"):
            value.type.tensor_type.ClearField("shape")
    for value in model.graph.input:
        shape = record["inputs"].get(value.name, {}).get("shape")
        if shape is not None:
            value.type.tensor_type.ClearField("shape")
            value.type.tensor_type.shape.SetInParent()
            for size in shape:
                value.type.tensor_type.shape.dim.add().dim_value = size
    return model


def agreement(model, record):
    said = {value.name: value.type for value in [*model.graph.value_info, *model.graph.output]}
    moving = set(record["dataDependent"])
    counts = {"status": "ok", "exact": 0, "partial": 0, "unknown": 0, "wrong": 0}
    for name, (_, want, *_) in record["tensors"].items():
        if want is not None and name not in moving:
            counts[verdict(said.get(name), want)] += 1
    return counts


def verdict(found, want):
    if found is None or not found.HasField("tensor_type") or not found.tensor_type.HasField("shape"):
        return "unknown"
    dims = found.tensor_type.shape.dim
    sizes = [dim.dim_value if dim.HasField("dim_value") else None for dim in dims]
    if len(sizes) != len(want) or any(size is not None and size != at for size, at in zip(sizes, want)):
        return "wrong"
    return "exact" if None not in sizes else "partial"


def symbolic(folder, name, record):
    from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

    model = prepared(folder, name, record)
    with tempfile.TemporaryDirectory() as weights:
        with open(os.path.join(weights, "weights.bin"), "wb") as file:
            file.truncate(record["weightsBytes"])
        onnx.load_external_data_for_model(model, weights)
    return SymbolicShapeInference.infer_shapes(model, auto_merge=True)


def too_long(*_):
    raise TimeoutError(f"not done within {LIMIT_SECONDS} s")


def attempt(infer, record):
    signal.alarm(LIMIT_SECONDS)
    try:
        return agreement(infer(), record)
    except BaseException as error:  # the tools raise all kinds
        if isinstance(error, KeyboardInterrupt):
            raise
        return {"status": type(error).__name__}
    finally:
        signal.alarm(0)


def main(folder, names):
    signal.signal(signal.SIGALRM, too_long)
    for name in names:
        record = measured(folder, name)
        by_onnx = attempt(
            lambda: onnx.shape_inference.infer_shapes(prepared(folder, name, record), data_prop=True), record
        )
        by_runtime = attempt(lambda: symbolic(folder, name, record), record)
        print(json.dumps({"name": name, "onnx": by_onnx, "symbolic": by_runtime}), flush=True)


main(sys.argv[1], sys.argv[2:])
