"""Writes optimizers.json: trajectories of PyTorch's optimizers in float64, which nabla's must follow.

Run: python3 make-golden.py   (made with PyTorch 2.15)
Problems: `oracle` w^2 - 10w + 25 from 0; `network` a 3-4-2 tanh network with bias, mean squared error on 8 rows.
"""
import inspect
import json
import os
import sys
import torch

torch.set_default_dtype(torch.float64)
HERE = os.path.dirname(os.path.abspath(__file__))
O = torch.optim

# PyTorch makes directions orthogonal in bfloat16; here they are float64 like all else
MUON = sys.modules["torch.optim._muon"]
exec(inspect.getsource(MUON._zeropower_via_newtonschulz).replace("torch.bfloat16", "torch.float64"), MUON.__dict__)


class Muon:
    """Muon for matrices and AdamW for all else."""

    def __init__(self, parameters, lr, weight_decay, momentum=0.95, iterations=5):
        matrices = [p for p in parameters if p.dim() > 1]
        vectors = [p for p in parameters if p.dim() < 2]
        self.parts = [O.AdamW(vectors, lr=lr, weight_decay=0 if matrices else weight_decay)]  # biases are exempt
        if matrices:
            self.parts.append(O.Muon(matrices, lr=lr, weight_decay=weight_decay, momentum=momentum, ns_steps=iterations, adjust_lr_fn="match_rms_adamw"))

    def zero_grad(self):
        for part in self.parts:
            part.zero_grad()

    def step(self):
        for part in self.parts:
            part.step()


CASES = [
    ("gradient descent", {"kind": "gradientDescent", "rate": 0.01}, lambda p: O.SGD(p, lr=0.01)),
    ("heavy ball", {"kind": "momentum", "rate": 0.01, "form": "heavyBall", "beta": 0.9}, lambda p: O.SGD(p, lr=0.01, momentum=0.9)),
    ("averaged momentum", {"kind": "momentum", "rate": 0.1, "beta": 0.9}, lambda p: O.SGD(p, lr=0.01, momentum=0.9)),
    ("damped heavy ball", {"kind": "momentum", "rate": 0.05, "beta": 0.8}, lambda p: O.SGD(p, lr=0.01, momentum=0.8)),
    ("nesterov", {"kind": "momentum", "rate": 0.01, "form": "heavyBall", "nesterov": True}, lambda p: O.SGD(p, lr=0.01, momentum=0.9, nesterov=True)),
    ("averaged nesterov", {"kind": "momentum", "rate": 0.1, "nesterov": True}, lambda p: O.SGD(p, lr=0.01, momentum=0.9, nesterov=True)),
    ("decayed heavy ball", {"kind": "sequence", "rate": 0.01, "links": [{"kind": "decay", "strength": 0.1, "except": []}, {"kind": "momentum", "form": "heavyBall"}]},
     lambda p: O.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.1)),
    ("rmsprop", {"kind": "rmsprop", "rate": 0.01}, lambda p: O.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-8)),
    ("rmsprop 0.99, epsilon 1e-3", {"kind": "rmsprop", "rate": 0.01, "beta": 0.99, "epsilon": 1e-3}, lambda p: O.RMSprop(p, lr=0.01, alpha=0.99, eps=1e-3)),
    ("centered rmsprop", {"kind": "rmsprop", "rate": 0.01, "centered": True, "epsilon": 1e-4}, lambda p: O.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-4, centered=True)),
    ("rmsprop with momentum", {"kind": "rmsprop", "rate": 0.01, "momentum": 0.5}, lambda p: O.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-8, momentum=0.5)),
    ("adam", {"kind": "adam", "rate": 0.1}, lambda p: O.Adam(p, lr=0.1)),
    ("adam 0.8, 0.99, epsilon 1e-3", {"kind": "adam", "rate": 0.02, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3}, lambda p: O.Adam(p, lr=0.02, betas=(0.8, 0.99), eps=1e-3)),
    ("adam through an L2 penalty", {"kind": "sequence", "rate": 0.1, "links": [{"kind": "decay", "strength": 0.1, "except": []}, {"kind": "adam"}]},
     lambda p: O.Adam(p, lr=0.1, weight_decay=0.1)),
    ("adamW", {"kind": "adamW", "rate": 0.1, "decay": 0.1, "except": []}, lambda p: O.AdamW(p, lr=0.1, weight_decay=0.1)),
    ("adagrad", {"kind": "adagrad", "rate": 0.1}, lambda p: O.Adagrad(p, lr=0.1)),
    ("nadam", {"kind": "nadam", "rate": 0.1}, lambda p: O.NAdam(p, lr=0.1)),
    ("nadam 0.8, 0.99, epsilon 1e-3, rise 0.02", {"kind": "nadam", "rate": 0.02, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3, "rise": 0.02},
     lambda p: O.NAdam(p, lr=0.02, betas=(0.8, 0.99), eps=1e-3, momentum_decay=0.02)),
    ("nadam through an L2 penalty", {"kind": "sequence", "rate": 0.1, "links": [{"kind": "decay", "strength": 0.1, "except": []}, "nadam"]},
     lambda p: O.NAdam(p, lr=0.1, weight_decay=0.1)),
    ("amsgrad", {"kind": "amsgrad", "rate": 0.1}, lambda p: O.Adam(p, lr=0.1, amsgrad=True)),
    ("amsgrad 0.8, 0.9, epsilon 1e-3", {"kind": "amsgrad", "rate": 0.02, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3}, lambda p: O.Adam(p, lr=0.02, betas=(0.8, 0.9), eps=1e-3, amsgrad=True)),
    ("adadelta", {"kind": "adadelta"}, lambda p: O.Adadelta(p)),
    ("adadelta 0.8, epsilon 1e-3", {"kind": "adadelta", "rate": 0.5, "beta": 0.8, "epsilon": 1e-3}, lambda p: O.Adadelta(p, lr=0.5, rho=0.8, eps=1e-3)),
    ("adamax", {"kind": "adamax", "rate": 0.1}, lambda p: O.Adamax(p, lr=0.1)),
    ("adamax 0.8, 0.99, epsilon 1e-3", {"kind": "adamax", "rate": 0.02, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3}, lambda p: O.Adamax(p, lr=0.02, betas=(0.8, 0.99), eps=1e-3)),
    ("clipped values", {"kind": "sequence", "rate": 0.1, "links": [{"kind": "clipValue", "most": 0.05}, "adam"]}, lambda p: Clipped(p, O.Adam(p, lr=0.1), lambda: torch.nn.utils.clip_grad_value_(p, 0.05))),
    ("clipped lengths", {"kind": "sequence", "rate": 0.1, "links": [{"kind": "clipNorm", "most": 0.05}, {"kind": "momentum", "form": "heavyBall"}]},
     lambda p: Clipped(p, O.SGD(p, lr=0.1, momentum=0.9), lambda: [shorten([x], 0.05) for x in p])),
    ("clipped together", {"kind": "sequence", "rate": 0.1, "links": [{"kind": "clipGlobalNorm", "most": 0.05}, {"kind": "momentum", "form": "heavyBall"}]},
     lambda p: Clipped(p, O.SGD(p, lr=0.1, momentum=0.9), lambda: shorten(p, 0.05))),
    ("rates by group", {"kind": "sequence", "rate": 0.1, "links": ["adam", {"kind": "groups", "factors": {"*.bias": 2, "dense2.*": 0, "w": 0.5}}]},
     lambda p: O.Adam([{"params": [x], "lr": 0.1 * factor} for x, factor in zip(p, [0.5] if len(p) == 1 else [1, 2, 0, 2])])),
    ("dampened heavy ball", {"kind": "momentum", "rate": 0.05, "form": "heavyBall", "beta": 0.8, "dampening": 0.3}, lambda p: O.SGD(p, lr=0.05, momentum=0.8, dampening=0.3)),
    ("radam", {"kind": "radam", "rate": 0.1}, lambda p: O.RAdam(p, lr=0.1)),
    ("radam 0.8, 0.7, epsilon 1e-3", {"kind": "radam", "rate": 0.02, "beta1": 0.8, "beta2": 0.7, "epsilon": 1e-3}, lambda p: O.RAdam(p, lr=0.02, betas=(0.8, 0.7), eps=1e-3)),
    ("adafactor", {"kind": "adafactor", "rate": 0.05}, lambda p: O.Adafactor(p, lr=0.05, eps=(1e-15, 1e-3))),
    ("adafactor 0.6, clip 1.5, decay 0.1", {"kind": "adafactor", "rate": 0.02, "fading": 0.6, "clip": 1.5, "smallest": 0.01, "decay": 0.1, "except": []},
     lambda p: O.Adafactor(p, lr=0.02, beta2_decay=-0.6, eps=(1e-15, 1e-2), d=1.5, weight_decay=0.1)),
    ("muon", {"kind": "muon", "rate": 0.02}, lambda p: Muon(p, lr=0.02, weight_decay=0.1)),
    ("muon 0.8, 3 iterations", {"kind": "muon", "rate": 0.05, "momentum": 0.8, "iterations": 3, "decay": 0}, lambda p: Muon(p, lr=0.05, weight_decay=0, momentum=0.8, iterations=3)),
    ("adagrad from 0.1", {"kind": "adagrad", "rate": 0.1, "initial": 0.1, "epsilon": 1e-6}, lambda p: O.Adagrad(p, lr=0.1, initial_accumulator_value=0.1, eps=1e-6)),
]


def shorten(parameters, most):
    """Exact, where torch.nn.utils.clip_grad_norm_ adds 1e-6 to the length."""
    length = torch.sqrt(sum((p.grad ** 2).sum() for p in parameters))
    for p in parameters:
        p.grad.mul_(min(1.0, most / length.item()) if length > 0 else 1.0)


class Clipped:
    def __init__(self, parameters, optimizer, clip):
        self.optimizer, self.clip = optimizer, clip

    def zero_grad(self):
        self.optimizer.zero_grad()

    def step(self):
        self.clip()
        self.optimizer.step()


def oracle(make):
    w = torch.zeros(1, requires_grad=True)
    optimizer = make([w])
    seen = []
    for _ in range(20):
        optimizer.zero_grad()
        (w * w - 10 * w + 25).sum().backward()
        optimizer.step()
        seen.append(w.item())
    return seen


def start():
    generator = torch.Generator().manual_seed(1)
    draw = lambda *size: torch.randn(*size, generator=generator, dtype=torch.float64)
    # rounded to float32, so that the float32 engine begins from the very same numbers
    narrow = lambda x: x.to(torch.float32).to(torch.float64)
    weights = {"dense1.weights": draw(3, 4), "dense1.bias": draw(4), "dense2.weights": draw(4, 2), "dense2.bias": draw(2)}
    return narrow(draw(8, 3)), narrow(draw(8, 2)), {path: narrow(value) for path, value in weights.items()}


def network(make):
    x, y, weights = start()
    p = {path: value.clone().requires_grad_(True) for path, value in weights.items()}
    optimizer = make(list(p.values()))
    seen = {}
    for step in range(1, 21):
        optimizer.zero_grad()
        hidden = torch.tanh(x @ p["dense1.weights"] + p["dense1.bias"])
        cost = ((hidden @ p["dense2.weights"] + p["dense2.bias"] - y) ** 2).mean()
        cost.backward()
        optimizer.step()
        if step in (1, 2, 20):
            seen[str(step)] = {path: value.detach().flatten().tolist() for path, value in p.items()}
    return seen


x, y, weights = start()
flat = lambda t: {"shape": list(t.shape), "data": t.flatten().tolist()}
golden = {
    "library": f"PyTorch {torch.__version__}",
    "network": {"x": flat(x), "y": flat(y), "weights": {path: flat(value) for path, value in weights.items()}},
    "cases": [{"name": name, "optimizer": data, "oracle": oracle(make), "network": network(make)} for name, data, make in CASES],
}
with open(os.path.join(HERE, "optimizers.json"), "w") as file:
    json.dump(golden, file, separators=(",", ":"))
    file.write("\n")
