"""Costs and errors of weighted rows, by scikit-learn's sample_weight: python make-row-weights.py > row-weights.json"""

import json

import numpy as np
from sklearn.metrics import log_loss, mean_absolute_error, mean_squared_error, r2_score, zero_one_loss

draw = np.random.default_rng(5)
rows = 40
weights = np.round(draw.exponential(1, rows), 3)
weights[::9] = 0
logits = np.round(draw.normal(0, 1.5, (rows, 3)), 3)
codes = draw.integers(0, 3, rows)
powers = np.exp(logits - logits.max(1, keepdims=True))
probabilities = powers / powers.sum(1, keepdims=True)
predicted = np.round(draw.normal(0, 1, rows), 3)
true = np.round(predicted + draw.normal(0, 0.7, rows), 3)
print(
    json.dumps(
        {
            "weights": weights.tolist(),
            "logits": logits.tolist(),
            "codes": codes.tolist(),
            "predicted": predicted.tolist(),
            "true": true.tolist(),
            "logLoss": log_loss(codes, probabilities, sample_weight=weights, labels=[0, 1, 2]),
            "wrong": zero_one_loss(codes, logits.argmax(1), sample_weight=weights),
            "squared": mean_squared_error(true, predicted, sample_weight=weights),
            "absolute": mean_absolute_error(true, predicted, sample_weight=weights),
            "unexplained": 1 - r2_score(true, predicted, sample_weight=weights),
        }
    )
)
