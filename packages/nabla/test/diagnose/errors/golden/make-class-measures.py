"""Writes class-measures.json: measures of classes by scikit-learn, of drawn probabilities with ties."""
import json
from pathlib import Path

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(7)
cases = []
for classes, rows, rare in [(2, 200, 0.05), (2, 60, 0.5), (3, 150, 0.1), (5, 90, 0.2)]:
    share = np.full(classes, (1 - rare) / (classes - 1))
    share[1] = rare
    targets = rng.choice(classes, rows, p=share)
    raw = np.round(rng.random((rows, classes)) + np.eye(classes)[targets] * 0.4, 2) + 0.01
    probabilities = np.round(raw / raw.sum(1, keepdims=True), 3)
    predicted = probabilities.argmax(1)
    case = {
        "probabilities": probabilities.tolist(),
        "targets": targets.tolist(),
        "balancedError": 1 - metrics.balanced_accuracy_score(targets, predicted),
        "macroF1": metrics.f1_score(targets, predicted, average="macro"),
    }
    if classes == 2:
        second = probabilities[:, 1]
        case["second"] = {
            "precision": metrics.precision_score(targets, predicted),
            "recall": metrics.recall_score(targets, predicted),
            "f1": metrics.f1_score(targets, predicted),
            "auc": metrics.roc_auc_score(targets, second),
            "averagePrecision": metrics.average_precision_score(targets, second),
        }
    cases.append(case)
Path(__file__).with_name("class-measures.json").write_text(json.dumps(cases) + "\n")
