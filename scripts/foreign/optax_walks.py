"""Prints what optimizers and schedules of optax do, one JSON object a line, the first naming the versions.

    pip install optax
    python optax_walks.py

A walk starts at random parameters and goes downhill on a bowl of fourth degree in float64; its case holds the parameters
after every step. A schedule's case holds the rates of 40 steps. Beside each stands nabla's name for the same thing, or null
for what nabla does not claim to have.
"""

import json
import os
import platform
import warnings

warnings.filterwarnings("ignore")
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import numpy
import optax

random = numpy.random.default_rng(11)
STEPS = 25
DRAWS = 6
SHAPES = {"dense1.weights": (3, 4), "dense1.bias": (4,), "dense2.weights": (4, 2), "dense2.bias": (2,)}


def put(line):
    print(json.dumps(line), flush=True)


def draw(low, high):
    return float(numpy.exp(random.uniform(numpy.log(low), numpy.log(high))))


def walk(optimizer):
    start = {path: random.normal(size=shape) for path, shape in SHAPES.items()}
    steep = {path: random.uniform(0.1, 3, size=shape) for path, shape in SHAPES.items()}
    goal = {path: random.normal(size=shape) for path, shape in SHAPES.items()}

    def cost(p):
        return sum(
            jnp.sum(steep[path] * (p[path] - goal[path]) ** 2 / 2 + 0.1 * p[path] ** 4 / 4) for path in SHAPES
        )

    gradient = jax.grad(cost)

    @jax.jit
    def step(p, kept):
        updates, kept = optimizer.update(gradient(p), kept, p)
        return optax.apply_updates(p, updates), kept

    p = {path: jnp.asarray(array) for path, array in start.items()}
    kept = optimizer.init(p)
    seen = []
    for _ in range(STEPS):
        p, kept = step(p, kept)
        seen.append({path: numpy.asarray(array).ravel().tolist() for path, array in p.items()})
    flat = lambda arrays: {path: {"shape": list(array.shape), "data": array.ravel().tolist()} for path, array in arrays.items()}
    return {"start": flat(start), "steep": flat(steep), "goal": flat(goal), "steps": seen}


def optimizers():
    """Each with nabla's name for it, its options drawn anew."""
    rate = draw(1e-3, 0.3)
    b1, b2, eps, wd = random.uniform(0.5, 0.95), random.uniform(0.8, 0.999), draw(1e-8, 1e-3), draw(1e-3, 0.3)
    most, every = draw(0.1, 2), int(random.integers(2, 6))
    adam = {"rate": rate, "beta1": b1, "beta2": b2, "epsilon": eps}
    all_shrink = {"decay": wd, "except": []}
    yield "sgd", optax.sgd(rate), {"kind": "gradientDescent", "rate": rate}
    for nesterov in (False, True):
        form = {"kind": "momentum", "rate": rate, "beta": b1, "form": "heavyBall", "nesterov": nesterov}
        yield f"sgd, momentum, nesterov {nesterov}", optax.sgd(rate, momentum=b1, nesterov=nesterov), form
    for debias in (False, True):
        form = {"kind": "momentum", "rate": rate, "beta": b1, "correct": debias}
        yield f"ema, debias {debias}", optax.chain(optax.ema(b1, debias=debias), optax.scale(-rate)), form
    for centered in (False, True):
        for inside in (False, True):
            form = {"kind": "rmsprop", "rate": rate, "beta": b2, "epsilon": eps, "centered": centered}
            form["place"] = "inside" if inside else "outside"
            made = optax.rmsprop(rate, decay=b2, eps=eps, centered=centered, eps_in_sqrt=inside)
            yield f"rmsprop, centered {centered}, eps in sqrt {inside}", made, form
            made = optax.rmsprop(rate, decay=b2, eps=eps, centered=centered, eps_in_sqrt=inside, momentum=b1)
            yield f"rmsprop, momentum, centered {centered}, eps in sqrt {inside}", made, {**form, "momentum": b1}
    yield "adam", optax.adam(rate, b1, b2, eps), {"kind": "adam", **adam}
    yield "adamw", optax.adamw(rate, b1, b2, eps, weight_decay=wd), {"kind": "adamW", **adam, **all_shrink}
    yield "radam", optax.radam(rate, b1, b2, 0.0), {"kind": "radam", **adam, "epsilon": 0}
    yield "adamax", optax.adamax(rate, b1, b2, eps), {"kind": "adamax", **adam}
    yield "adadelta", optax.adadelta(rate * 10, b2, eps), {"kind": "adadelta", "rate": rate * 10, "beta": b2, "epsilon": eps}
    start = draw(0.01, 1)
    yield "adagrad", optax.adagrad(rate, start, 0.0), {"kind": "adagrad", "rate": rate, "initial": start, "epsilon": 0}
    lion = {"kind": "lion", "rate": rate / 10, "beta1": b1, "beta2": b2, **all_shrink}
    yield "lion", optax.lion(rate / 10, b1, b2, weight_decay=wd), lion
    yield "lamb", optax.lamb(rate, b1, b2, eps, weight_decay=wd), {"kind": "lamb", **adam, **all_shrink}
    raw = optax.amsgrad(rate, b1, b2, eps, bias_correction_nu=True)
    yield "amsgrad", raw, None
    yield "nadam", optax.nadam(rate, b1, b2, eps), None
    for other in ("yogi", "adabelief", "novograd", "rprop", "sm3", "fromage", "lars", "adan", "optimistic_adam"):
        yield other, optax.identity(), None
    for label, clip, name in (
        ("clip", optax.clip(most), "clipValue"),
        ("clip_by_global_norm", optax.clip_by_global_norm(most), "clipGlobalNorm"),
    ):
        links = [{"kind": name, "most": most}, {"kind": "adam", "beta1": b1, "beta2": b2, "epsilon": eps}]
        made = optax.chain(clip, optax.adam(rate, b1, b2, eps))
        yield f"{label}, adam", made, {"kind": "sequence", "rate": rate, "transforms": links}
    links = [{"kind": "decay", "strength": wd, "except": []}, {"kind": "momentum", "beta": b1, "form": "heavyBall"}]
    through = optax.chain(optax.add_decayed_weights(wd), optax.sgd(rate, momentum=b1))
    yield "add_decayed_weights, momentum", through, {"kind": "sequence", "rate": rate, "transforms": links}
    steps = optax.MultiSteps(optax.adam(rate, b1, b2, eps), every_k_schedule=every)
    yield "MultiSteps, adam", steps, {"kind": "accumulate", "every": every, "optimizer": {"kind": "adam", **adam}}
    mapped = optax.multi_transform(
        {"slow": optax.adam(rate * 0.1, b1, b2, eps), "fast": optax.adam(rate, b1, b2, eps)},
        {path: "slow" if path.startswith("dense1") else "fast" for path in SHAPES},
    )
    links = [
        {"kind": "adam", "beta1": b1, "beta2": b2, "epsilon": eps},
        {"kind": "groups", "factors": {"dense1.*": 0.1}},
    ]
    yield "multi_transform, adam", mapped, {"kind": "sequence", "rate": rate, "transforms": links}


def schedules():
    """Ten epochs of four steps."""
    floor, power = random.uniform(0.01, 0.5), random.uniform(0.5, 3)
    base, factor = random.uniform(0.5, 0.99), random.uniform(0.1, 0.9)
    first, second = sorted(random.choice(numpy.arange(1, 9), 2, replace=False).tolist())
    over = int(random.integers(3, 10))
    yield "constant", optax.constant_schedule(1.0), {"kind": "constant"}
    yield "cosine_decay", optax.cosine_decay_schedule(1.0, 40, alpha=floor), {"kind": "cosine", "floor": floor}
    shrinking = optax.exponential_decay(1.0, 4, base)
    yield "exponential_decay", shrinking, {"kind": "exponential", "base": base, "per": "step"}
    stairs = optax.exponential_decay(1.0, 4, base, staircase=True)
    yield "exponential_decay, staircase", stairs, {"kind": "exponential", "base": base}
    far = optax.exponential_decay(1.0, 4 * over, factor, staircase=True)
    yield "exponential_decay, long stairs", far, {"kind": "staircase", "factor": factor, "every": over}
    falling = optax.polynomial_schedule(1.0, floor, power, 4 * over)
    yield "polynomial", falling, {"kind": "polynomial", "power": power, "floor": floor, "over": over}
    line = optax.linear_schedule(factor, floor, 4 * over)
    yield "linear", line, {"kind": "linear", "start": factor, "end": floor, "over": over}
    cuts = optax.piecewise_constant_schedule(1.0, {4 * first: factor, 4 * second: factor})
    yield "piecewise_constant", cuts, {"kind": "multiStep", "at": [first, second], "factor": factor}
    restarts = optax.sgdr_schedule(
        [{"init_value": 1.0, "peak_value": 1.0, "warmup_steps": 0, "decay_steps": 4 * over, "end_value": floor}] * 5
    )
    yield "sgdr", restarts, {"kind": "warmRestarts", "period": over, "floor": floor}
    yield "linear_onecycle", optax.linear_onecycle_schedule(40, 1.0), None
    yield "warmup_exponential_decay", optax.warmup_exponential_decay_schedule(0.0, 1.0, 8, 4, base), None


put({"optax": optax.__version__, "jax": jax.__version__, "python": platform.python_version()})
for number in range(DRAWS):
    for name, made, form in optimizers():
        found = {} if form is None else walk(made)
        put({"name": f"{name} {number + 1}", "optimizer": form, **found})
    for name, made, form in schedules():
        rates = [] if form is None else [float(made(step)) for step in range(40)]
        put({"name": f"{name} {number + 1}", "schedule": form, "rates": rates})
