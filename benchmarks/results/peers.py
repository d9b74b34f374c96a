"""Measures scikit-learn on the tables of `npm run results`, on the same rows, and writes peers.json beside this file.

    npm run results -- --write-parts /tmp/parts
    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 python3 benchmarks/results/peers.py /tmp/parts /tmp/peers.jsonl

The second file collects what is finished, one line per table, method and seed; a run that was ended goes on from it.
Measures are those of measures.ts: error (misclassified share, or 1 - R2 against the mean of the test rows), log loss
with probabilities of at least 1e-6, calibration error of the top class in 15 bins of equal mass, and the processor's
seconds of fitting, on one core.
"""

import gzip
import json
import platform
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

warnings.filterwarnings("ignore")
SEEDS = 5
BINS = 15
LEAST = 1e-6
LARGE = 3000  # rows from which every network stops early

# Twelve settings of the tuned network, tried on a quarter of the train rows and refitted on all of them.
SETTINGS = [
    {"hidden_layer_sizes": hidden, "alpha": alpha, "learning_rate_init": rate, "early_stopping": early}
    for hidden in [(64,), (128, 64), (256,)]
    for alpha, rate, early in [(1e-4, 1e-3, False), (1e-2, 1e-3, False), (1.0, 1e-3, False), (1e-2, 1e-2, True)]
]


def read(folder: Path):
    meta = json.loads((folder / "meta.json").read_text())
    parts = [pd.read_csv(folder / f"{part}.csv", dtype=str, keep_default_na=False) for part in ("train", "test")]
    target = meta["target"]
    frames = []
    train = parts[0].drop(columns=target)
    kinds = {}
    for column in train:
        filled = train[column][train[column] != ""]
        if pd.to_numeric(filled, errors="coerce").notna().all() and len(filled) > 0:
            kinds[column] = "number"
        elif "date" in column.lower() and pd.to_datetime(filled, errors="coerce", format="mixed").notna().mean() > 0.95:
            kinds[column] = "day"
        else:
            kinds[column] = "category"
    for part in parts:
        frame = pd.DataFrame(index=part.index)
        for column, kind in kinds.items():
            text = part[column]
            if kind == "number":
                frame[column] = pd.to_numeric(text, errors="coerce")
            elif kind == "day":
                days = pd.to_datetime(text.where(text != ""), errors="coerce", format="mixed")
                frame[column] = (days - pd.Timestamp("1970-01-01")).dt.days
            else:
                frame[column] = text.astype(object)
        frames.append(frame)
    targets = [part[target] if meta["task"] == "classification" else part[target].astype(float) for part in parts]
    numbers = [column for column, kind in kinds.items() if kind != "category"]
    numbers = [column for column in numbers if frames[0][column].notna().any()]
    categories = [column for column, kind in kinds.items() if kind == "category"]
    return meta, frames, [np.asarray(target) for target in targets], numbers, categories


def dense(numbers, categories, scale=True):
    """Medians for what is missing and a column that says so; categories one-hot, rare ones together."""
    steps = [SimpleImputer(strategy="median", add_indicator=True)] + ([StandardScaler()] if scale else [])
    one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=2, sparse_output=False)
    return ColumnTransformer([("numbers", make_pipeline(*steps), numbers), ("categories", one_hot, categories)])


def own_levels(numbers, categories):
    """Categories as integers for the histograms, missing values as they are."""
    levels = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, min_frequency=2, max_categories=250
    )
    return ColumnTransformer([("categories", levels, categories), ("numbers", "passthrough", numbers)])


def model_of(method, task, seed, numbers, categories, settings=None, rows=0):
    classify = task == "classification"
    if method == "constant":
        return DummyClassifier(strategy="prior") if classify else DummyRegressor()
    if method == "linear":
        last = LogisticRegression(max_iter=5000) if classify else RidgeCV(alphas=np.logspace(-3, 3, 13))
        return make_pipeline(dense(numbers, categories), last)
    if method == "forest":
        kind = RandomForestClassifier if classify else RandomForestRegressor
        return make_pipeline(dense(numbers, categories, False), kind(500, n_jobs=1, random_state=seed))
    if method == "boosting":
        kind = HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor
        mask = [i < len(categories) for i in range(len(categories) + len(numbers))]
        return make_pipeline(own_levels(numbers, categories), kind(categorical_features=mask, random_state=seed))
    # an epoch of a small table is a few steps
    given = {"max_iter": 200 if method == "tuned" and rows > 1000 else 500, **(settings or {})}
    if rows > LARGE:
        given["early_stopping"] = True
    kind = MLPClassifier if classify else MLPRegressor
    network = make_pipeline(dense(numbers, categories), kind(random_state=seed, **given))
    return network if classify else TransformedTargetRegressor(network, transformer=StandardScaler())


def best_settings(task, seed, frame, target, numbers, categories):
    stratify = target if task == "classification" and np.unique(target, return_counts=True)[1].min() > 1 else None
    fit, held = train_test_split(np.arange(len(target)), test_size=0.25, random_state=seed, stratify=stratify)
    errors = []
    for settings in SETTINGS:
        try:
            model = model_of("tuned", task, seed, numbers, categories, settings, len(target))
            model.fit(frame.iloc[fit], target[fit])
            given = model.predict(frame.iloc[held])
            wrong = given != target[held] if task == "classification" else (given - target[held]) ** 2
            errors.append(float(np.mean(wrong)))
        except ValueError:  # early stopping wants two rows of every class
            errors.append(float("inf"))
    return SETTINGS[int(np.argmin(errors))]


def measures(task, answer, truth, classes):
    if task == "regression":
        losses = (answer - truth) ** 2 / ((truth - truth.mean()) ** 2).mean()
        return {"error": float(losses.mean())}, losses
    given = np.array(classes)[answer.argmax(axis=1)]
    wrong = given != truth
    place = {name: i for i, name in enumerate(classes)}
    own = np.array([answer[row, place[name]] if name in place else 0 for row, name in enumerate(truth)])
    confidence = answer.max(axis=1)
    order = np.argsort(confidence, kind="stable")
    edges = [round(i * len(order) / BINS) for i in range(BINS + 1)]
    gap = 0.0
    for a, b in zip(edges, edges[1:]):
        rows = order[a:b]
        if len(rows) > 0:
            gap += abs(float(confidence[rows].sum() - (~wrong[rows]).sum()))
    return {
        "error": float(wrong.mean()),
        "logLoss": float(-np.log(np.maximum(own, LEAST)).mean()),
        "calibration": gap / len(order),
    }, wrong.astype(float)


METHODS = ["constant", "linear", "boosting", "forest", "network", "tuned"]


def one(folder: Path, method: str, seed: int):
    meta, (train, test), (target, truth), numbers, categories = read(folder)
    task = meta["task"]
    started = time.process_time()
    settings = None
    if method == "tuned":
        settings = best_settings(task, seed, train, target, numbers, categories)
    model = model_of(method, task, seed, numbers, categories, settings, len(target))
    model.fit(train, target)
    seconds = time.process_time() - started
    classes = list(model.classes_) if task == "classification" else None
    answer = model.predict_proba(test) if task == "classification" else model.predict(test)
    found, losses = measures(task, answer, truth, classes)
    return {
        "table": meta["name"], "method": method, "seed": seed, **found, "seconds": round(seconds, 3),
        **({"settings": settings} if settings else {}), "losses": [float(f"{loss:.4g}") for loss in losses],
    }


def write(cache: Path, out: Path):
    """peers.json, and beside it peers-rows.json.gz: the part of each test row in the error, as the mean over seeds."""
    lines = [json.loads(line) for line in cache.read_text().splitlines()]
    lines.sort(key=lambda line: (line["table"], METHODS.index(line["method"]), line["seed"]))
    losses = {}
    rows = []
    for line in lines:
        losses.setdefault(line["table"], {}).setdefault(line["method"], []).append(line.pop("losses"))
        rounded = {key: round(value, 5) if isinstance(value, float) else value for key, value in line.items()}
        rows.append(json.dumps(rounded))
    versions = {
        "python": platform.python_version(), "scikit-learn": sklearn.__version__,
        "numpy": np.__version__, "pandas": pd.__version__,
    }
    body = ",\n    ".join(rows)
    out.write_text(f'{{\n  "versions": {json.dumps(versions)},\n  "measured": [\n    {body}\n  ]\n}}\n')
    means = {
        table: {method: [float(f"{mean:.3g}") for mean in np.mean(of, axis=0)] for method, of in methods.items()}
        for table, methods in losses.items()
    }
    with gzip.GzipFile(out.with_name("peers-rows.json.gz"), "wb", mtime=0) as file:
        file.write(json.dumps(means, separators=(",", ":")).encode())


def main():
    parts, cache = Path(sys.argv[1]), Path(sys.argv[2])
    chosen = sys.argv[3:] or METHODS
    done = set()
    if cache.exists():
        done = {(line["table"], line["method"], line["seed"]) for line in map(json.loads, cache.read_text().splitlines())}
    folders = [folder for folder in sorted(parts.iterdir()) if (folder / "meta.json").exists()]
    folders.sort(key=lambda folder: (folder / "train.csv").stat().st_size)
    for seed in range(SEEDS):
        for method in chosen if seed == 0 else [method for method in chosen if method not in ("constant", "linear")]:
            for folder in folders:
                if (folder.name, method, seed) in done:
                    continue
                line = one(folder, method, seed)
                with cache.open("a") as file:
                    file.write(json.dumps(line) + "\n")
                print(line["table"], method, seed, round(line["error"], 4), line.get("seconds"), flush=True)
    write(cache, Path(__file__).with_name("peers.json"))


if __name__ == "__main__":
    main()
