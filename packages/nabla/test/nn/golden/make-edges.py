"""Writes edges.json: losses and activations at infinities, NaN, ties, large offsets and small remainders, and their slopes.

Run: python3 make-edges.py   (made with mpmath 1.4.1)
Written from the definitions with 60 digits and their limits, since float64 of any library loses what this is about.
"""
import json
import math
import os
import struct

from mpmath import diff, erf, exp, expm1, inf, isinf, isnan, log, mp, mpf, nan, sqrt, tanh

mp.dps = 60
HERE = os.path.dirname(os.path.abspath(__file__))


def single(x):
    """The float32 number next to x."""
    return x if math.isinf(x) or math.isnan(x) else struct.unpack("f", struct.pack("f", x))[0]


def plain(x):
    """JSON has no infinities, NaN and -0."""
    if isinstance(x, (list, tuple)):
        return [plain(one) for one in x]
    if isnan(x):
        return "NaN"
    return ("Infinity" if x > 0 else "-Infinity") if isinf(x) else float(x)


def softmax_of(z):
    top = max(z)
    powers = [mpf(0) if isinf(x) else exp(x - top) for x in z]
    return [p / sum(powers) for p in powers]


def softmax_cross_entropy(z, y):
    """-sum y log softmax(z); a class with no weight adds nothing."""
    if any(isnan(x) for x in z):
        return nan, [nan] * len(z)
    top = max(z)
    rest = [exp(x - top) if not isinf(x) else mpf(0) for x in z]
    total = log(sum(rest))
    value = sum((w * (total - (x - top)) if w != 0 else mpf(0)) for x, w in zip(z, y))
    return value, [s * sum(y) - w for s, w in zip(softmax_of(z), y)]


def sigmoid_cross_entropy(z, y):
    """y log(1 + e^-z) + (1 - y) log(1 + e^z); what has no weight adds nothing."""
    if isnan(z):
        return nan, nan

    def plus(x):
        return inf if x == inf else log(1 + exp(x)) if x != -inf else mpf(0)

    value = (y * plus(-z) if y != 0 else 0) + ((1 - y) * plus(z) if y != 1 else 0)
    share = mpf(1) if z == inf else mpf(0) if z == -inf else 1 / (1 + exp(-z))
    return value, share - y


def huber(d, delta):
    if isnan(d):
        return nan, nan
    if abs(d) <= delta:
        return d * d / 2, d
    return delta * (abs(d) - mpf(delta) / 2), delta if d > 0 else -delta


def squared(d):
    return (nan, nan) if isnan(d) else (d * d, 2 * d)


def absolute(d):
    return (nan, nan) if isnan(d) else (abs(d), mpf(0) if d == 0 else (1 if d > 0 else -1))


LOGITS = [
    ([1e6, 1e6, 1e6], [0]),
    ([1e8, 1e8, 1e8], [2]),
    ([-1e8, -1e8, -1e8], [1]),
    ([-1e30, -1e30], [0]),
    ([1000, 990], [0]),
    ([1000, 990], [1]),
    ([15, 0], [0]),
    ([15, 0], [1]),
    ([20, 8], [0]),
    ([100, 0], [0]),
    ([5000, 4998], [1]),
    ([3e38, -3e38], [0]),
    ([-math.inf, 1, 2], [2]),
    ([-math.inf, 1, 2], [1]),
    ([-math.inf, 1, 2], [0]),
    ([math.nan, 1, 2], [1]),
    ([0, -0.0, 0, 0], [3]),
    ([7], [0]),
]
SHARES = [
    ([1e6, 1e6, 1e6], [0.25, 0.25, 0.5]),
    ([15, 0], [1, 0]),
    ([-math.inf, 1, 2], [0, 0.5, 0.5]),
    ([1000, 990, -1000], [1, 0, 0]),
]
QUESTIONS = [
    (z, y)
    for z in (0, -0.0, 1, -1, 20, -20, 100, -100, 1e30, -1e30, math.inf, -math.inf, math.nan)
    for y in (0, 1, 0.25)
]
DIFFERENCES = [0, -0.0, 1, -1, 0.5, -0.5, 1.5, -3, 1e-30, 1e15, -1e15, math.inf, -math.inf, math.nan]

cases = []


def add(loss, output, target, value, slope, options=None, codes=False):
    cases.append(
        {
            "loss": loss,
            "options": options or {},
            "output": plain(output),
            "target": plain(target),
            "codes": codes,
            "value": plain(value),
            "slope": plain(slope),
        }
    )


def weight(y, classes, smoothing):
    return [mpf(1 - smoothing) * (i == y) + mpf(smoothing) / classes for i in range(classes)]


for z, (y,) in LOGITS:
    row = [mpf(single(x)) for x in z]
    add("softmaxCrossEntropy", row, [y], *softmax_cross_entropy(row, weight(y, len(z), 0)), codes=True)
    if all(abs(x) < 1e38 for x in z):  # else their mean overflows float32
        smoothed = softmax_cross_entropy(row, weight(y, len(z), mpf(0.25)))
        add("softmaxCrossEntropy", row, [y], *smoothed, options={"smoothing": 0.25}, codes=True)
for z, y in SHARES:
    row, shares = [mpf(single(x)) for x in z], [mpf(single(x)) for x in y]
    add("softmaxCrossEntropy", row, shares, *softmax_cross_entropy(row, shares))
# the weight of a class multiplies its part of the sum
WEIGHTS = [0.5, 2, 0.25]
for z, y in (([1e6, 1e6, 1e6], 1), ([15, 0, -15], 0), ([0.5, -1, 2], 2), ([1000, 990, 980], 1)):
    row = [mpf(single(x)) for x in z]
    for smoothing in (0, 0.25):
        own = [w * mpf(c) for w, c in zip(weight(y, 3, mpf(smoothing)), WEIGHTS)]
        add("softmaxCrossEntropy", row, [y], *softmax_cross_entropy(row, own), options={"weights": WEIGHTS, "smoothing": smoothing}, codes=True)
row, shares = [mpf(1), mpf(-2), mpf(0.5)], [0.25, 0.5, 0.25]
own = [mpf(y) * mpf(c) for y, c in zip(shares, WEIGHTS)]
add("softmaxCrossEntropy", row, shares, *softmax_cross_entropy(row, own), options={"weights": WEIGHTS})
for z, y in QUESTIONS:
    value, slope = sigmoid_cross_entropy(mpf(single(z)), mpf(y))
    add("sigmoidCrossEntropy", [mpf(single(z))], [y], value, [slope])
    if not isinf(mpf(z)) and not isnan(mpf(z)):
        # p y log(1 + e^-z) + (1 - y) log(1 + e^z)
        z, y, p = mpf(single(z)), mpf(y), mpf(2.5)
        value = p * y * log(1 + exp(-z)) + (1 - y) * log(1 + exp(z))
        share = 1 / (1 + exp(-z))
        add("sigmoidCrossEntropy", [z], [float(y)], value, [(1 - y) * share - p * y * (1 - share)], options={"positive": 2.5})
for d in DIFFERENCES:
    x = mpf(single(d))
    for loss, (value, slope) in (("squaredError", squared(x)), ("absoluteError", absolute(x)), ("huber", huber(x, 1))):
        add(loss, [x], [0], value, [slope])
    value, slope = huber(x, mpf(0.5))
    add("huber", [x], [0], value, [slope], options={"delta": 0.5})



def quantile(d, level):
    """d = target - output; the larger of level d and (level - 1) d (Koenker and Bassett 1978), and its slope by the output."""
    if isnan(d):
        return nan, nan
    return (level * d, -level) if d > 0 else ((level - 1) * d if d != 0 else mpf(0), 1 - level if d < 0 else mpf(0))


for d in DIFFERENCES:
    for level in (0.5, 0.75):
        value, slope = quantile(-mpf(single(d)), mpf(level))
        # at a tie the slope is between both, and which is no matter
        if d != 0:
            add("quantile", [mpf(single(d))], [0], value, [slope], options={"level": level})
# counts: 2 (y log(y / e^z) - y + e^z), where 0 log 0 is 0
for z in (0, 1, -1, 0.5, 5, -20, 20):
    for y in (0, 1, 3, 100):
        x = mpf(z)
        value = 2 * ((y * (log(mpf(y)) - x) if y > 0 else mpf(0)) - y + exp(x))
        add("poisson", [x], [y], value, [2 * (exp(x) - y)])
# focal losses: slopes by differences, in 60 digits
for z, y in (([1e6, 1e6, 1e6], 0), ([15, 0], 1), ([20, 8], 1), ([1000, 990], 1), ([5000, 4998], 1), ([0.5, -1, 2], 2)):
    row = [mpf(single(x)) for x in z]

    def focal(*x):
        share = softmax_of(x)[y]
        return -((1 - share) ** 2) * log(share)

    add("focal", row, [y], focal(*row), [diff(focal, tuple(row), tuple(int(i == k) for i in range(len(z)))) for k in range(len(z))], codes=True)
for z in (0, 1, -1, 20, -20):
    for y in (0, 1):

        def sigmoid_focal(x):
            share = 1 / (1 + exp(-x if y == 1 else x))
            return -((1 - share) ** 2) * log(share)

        add("sigmoidFocal", [mpf(z)], [y], sigmoid_focal(mpf(z)), [diff(sigmoid_focal, mpf(z))])

NUMBERS = [0, -0.0, 1, -1, 0.5, -0.5, 5, -5, 20, -20, -60, 1e-30, -1e-30, 3e38, -3e38, math.inf, -math.inf, math.nan]


def relu(x):
    return (x, mpf(1)) if x > 0 else (mpf(0), mpf(0))


def leaky(x):
    slope = mpf(single(0.01))
    return (x, mpf(1)) if x > 0 else (slope * x, slope)


def elu(x):
    return (x, mpf(1)) if x > 0 else (expm1(x) if x != -inf else mpf(-1), exp(x) if x != -inf else mpf(0))


def sigmoid(x):
    s = mpf(1) if x == inf else mpf(0) if x == -inf else 1 / (1 + exp(-x))
    return s, s * (1 - s)


def hyperbolic(x):
    t = mpf(1) if x == inf else mpf(-1) if x == -inf else tanh(x)
    return t, 1 - t * t


def gelu(x):
    if isinf(x):
        return (x, mpf(1)) if x > 0 else (mpf(0), mpf(0))
    share = (1 + erf(x / sqrt(2))) / 2
    return x * share, share + x * exp(-x * x / 2) / sqrt(2 * mp.pi)


activations = []
for kind, f in (("relu", relu), ("leakyRelu", leaky), ("elu", elu), ("gelu", gelu), ("sigmoid", sigmoid), ("tanh", hyperbolic)):
    numbers = [mpf(single(x)) for x in NUMBERS if kind != "leakyRelu" or not math.isnan(x)]
    pairs = [(nan, nan) if isnan(x) else f(x) for x in numbers]
    values, slopes = zip(*pairs)
    activations.append({"kind": kind, "x": plain(numbers), "values": plain(values), "slopes": plain(slopes)})

with open(os.path.join(HERE, "edges.json"), "w") as file:
    json.dump({"losses": cases, "activations": activations}, file)
    file.write("\n")
