"""Prints the node tests of the onnx package, one JSON object a line, the first naming the versions.

    pip install onnx
    python onnx_nodes.py

Numbers come as float64 in base64 whatever their type was, which "type" names. Tests with inputs or outputs that are no
tensors of numbers are printed with "skip" and why.
"""

import base64
import json
import platform
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy
import onnx
from onnx.backend.test.case.node import collect_testcases


def packed(name, array):
    if isinstance(array, onnx.TensorProto):
        array = onnx.numpy_helper.to_array(array)
    if not isinstance(array, (numpy.ndarray, numpy.generic, float, int, bool)):
        raise TypeError("a value that is no tensor")
    array = numpy.asarray(array)
    if array.dtype.kind not in "fiub" and array.dtype.name not in ("bfloat16", "float16"):
        raise TypeError(f"the type {array.dtype.name}")
    data = base64.b64encode(array.astype("<f8").tobytes()).decode()
    return {"name": name, "type": array.dtype.name, "shape": list(array.shape), "data": data}


print(json.dumps({"onnx": onnx.__version__, "numpy": numpy.__version__, "python": platform.python_version()}))
for case in collect_testcases(None):
    for number, (inputs, outputs) in enumerate(case.data_sets):
        line = {"name": case.name if number == 0 else f"{case.name} {number + 1}"}
        graph = case.model.graph
        line["operators"] = sorted({node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}" for node in graph.node})
        try:
            line["inputs"] = [packed(info.name, array) for info, array in zip(graph.input, inputs)]
            line["outputs"] = [packed(info.name, array) for info, array in zip(graph.output, outputs)]
            line["tolerance"] = [case.rtol, case.atol]
            line["model"] = base64.b64encode(case.model.SerializeToString()).decode()
        except TypeError as error:
            line["skip"] = str(error)
        print(json.dumps(line))
sys.stdout.flush()
