#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The PyTorch side of examples/16_pytorch.cpp (Debian: python3-torch; 1.13 made the committed file). From the project's folder:

  python3 examples/pytorch/digits.py               trains a net and writes digits.safetensors beside this script
  python3 examples/pytorch/digits.py --check FILE  loads the file that the example has written, and prints its accuracy

safetensors is written and read by hand, since Debian has no package of it: a header in JSON, and then the numbers. With the
package it is safetensors.torch.save_file(net.state_dict(), FILE) and net.load_state_dict(safetensors.torch.load_file(FILE)).
"""
import csv
import json
import pathlib
import struct
import sys

import torch
from torch import nn


def digits():
    """The first 80 % of the images to train on, and the rest: what chronological_split(data, 0.8) gives."""
    with open("examples/data/digits.csv", newline="") as file:
        rows = torch.tensor([[float(x) for x in row] for row in csv.reader(file)])
    x, labels = rows[:, :-1], rows[:, -1].long()
    cut = round(0.8 * len(rows))
    return x[:cut], labels[:cut], x[cut:], labels[cut:]


def digits_net():
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


def accuracy(net, x, labels):
    with torch.no_grad():
        return (net(x).argmax(1) == labels).float().mean().item()


def write(path, tensors, texts):
    header, data = {"__metadata__": texts}, b""
    for name, tensor in tensors.items():
        raw = tensor.numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
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
        numbers = torch.frombuffer(bytearray(raw[8 + length + begin : 8 + length + end]), dtype=torch.float32)
        tensors[name] = numbers.reshape(entry["shape"])
    return tensors


def train():
    torch.manual_seed(1)
    x, labels, test_x, test_labels = digits()
    net = digits_net()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    for _ in range(20):
        for batch in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x[batch]), labels[batch]).backward()
            optimizer.step()
    found = f"{accuracy(net, test_x, test_labels):.3f}"
    path = pathlib.Path(__file__).parent / "digits.safetensors"
    write(path, net.state_dict(), {"format": "pt", "accuracy": found})
    print(f"accuracy {found}, written: {path}")


def check(path):
    net = digits_net()
    net.load_state_dict(read(path))  # strict: no name too few, none too many, every shape as it is
    _, _, x, labels = digits()
    weight = net[0].weight
    print(f"accuracy {accuracy(net, x, labels):.3f}, {(weight == 0).sum().item()} of {weight.numel()} weights of the first "
          f"layer are 0, its longest row is {weight.norm(dim=1).max().item():.3f}")


if __name__ == "__main__":
    check(sys.argv[2]) if sys.argv[1:2] == ["--check"] else train()
