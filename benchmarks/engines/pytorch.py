"""PyTorch as an engine under test, eager or compiled (BENCH_COMPILED)."""

import os

from serving import missing, read, serve, threads

try:
    import torch
except ImportError as error:
    missing(error)
COMPILED = os.environ.get("BENCH_COMPILED") == "1"
torch.set_num_threads(threads())
# Weight decay into denormals would slow the peer down for no good reason.
torch.set_flush_denormal(True)


def tensor(folder, entry):
    return torch.from_numpy(read(folder, entry))


class ChannelsFirst(torch.nn.Module):
    def forward(self, x):
        return x.permute(0, 3, 1, 2).contiguous()


class FlattenLikeOthers(torch.nn.Module):
    """Rows in the order height, width, channels, so that dense weights mean the same everywhere."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)


class Trainer:
    def __init__(self, folder, manifest, random_weights):
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
                    layer.weight.copy_(tensor(folder, manifest["weights"][f"conv2d{i + 1}.weights"]).permute(3, 2, 0, 1))
                    layer.bias.copy_(tensor(folder, manifest["weights"][f"conv2d{i + 1}.bias"]))
                layers += [layer, torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
            layers.append(FlattenLikeOthers())
        for i in range(1, len(units)):
            last = i == len(units) - 1
            normalized = "regular" in work and not last
            layer = torch.nn.Linear(units[i - 1], units[i], bias=not normalized)
            if not random_weights:
                with torch.no_grad():
                    layer.weight.copy_(tensor(folder, manifest["weights"][f"dense{i}.weights"]).t())
                    if not normalized:
                        layer.bias.copy_(tensor(folder, manifest["weights"][f"dense{i}.bias"]))
            layers.append(layer)
            if last:
                break
            if normalized:
                layers.append(torch.nn.BatchNorm1d(units[i]))
            layers.append(torch.nn.ReLU())
            if "regular" in work:
                layers.append(torch.nn.Dropout(1 - work["regular"]["keep"]))
        model = torch.nn.Sequential(*layers)
        self.inputs = tensor(folder, manifest["inputs"])
        targets = tensor(folder, manifest["targets"])
        if work["loss"] == "softmax":
            loss, self.targets = torch.nn.CrossEntropyLoss(), targets.long()
        else:
            loss, self.targets = torch.nn.BCEWithLogitsLoss(), targets.float().reshape(-1, 1)
        make = torch.optim.Adam if work["optimizer"] == "adam" else torch.optim.SGD
        self.optimizer = make(model.parameters(), lr=work["rate"], fused=True)
        # the backward pass is compiled with the cost that it belongs to
        self.cost_of = torch.compile(costing(model, loss)) if COMPILED else costing(model, loss)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        cost = self.cost_of(self.inputs, self.targets)
        cost.backward()
        self.optimizer.step()
        return cost

    def cost(self):
        return float(self.step().detach())


def costing(model, loss):
    return lambda inputs, targets: loss(model(inputs), targets)


serve(f"PyTorch {torch.__version__}{', compiled' if COMPILED else ''}", Trainer)
