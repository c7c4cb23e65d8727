#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes maps.txt: reparametrizations of whole matrices and their gradients, by PyTorch's autograd.

spectral_norm is torch.nn.utils.parametrizations.spectral_norm itself; the others are their published formulas: AOL
(Prach & Lampert 2022), the Cayley transform of rectangular matrices (Trockman & Kolter 2021), rows scaled to a trained
bound (Liu et al. 2022), the sandwich layer (Wang & Manchester 2023). Run it in this folder with torch 1.13:
python3 make_maps.py > maps.txt
"""
import math

import torch

torch.set_default_dtype(torch.float64)


def numbers(name, values):
    values = [float(v) for v in values.detach().reshape(-1)]
    print(name, len(values))
    print(" ".join(repr(v) for v in values))


def matrix(rows, cols, seed):
    """Numbers that any program makes: sines."""
    return torch.tensor([[math.sin(seed + 1.7 * (j * cols + i + 1)) for i in range(cols)] for j in range(rows)])


def gradients(name, w, *stored):
    dw = matrix(w.shape[0], w.shape[1], 9)
    numbers(name + "_w", w)
    for k, g in enumerate(torch.autograd.grad((w * dw).sum(), stored)):
        numbers(f"{name}_d{k}", g)


def cayley(w):
    if w.shape[0] < w.shape[1]:
        return cayley(w.T).T
    k = w.shape[1]
    u, v = w[:k], w[k:]
    a = u - u.T + v.T @ v
    inverse = torch.inverse(torch.eye(k) + a)
    return torch.cat((inverse @ (torch.eye(k) - a), -2 * v @ inverse))


def rescaled(w, n):
    if w.shape[0] > w.shape[1]:
        return rescaled(w.T, n).T
    power = torch.linalg.matrix_power(w @ w.T, 2 ** (n - 1))
    return w / power.abs().sum(1, keepdim=True) ** (0.5**n)


def learned_bound(w, c):
    return w * torch.clamp(torch.nn.functional.softplus(c) / w.abs().sum(1, keepdim=True), max=1)


for rows, cols in (4, 6), (6, 4):
    p = matrix(rows, cols, 1).requires_grad_()
    size = f"_{rows}x{cols}"
    gradients("cayley" + size, cayley(p), p)
    for n in 1, 3:
        gradients(f"rescaled{n}" + size, rescaled(p, n), p)
    c = torch.tensor([1.5], requires_grad=True)
    gradients("bound" + size, learned_bound(p, c), p, c)

p, psi, b = (m.requires_grad_() for m in (matrix(3, 3 + 5, 2), matrix(3, 1, 3), matrix(3, 1, 4)))
x = matrix(5, 7, 5)
q = cayley(p)
z = torch.tanh(math.sqrt(2) * torch.exp(-psi) * (q[:, 3:] @ x) + b)
gradients("sandwich", math.sqrt(2) * q[:, :3].T @ (torch.exp(psi) * z), p, psi, b)

layer = torch.nn.Linear(6, 4, bias=False)
layer.weight.data = matrix(4, 6, 1)
torch.manual_seed(1)
torch.nn.utils.parametrizations.spectral_norm(layer, n_power_iterations=2)
kept = layer.parametrizations.weight[0]
numbers("spectral_u", kept._u)
numbers("spectral_v", kept._v)
for k in range(3):
    w = layer.weight
gradients("spectral", w, layer.parametrizations.weight.original)
numbers("spectral_u_after", kept._u)
layer.eval()
numbers("spectral_eval", layer.weight)
