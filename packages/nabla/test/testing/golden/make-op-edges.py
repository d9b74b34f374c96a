"""Writes op-edges.json: values and slopes of ops at infinities, NaN, zeros, subnormal, largest and smallest numbers.

Run: python3 make-op-edges.py   (made with PyTorch 2.15.0 and NumPy 2.4.6)
All of it is float64, of operands that are float32 numbers. Where libraries differ the definition is written out here:
ties of maximum and minimum go to the second operand, and slopes of an operand that is NaN are NaN.
"""
import json
import math
import os
import struct

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
INF, NAN = math.inf, math.nan
LARGEST, SMALLEST, SUBNORMAL = 3.4028234663852886e38, 1.1754943508222875e-38, 1.401298464324817e-45


def single(x):
    """The float32 number next to x."""
    return struct.unpack("f", struct.pack("f", x))[0]


EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, INF, -INF, NAN]
EDGES += [SUBNORMAL, -SUBNORMAL, SMALLEST, -SMALLEST, LARGEST, -LARGEST]
EDGES += [single(x) for x in (1e-8, -1e-8, 20, -20, 88.5, -88.5, 104, -104, 1e10, -1e10)]
PAIRS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, INF, -INF, NAN, SMALLEST, single(1e-30), LARGEST, -LARGEST]

UNARY = {
    "negate": torch.neg,
    "abs": torch.abs,
    "sign": torch.sign,
    "floor": torch.floor,
    "sqrt": torch.sqrt,
    "exp": torch.exp,
    "log": torch.log,
    "expm1": torch.expm1,
    "log1p": torch.log1p,
    "sin": torch.sin,
    "cos": torch.cos,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    "erf": torch.erf,
    "stopGradient": lambda x: x.detach() + 0 * x.detach().clone().fill_(0),
    "not": lambda x: (x == 0).double(),
}
BINARY = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
    "power": torch.pow,
    "equal": lambda x, y: (x == y).double(),
    "less": lambda x, y: (x < y).double(),
    "lessEqual": lambda x, y: (x <= y).double(),
    "and": lambda x, y: ((x != 0) & (y != 0)).double(),
    "or": lambda x, y: ((x != 0) | (y != 0)).double(),
}


def plain(x):
    """JSON has no infinities, NaN and -0."""
    if isinstance(x, list):
        return [plain(one) for one in x]
    if isinstance(x, (int, float)):
        if math.isnan(x):
            return "NaN"
        if math.isinf(x):
            return "Infinity" if x > 0 else "-Infinity"
        return "-0" if x == 0 and math.copysign(1, x) < 0 else x
    return x


def differentiated(f, *columns):
    """Values and slopes, one element at a time."""
    values, slopes = [], []
    for row in zip(*columns):
        operands = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in row]
        y = f(*operands)
        values.append(y.item())
        if y.requires_grad:
            found = torch.autograd.grad(y, operands, allow_unused=True)
            slopes.append([0.0 if g is None else g.item() for g in found])
        else:
            slopes.append([0.0 for _ in row])
    return values, [list(one) for one in zip(*slopes)]


def chosen(x, y, larger):
    """The larger or smaller of two, and its slopes."""
    if math.isnan(x) or math.isnan(y):
        return NAN, NAN, NAN
    first = x > y if larger else x < y
    return (x, 1.0, 0.0) if first else (y, 0.0, 1.0)


def case(op, columns, values, slopes):
    return {"op": op, "operands": plain(columns), "values": plain(values), "slopes": plain(slopes)}


cases = []
for op, f in UNARY.items():
    values, slopes = differentiated(f, EDGES)
    if op == "abs":  # its slope is the sign, which of NaN is NaN
        slopes = [[NAN if math.isnan(x) else g for x, g in zip(EDGES, slopes[0])]]
    if op == "expm1":  # PyTorch's slope is the value plus 1, which has no digits left far below 0
        slopes = [torch.tensor(EDGES, dtype=torch.float64).exp().tolist()]
    if op == "sign":  # of NaN it is NaN, as NumPy has it
        values = [NAN if math.isnan(x) else s for x, s in zip(EDGES, values)]
    if op == "stopGradient":
        values = EDGES
    cases.append(case(op, [EDGES], values, slopes))

first = [x for x in PAIRS for _ in PAIRS]
second = [y for _ in PAIRS for y in PAIRS]
for op, f in BINARY.items():
    values, slopes = differentiated(f, first, second)
    cases.append(case(op, [first, second], values, slopes))
for op, larger in (("maximum", True), ("minimum", False)):
    rows = [chosen(x, y, larger) for x, y in zip(first, second)]
    values, left, right = (list(column) for column in zip(*rows))
    cases.append(case(op, [first, second], values, [left, right]))

ROWS = [
    [1.0, 2.0, 3.0],
    [INF, 1.0, 2.0],
    [-INF, 1.0, 2.0],
    [-INF, -INF, -INF],
    [INF, INF, 1.0],
    [INF, -INF, 0.0],
    [NAN, 1.0, 2.0],
    [1.0, NAN, INF],
    [1.0, NAN, NAN],
    [3.0, 3.0, 3.0],
    [1.0, 3.0, 3.0],
    [0.0, -0.0, 0.0],
    [LARGEST, -LARGEST, 0.0],
    [SUBNORMAL, -SUBNORMAL, 0.0],
    [1e6, 1e6, 1e6],
    [1000.0, 990.0, 980.0],
    [15.0, 0.0, -15.0],
    [-200.0, -100.0, 0.0],
]


ON_ROWS = {
    "sum": lambda x: x.sum(),
    "max": lambda x: x.amax(),
    "argmax": lambda x: x.argmax().double(),
    "logSumExp": lambda x: torch.logsumexp(x, -1),
    "softmax": lambda x: torch.softmax(x, -1),
}
rows = []
for name, f in ON_ROWS.items():
    for row in ROWS:
        x = torch.tensor([single(one) for one in row], dtype=torch.float64, requires_grad=True)
        y = f(x)
        rows.append({"of": name, "row": plain(x.tolist()), "value": plain(y.reshape(-1).tolist())})
        # the slope of a single number, where it is finite
        if y.requires_grad and y.dim() == 0 and math.isfinite(y.item()):
            rows[-1]["slope"] = plain(torch.autograd.grad(y, x)[0].tolist())

with open(os.path.join(HERE, "op-edges.json"), "w") as file:
    json.dump({"cases": cases, "rows": rows}, file)
    file.write("\n")
