"""JAX with optax as an engine under test: the whole step under one `jit`, its state donated."""

import os

from serving import missing, read, serve, threads


def with_cores(count):
    """Lets XLA see so many cores, by which it chooses how many threads it starts."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def with_all_cores(cores):
    """Lets those threads go where there is room, as those of the other engines may."""
    if hasattr(os, "sched_setaffinity"):
        for task in os.listdir("/proc/self/task"):
            os.sched_setaffinity(int(task), cores)


cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
with_cores(threads())
os.environ.setdefault("JAX_PLATFORMS", "cpu")
try:
    import jax
    import jax.numpy as jnp
    import optax
except ImportError as error:
    missing(error)
jax.block_until_ready(jnp.ones((256, 256)) @ jnp.ones((256, 256)))
with_all_cores(cores)

# As PyTorch's BatchNorm1d has them.
EPSILON, MOMENTUM = 1e-5, 0.1


def names_of(work):
    """Dense layers from 1 on, each with whether it is the last."""
    units = work["units"]
    return [(i, i == len(units) - 1) for i in range(1, len(units))]


def parameters_of(folder, manifest, key):
    """Weights from the files, or drawn where there is a key; scales and shifts of batch norm begin as 1 and 0."""
    work = manifest["workload"]
    parameters = {name: jnp.asarray(read(folder, entry)) for name, entry in manifest["weights"].items()}
    if key is not None:
        for name, array in parameters.items():
            if name.endswith(".weights"):
                key, own = jax.random.split(key)
                scale = (2 / array.size * array.shape[-1]) ** 0.5
                parameters[name] = scale * jax.random.normal(own, array.shape)
    moments = {}
    if "regular" in work:
        for i, last in names_of(work):
            if last:
                continue
            width = work["units"][i]
            parameters[f"norm{i}.scale"], parameters[f"norm{i}.shift"] = jnp.ones(width), jnp.zeros(width)
            moments[f"norm{i}.mean"], moments[f"norm{i}.variance"] = jnp.zeros(width), jnp.ones(width)
    return parameters, moments


def convolve(x, parameters, count):
    for i in range(1, count + 1):
        x = jax.lax.conv_general_dilated(
            x, parameters[f"conv2d{i}.weights"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        x = jax.nn.relu(x + parameters[f"conv2d{i}.bias"])
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    return x.reshape(x.shape[0], -1)


def normalize(x, i, parameters, moments):
    mean, variance = x.mean(0), x.var(0)
    rows = x.shape[0]
    kept = {
        f"norm{i}.mean": (1 - MOMENTUM) * moments[f"norm{i}.mean"] + MOMENTUM * mean,
        f"norm{i}.variance": (1 - MOMENTUM) * moments[f"norm{i}.variance"] + MOMENTUM * variance * rows / (rows - 1),
    }
    z = (x - mean) * jax.lax.rsqrt(variance + EPSILON)
    return z * parameters[f"norm{i}.scale"] + parameters[f"norm{i}.shift"], kept


def forward(parameters, moments, key, inputs, work):
    x = inputs
    if "convolutions" in work:
        x = convolve(x, parameters, len(work["convolutions"]["filters"]))
    kept = {}
    for i, last in names_of(work):
        x = x @ parameters[f"dense{i}.weights"]
        normalized = "regular" in work and not last
        if not normalized:
            x = x + parameters[f"dense{i}.bias"]
        if last:
            break
        if normalized:
            x, moved = normalize(x, i, parameters, moments)
            kept |= moved
        x = jax.nn.relu(x)
        if "regular" in work:
            key, own = jax.random.split(key)
            keep = work["regular"]["keep"]
            x = jnp.where(jax.random.bernoulli(own, keep, x.shape), x / keep, 0)
    return x, (kept, key)


def cost_of(parameters, moments, key, inputs, targets, work):
    outputs, rest = forward(parameters, moments, key, inputs, work)
    if work["loss"] == "softmax":
        losses = optax.softmax_cross_entropy_with_integer_labels(outputs, targets)
    else:
        losses = optax.sigmoid_binary_cross_entropy(outputs[:, 0], targets)
    return losses.mean(), rest


def step_of(work, optimizer):
    def step(state, inputs, targets):
        parameters, moments, slots, key = state
        (cost, (moments, key)), gradients = jax.value_and_grad(cost_of, has_aux=True)(
            parameters, moments, key, inputs, targets, work
        )
        updates, slots = optimizer.update(gradients, slots, parameters)
        return (optax.apply_updates(parameters, updates), moments, slots, key), cost

    return jax.jit(step, donate_argnums=0)


# One compiled step serves all models of a workload.
steps = {}


class Trainer:
    def __init__(self, folder, manifest, random_weights):
        work = manifest["workload"]
        if "sequences" in work:
            raise ValueError("sequences are compared with PyTorch alone")
        optimizer = (optax.adam if work["optimizer"] == "adam" else optax.sgd)(work["rate"])
        key = jax.random.key(1)
        parameters, moments = parameters_of(folder, manifest, key if random_weights else None)
        self.state = (parameters, moments, optimizer.init(parameters), key)
        self.inputs = jnp.asarray(read(folder, manifest["inputs"]))
        self.targets = jnp.asarray(read(folder, manifest["targets"]))
        if work["name"] not in steps:
            steps[work["name"]] = step_of(work, optimizer)
        self.run = steps[work["name"]]

    def step(self):
        self.state, cost = self.run(self.state, self.inputs, self.targets)
        return cost.block_until_ready()

    def cost(self):
        return float(self.step())


serve(f"JAX {jax.__version__} with optax {optax.__version__}", Trainer)
