"""Prints layers of Keras 3 with options drawn at random, each as a saved model with one batch and its answer.

    pip install keras jax h5py
    python keras_layers.py

One JSON object a line, the first naming the versions. A layer is drawn several times; what Keras refuses is drawn again.
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


def layers():
    yield "Dense", pick(row(), series()), K.Dense(whole(1, 5), act(), use_bias=pick(True, False))
    yield "Conv1D", series(), K.Conv1D(whole(1, 4), whole(1, 4), padding=pick("valid", "same", "causal"), activation=act(), use_bias=pick(True, False), **strides(1))
    yield "Conv2D", image(), K.Conv2D(whole(1, 4), (whole(1, 3), whole(1, 3)), padding=padding(), activation=act(), use_bias=pick(True, False), **strides(2))
    h, w, _ = image()
    yield "Conv2D, groups", (h, w, 4), K.Conv2D(4, 3, padding=padding(), groups=2)
    yield "DepthwiseConv2D", image(), K.DepthwiseConv2D(3, depth_multiplier=whole(1, 2), padding=padding(), strides=whole(1, 2), activation=act())
    yield "DepthwiseConv1D", series(), K.DepthwiseConv1D(3, depth_multiplier=whole(1, 2), padding=padding(), strides=whole(1, 2))
    yield "SeparableConv2D", image(), K.SeparableConv2D(3, 2, padding=padding(), depth_multiplier=whole(1, 2), activation=act())
    yield "SeparableConv1D", series(), K.SeparableConv1D(3, 2, padding=padding(), depth_multiplier=whole(1, 2))
    yield "Conv2DTranspose", image(), K.Conv2DTranspose(whole(1, 3), whole(1, 4), strides=whole(1, 3), padding=padding(), use_bias=pick(True, False))
    yield "Conv1DTranspose", series(), K.Conv1DTranspose(whole(1, 3), whole(1, 4), strides=whole(1, 3), padding=padding())
    yield "MaxPooling1D", series(), K.MaxPooling1D(whole(1, 3), pick(None, 1, 2), padding())
    yield "MaxPooling2D", image(), K.MaxPooling2D((whole(1, 3), whole(1, 3)), pick(None, 1, 2), padding())
    yield "AveragePooling1D", series(), K.AveragePooling1D(whole(1, 3), pick(None, 1, 2), padding())
    yield "AveragePooling2D", image(), K.AveragePooling2D((whole(1, 3), whole(1, 3)), pick(None, 1, 2), padding())
    for name in ("GlobalAveragePooling", "GlobalMaxPooling"):
        keep = pick(True, False)
        yield f"{name}1D", series(), getattr(K, f"{name}1D")(keepdims=keep)
        yield f"{name}2D", image(), getattr(K, f"{name}2D")(keepdims=keep)
    shape = any_shape()
    yield "BatchNormalization", shape, K.BatchNormalization(axis=pick(-1, len(shape)), center=pick(True, False), scale=pick(True, False), epsilon=pick(1e-3, 1e-5))
    yield "BatchNormalization, an inner axis", image(), K.BatchNormalization(axis=pick(1, 2))
    yield "LayerNormalization", any_shape(), K.LayerNormalization(center=pick(True, False), scale=pick(True, False), epsilon=pick(1e-3, 1e-6))
    yield "LayerNormalization, an inner axis", image(), K.LayerNormalization(axis=pick(1, [1, 2], [2, 3]))
    yield "GroupNormalization", (5, 4, 6), K.GroupNormalization(groups=pick(1, 2, 3, 6, -1))
    yield "UnitNormalization", any_shape(), K.UnitNormalization()
    yield "RMSNormalization", any_shape(), K.RMSNormalization()
    yield "Activation", any_shape(), K.Activation(pick(*ACTIVATIONS))
    yield "ReLU", any_shape(), K.ReLU(max_value=pick(None, 0.7), negative_slope=pick(0.0, 0.2), threshold=pick(0.0, 0.3))
    yield "LeakyReLU", any_shape(), K.LeakyReLU(negative_slope=pick(0.1, 0.3))
    yield "ELU", any_shape(), K.ELU(alpha=pick(1.0, 0.5))
    shape = image()
    yield "PReLU", shape, K.PReLU(shared_axes=pick(None, [1, 2]))
    yield "Softmax", any_shape(), K.Softmax(axis=pick(-1, 1))
    yield "Flatten", any_shape(), K.Flatten()
    yield "Reshape", (2, 3, 4), K.Reshape(pick((24,), (6, 4), (-1, 2), (4, 3, 2)))
    yield "Permute", image(), K.Permute(pick((2, 1, 3), (3, 1, 2), (1, 3, 2)))
    yield "RepeatVector", row(), K.RepeatVector(whole(1, 4))
    yield "ZeroPadding1D", series(), K.ZeroPadding1D(pick(1, (2, 1)))
    yield "ZeroPadding2D", image(), K.ZeroPadding2D(pick(1, (2, 1), ((0, 1), (2, 0))))
    yield "Cropping1D", series(), K.Cropping1D(pick(1, (2, 1)))
    yield "Cropping2D", image(), K.Cropping2D(pick(1, (2, 1), ((0, 1), (2, 0))))
    yield "UpSampling1D", series(), K.UpSampling1D(whole(1, 3))
    yield "UpSampling2D", image(), K.UpSampling2D(whole(1, 3), interpolation=pick("nearest", "bilinear"))
    yield "Rescaling", any_shape(), K.Rescaling(pick(0.5, 1 / 255), offset=pick(0.0, -1.0))
    yield "Normalization", (4,), K.Normalization(mean=[0.1, -0.2, 0.3, 0.0], variance=[1.0, 2.0, 0.5, 0.3])
    yield "EinsumDense", (3, 4), K.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes=pick(None, "d"))
    for name in ("Dropout", "GaussianDropout", "AlphaDropout", "SpatialDropout1D", "GaussianNoise"):
        yield name, series(), getattr(K, name)(0.3)
    yield "SpatialDropout2D", image(), K.SpatialDropout2D(0.3)
    yield "Identity", any_shape(), K.Identity()
    yield "Masking", series(), K.Masking(0.0)
    yield "LSTM", series(), K.LSTM(3, return_sequences=pick(True, False))
    yield "GRU", series(), K.GRU(3, return_sequences=pick(True, False), reset_after=pick(True, False))
    yield "SimpleRNN", series(), K.SimpleRNN(3)
    yield "Bidirectional", series(), K.Bidirectional(K.LSTM(2))
    yield "TimeDistributed", series(), K.TimeDistributed(K.Dense(3, act()))
    yield "LocallyLast", image(), K.Conv2D(2, 3, data_format="channels_first")
    for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"):
        yield name, row(), name


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


put({"keras": keras.__version__, "jax": jax.__version__, "python": platform.python_version()})
with tempfile.TemporaryDirectory() as folder:
    for number in range(DRAWS):
        drawn = layers()
        while True:
            try:
                found = next(drawn, None)
            except (ValueError, TypeError):
                # an option that Keras refuses ends the draw of this round
                break
            if found is None:
                break
            name, shape, layer = found
            try:
                model = shaken(built(shape, layer))
                x = random.normal(size=(ROWS, *shape)).astype(np.float32)
                y = np.asarray(model.predict(x, verbose=0))
            except Exception:
                continue
            if y.size == 0:
                continue
            file = os.path.join(folder, "m.keras")
            model.save(file)
            with open(file, "rb") as saved:
                data = base64.b64encode(saved.read()).decode()
            packed = lambda a: {"shape": list(a.shape), "data": base64.b64encode(a.astype("<f4").tobytes()).decode()}
            put({"name": f"{name} {number + 1}", "model": data, "input": packed(x), "output": packed(y)})
