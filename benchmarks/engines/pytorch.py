"""PyTorch in eager mode as an engine under test. Speaks the protocol of benchmarks/protocol.ts."""

import json
import os
import sys
import time

# Of a workload that repeats models only so many are timed.
MODELS = 4
threads = int(os.environ.get("BENCH_THREADS", "1"))
try:
    import numpy
    import torch
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)
torch.set_num_threads(threads)
# Weight decay into denormals would slow the peer down for no good reason.
torch.set_flush_denormal(True)


def read(folder, entry):
    array = numpy.fromfile(os.path.join(folder, entry["file"]), dtype=entry["dtype"])
    return torch.from_numpy(array.reshape(entry["shape"]))


class ChannelsFirst(torch.nn.Module):
    def forward(self, x):
        return x.permute(0, 3, 1, 2).contiguous()


class FlattenLikeOthers(torch.nn.Module):
    """Rows in the order height, width, channels, so that dense weights mean the same everywhere."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)


class Trainer:
    def __init__(self, folder, manifest, random_weights=False):
        work = manifest["workload"]
        units = work["units"]
        layers = []
        convolutions = work.get("convolutions")
        if convolutions:
            layers.append(ChannelsFirst())
            for i, filters in enumerate(convolutions["filters"]):
                channels = convolutions["filters"][i - 1] if i > 0 else 1
                layer = torch.nn.Conv2d(channels, filters, 3, padding=1)
                with torch.no_grad():
                    layer.weight.copy_(read(folder, manifest["weights"][f"conv2d{i + 1}.weights"]).permute(3, 2, 0, 1))
                    layer.bias.copy_(read(folder, manifest["weights"][f"conv2d{i + 1}.bias"]))
                layers += [layer, torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
            layers.append(FlattenLikeOthers())
        for i in range(1, len(units)):
            last = i == len(units) - 1
            normalized = "regular" in work and not last
            layer = torch.nn.Linear(units[i - 1], units[i], bias=not normalized)
            if not random_weights:
                with torch.no_grad():
                    layer.weight.copy_(read(folder, manifest["weights"][f"dense{i}.weights"]).t())
                    if not normalized:
                        layer.bias.copy_(read(folder, manifest["weights"][f"dense{i}.bias"]))
            layers.append(layer)
            if last:
                break
            if normalized:
                layers.append(torch.nn.BatchNorm1d(units[i]))
            layers.append(torch.nn.ReLU())
            if "regular" in work:
                layers.append(torch.nn.Dropout(1 - work["regular"]["keep"]))
        self.model = torch.nn.Sequential(*layers)
        self.inputs = read(folder, manifest["inputs"])
        targets = read(folder, manifest["targets"])
        if work["loss"] == "softmax":
            self.loss, self.targets = torch.nn.CrossEntropyLoss(), targets.long()
        else:
            self.loss, self.targets = torch.nn.BCEWithLogitsLoss(), targets.float().reshape(-1, 1)
        make = torch.optim.Adam if work["optimizer"] == "adam" else torch.optim.SGD
        self.optimizer = make(self.model.parameters(), lr=work["rate"])

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        cost = self.loss(self.model(self.inputs), self.targets)
        cost.backward()
        self.optimizer.step()
        return cost


def main():
    folder = manifest = trainer = None

    def step():
        repeated = manifest["workload"].get("repeated")
        if not repeated:
            trainer.step()
            return
        for _ in range(MODELS):
            one = Trainer(folder, manifest, random_weights=True)
            for _ in range(repeated["steps"]):
                one.step()

    def scaled():
        repeated = manifest["workload"].get("repeated")
        return repeated["models"] / MODELS if repeated else 1

    def timed(steps):
        start = time.perf_counter()
        for _ in range(steps):
            step()
        return (time.perf_counter() - start) * 1e6

    for line in sys.stdin:
        request = json.loads(line)
        if "prepare" in request:
            folder = request["folder"]
            with open(os.path.join(folder, "manifest.json")) as file:
                manifest = json.load(file)
            trainer = Trainer(folder, manifest)
            answer = {"version": f"PyTorch {torch.__version__}"}
        elif "costs" in request:
            fresh = Trainer(folder, manifest)
            end = time.perf_counter() + request["seconds"]
            costs = []
            while len(costs) < request["costs"] and (len(costs) < 2 or time.perf_counter() < end):
                costs.append(float(fresh.step()))
            answer = {"costs": costs}
        else:
            end = time.perf_counter() + request["run"]
            steps, took = 1, timed(1)
            # a step longer than a second is a sample of its own
            samples = [took] if took > 1e6 else []
            while took < 200 and steps < 1000000:
                steps *= 2
                took = timed(steps)
            while time.perf_counter() < end or (len(samples) < 3 and took <= 1e6):
                samples.append(timed(steps) / steps)
            answer = {"microseconds": [one * scaled() for one in samples]}
            if scaled() != 1:
                answer["scaled"] = scaled()
        print(json.dumps(answer), flush=True)


main()
