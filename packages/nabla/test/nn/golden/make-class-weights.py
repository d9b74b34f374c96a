"""Classes that count alike, by scikit-learn's class_weight and PyTorch's losses: python make-class-weights.py > class-weights.json"""

import json

import numpy as np
import torch
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight

draw = np.random.default_rng(8)
rows = 30
logits = np.round(draw.normal(0, 2, (rows, 3)), 3)
codes = draw.choice(3, rows, p=[0.7, 0.2, 0.1])
weights = np.round(draw.exponential(1, rows), 3)
labels = (draw.random((rows, 3)) < [0.1, 0.5, 0.8]).astype(int)
classes = compute_class_weight("balanced", classes=np.array([0, 1, 2]), y=codes)
z = torch.tensor(logits)
entropy = torch.nn.functional.cross_entropy(z, torch.tensor(codes), weight=torch.tensor(classes), reduction="none")
share = torch.softmax(z, 1)[torch.arange(rows), torch.tensor(codes)]
sides = np.stack([compute_sample_weight("balanced", labels[:, i]) for i in range(3)], 1)
binary = torch.nn.functional.binary_cross_entropy_with_logits(
    z, torch.tensor(labels, dtype=torch.float64), weight=torch.tensor(sides), reduction="none"
)
missed = torch.abs(torch.tensor(labels) - torch.sigmoid(z))
# rows of weights: scikit-learn's formula, where a row is as many as its weight
mass = np.array([weights[codes == code].sum() for code in range(3)])
print(
    json.dumps(
        {
            "logits": logits.tolist(),
            "codes": codes.tolist(),
            "labels": labels.tolist(),
            "weights": weights.tolist(),
            "classWeights": classes.tolist(),
            "weighedClassWeights": (weights.sum() / (3 * mass)).tolist(),
            "softmaxCrossEntropy": entropy.tolist(),
            "focal": (entropy * (1 - share) ** 2).tolist(),
            "sigmoidCrossEntropy": binary.mean(1).tolist(),
            "sigmoidFocal": (binary * missed**2).mean(1).tolist(),
        }
    )
)
