"""Prints layers of Keras 3 with options drawn at random, each as a saved model with one batch and its answer.

    pip install keras jax h5py
    python keras_layers.py

One JSON object a line, the first naming the versions. A layer is drawn several times; what Keras refuses is drawn again.
"output" is what Keras answers in float64, "rounding" how far its own answer in float32 is
from that, or the answer for inputs that differ in their last bit.
"""

import base64
import json
import os
import platform
import tempfile
import warnings

warnings.filterwarnings("ignore")
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_ENABLE_X64"] = "1"
cases = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import jax
import keras
import numpy as np
from keras import layers as K

random = np.random.default_rng(5)
ROWS = 3
DRAWS = 6
ACTIVATIONS = (
    "relu sigmoid tanh elu selu softplus softsign silu gelu exponential hard_sigmoid hard_silu leaky_relu relu6 mish "
    "log_sigmoid celu linear softmax log_softmax squareplus glu hard_tanh tanh_shrink soft_shrink hard_shrink sparse_plus threshold"
).split()


def put(line):
    print(json.dumps(line), file=cases, flush=True)


def pick(*values):
    return values[int(random.integers(len(values)))]


def whole(low, high):
    return int(random.integers(low, high + 1))


def act():
    return pick(None, "relu", "tanh", "sigmoid", "elu", "gelu")


def image():
    return (whole(5, 9), whole(5, 9), whole(1, 3))


def series():
    return (whole(5, 9), whole(1, 4))


def row():
    return (whole(2, 6),)


def any_shape():
    return pick(row(), series(), image())


def padding():
    return pick("valid", "same")


def strides(dims):
    """Keras takes strides or dilation, not both."""
    if random.random() < 0.3:
        return {"dilation_rate": whole(1, 2)}
    return {"strides": whole(1, 3)}


def normalized(shape):
    return "BatchNormalization", shape, K.BatchNormalization(axis=pick(-1, len(shape)), center=pick(True, False), scale=pick(True, False), epsilon=pick(1e-3, 1e-5))


def pooled(name, axes):
    return f"{name}{axes}D", series() if axes == 1 else image(), getattr(K, f"{name}{axes}D")(keepdims=pick(True, False))


# each gives a name, the shape of an example and a layer, or the name of one that joins two tensors
layers = [
    lambda: ("Dense", pick(row(), series()), K.Dense(whole(1, 5), act(), use_bias=pick(True, False))),
    lambda: ("Conv1D", series(), K.Conv1D(whole(1, 4), whole(1, 4), padding=pick("valid", "same", "causal"), activation=act(), use_bias=pick(True, False), **strides(1))),
    lambda: ("Conv2D", image(), K.Conv2D(whole(1, 4), (whole(1, 3), whole(1, 3)), padding=padding(), activation=act(), use_bias=pick(True, False), **strides(2))),
    lambda: ("Conv2D, groups", (whole(5, 9), whole(5, 9), 4), K.Conv2D(4, 3, padding=padding(), groups=2)),
    lambda: ("DepthwiseConv2D", image(), K.DepthwiseConv2D(3, depth_multiplier=whole(1, 2), padding=padding(), strides=whole(1, 2), activation=act())),
    lambda: ("DepthwiseConv1D", series(), K.DepthwiseConv1D(3, depth_multiplier=whole(1, 2), padding=padding(), strides=whole(1, 2))),
    lambda: ("SeparableConv2D", image(), K.SeparableConv2D(3, 2, padding=padding(), depth_multiplier=whole(1, 2), activation=act())),
    lambda: ("SeparableConv1D", series(), K.SeparableConv1D(3, 2, padding=padding(), depth_multiplier=whole(1, 2))),
    lambda: ("Conv2DTranspose", image(), K.Conv2DTranspose(whole(1, 3), whole(1, 4), strides=whole(1, 3), padding=padding(), use_bias=pick(True, False))),
    lambda: ("Conv1DTranspose", series(), K.Conv1DTranspose(whole(1, 3), whole(1, 4), strides=whole(1, 3), padding=padding())),
    lambda: ("MaxPooling1D", series(), K.MaxPooling1D(whole(1, 3), pick(None, 1, 2), padding())),
    lambda: ("MaxPooling2D", image(), K.MaxPooling2D((whole(1, 3), whole(1, 3)), pick(None, 1, 2), padding())),
    lambda: ("AveragePooling1D", series(), K.AveragePooling1D(whole(1, 3), pick(None, 1, 2), padding())),
    lambda: ("AveragePooling2D", image(), K.AveragePooling2D((whole(1, 3), whole(1, 3)), pick(None, 1, 2), padding())),
    *[lambda name=name, axes=axes: pooled(name, axes) for name in ("GlobalAveragePooling", "GlobalMaxPooling") for axes in (1, 2)],
    lambda: normalized(any_shape()),
    lambda: ("BatchNormalization, an inner axis", image(), K.BatchNormalization(axis=pick(1, 2))),
    lambda: ("LayerNormalization", any_shape(), K.LayerNormalization(center=pick(True, False), scale=pick(True, False), epsilon=pick(1e-3, 1e-6))),
    lambda: ("LayerNormalization, an inner axis", image(), K.LayerNormalization(axis=pick(1, [1, 2], [2, 3]))),
    lambda: ("GroupNormalization", (5, 4, 6), K.GroupNormalization(groups=pick(1, 2, 3, 6, -1))),
    lambda: ("UnitNormalization", any_shape(), K.UnitNormalization()),
    lambda: ("RMSNormalization", any_shape(), K.RMSNormalization()),
    lambda: ("Activation", any_shape(), K.Activation(pick(*ACTIVATIONS))),
    lambda: ("ReLU", any_shape(), K.ReLU(max_value=pick(None, 0.7), negative_slope=pick(0.0, 0.2), threshold=pick(0.0, 0.3))),
    lambda: ("LeakyReLU", any_shape(), K.LeakyReLU(negative_slope=pick(0.1, 0.3))),
    lambda: ("ELU", any_shape(), K.ELU(alpha=pick(1.0, 0.5))),
    lambda: ("PReLU", image(), K.PReLU(shared_axes=pick(None, [1, 2]))),
    lambda: ("Softmax", any_shape(), K.Softmax(axis=pick(-1, 1))),
    lambda: ("Flatten", any_shape(), K.Flatten()),
    lambda: ("Reshape", (2, 3, 4), K.Reshape(pick((24,), (6, 4), (-1, 2), (4, 3, 2)))),
    lambda: ("Permute", image(), K.Permute(pick((2, 1, 3), (3, 1, 2), (1, 3, 2)))),
    lambda: ("RepeatVector", row(), K.RepeatVector(whole(1, 4))),
    lambda: ("ZeroPadding1D", series(), K.ZeroPadding1D(pick(1, (2, 1)))),
    lambda: ("ZeroPadding2D", image(), K.ZeroPadding2D(pick(1, (2, 1), ((0, 1), (2, 0))))),
    lambda: ("Cropping1D", series(), K.Cropping1D(pick(1, (2, 1)))),
    lambda: ("Cropping2D", image(), K.Cropping2D(pick(1, (2, 1), ((0, 1), (2, 0))))),
    lambda: ("UpSampling1D", series(), K.UpSampling1D(whole(1, 3))),
    lambda: ("UpSampling2D", image(), K.UpSampling2D(whole(1, 3), interpolation=pick("nearest", "bilinear"))),
    lambda: ("Rescaling", any_shape(), K.Rescaling(pick(0.5, 1 / 255), offset=pick(0.0, -1.0))),
    lambda: ("Normalization", (4,), K.Normalization(mean=[0.1, -0.2, 0.3, 0.0], variance=[1.0, 2.0, 0.5, 0.3])),
    lambda: ("EinsumDense", (3, 4), K.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes=pick(None, "d"))),
    *[lambda name=name: (name, series(), getattr(K, name)(0.3)) for name in ("Dropout", "GaussianDropout", "AlphaDropout", "SpatialDropout1D", "GaussianNoise")],
    lambda: ("SpatialDropout2D", image(), K.SpatialDropout2D(0.3)),
    lambda: ("Identity", any_shape(), K.Identity()),
    lambda: ("Masking", series(), K.Masking(0.0)),
    lambda: ("LSTM", series(), K.LSTM(3, return_sequences=pick(True, False))),
    lambda: ("GRU", series(), K.GRU(3, return_sequences=pick(True, False), reset_after=pick(True, False))),
    lambda: ("SimpleRNN", series(), K.SimpleRNN(3)),
    lambda: ("Bidirectional", series(), K.Bidirectional(K.LSTM(2))),
    lambda: ("TimeDistributed", series(), K.TimeDistributed(K.Dense(3, act()))),
    lambda: ("Conv2D, channels first", image(), K.Conv2D(2, 3, data_format="channels_first")),
    *[lambda name=name: (name, row(), name) for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot")],
]


def shaken(model):
    for weight in model.weights:
        value = np.asarray(weight)
        if "seed" in weight.path or value.dtype.kind != "f":
            continue
        if "variance" in weight.path:
            weight.assign(np.abs(random.normal(0.6, 0.2, value.shape)) + 0.1)
        else:
            weight.assign(random.normal(0, 0.7, value.shape))
    return model


def built(shape, layer):
    x = K.Input(shape)
    if not isinstance(layer, str):
        return keras.Model(x, layer(x))
    a, b = K.Dense(4, "tanh")(x), K.Dense(4)(x)
    merge = getattr(K, layer)
    return keras.Model(x, merge(axes=-1)([a, b]) if layer == "Dot" else merge()([a, b]))


def exact(model, x):
    """The answer in float64, which is what float32 rounds; in float32 where a layer of Keras has no other."""
    double = json.loads(json.dumps(model.get_config()).replace('"float32"', '"float64"'))
    copy = keras.Model.from_config(double)
    for to, weight in zip(copy.weights, model.weights):
        to.assign(np.asarray(weight))
    try:
        return np.asarray(copy(x.astype(np.float64), training=False))
    except TypeError:
        return np.asarray(model(x, training=False))


def packed(array):
    return {"shape": list(array.shape), "data": base64.b64encode(array.astype("<f4").tobytes()).decode()}


def drawn(layer, file):
    """A case, or nothing where Keras refuses what was drawn."""
    name, shape, made = layer()
    model = shaken(built(shape, made))
    x = random.normal(size=(ROWS, *shape)).astype(np.float32)
    y = exact(model, x)
    if y.size == 0:
        return None
    nudged = np.nextafter(x, random.choice([-10, 10], size=x.shape).astype(np.float32))
    rounding = max(np.max(np.abs(one - y) / np.maximum(1, np.abs(y))) for one in (np.asarray(model(x, training=False)), exact(model, nudged)))
    model.save(file)
    with open(file, "rb") as saved:
        data = base64.b64encode(saved.read()).decode()
    return {"name": name, "model": data, "input": packed(x), "output": packed(y), "rounding": float(rounding)}


put({"keras": keras.__version__, "jax": jax.__version__, "python": platform.python_version()})
with tempfile.TemporaryDirectory() as folder:
    file = os.path.join(folder, "m.keras")
    for layer in layers:
        found = 0
        for _ in range(4 * DRAWS):
            try:
                case = drawn(layer, file)
            except (ValueError, TypeError, NotImplementedError, AttributeError) as error:
                refused = error
                continue
            if case is None:
                continue
            found += 1
            put({**case, "name": f"{case['name']} {found}"})
            if found == DRAWS:
                break
        if found == 0:
            raise refused
