"""Writes measures.json: what scikit-learn gives for measures of classes, labels and numbers, with ties and with weights of rows."""
import json
from pathlib import Path

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(11)


def classes(count, rows, rare, weights):
    share = np.full(count, (1 - rare) / (count - 1))
    share[1] = rare
    targets = rng.choice(count, rows, p=share)
    raw = np.round(rng.random((rows, count)) + np.eye(count)[targets] * 0.4, 2) + 0.01
    answers = np.round(raw / raw.sum(1, keepdims=True), 3)
    answers[:, -1] = np.round(1 - answers[:, :-1].sum(1), 3)
    predicted = answers.argmax(1)
    w = {"sample_weight": weights} if weights is not None else {}
    found = {
        "error": 1 - metrics.accuracy_score(targets, predicted, **w),
        "accuracy": metrics.accuracy_score(targets, predicted, **w),
        "balancedError": 1 - metrics.balanced_accuracy_score(targets, predicted, **w),
        "macroF1": metrics.f1_score(targets, predicted, average="macro", **w),
        "logLoss": metrics.log_loss(targets, answers, **w),
    }
    if count == 2:
        found["f1"] = metrics.f1_score(targets, predicted, **w)
        found["auc"] = metrics.roc_auc_score(targets, answers[:, 1], **w)
        found["averagePrecision"] = metrics.average_precision_score(targets, answers[:, 1], **w)
    else:
        hot = np.eye(count)[targets]
        found["auc"] = metrics.roc_auc_score(hot, answers, average="macro", **w)
        found["averagePrecision"] = metrics.average_precision_score(hot, answers, average="macro", **w)
    mistakes = (predicted != targets).astype(float)
    return case("classes", targets, answers, mistakes, weights, found)


def labels(count, rows, weights):
    targets = (rng.random((rows, count)) < 0.3).astype(int)
    answers = np.round(np.clip(rng.random((rows, count)) * 0.7 + targets * 0.25, 0.01, 0.99), 2)
    predicted = (answers >= 0.5).astype(int)
    w = {"sample_weight": weights} if weights is not None else {}
    found = {
        "accuracy": metrics.accuracy_score(targets, predicted, **w),
        "macroF1": metrics.f1_score(targets, predicted, average="macro", **w),
        "auc": metrics.roc_auc_score(targets, answers, average="macro", **w),
        "averagePrecision": metrics.average_precision_score(targets, answers, average="macro", **w),
        "logLoss": np.mean([metrics.log_loss(targets[:, k], answers[:, k], **w) for k in range(count)]),
    }
    mistakes = (predicted != targets).any(1).astype(float)
    return case("labels", targets, answers, mistakes, weights, found)


def numbers(rows, weights):
    targets = np.round(rng.normal(50, 12, rows), 2)
    answers = np.round(targets + rng.normal(0, 5, rows), 2)
    w = {"sample_weight": weights} if weights is not None else {}
    found = {
        "rmse": metrics.root_mean_squared_error(targets, answers, **w),
        "mae": metrics.mean_absolute_error(targets, answers, **w),
        "mape": metrics.mean_absolute_percentage_error(targets, answers, **w),
        "pinball": metrics.mean_pinball_loss(targets, answers, alpha=0.9, **w),
    }
    if weights is None:
        found["r2"] = metrics.r2_score(targets, answers)
    return case("numbers", targets[:, None], answers[:, None], (targets - answers) ** 2, weights, found)


def case(kind, targets, answers, mistakes, weights, found):
    return {
        "kind": kind,
        "targets": targets.tolist(),
        "answers": answers.tolist(),
        "mistakes": mistakes.tolist(),
        "weights": None if weights is None else weights.tolist(),
        "measures": {name: float(value) for name, value in found.items()},
    }


def weigh(rows):
    return np.round(rng.random(rows) * 2 + 0.1, 2)


cases = [
    classes(2, 120, 0.15, None),
    classes(2, 80, 0.4, weigh(80)),
    classes(4, 120, 0.2, None),
    classes(3, 90, 0.2, weigh(90)),
    labels(3, 80, None),
    labels(2, 60, weigh(60)),
    numbers(60, None),
    numbers(50, weigh(50)),
]
Path(__file__).with_name("measures.json").write_text(json.dumps(cases) + "\n")
