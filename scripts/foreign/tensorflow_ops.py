"""Prints functions of TensorFlow 1 on tensors drawn at random, one JSON object a line, the first naming the versions.

    pip install tensorflow-cpu
    python tensorflow_ops.py

A case names the function, what it is given in order, its options, what a session of tensorflow.compat.v1 finds, and the
gradients of the sum of the first result by every float that went in.
"""

import json
import os
import platform
import warnings

warnings.filterwarnings("ignore")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
cases = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)
random = np.random.default_rng(3)
DRAWS = 4


def put(line):
    print(json.dumps(line), file=cases, flush=True)


def f(*shape, low=-2.0, high=2.0):
    return random.uniform(low, high, shape).astype(np.float32)


def d(*shape):
    return random.uniform(-2, 2, shape)


def i(*shape, low=-5, high=6):
    return random.integers(low, high, shape).astype(np.int32)


def b(*shape):
    return random.random(shape) < 0.5


def pick(*values):
    return values[int(random.integers(len(values)))]


def whole(low, high):
    return int(random.integers(low, high + 1))


def functions():
    """Name, what is given in order (arrays are tensors), and options by TensorFlow's names."""
    any_ = lambda: pick(f(3, 4), f(5), f(2, 3, 2), d(3, 2))
    for name in "abs negative sign floor square exp expm1 sin cos tanh sigmoid identity".split():
        yield name, [any_()], {}
    for name in "abs negative sign square identity".split():
        yield name, [i(4, 2)], {}
    for name in "sqrt rsqrt log log1p reciprocal".split():
        yield name, [f(3, 4, low=0.1, high=3)], {}
    left, right = pick((f(3, 4), f(4)), (f(2, 3), f(2, 3)), (f(3, 1), f(1, 4)), (f(), f(3)), (d(3, 2), d(2)))
    for name in "add subtract multiply divide maximum minimum squared_difference equal not_equal less less_equal greater greater_equal".split():
        yield name, [left, right], {}
        yield name, [i(3, 4), i(4, low=1)], {}
    yield "pow", [f(3, 4, low=0.1, high=2), f(4)], {}
    for name in ("logical_and", "logical_or"):
        yield name, [b(3, 4), b(4)], {}
    yield "logical_not", [b(3, 4)], {}
    for dtype in ("float32", "float64", "int32", "bool"):
        yield "cast", [pick(f(3, 4), i(3, 4), b(3, 4), d(5))], {"_dtype": dtype}
    yield "where", [b(3, 4), f(3, 4), f(3, 4)], {}
    yield "add_n", [[f(3, 2), f(3, 2), f(3, 2)]], {}
    for name in "reduce_sum reduce_mean reduce_max reduce_min".split():
        x = pick(f(3, 4), f(2, 3, 4), d(4, 3))
        yield name, [x], pick({}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": [0, 1]}, {"keepdims": True})
        yield name, [i(3, 4)], pick({}, {"axis": 1})
    yield "argmax", [f(3, 4), pick(0, 1)], {}
    yield "argmin", [f(3, 4), pick(0, 1)], {}
    ta, tb = pick(True, False), pick(True, False)
    yield "matmul", [f(4, 3) if ta else f(3, 4), f(2, 4) if tb else f(4, 2)], {"transpose_a": ta, "transpose_b": tb}
    yield "matmul", [f(2, 3, 4), f(2, 4, 2)], {}
    yield "matmul", [i(3, 4), i(4, 2)], {}
    yield "transpose", [f(2, 3, 4), pick([2, 0, 1], [0, 2, 1])], {}
    yield "transpose", [f(3, 4)], {}
    yield "reshape", [f(2, 6), pick([3, 4], [-1, 2], [12])], {}
    yield "expand_dims", [f(3, 4), pick(0, 1, -1)], {}
    yield "squeeze", [f(1, 3, 1)], pick({}, {"_axis": [0]})
    yield "concat", [[f(2, 3), f(2, 3)], pick(0, 1, -1)], {}
    yield "stack", [[f(2, 3), f(2, 3)], pick(0, 1, 2)], {}
    yield "slice", [f(4, 5), [1, 0], pick([2, 3], [-1, 2])], {}
    yield "gather", [f(5, 3), i(4, low=0, high=5)], {}
    yield "one_hot", [i(4, low=-1, high=5), 4], pick({}, {"on_value": 2.0, "off_value": -1.0}, {"axis": 0})
    yield "tile", [f(2, 3), pick([2, 1], [1, 3])], {}
    yield "pad", [f(3, 4), [[1, 0], [0, 2]]], pick({}, {"mode": "REFLECT"}, {"mode": "SYMMETRIC"}, {"constant_values": 1.5})
    yield "split", [f(6, 4), pick(2, 3, [1, 2, 3])], {"_axis": 0}
    yield "range", [whole(1, 3), whole(5, 9), whole(1, 2)], {}
    yield "clip_by_value", [f(3, 4), -0.5, 0.8], {}
    yield "clip_by_norm", [f(3, 4), pick(0.5, 100.0)], {}
    yield "global_norm", [[f(3), f(2, 2)]], {}
    for name in "relu relu6 elu softplus".split():
        yield f"nn.{name}", [f(3, 4, low=-8, high=8)], {}
    yield "nn.leaky_relu", [f(3, 4), pick(0.1, 0.3)], {}
    yield "nn.l2_loss", [f(3, 4)], {}
    yield "nn.softmax", [f(3, 4, low=-8, high=8), pick(-1, 0)], {}
    yield "nn.bias_add", [pick(f(3, 4), f(2, 3, 3, 4)), f(4)], {}
    yield "nn.moments", [f(4, 3), pick([0], [1], [0, 1])], {"keepdims": pick(True, False)}
    yield "nn.batch_normalization", [f(5, 3), f(3), f(3, low=0.2), f(3), f(3), 1e-3], {}
    z = f(4, 3, low=-9, high=9)
    soft = np.exp(f(4, 3))
    yield "nn.softmax_cross_entropy_with_logits", [], {"labels": (soft / soft.sum(1, keepdims=True)).astype(np.float32), "logits": z}
    yield "nn.sparse_softmax_cross_entropy_with_logits", [], {"labels": i(4, low=0, high=3), "logits": z}
    yield "nn.sigmoid_cross_entropy_with_logits", [], {"labels": f(4, 3, low=0, high=1), "logits": z}
    images, strides = f(2, whole(5, 8), whole(5, 8), 3), [1, whole(1, 2), whole(1, 2), 1]
    way = {"strides": strides, "padding": pick("SAME", "VALID")}
    yield "nn.conv2d", [images, f(whole(1, 3), whole(1, 3), 3, 2)], way
    for name in ("nn.max_pool", "nn.avg_pool"):
        yield name, [images], {"ksize": [1, whole(1, 3), whole(1, 3), 1], **way}


def flat(array):
    array = np.asarray(array)
    kind = {"f": "float32", "i": "int32", "b": "bool"}[array.dtype.kind]
    kind = "float64" if array.dtype == np.float64 else kind
    return {"tensor": kind, "shape": list(array.shape), "data": [float(x) for x in array.ravel()]}


def packed(value):
    if isinstance(value, np.ndarray):
        return flat(value)
    if isinstance(value, list):
        return [packed(one) for one in value]
    return value


put({"tensorflow": tf.__version__, "numpy": np.__version__, "python": platform.python_version()})
for number in range(DRAWS):
    for name, given, options in functions():
        tf.reset_default_graph()
        floats = []

        def tensor(value):
            if isinstance(value, np.ndarray):
                made = tf.constant(value)
                if value.dtype.kind == "f":
                    floats.append(made)
                return made
            return [tensor(one) for one in value] if isinstance(value, list) and any(isinstance(v, np.ndarray) for v in value) else value

        args = [tensor(value) for value in given]
        named = {key: tensor(value) for key, value in options.items()}
        # an option that stands by its place in nabla has no name there
        placed = {key.lstrip("_"): value for key, value in named.items()}
        function = tf
        for part in name.split("."):
            function = getattr(function, part)
        result = function(*args, **placed)
        results = list(result) if isinstance(result, (list, tuple)) else [result]
        slopes = []
        if floats and results[0].dtype.is_floating:
            slopes = [(at, slope) for at, slope in enumerate(tf.gradients(tf.reduce_sum(results[0]), floats)) if slope is not None]
            slopes = [(at, tf.convert_to_tensor(slope)) for at, slope in slopes]
        with tf.Session() as session:
            values, found = session.run([results, [slope for _, slope in slopes]])
        put({
            "name": f"{name} {number + 1}",
            "function": name,
            "given": [packed(value) for value in given],
            "options": {key: packed(value) for key, value in options.items()},
            "values": [flat(value) for value in values],
            "slopes": [{"at": at, **flat(value)} for (at, _), value in zip(slopes, found)],
        })
