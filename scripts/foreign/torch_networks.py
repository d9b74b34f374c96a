"""Prints typical networks of PyTorch as its exporters write them to ONNX, one JSON object a line, after the versions.

    pip install torch onnx onnxscript
    python torch_networks.py

Each is exported by both exporters with random weights; "input" and "output" are one batch and PyTorch's answer to it.
"""

import base64
import io
import json
import os
import platform
import sys
import warnings

warnings.filterwarnings("ignore")

import onnx
import onnxscript
import torch
from torch import nn
from torch.nn import functional

torch.manual_seed(7)


class Around(nn.Module):
    def __init__(self, *parts):
        super().__init__()
        self.inside = nn.Sequential(*parts)

    def forward(self, x):
        return x + self.inside(x)


class Beside(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class Squeeze(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, 2, 1), nn.SiLU(), nn.Conv2d(2, channels, 1), nn.Sigmoid())

    def forward(self, x):
        return x * self.gate(x)


class Unet(nn.Module):
    def __init__(self, up):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU())
        self.low = nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(4, 8, 3, padding=1), nn.ReLU(), up)
        self.last = nn.Conv2d(8, 3, 1)

    def forward(self, x):
        x = self.down(x)
        return self.last(torch.cat([x, self.low(x)], dim=1))


class Self(nn.Module):
    def __init__(self, causal=False):
        super().__init__()
        self.attend = nn.MultiheadAttention(8, 2, batch_first=True)
        self.causal = causal

    def forward(self, x):
        mask = torch.triu(torch.full((x.size(1), x.size(1)), float("-inf")), diagonal=1) if self.causal else None
        return self.attend(x, x, x, need_weights=False, attn_mask=mask)[0]


class Codes(nn.Module):
    def __init__(self, *parts, positions=0):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        self.place = nn.Parameter(torch.randn(positions, 8)) if positions else None
        self.inside = nn.Sequential(*parts)

    def forward(self, codes):
        x = self.embed(codes)
        return self.inside(x if self.place is None else x + self.place)


class Turned(nn.Module):
    def __init__(self, *parts):
        super().__init__()
        self.inside = nn.Sequential(*parts)

    def forward(self, x):
        return self.inside(x.transpose(1, 2)).transpose(1, 2)


class Patches(nn.Module):
    def __init__(self):
        super().__init__()
        self.cut = nn.Conv2d(1, 8, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.place = nn.Parameter(torch.randn(1, 5, 8))
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
        self.last = nn.Linear(8, 3)

    def forward(self, x):
        x = self.cut(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.size(0), -1, -1), x], dim=1) + self.place
        return self.last(self.layer(x)[:, 0])


class Last(nn.Module):
    def __init__(self, first, last):
        super().__init__()
        self.first, self.last = first, last

    def forward(self, x):
        return self.last(self.first(x)[0][:, -1])


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(dim=1)


class Norm(nn.Module):
    """ConvNeXt's normalization of channels."""

    def __init__(self, channels):
        super().__init__()
        self.norm = nn.LayerNorm(channels)

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def block(a, b, stride=1, **options):
    return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False, **options), nn.BatchNorm2d(b), nn.ReLU())


def head(channels, classes=3):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


image = lambda channels=2, size=8: torch.randn(3, channels, size, size)
codes = lambda length=6: torch.randint(0, 11, (3, length))
encoder = lambda **options: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, **options)
networks = [
    ("multilayer perceptron", nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3), nn.Softmax(dim=1)), torch.randn(3, 6)),
    ("LeNet", nn.Sequential(nn.Conv2d(1, 4, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(4, 6, 3), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(6, 10)), image(1)),
    ("VGG", nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Dropout(), nn.Linear(32, 3)), image()),
    ("AlexNet", nn.Sequential(nn.Conv2d(2, 8, 3, stride=2, padding=1), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 1), nn.Flatten(), nn.Linear(32, 3)), image()),
    ("ResNet", nn.Sequential(block(2, 4), Around(block(4, 4), nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)), nn.ReLU(), block(4, 6, 2), head(6)), image()),
    ("Inception", nn.Sequential(Beside(nn.Conv2d(2, 3, 1), nn.Conv2d(2, 3, 3, padding=1), nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(2, 2, 1))), nn.ReLU(), head(8)), image()),
    ("DenseNet", nn.Sequential(block(2, 4), Beside(nn.Identity(), block(4, 3)), Beside(nn.Identity(), block(7, 3)), head(10)), image()),
    ("MobileNet", nn.Sequential(block(2, 4), nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.Hardswish(), nn.Conv2d(4, 8, 1), nn.ReLU6(), head(8)), image()),
    ("EfficientNet", nn.Sequential(nn.Conv2d(2, 6, 3, padding=1), nn.SiLU(), Around(nn.Conv2d(6, 6, 3, padding=1, groups=6), nn.SiLU(), Squeeze(6), nn.Conv2d(6, 6, 1)), head(6)), image()),
    ("ShuffleNet", nn.Sequential(nn.Conv2d(2, 8, 1), nn.ChannelShuffle(2), nn.Conv2d(8, 8, 3, padding=1, groups=4), head(8)), image()),
    ("ConvNeXt", nn.Sequential(nn.Conv2d(2, 6, 2, stride=2), Norm(6), Around(nn.Conv2d(6, 6, 3, padding=1, groups=6), Norm(6), nn.Conv2d(6, 12, 1), nn.GELU(), nn.Conv2d(12, 6, 1)), head(6)), image()),
    ("U-Net, transposed convolution", Unet(nn.ConvTranspose2d(8, 4, 2, stride=2)), image()),
    ("U-Net, bilinear", Unet(nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False), nn.Conv2d(8, 4, 1))), image()),
    ("super-resolution", nn.Sequential(nn.Conv2d(2, 12, 3, padding=1, padding_mode="reflect"), nn.PReLU(12), nn.PixelShuffle(2)), image()),
    ("generator", nn.Sequential(nn.Linear(4, 32), nn.Unflatten(1, (8, 2, 2)), nn.BatchNorm2d(8), nn.ReLU(), nn.ConvTranspose2d(8, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.ConvTranspose2d(4, 1, 3, 2, 1, output_padding=1), nn.Tanh()), torch.randn(3, 4)),
    ("autoencoder", nn.Sequential(nn.Linear(6, 4), nn.ELU(), nn.Linear(4, 2), nn.SELU(), nn.Linear(2, 4), nn.CELU(), nn.Linear(4, 6), nn.Sigmoid()), torch.randn(3, 6)),
    ("style", nn.Sequential(nn.ReflectionPad2d(2), nn.Conv2d(2, 4, 5), nn.InstanceNorm2d(4, affine=True), nn.ReLU(), nn.Upsample(scale_factor=2), nn.ReplicationPad2d(1), nn.Conv2d(4, 3, 3), nn.GroupNorm(3, 3)), image()),
    ("volumes", nn.Sequential(nn.Conv3d(1, 3, 3, padding=1), nn.ReLU(), nn.MaxPool3d(2), nn.Flatten(), nn.Linear(24, 3)), torch.randn(3, 1, 4, 4, 4)),
    ("temporal convolution", nn.Sequential(nn.ConstantPad1d((4, 0), 0.0), nn.Conv1d(3, 6, 3, dilation=2), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(6, 2)), torch.randn(3, 3, 10)),
    ("text convolution", Codes(Turned(nn.Conv1d(8, 6, 3), nn.ReLU()), Mean(), nn.Linear(6, 2)), codes()),
    ("mixer", nn.Sequential(nn.Flatten(2), Around(Turned(nn.LayerNorm(4), nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4))), Around(nn.LayerNorm(16), nn.Linear(16, 16), nn.GELU(approximate="tanh"), nn.Linear(16, 16)), nn.Flatten(), nn.Linear(64, 3)), image(4, 4)),
    ("multi-head attention", nn.Sequential(Self(), nn.Flatten(), nn.Linear(40, 3)), torch.randn(3, 5, 8)),
    ("causal attention", nn.Sequential(Around(nn.LayerNorm(8), Self(causal=True)), nn.Linear(8, 3)), torch.randn(3, 5, 8)),
    ("transformer encoder", Codes(encoder(), encoder(norm_first=True, activation="gelu"), Mean(), nn.Linear(8, 3), positions=6), codes()),
    ("vision transformer", Patches(), image(1)),
    ("LSTM", Last(nn.LSTM(4, 6, batch_first=True), nn.Linear(6, 2)), torch.randn(3, 5, 4)),
    ("GRU", Last(nn.GRU(4, 6, batch_first=True), nn.Linear(6, 2)), torch.randn(3, 5, 4)),
]


def packed(tensor):
    data = base64.b64encode(tensor.numpy().astype("<f4").tobytes()).decode()
    return {"shape": list(tensor.shape), "data": data}


def exported(module, x, way):
    if way == "new exporter":
        shapes = ({0: torch.export.Dim("batch")},)
        return torch.onnx.export(module, (x,), dynamo=True, opset_version=int(sys.argv[1]) if len(sys.argv) > 1 else 18, dynamic_shapes=shapes, verbose=False).model_proto.SerializeToString()
    file = io.BytesIO()
    torch.onnx.export(module, (x,), file, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes={"x": {0: "batch"}})
    return file.getvalue()


# exporters print what they do, which is kept apart from the cases
cases = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def put(line):
    print(json.dumps(line), file=cases, flush=True)


put({"torch": torch.__version__, "onnx": onnx.__version__, "onnxscript": onnxscript.__version__, "python": platform.python_version()})
for name, module, x in networks:
    for part in module.modules():
        if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.uniform_(part.running_mean, -0.5, 0.5)
            nn.init.uniform_(part.running_var, 0.5, 1.5)
    module.eval()
    with torch.no_grad():
        answer = module(x)
    for way in ["old exporter", "new exporter"]:
        try:
            model = base64.b64encode(exported(module, x, way)).decode()
            line = {"name": f"{name}, {way}", "model": model, "input": packed(x), "output": packed(answer)}
        except Exception as error:
            line = {"name": f"{name}, {way}", "skip": f"PyTorch does not export it: {(str(error).splitlines() or [type(error).__name__])[0][:120]}"}
        put(line)
