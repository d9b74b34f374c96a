"""Writes schedules.json: factors of PyTorch's schedulers, 10 epochs of 4 steps, which nabla's must follow.

Run: python3 make-schedules.py   (made with PyTorch 2.15)
"""
import json
import os
import torch

L = torch.optim.lr_scheduler
HERE = os.path.dirname(os.path.abspath(__file__))


def optimizer():
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)


def factors(make, per):
    o = optimizer()
    s = make(o)
    seen = []
    for step in range(40):
        seen.append(o.param_groups[0]["lr"])
        o.step()
        if per == "step" or step % 4 == 3:
            s.step()
    return seen


golden = {
    "cosine": factors(lambda o: L.CosineAnnealingLR(o, 40, eta_min=0.1), "step"),
    "warmRestarts": factors(lambda o: L.CosineAnnealingWarmRestarts(o, 8, eta_min=0.1), "step"),
    "growingRestarts": factors(lambda o: L.CosineAnnealingWarmRestarts(o, 4, T_mult=2), "step"),
    "oneCycle": factors(lambda o: L.OneCycleLR(o, 1.0, total_steps=40), "step"),
    "shortCycle": factors(lambda o: L.OneCycleLR(o, 1.0, total_steps=40, pct_start=0.1, div_factor=10, final_div_factor=100), "step"),
    "multiStep": factors(lambda o: L.MultiStepLR(o, [3, 7]), "epoch"),
    "staircase": factors(lambda o: L.StepLR(o, 3, gamma=0.5), "epoch"),
    "linear": factors(lambda o: L.LinearLR(o, start_factor=0.25, end_factor=0.75, total_iters=24), "step"),
    "polynomial": factors(lambda o: L.PolynomialLR(o, total_iters=40, power=2.0), "step"),
    "shortPolynomial": factors(lambda o: L.PolynomialLR(o, total_iters=20, power=0.5), "step"),
    "exponential": factors(lambda o: L.ExponentialLR(o, 0.9), "epoch"),
}
costs = [1.0, 0.9, 0.899, 0.898, 0.897, 0.8, 0.9, 0.81, 0.82, 0.83, 0.84, 0.799, 0.798, 0.797, 0.796, 0.795, 0.794]


def plateau(values, **options):
    o = optimizer()
    made = L.ReduceLROnPlateau(o, factor=0.5, min_lr=0.1, **options)
    seen = []
    for value in values:
        made.step(value)
        seen.append(o.param_groups[0]["lr"])
    return seen


golden["plateauCosts"] = costs
golden["plateau"] = plateau(costs, patience=2, threshold=0.01)
golden["plateauCooldown"] = plateau(costs, patience=1, threshold=0.01, cooldown=3)
golden["plateauMax"] = plateau([-x for x in costs], mode="max", patience=1, threshold=0.01)
golden["plateauRising"] = plateau([1 / x for x in costs], mode="max", patience=1, threshold=0.05, cooldown=1)
golden["plateauAbsolute"] = plateau(costs, patience=1, threshold=0.15, threshold_mode="abs")
golden["plateauAbsoluteMax"] = plateau([1 / x for x in costs], mode="max", patience=1, threshold=0.2, threshold_mode="abs")
with open(os.path.join(HERE, "schedules.json"), "w") as file:
    json.dump(golden, file, separators=(",", ":"))
    file.write("\n")
