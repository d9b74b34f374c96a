"""Writes sequences.json: layers of sequences and their slopes, by PyTorch in float64.

Run: python3 make-sequences.py   (made with PyTorch 2.15.0)
A case has the layer as data, its input, its parameters as the layer holds them, the output, and the slopes of the sum of the
output times `aim` by the input and by each parameter.
"""
import json
import os

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)
HERE = os.path.dirname(os.path.abspath(__file__))
BATCH, TIME = 3, 5
LENGTHS = [5, 2, 4]


def flat(x):
    return {"shape": list(x.shape), "data": [round(v, 10) for v in x.detach().flatten().tolist()]}


def drawn(module):
    """Every parameter drawn anew, so that biases and scales are no zeros and ones."""
    for p in module.parameters():
        p.data.copy_(torch.round(torch.randn_like(p) * 0.5, decimals=3))
    return module


def sequence(features, masked=False):
    x = torch.round(torch.randn(BATCH, TIME, features), decimals=3)
    if masked:
        for row, length in enumerate(LENGTHS):
            x[row, length:] = 0
    return x.requires_grad_()


CASES = []


def case(name, layer, x, output, parameters, slopes):
    """`parameters` are tensors in the layout of the layer, `slopes` gives their slopes in it after the backward pass."""
    aim = torch.round(torch.randn_like(output), decimals=3)
    (output * aim).sum().backward()
    CASES.append({
        "name": name, "layer": layer, "x": flat(x), "aim": flat(aim), "output": flat(output), "slope": flat(x.grad),
        "parameters": {path: flat(p) for path, p in parameters.items()},
        "slopes": {path: flat(p) for path, p in slopes().items()},
    })


def padding():
    return torch.tensor([[t >= length for t in range(TIME)] for length in LENGTHS])


def later():
    return torch.triu(torch.ones(TIME, TIME, dtype=torch.bool), diagonal=1)


def of_attention(m, prefix=""):
    of = lambda p: {
        prefix + "projection.weights": p(m.in_proj_weight).T, prefix + "projection.bias": p(m.in_proj_bias),
        prefix + "output.weights": p(m.out_proj.weight).T, prefix + "output.bias": p(m.out_proj.bias),
    }
    return of(lambda p: p.data), lambda: of(lambda p: p.grad)


for name, options in [("attention", {}), ("causal attention", {"causal": True}), ("masked attention", {"mask": True}),
                      ("causal masked attention", {"causal": True, "mask": True})]:
    m = drawn(nn.MultiheadAttention(6, 2, batch_first=True))
    x = sequence(6, "mask" in options)
    y, _ = m(x, x, x, attn_mask=later() if "causal" in options else None,
             key_padding_mask=padding() if "mask" in options else None, need_weights=False)
    if "mask" in options:
        y = y.masked_fill(padding()[:, :, None], 0)
    parameters, slopes = of_attention(m)
    case(name, {"kind": "attention", "heads": 2, **options}, x, y, parameters, slopes)

for name, options in [("transformer block", {}), ("causal masked transformer block", {"causal": True, "mask": True})]:
    m = drawn(nn.TransformerEncoderLayer(6, 3, dim_feedforward=7, dropout=0, activation="gelu", batch_first=True,
                                         norm_first=True))
    x = sequence(6, "mask" in options)
    y = m(x, src_mask=later() if "causal" in options else None,
          src_key_padding_mask=padding() if "mask" in options else None)
    if "mask" in options:
        y = y.masked_fill(padding()[:, :, None], 0)

    def of_block(p, m=m):
        return {
            "layerNorm1.scale": p(m.norm1.weight), "layerNorm1.shift": p(m.norm1.bias),
            "layerNorm2.scale": p(m.norm2.weight), "layerNorm2.shift": p(m.norm2.bias),
            "dense1.weights": p(m.linear1.weight).T, "dense1.bias": p(m.linear1.bias),
            "dense2.weights": p(m.linear2.weight).T, "dense2.bias": p(m.linear2.bias),
        }

    attention, its_slopes = of_attention(m.self_attn, "attention1.")
    case(name, {"kind": "transformerBlock", "heads": 3, "units": 7, **options}, x, y,
         {**attention, **of_block(lambda p: p.data)}, lambda: {**its_slopes(), **of_block(lambda p: p.grad)})

UNITS = 4
for cell, kind in [("gru", nn.GRU), ("lstm", nn.LSTM)]:
    for name, options in [("", {}), ("last of ", {"returns": "last"}), ("masked ", {"mask": True}),
                          ("last of masked ", {"mask": True, "returns": "last"}),
                          ("both directions of ", {"direction": "both"}),
                          ("last of both directions of masked ", {"direction": "both", "mask": True, "returns": "last"})]:
        both = options.get("direction") == "both"
        m = drawn(kind(3, UNITS, batch_first=True, bidirectional=both))
        def of_cell(p, m=m, cell=cell, both=both):
            found = {}
            for end, path in [("", "forward." if both else ""), ("_reverse", "backward.")][: 2 if both else 1]:
                w, u, b, c = (getattr(m, f"{what}_l0{end}") for what in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"])
                found[path + "input.weights"] = p(w).T
                found[path + "recurrent.weights"] = p(u).T
                found[path + "input.bias"] = p(b)
                if cell == "gru":
                    found[path + "recurrent.bias"] = p(c)[2 * UNITS:]
            return found

        for end in ["", "_reverse"][: 2 if both else 1]:
            # one bias where two are added anyway
            getattr(m, f"bias_hh_l0{end}").data[: 2 * UNITS if cell == "gru" else 4 * UNITS] = 0
        x = sequence(3, "mask" in options)
        if "mask" in options:
            packed = nn.utils.rnn.pack_padded_sequence(x, LENGTHS, batch_first=True, enforce_sorted=False)
            y, last = m(packed)
            y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=TIME)
        else:
            y, last = m(x)
        if options.get("returns") == "last":
            last = last[0] if cell == "lstm" else last
            y = torch.cat([last[0], last[1]], dim=-1) if both else last[0]
        case(name + cell, {"kind": "recurrent", "cell": cell, "units": UNITS, "returns": "all", **options}, x, y,
             of_cell(lambda p: p.data), lambda: of_cell(lambda p: p.grad))

with open(os.path.join(HERE, "sequences.json"), "w") as f:
    json.dump({"cases": CASES}, f)
    f.write("\n")
