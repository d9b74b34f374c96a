"""Points of Sobol's sequence from PyTorch: pip install torch==2.15.0, then python make-golden.py > sobol.json"""
import json

import torch

AXES = 37
points = torch.quasirandom.SobolEngine(AXES).draw(5000, dtype=torch.float64)
rows = {str(index): [int(value * 2**32) for value in points[index]] for index in (5, 100, 1023, 4999)}
print(json.dumps({"torch": torch.__version__.split("+")[0], "points": rows}))
