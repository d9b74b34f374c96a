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


class Codes(torch.nn.Module):
    """A vector for each code, then a GRU or an LSTM, or blocks of a causal transformer behind waves of the position."""

    def __init__(self, work):
        super().__init__()
        sequences = work["sequences"]
        width, time = sequences["width"], sequences["time"]
        self.table = torch.nn.Embedding(sequences["codes"], width)
        blocks = sequences.get("blocks")
        of = torch.nn.LSTM if sequences.get("cell") == "lstm" else torch.nn.GRU
        self.recurrent = None if blocks else of(width, width, batch_first=True)
        self.blocks = None
        if blocks:
            one = torch.nn.TransformerEncoderLayer(
                width, blocks["heads"], 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
            )
            self.blocks = torch.nn.TransformerEncoder(one, blocks["count"], enable_nested_tensor=False)
            self.register_buffer("seen", torch.nn.Transformer.generate_square_subsequent_mask(time))
            angles = torch.arange(time)[:, None] / 10000 ** (torch.arange(0, width, 2) / width)
            self.register_buffer("waves", torch.stack([angles.sin(), angles.cos()], 2).reshape(time, width))

    def forward(self, x):
        x = self.table(x)
        if self.recurrent is not None:
            return self.recurrent(x)[0]
        return self.blocks(x + self.waves, mask=self.seen, is_causal=True)

    def begin(self, weights):
        """Takes the initial weights, given by name."""
        parts = {self.table.weight: weights("embedding1.table")}
        if self.recurrent is not None:
            width = self.recurrent.hidden_size
            parts[self.recurrent.weight_ih_l0] = weights("recurrent1.input.weights").t()
            parts[self.recurrent.weight_hh_l0] = weights("recurrent1.recurrent.weights").t()
            parts[self.recurrent.bias_ih_l0] = weights("recurrent1.input.bias")
            # the gates of an LSTM, and two of a GRU, have a second bias that adds nothing and would move the sum twice as fast
            single = torch.zeros_like(self.recurrent.bias_hh_l0)
            parts[self.recurrent.bias_hh_l0] = torch.zeros_like(single)
            if isinstance(self.recurrent, torch.nn.GRU):
                single[2 * width :] = 1
                parts[self.recurrent.bias_hh_l0][2 * width :] = weights("recurrent1.recurrent.bias")
            self.recurrent.bias_hh_l0.register_hook(lambda gradient: gradient * single)
        for i, block in enumerate(self.blocks.layers if self.blocks else []):
            name = f"transformerBlock{i + 1}"
            attention = block.self_attn
            parts[attention.in_proj_weight] = weights(f"{name}.attention1.projection.weights").t()
            parts[attention.in_proj_bias] = weights(f"{name}.attention1.projection.bias")
            for ours, theirs in [
                ("attention1.output", attention.out_proj),
                ("dense1", block.linear1),
                ("dense2", block.linear2),
            ]:
                parts[theirs.weight] = weights(f"{name}.{ours}.weights").t()
                parts[theirs.bias] = weights(f"{name}.{ours}.bias")
        with torch.no_grad():
            for parameter, values in parts.items():
                parameter.copy_(values)
        return self


class Positions(torch.nn.Module):
    """A row for each position of each sequence, as the loss wants them."""

    def forward(self, x):
        return x.reshape(-1, x.shape[-1])


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
        if "sequences" in work:
            layers += [Codes(work).begin(lambda name: tensor(folder, manifest["weights"][name])), Positions()]
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
        targets = tensor(folder, manifest["targets"]).reshape(-1)
        if "sequences" in work:
            self.inputs = self.inputs.long()
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
