"""Writes losses.json: losses of [batch, time, k] outputs with masks, and their slopes, by Optax and JAX in float64.

Run: python3 make-losses.py   (made with JAX 0.10.2 and Optax 0.2.8)
A case has the loss of each example (the mean over its positions that count), the cost (the mean over all that count),
the slope of the cost by the outputs, and how wrong the answers are (the mean over positions that count).
"""
import json
import os

import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)
HERE = os.path.dirname(os.path.abspath(__file__))
draw = np.random.default_rng(7)

BATCH, TIME, K = 3, 4, 5
logits = draw.normal(size=(BATCH, TIME, K)) * 2
codes = draw.integers(0, K, size=(BATCH, TIME))
shares = np.asarray(jax.nn.softmax(draw.normal(size=(BATCH, TIME, K))))
answers = draw.integers(0, 2, size=(BATCH, TIME, K)).astype(float)
single = draw.normal(size=(BATCH, TIME, 1)) * 2
twofold = draw.integers(0, 2, size=(BATCH, TIME))
numbers = draw.normal(size=(BATCH, TIME, K)) * 2
amounts = np.round(np.abs(numbers))
MASKS = {
    "none": None,
    "positions": np.array([[1, 1, 1, 0], [1, 0, 0, 0], [0, 1, 1, 1]], float),
    "an empty example": np.array([[1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]], float),
    "examples": np.array([1, 0, 1], float),
    "weights": np.array([[1, 0.5, 2, 0], [0.25, 0, 0, 0], [0, 1, 1, 3]], float),
}


def smoothed(s):
    return lambda z, y: optax.softmax_cross_entropy(z, optax.smooth_labels(jax.nn.one_hot(y, K), s))


def wrong_class(z, y):
    return (z.argmax(-1) != y).astype(float)


def any_wrong(z, y):
    return ((z >= 0) != (y >= 0.5)).any(-1).astype(float)


def squared(z, y):
    return jnp.square(z - y).sum(-1)


def focal(gamma, weights):
    def of(z, y):
        share = jnp.take_along_axis(jax.nn.softmax(z), y[..., None], -1)[..., 0]
        return -jnp.asarray(weights)[y] * (1 - share) ** gamma * jnp.log(share)

    return of


def pinball(level):
    return lambda z, y: jnp.where(y > z, level * (y - z), (1 - level) * (z - y)).mean(-1)


# name, our loss, outputs, targets, dtype of the targets, loss of a position, error of a position
CASES = [
    ("class codes", "softmaxCrossEntropy", logits, codes, "int32", optax.softmax_cross_entropy_with_integer_labels, wrong_class),
    ("smoothed codes", {"kind": "softmaxCrossEntropy", "smoothing": 0.1}, logits, codes, "int32", smoothed(0.1), wrong_class),
    ("shares of classes", "softmaxCrossEntropy", logits, shares, "float64", optax.softmax_cross_entropy, lambda z, y: wrong_class(z, y.argmax(-1))),
    ("questions", "sigmoidCrossEntropy", logits, answers, "float64", lambda z, y: optax.sigmoid_binary_cross_entropy(z, y).mean(-1), any_wrong),
    ("two classes", "sigmoidCrossEntropy", single, twofold, "int32", lambda z, y: optax.sigmoid_binary_cross_entropy(z[..., 0], y), lambda z, y: any_wrong(z, y[..., None])),
    ("squares", "squaredError", logits, numbers, "float64", lambda z, y: optax.squared_error(z, y).mean(-1), squared),
    ("sizes", "absoluteError", logits, numbers, "float64", lambda z, y: jnp.abs(z - y).mean(-1), squared),
    ("huber", {"kind": "huber", "delta": 1.5}, logits, numbers, "float64", lambda z, y: optax.huber_loss(z, y, delta=1.5).mean(-1), squared),
    ("focal", {"kind": "focal", "gamma": 1.5, "weights": [1, 2, 0.5, 3, 1]}, logits, codes, "int32", focal(1.5, [1, 2, 0.5, 3, 1]), wrong_class),
    ("focal questions", {"kind": "sigmoidFocal", "gamma": 2.5}, logits, answers, "float64", lambda z, y: optax.losses.sigmoid_focal_loss(z, y, gamma=2.5).mean(-1), any_wrong),
    ("counts", "poisson", logits, amounts, "float64", lambda z, y: 2 * (jnp.where(y > 0, y * (jnp.log(jnp.where(y > 0, y, 1)) - z), 0) - y + jnp.exp(z)).mean(-1), lambda z, y: squared(jnp.exp(z), y)),
    ("quantile", {"kind": "quantile", "level": 0.9}, logits, numbers, "float64", pinball(0.9), squared),
]


def weights_of(mask):
    if mask is None:
        return np.ones((BATCH, TIME))
    return mask if mask.ndim == 2 else np.repeat(mask[:, None], TIME, 1)


def flat(x):
    return {"shape": list(np.shape(x)), "data": np.asarray(x, float).ravel().tolist()}


def measure(case, mask):
    title, loss, z, y, dtype, of, error = case
    w = weights_of(mask)
    cost = lambda z: (w * of(z, y)).sum() / w.sum()
    return {
        "mask": None if mask is None else flat(mask),
        "losses": np.asarray((w * of(z, y)).sum(1) / np.where(w.sum(1) > 0, w.sum(1), 1)).tolist(),
        "cost": float(cost(jnp.asarray(z))),
        "slope": np.asarray(jax.grad(cost)(jnp.asarray(z))).ravel().tolist(),
        "error": float((w * error(z, y)).sum() / w.sum()),
    }


golden = [
    {
        "name": case[0],
        "loss": case[1],
        "output": flat(case[2]),
        "target": {**flat(case[3]), "dtype": case[4]},
        "masks": {name: measure(case, mask) for name, mask in MASKS.items()},
    }
    for case in CASES
]

# a dense layer on the last axis of [batch, time, inputs], tanh, the sum of squares
x = draw.normal(size=(BATCH, TIME, 3))
weights, bias = draw.normal(size=(3, 2)), draw.normal(size=(2,))
of = lambda x, weights, bias: jnp.square(jnp.tanh(x @ weights + bias)).sum()
slopes = jax.grad(of, argnums=(0, 1, 2))(x, weights, bias)
dense = {
    "x": flat(x),
    "weights": flat(weights),
    "bias": flat(bias),
    "output": flat(x @ weights + bias),
    "slopes": [flat(s) for s in slopes],
}

with open(os.path.join(HERE, "losses.json"), "w") as file:
    json.dump({"losses": golden, "dense": dense}, file)
