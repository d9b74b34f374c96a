"""Prints samples of PyTorch's OpInfo for ops that nabla has, one JSON object a line, the first naming the versions.

    pip install torch expecttest hypothesis pytest
    python opinfo.py

A case is one sample in float32: tensors, what else the op was given, PyTorch's value, and its gradient of the sum of all
values by the first tensor.
"""

import base64
import json
import os
import platform
import warnings

warnings.filterwarnings("ignore")
cases = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch
from torch.testing._internal.common_methods_invocations import op_db

NAMES = set(
    "abs neg sign floor sqrt exp log expm1 log1p sin cos tanh sigmoid erf add sub mul true_divide pow maximum minimum eq lt le gt ge "
    "where sum mean amax argmax matmul mm bmm softmax log_softmax logsumexp reciprocal square rsqrt relu clamp "
    "nn.functional.softplus nn.functional.relu nn.functional.gelu nn.functional.elu nn.functional.leaky_relu nn.functional.silu "
    "nn.functional.logsigmoid nn.functional.mse_loss".split()
)


def put(line):
    print(json.dumps(line), file=cases, flush=True)


def packed(tensor):
    data = base64.b64encode(tensor.detach().cpu().contiguous().numpy().astype("<f4").tobytes()).decode()
    return {"shape": list(tensor.shape), "bool": tensor.dtype == torch.bool, "data": data}


def plain(value):
    if isinstance(value, torch.Tensor):
        return packed(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(type(value).__name__)


put({"torch": torch.__version__, "python": platform.python_version()})
for info in op_db:
    if info.name not in NAMES or torch.float32 not in info.dtypes or info.variant_test_name not in ("", "with_dtype"):
        continue
    if info.variant_test_name:
        continue
    for number, sample in enumerate(info.sample_inputs("cpu", torch.float32, requires_grad=False)):
        line = {"name": f"{info.name} {number + 1}", "op": info.name}
        try:
            first = sample.input
            if not isinstance(first, torch.Tensor):
                raise TypeError("no tensor")
            line["inputs"] = [packed(first), *[plain(arg) for arg in sample.args]]
            line["options"] = {name: plain(value) for name, value in sample.kwargs.items()}
            traced = first.clone().requires_grad_(first.dtype == torch.float32)
            value = info.op(traced, *sample.args, **sample.kwargs)
            line["value"] = packed(value)
            if value.requires_grad and torch.isfinite(value).all():
                (slope,) = torch.autograd.grad(value.sum(), traced)
                line["gradient"] = packed(slope)
        except TypeError as error:
            line["skip"] = f"the sample holds what is {error}"
        put(line)
