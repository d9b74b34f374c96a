"""States of pycma's CMA-ES: pip install cma==4.5.0, then python make-cma.py > cma.json

In each case the points are those that pycma drew, from the best to the worst, and after them what it learned.
"""
import json

import cma
import numpy
from cma.transformations import BoxConstraintsLinQuadTransformation


def tilted(x):
    """A long valley, so that the covariance has something to learn."""
    return sum(10 ** (3 * i / max(1, len(x) - 1)) * (x[i] - 0.3 + 0.2 * x[i - 1]) ** 2 for i in range(len(x)))


cases = []
for n, size, generations in ((2, 6, 14), (2, 8, 10), (6, 9, 12), (12, 11, 8), (3, 40, 4)):
    es = cma.CMAEvolutionStrategy(
        [0.5] * n,
        0.3,
        {"popsize": size, "seed": 7, "verbose": -9, "CMA_diagonal": False, "updatecovwait": 0},
    )
    # pycma begins with axes that differ by a ten-thousandth, so that their order is known
    begin = [list(row) for row in es.sm.C]
    steps = []
    for _ in range(generations):
        points = es.ask()
        costs = [tilted(point) for point in points]
        order = numpy.argsort(costs)
        es.tell(points, costs)
        steps.append(
            {
                "ranked": [list(points[i]) for i in order],
                "middle": list(es.mean),
                "sigma": es.sigma,
                "covariance": [list(row) for row in es.sm.C],
                "sigmaPathLength": float(numpy.linalg.norm(es.adapt_sigma.ps)),
                "path": list(es.pc),
            }
        )
    kept = [0, 1, generations - 1]
    cases.append(
        {
            "axes": n,
            "covariance": begin,
            "ranked": [step.pop("ranked") for step in steps],
            "states": {str(i + 1): steps[i] for i in kept},
        }
    )

bounds = BoxConstraintsLinQuadTransformation([[0, 1]])
places = [-3.3, -1.07, -1, -0.2, -0.05, -0.03, 0, 0.02, 0.05, 0.3, 0.94, 0.97, 1, 1.04, 1.05, 1.2, 1.99, 2.6]
print(
    json.dumps(
        {
            "pycma": cma.__version__,
            "cases": cases,
            "bounds": [[place, float(bounds.transform([place])[0])] for place in places],
        }
    )
)
