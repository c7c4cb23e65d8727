#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes muon.txt: twenty steps of Muon on a quadratic, in 40 digits, with a polar factor of another kind.

The factor is (M M')^(-1/2) M, or M (M' M)^(-1/2), and the root is the iteration of Denman and Beavers: no singular
value decomposition. Everything else follows Jordan et al. 2024 (momentum as an average, Nesterov's look ahead,
sqrt(max(1, rows / cols))), AdamW's decay and, for the bias, Adam. Run it in this folder: python3 make_muon.py
"""
import math

from mpmath import matrix, mp, mpf, eye, sqrt

mp.dps = 40


def inverse_root(a):
    """a^(-1/2) of a positive matrix."""
    y, z = a.copy(), eye(a.rows)
    for _ in range(60):
        y, z = (y + z**-1) / 2, (z + y**-1) / 2
    return z


def polar(m):
    if m.rows <= m.cols:
        return inverse_root(m * m.T) * m
    return m * inverse_root(m.T * m)


def numbers(name, values):
    values = list(values)
    print(name, len(values))
    print(" ".join(mp.nstr(mpf(v), 17) for v in values))


def run(name, rows, cols, nesterov, scale, decay):
    """The gradient of sum c_ji (w_ji - goal_ji)^2 / 2, c from 1 to 3."""
    def goal(k):
        return mpf(math.sin(1 + 2 * k))

    def c(k):
        return mpf(1 + k % 3)

    rate, momentum, other_rate = mpf("0.02"), mpf("0.95"), mpf("3e-4")
    beta1, beta2, epsilon = mpf("0.9"), mpf("0.95"), mpf("1e-10")
    w = matrix(rows, cols)
    for k in range(rows * cols):
        w[k // cols, k % cols] = mpf(math.cos(3 * k)) / 2
    m = matrix(rows, cols)
    bias = [mpf(0)] * rows
    first, second = [mpf(0)] * rows, [mpf(0)] * rows
    losses = []
    for step in range(1, 21):
        g = matrix(rows, cols)
        for k in range(rows * cols):
            g[k // cols, k % cols] = c(k) * (w[k // cols, k % cols] - goal(k))
        m = momentum * m + (1 - momentum) * g
        direction = momentum * m + (1 - momentum) * g if nesterov else m
        size = sqrt(max(mpf(1), mpf(rows) / cols)) if scale == "spectral" else mpf("0.2") * sqrt(mpf(max(rows, cols)))
        w = (1 - rate * mpf(decay)) * w - rate * size * polar(direction)
        for j in range(rows):
            gradient = c(j) * (bias[j] - goal(j))
            first[j] = beta1 * first[j] + (1 - beta1) * gradient
            second[j] = beta2 * second[j] + (1 - beta2) * gradient**2
            bias[j] -= other_rate * (first[j] / (1 - beta1**step)) / (sqrt(second[j] / (1 - beta2**step)) + epsilon)
        losses.append(sum(c(k) * (w[k // cols, k % cols] - goal(k))**2 / 2 for k in range(rows * cols)))
    numbers(name + "_losses", losses)
    numbers(name + "_weight", [w[k // cols, k % cols] for k in range(rows * cols)])
    numbers(name + "_bias", bias)


import sys

with open("muon.txt", "w") as sys.stdout:
    run("wide", 3, 5, True, "spectral", 0)
    run("tall", 6, 2, False, "spectral", "0.1")
    run("square", 4, 4, True, "adam", "0.01")
