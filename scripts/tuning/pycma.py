"""What pycma reaches on the two functions with generations of eight: pip install cma==4.5.0, then python pycma.py"""
import math
import statistics
import warnings

warnings.filterwarnings("ignore")
import cma

HEIGHTS = [1, 1.2, 3, 3.2]
SCALES = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
PLACES = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]


def branin(units):
    x, y = 15 * units[0] - 5, 15 * units[1]
    bow = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return bow * bow + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10 - 0.39788735772973816


def hartmann(x):
    total = sum(
        h * math.exp(-sum(a * (v - p) ** 2 for a, v, p in zip(scales, x, places)))
        for h, scales, places in zip(HEIGHTS, SCALES, PLACES)
    )
    return 3.322368011391339 - total


for function, axes in ((branin, 2), (hartmann, 6)):
    found = []
    for seed in range(1, 51):
        options = {"verbose": -9, "seed": seed, "bounds": [0, 1], "popsize": 8}
        strategy = cma.CMAEvolutionStrategy([0.5] * axes, 0.2, options)
        best = math.inf
        for _ in range(8):
            points = strategy.ask()
            costs = [function(point) for point in points]
            strategy.tell(points, costs)
            best = min(best, *costs)
        found.append(best)
    print(function.__name__, round(statistics.median(found), 3))
