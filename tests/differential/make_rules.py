#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes rules.txt: twenty steps on a quadratic under Scion, cautious decay, Centralize and ClipNormPerLayer.

Made with NumPy (Debian's python3-numpy) from the formulas of the papers, and where PyTorch has the pieces (1.13: Adam,
SGD, clip_grad_norm_) with PyTorch's. (clip_grad_norm_ divides by norm + 1e-6; the traces divide by the norm, and are
held against it to 2e-6.) The point of the spectral ball is found by an eigenvalue decomposition of M M',
not by singular values. Two things are asserted, so that a trace can tell right from wrong: cautious decay spares some
weights in some steps and not all in all, and the norm of each layer is clipped in some step.
Run it in this folder: /usr/bin/python3 make_rules.py
"""
import numpy as np
import torch

STEPS = 20
SHAPES = {"0.weight": (4, 3), "0.bias": (4,), "1.weight": (2, 4), "1.bias": (2,)}


def start():
    return {name: np.cos(3.0 * np.arange(np.prod(shape)) + len(name) % 3).reshape(shape) / 2 for name, shape in SHAPES.items()}


def gradients(w):
    """Of sum c (w - goal)^2 / 2, c from 1 to 3, in each parameter counted from 0."""
    result = {}
    for name, x in w.items():
        k = np.arange(x.size).reshape(x.shape)
        result[name] = (1 + k % 3) * (x - np.sin(1 + 2.0 * k))
    return result


def loss(w):
    total = 0
    for x in w.values():
        k = np.arange(x.size).reshape(x.shape)
        total += np.sum((1 + k % 3) * (x - np.sin(1 + 2.0 * k)) ** 2) / 2
    return total


def lmo(ball, m, radius, other):
    if m.ndim == 1:
        return -other * np.sign(m)
    if ball == "numbers":
        return -radius * np.sign(m)
    if ball == "rows":
        return -radius * m / np.linalg.norm(m, axis=1, keepdims=True)
    wide = m if m.shape[0] <= m.shape[1] else m.T
    values, vectors = np.linalg.eigh(wide @ wide.T)
    factor = vectors @ np.diag(values**-0.5) @ vectors.T @ wide
    return -radius * (factor if m.shape[0] <= m.shape[1] else factor.T)


def scion(ball):
    w, m, losses = start(), None, []
    for _ in range(STEPS):
        g = gradients(w)
        m = {n: 0.1 * g[n] if m is None else 0.9 * m[n] + 0.1 * g[n] for n in w}
        w = {n: (1 - 0.1) * w[n] + 0.1 * lmo(ball, m[n], 0.8, 0.5) for n in w}
        losses.append(loss(w))
    return losses, w


def cautious(optimizer):
    """Decay 0.4 on weights. The step u is torch's: what it adds to the weights that torch trains."""
    w, losses, spared, decayed = start(), [], 0, 0
    tensors = {n: torch.tensor(x, requires_grad=True) for n, x in w.items()}
    run = optimizer(list(tensors.values()))
    rate = run.param_groups[0]["lr"]
    for _ in range(STEPS):
        for n, g in gradients(w).items():
            tensors[n].grad = torch.tensor(g)
            tensors[n].data = torch.zeros_like(tensors[n])  # the step alone
        run.step()
        for n in w:
            step = tensors[n].detach().numpy().copy()
            mask = np.where((-step * w[n] >= 0) & (len(SHAPES[n]) > 1), 1.0, 0.0)
            if len(SHAPES[n]) > 1:
                spared, decayed = spared + np.sum(mask == 0), decayed + np.sum(mask == 1)
            w[n] = w[n] * (1 - rate * 0.4 * mask) + step
        losses.append(loss(w))
    assert spared > 20 and decayed > 20, (spared, decayed)
    return losses, w


def transformed(centralize, clip):
    w, losses, clipped = start(), [], {"0": 0, "1": 0}
    tensors = {n: torch.tensor(x, requires_grad=True) for n, x in w.items()}
    run = torch.optim.SGD(list(tensors.values()), lr=0.1, momentum=0.9)
    for _ in range(STEPS):
        now = {n: t.detach().numpy() for n, t in tensors.items()}
        for n, g in gradients(now).items():
            if centralize and g.ndim > 1:
                g = g - g.mean(axis=1, keepdims=True)
            tensors[n].grad = torch.tensor(g)
        if clip:
            for layer in clipped:
                own = [t for n, t in tensors.items() if n[0] == layer]
                exact = [t.grad.clone() for t in own]
                norm = float(torch.cat([g.flatten() for g in exact]).norm())
                torch.nn.utils.clip_grad_norm_(own, clip)
                for t, g in zip(own, exact):
                    g *= min(1, clip / norm)
                    assert torch.allclose(t.grad, g, rtol=2e-6, atol=0)
                    t.grad = g
                clipped[layer] += int(norm > clip)
        run.step()
        losses.append(loss({n: t.detach().numpy() for n, t in tensors.items()}))
    assert not clip or all(0 < count for count in clipped.values()), clipped
    return losses, {n: t.detach().numpy() for n, t in tensors.items()}


with open("rules.txt", "w", encoding="ascii") as out:

    def write(name, result):
        losses, w = result
        blocks = {"losses": losses, **{n: x.ravel() for n, x in w.items()}}
        for key, values in blocks.items():
            out.write(f"{name}/{key} {len(values)}\n" + " ".join(f"{v:.17g}" for v in values) + "\n")

    for ball in ("spectral", "rows", "numbers"):
        write(f"scion_{ball}", scion(ball))
    write("cautious_sgd", cautious(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)))
    write("cautious_adam", cautious(lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.9, 0.999), eps=1e-8)))
    write("centralize", transformed(True, None))
    write("clip_per_layer", transformed(False, 1.5))
    write("centralize_clip_per_layer", transformed(True, 1.5))
