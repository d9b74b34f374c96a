"""What Optuna's TPE reaches on the two functions, one trial at a time: pip install optuna==5.0.0, then python optuna.py"""
import math
import statistics
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

HEIGHTS = [1, 1.2, 3, 3.2]
SCALES = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
PLACES = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]


def branin(trial):
    x, y = trial.suggest_float("x", -5, 10), trial.suggest_float("y", 0, 15)
    bow = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return bow * bow + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann(trial):
    x = [trial.suggest_float(f"x{i}", 0, 1) for i in range(6)]
    return -sum(
        h * math.exp(-sum(a * (v - p) ** 2 for a, v, p in zip(scales, x, places)))
        for h, scales, places in zip(HEIGHTS, SCALES, PLACES)
    )


for function, least in ((branin, 0.39788735772973816), (hartmann, -3.322368011391339)):
    found = []
    for seed in range(50):
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
        study.optimize(function, n_trials=64)
        found.append(study.best_value - least)
    print(function.__name__, round(statistics.median(found), 3))
