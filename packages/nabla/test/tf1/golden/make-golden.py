"""Runs TensorFlow 1's functions and optimizers and writes tensorflow.json beside this file.

pip install tensorflow-cpu==2.21.0, then: python make-golden.py. Everything runs through tensorflow.compat.v1 in float32.
"""

import json
import pathlib

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
rng = np.random.default_rng(7)


def flat(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "data": [float(x) for x in array.ravel()]}


def numbers(*shape, low=-2.0, high=2.0):
    return rng.uniform(low, high, shape).astype(np.float32)


STEPS = 20
X, Y = numbers(8, 3), numbers(8, 2)
BEGIN = {"w1": numbers(3, 4, low=-0.7, high=0.7), "b1": numbers(4), "w2": numbers(4, 2, low=-0.7, high=0.7)}


def network(optimizer):
    """Mean square of a small tanh network, STEPS steps; the parameters after steps 1, 5 and STEPS."""
    tf.reset_default_graph()
    p = {name: tf.Variable(value, name=name) for name, value in BEGIN.items()}
    out = tf.matmul(tf.tanh(tf.matmul(tf.constant(X), p["w1"]) + p["b1"]), p["w2"])
    cost = tf.reduce_mean(tf.square(out - tf.constant(Y)))
    train = optimizer(cost)
    found = {}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(1, STEPS + 1):
            session.run(train)
            if step in (1, 5, STEPS):
                found[str(step)] = {name: flat(value) for name, value in session.run(p).items()}
    return found


def decayed(cost):
    step = tf.Variable(0, trainable=False)
    rate = tf.train.exponential_decay(0.3, step, 4, 0.5, staircase=True)
    return tf.train.GradientDescentOptimizer(rate).minimize(cost, global_step=step)


def clipped(cost):
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    gradients, variables = zip(*optimizer.compute_gradients(cost))
    gradients, _ = tf.clip_by_global_norm(gradients, 0.3)
    return optimizer.apply_gradients(zip(gradients, variables))


OPTIMIZERS = {
    "gradientDescent": lambda cost: tf.train.GradientDescentOptimizer(0.1).minimize(cost),
    "momentum": lambda cost: tf.train.MomentumOptimizer(0.05, 0.9).minimize(cost),
    "nesterov": lambda cost: tf.train.MomentumOptimizer(0.05, 0.9, use_nesterov=True).minimize(cost),
    "rmsProp": lambda cost: tf.train.RMSPropOptimizer(0.01).minimize(cost),
    "rmsPropCentered": lambda cost: tf.train.RMSPropOptimizer(0.01, 0.8, 0.5, 1e-3, centered=True).minimize(cost),
    "adam": lambda cost: tf.train.AdamOptimizer(0.01).minimize(cost),
    "adamOther": lambda cost: tf.train.AdamOptimizer(0.02, 0.8, 0.95, 0.1).minimize(cost),
    "adagrad": lambda cost: tf.train.AdagradOptimizer(0.1).minimize(cost),
    "exponentialDecay": decayed,
    "clipByGlobalNorm": clipped,
}

Z, LABELS = numbers(5, 4, low=-6, high=6), rng.dirichlet(np.ones(4), 5).astype(np.float32)
CODES = np.array([0, 3, 1, 1, 2], np.int32)
IMAGES, FILTER = numbers(2, 7, 6, 3), numbers(3, 2, 3, 4)
MEAN, VARIANCE, OFFSET, SCALE = numbers(4), numbers(4, low=0.1), numbers(4), numbers(4)
INPUTS = {"z": Z, "labels": LABELS, "images": IMAGES, "filter": FILTER}
INPUTS |= {"mean": MEAN, "variance": VARIANCE, "offset": OFFSET, "scale": SCALE}

FUNCTIONS = {
    "softmaxCrossEntropyWithLogits": lambda: tf.nn.softmax_cross_entropy_with_logits(labels=LABELS, logits=Z),
    "sparseSoftmaxCrossEntropyWithLogits": lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=CODES, logits=Z),
    "sigmoidCrossEntropyWithLogits": lambda: tf.nn.sigmoid_cross_entropy_with_logits(labels=LABELS, logits=Z),
    "softmax": lambda: tf.nn.softmax(Z),
    "leakyRelu": lambda: tf.nn.leaky_relu(Z),
    "elu": lambda: tf.nn.elu(Z),
    "relu6": lambda: tf.nn.relu6(Z * 3),
    "softplus": lambda: tf.nn.softplus(Z),
    "l2Loss": lambda: tf.nn.l2_loss(Z),
    "batchNormalization": lambda: tf.nn.batch_normalization(Z, MEAN, VARIANCE, OFFSET, SCALE, 1e-3),
    "conv2dSame": lambda: tf.nn.conv2d(IMAGES, FILTER, strides=[1, 2, 1, 1], padding="SAME"),
    "conv2dValid": lambda: tf.nn.conv2d(IMAGES, FILTER, strides=[1, 1, 2, 1], padding="VALID"),
    "maxPoolSame": lambda: tf.nn.max_pool(IMAGES, [1, 2, 3, 1], [1, 2, 2, 1], "SAME"),
    "clipByNorm": lambda: tf.clip_by_norm(Z, 3.0),
    "reduceMeanKeep": lambda: tf.reduce_mean(Z, axis=[0], keepdims=True),
    "reduceMin": lambda: tf.reduce_min(Z, axis=1),
    "oneHotAcross": lambda: tf.one_hot(CODES, 4, axis=0),
    "moments": lambda: tf.concat(tf.nn.moments(tf.constant(Z), [0]), 0),
    "stack": lambda: tf.stack([MEAN, OFFSET], axis=1),
    "slice": lambda: tf.slice(Z, [1, 2], [3, -1]),
}

# where functions bend, ties included
BENDS = np.array([-3.0, -1.0, 0.0, 0.5, 1.0, 6.0, 7.0], np.float32)
SHARES = np.array([[0.1, 0.2, 0.1, 0.1, 0.2, 0.2, 0.1]], np.float32)
SLOPES = {
    "maximum": lambda x: tf.maximum(x, 0.5),
    "minimum": lambda x: tf.minimum(x, 0.5),
    "clipByValue": lambda x: tf.clip_by_value(x, -1.0, 1.0),
    "clipByNorm": lambda x: tf.clip_by_norm(x, 3.0),
    "abs": tf.abs,
    "square": tf.square,
    "pow": lambda x: tf.pow(x, 3.0),
    "tanh": tf.tanh,
    "sigmoid": tf.sigmoid,
    "relu": tf.nn.relu,
    "relu6": tf.nn.relu6,
    "leakyRelu": tf.nn.leaky_relu,
    "elu": tf.nn.elu,
    "softplus": tf.nn.softplus,
    "reduceMax": lambda x: tf.reduce_max(tf.minimum(x, 6.5)),
    "l2Loss": tf.nn.l2_loss,
    "softmax": lambda x: tf.nn.softmax(x) * BENDS,
    "sigmoidCrossEntropyWithLogits": lambda x: tf.nn.sigmoid_cross_entropy_with_logits(labels=SHARES[0], logits=x),
    "softmaxCrossEntropyWithLogits": lambda x: tf.nn.softmax_cross_entropy_with_logits(
        labels=SHARES, logits=tf.reshape(x, [1, -1])
    ),
}


def slope(build):
    tf.reset_default_graph()
    x = tf.constant(BENDS)
    (found,) = tf.gradients(build(x), [x])
    with tf.Session() as session:
        return flat(session.run(found))


def value(build):
    tf.reset_default_graph()
    tensor = build()
    with tf.Session() as session:
        return flat(session.run(tensor))


def v1(dtype):
    """The notes' first program: w after 0, 1 and 1001 runs."""
    tf.reset_default_graph()
    w = tf.Variable(0, dtype=dtype)
    cost = tf.add(tf.add(w**2, tf.multiply(tf.cast(-10.0, dtype), w)), tf.cast(25.0, dtype))
    train = tf.train.GradientDescentOptimizer(0.01).minimize(cost)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        seen = [float(session.run(w))]
        for _ in range(1001):
            session.run(train)
            seen.append(float(session.run(w)))
    return [seen[0], seen[1], seen[1001]]


golden = {
    "tensorflow": tf.__version__,
    "notes": {"float32": v1(tf.float32), "float64": v1(tf.float64)},
    "network": {"x": flat(X), "y": flat(Y), "begin": {name: flat(value) for name, value in BEGIN.items()}},
    "optimizers": {name: network(optimizer) for name, optimizer in OPTIMIZERS.items()},
    "inputs": {name: flat(array) for name, array in INPUTS.items()},
    "codes": CODES.tolist(),
    "bends": flat(BENDS),
    "shares": flat(SHARES),
    "slopes": {name: slope(build) for name, build in SLOPES.items()},
    "functions": {name: value(build) for name, build in FUNCTIONS.items()},
}
out = pathlib.Path(__file__).with_name("tensorflow.json")
out.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
