"""Reads what nabla wrote with the libraries that the formats belong to, and prints a table of what came of it.

pip install numpy==2.3.5 torch==2.15.0 tensorflow-cpu==2.21.0 keras==3.15.1 safetensors==0.8.0
node --conditions=nabla-source write.ts FOLDER
python witness.py FOLDER          (witness-tfjs.mjs FOLDER for TensorFlow.js)
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
import tensorflow
import torch

folder = sys.argv[1]
with open(os.path.join(folder, "written.json")) as file:
    written = json.load(file)


def weights_equal(found, sample):
    ours = sample["weights"]
    for path, weight in ours.items():
        theirs = np.asarray(found[path])
        assert list(theirs.shape) == weight["shape"], path
        assert np.array_equal(theirs.ravel(), np.array(list(weight["data"]), dtype=np.float32)), path
    return "equal bit for bit"


def off(answers, sample):
    wanted = np.array(sample["answers"])
    distance = float(np.max(np.abs(np.asarray(answers, dtype=np.float64).ravel() - wanted)))
    assert distance < 1e-5 * max(1.0, float(np.max(np.abs(wanted)))), distance
    return f"answers differ by at most {distance:.1e}"


def of_keras(path, sample):
    model = keras.models.load_model(path)
    x = np.array(sample["inputs"], dtype=np.float32).reshape(sample["shape"])
    return off(model.predict(x, verbose=0), sample)


def of_torch(path, sample):
    """The network of the sample "rows", written by hand, with the weights of the safetensors file."""
    found = safetensors.torch.load_file(path)
    nn = torch.nn
    net = nn.Sequential(nn.Linear(4, 7, bias="dense1.bias" in found), nn.BatchNorm1d(7), nn.ReLU(), nn.Linear(7, 5), nn.Tanh(), nn.Linear(5, 3))
    state = net.state_dict()
    for theirs, ours in {"0": "dense1", "3": "dense2", "5": "dense3"}.items():
        state[f"{theirs}.weight"] = found[f"{ours}.weights"].T
        if f"{ours}.bias" in found:
            state[f"{theirs}.bias"] = found[f"{ours}.bias"]
    for theirs, ours in {"weight": "scale", "bias": "shift", "running_mean": "mean", "running_var": "variance"}.items():
        state[f"1.{theirs}"] = found[f"batchNorm1.{ours}"]
    net.load_state_dict(state)
    net.eval()
    with torch.no_grad():
        x = torch.tensor(sample["inputs"]).reshape(sample["shape"])
        return off(torch.softmax(net(x), dim=1).numpy(), sample)


rows = []
for name, sample in written.items():
    files = sample["files"]
    checks = {
        f"safetensors {safetensors.__version__}": lambda: weights_equal(safetensors.numpy.load_file(files["safetensors"]), sample),
        f"NumPy {np.__version__}": lambda: weights_equal(np.load(files["npz"]), sample),
        f"Keras {keras.__version__}, TensorFlow {tensorflow.__version__}": lambda: of_keras(files["keras"], sample),
    }
    if name == "rows":
        checks[f"PyTorch {torch.__version__.split('+')[0]}, safetensors {safetensors.__version__}"] = lambda: of_torch(files["safetensors"], sample)
    for reader, check in checks.items():
        rows.append((name, reader, check()))
for name, reader, outcome in sorted(rows, key=lambda row: row[1]):
    print(f"| {reader} | {name} | {outcome} |")
