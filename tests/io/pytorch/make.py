#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files that PyTorch makes for tests/io/pytorch.cpp, and a check of a file that espalier has made.

  python3 make.py                  writes *.safetensors beside itself (PyTorch 1.13 made the committed ones)
  python3 make.py --check FILE     loads a file of the test's hidden case "[.write]", strictly, and compares outputs

safetensors is written and read by hand: a state_dict is a dictionary of arrays.
"""
import json
import pathlib
import struct
import sys

import torch
from torch import nn

NAMES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64"}
TYPES = {name: dtype for dtype, name in NAMES.items()}


def write(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        tensor = tensor.detach().contiguous()
        as_bytes = tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor
        raw = as_bytes.numpy().tobytes()
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)


def read(path):
    raw = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    tensors = {}
    for name, entry in json.loads(raw[8 : 8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(bytearray(raw[8 + length + begin : 8 + length + end]), dtype=TYPES[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def net():
    """Flatten has a place of its own here, and Identity holds it there."""
    return nn.Sequential(
        nn.Conv2d(2, 3, (3, 2), padding=1), nn.BatchNorm2d(3), nn.Tanh(), nn.Flatten(),
        nn.utils.weight_norm(nn.Linear(75, 6)), nn.Tanh(), nn.Linear(6, 4), nn.BatchNorm1d(4))


def image_inputs():
    return torch.randn(7, 2, 5, 4)


def make():
    torch.manual_seed(1)
    folder = pathlib.Path(__file__).parent
    model = net()
    for _ in range(5):
        model(image_inputs())  # running averages move
    model.eval()
    x = image_inputs()
    for name, dtype in (("f64", torch.float64), ("f32", torch.float32), ("f16", torch.float16), ("bf16", torch.bfloat16)):
        state = {k: v if v.dtype == torch.int64 else v.to(dtype) for k, v in model.state_dict().items()}
        if name == "f64":  # numbers that only a double has
            state = {k: v if v.dtype == torch.int64 else v * (1 + torch.rand(v.shape, dtype=dtype) * 1e-6) for k, v in state.items()}
        precise = net().double().eval()
        precise.load_state_dict(state)  # a double has every number of the others
        write(folder / f"{name}.safetensors", state)
        write(folder / f"{name}_outputs.safetensors", {"inputs": x, "outputs": precise(x.double())})
    lstm = nn.Sequential(nn.LSTM(3, 4, batch_first=True))
    x = torch.randn(5, 6, 3)
    precise = nn.Sequential(nn.LSTM(3, 4, batch_first=True)).double()
    precise.load_state_dict(lstm.state_dict())
    write(folder / "lstm.safetensors", lstm.state_dict())
    write(folder / "lstm_outputs.safetensors", {"inputs": x, "outputs": precise[0](x.double())[0]})


def check(path):
    tensors = read(path)
    x, expected = tensors.pop("inputs").reshape(-1, 2, 5, 4), tensors.pop("outputs")
    model = net().eval()
    model.load_state_dict(tensors)  # strict: no name too few, none too many, every shape as it is
    with torch.no_grad():
        largest = (model(x) - expected).abs().max().item()
    print(f"{path}: {len(tensors)} tensors, outputs differ by at most {largest:.3g}")
    sys.exit(largest > 1e-5)


if __name__ == "__main__":
    check(sys.argv[2]) if sys.argv[1:2] == ["--check"] else make()
