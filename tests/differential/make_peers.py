#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes peers.txt: what the constraints of PyTorch, Keras, optax and geotorch make of the same weights.

PyTorch's are those of torch 1.13 (Debian's python3-torch) itself. Keras, optax and geotorch are no packages of Debian:
theirs are written here in NumPy from the formulas in their documentation (Keras 3, optax 0.2, geotorch 0.4), in
float64, and in float32 where it says so. A row is a vector here: a row of torch's, a column of a Keras kernel, a leaf
of an optax tree.

Inputs are multiples of 2^-22 below 2 and powers of two times those, so that float and double have the same. Every
vector set is tried on rows of 1 to 17 numbers: random ones, ties, zeros and a row on an axis; each at input sizes and
radii of 7e-9, 1 and 1e8 (`CASES`). The shares are of 1,000 random rows in float32, judged in rational numbers.

Run it in this folder: /usr/bin/python3 make_peers.py
"""
import math
from fractions import Fraction

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.nn.utils.parametrizations import orthogonal, spectral_norm

torch.set_num_threads(1)
LENGTHS = (1, 2, 3, 5, 17)
SMALL, LARGE = 2.0**-27, 2.0**27
# name: size of the inputs, radius
CASES = {
    "small": (SMALL, 0.75 * SMALL),
    "middle": (1, 0.75),
    "large": (LARGE, 0.75 * LARGE),
    "outside": (LARGE, 0.75),
    "inside": (SMALL, 0.75),
}
TRIALS, TRIAL_LENGTH = 1000, 5
EPSILON = 1e-7  # keras.backend.epsilon()
OUT = open("peers.txt", "w", encoding="ascii")


def write(name, values):
    values = values.detach() if torch.is_tensor(values) else values
    values = [float(v) for v in np.asarray(values).reshape(-1)]
    OUT.write(f"{name} {len(values)}\n" + " ".join(f"{v:.17g}" for v in values) + "\n")


# --- inputs ----------------------------------------------------------------------------------------------------------


def split_mix(k):
    """The k-th output of SplitMix64 from 0 (Steele et al. 2014); peers.hpp has it too."""
    mask = (1 << 64) - 1
    z = (k + 1) * 0x9E3779B97F4A7C15 & mask
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
    z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
    return z ^ z >> 31


def number(k):
    """In [-2, 2), a multiple of 2^-22."""
    return ((split_mix(k) >> 40) - 2**23) / 2.0**22


def random_numbers(shape, seed):
    return np.array([number(1000 * seed + k) for k in range(math.prod(shape))]).reshape(shape)


def rows_of(n):
    rows = [random_numbers((n,), 10 * n + k) for k in range(4)]
    ties = np.full(n, 1.25)
    signs = np.where(np.arange(n) % 2 == 0, 1.5, -1.5)
    axis = np.where(np.arange(n) == n // 2, -1.75, 0)
    return np.array([*rows, ties, signs, np.zeros(n), axis])


# --- formulas --------------------------------------------------------------------------------------------------------


def norms(w):
    return np.sqrt(np.sum(np.square(w), axis=-1, keepdims=True, dtype=w.dtype))


def keras_max_norm(w, value):
    length = norms(w)
    return w * (np.clip(length, 0, w.dtype.type(value)) / (w.dtype.type(EPSILON) + length))


def keras_min_max_norm(w, lo, hi, rate=1.0):
    length, t = norms(w), w.dtype.type
    desired = t(rate) * np.clip(length, t(lo), t(hi)) + t(1 - rate) * length
    return w * (desired / (t(EPSILON) + length))


def keras_unit_norm(w):
    return w / (w.dtype.type(EPSILON) + norms(w))


def keras_orthogonal_regularizer(w, factor):
    x = w / norms(w)
    cosines = np.abs(x @ x.T) * (1 - np.eye(len(w)))
    return factor * 0.5 * cosines.sum() / (len(w) * (len(w) - 1) / 2)


def keras_spectral_normalization(w, u, calls):
    """Each call in training stores what it makes of the kernel."""
    unit = lambda x: x / max(np.linalg.norm(x), 1e-12)
    for _ in range(calls):
        v = unit(w @ u)
        u = unit(w.T @ v)
        w = w / (v @ w @ u)
    return w


def optax_l2_ball(w, scale):
    t = w.dtype.type
    squares = np.sum(np.square(w), axis=-1, keepdims=True, dtype=w.dtype)
    return t(scale) / np.sqrt(np.maximum(squares, t(scale) ** 2)) * w


def optax_l2_sphere(w, scale):
    with np.errstate(divide="ignore", invalid="ignore"):
        return w.dtype.type(scale) / norms(w) * w


def optax_simplex(w, scale):
    """By the sorted row: the largest k numbers stay, less their mean, more scale / k. In this order, which is optax'."""
    t = w.dtype.type
    result = np.empty_like(w)
    for x, y in zip(result, w):
        values = y / t(scale)
        down = np.sort(values)[::-1]
        counts = np.arange(1, len(y) + 1).astype(w.dtype)
        means, parts = np.cumsum(down, dtype=w.dtype) / counts, t(1) / counts
        last = np.count_nonzero(parts + (down - means) > 0) - 1
        x[:] = t(scale) * np.maximum(parts[last] + (values - means[last]), 0)
    return result


def optax_l1_ball(w, scale):
    onto = np.sign(w) * optax_simplex(np.abs(w), scale)
    inside = np.sum(np.abs(w), axis=-1, keepdims=True, dtype=w.dtype) <= w.dtype.type(scale)
    return np.where(inside, w, onto)


def optax_hyperplane(w, a, b, halfspace=False):
    t = w.dtype.type
    dots = np.sum(w * a, axis=-1, keepdims=True, dtype=w.dtype)
    factor = (t(b) - dots) / np.sum(a * a, dtype=w.dtype)
    return w + (np.minimum(factor, 0) if halfspace else factor) * a


def geotorch_skew(w, sign=-1):
    """sign 1: symmetric, with its diagonal. By the lower triangle."""
    low = np.tril(w, -1)
    return low + sign * low.T + (np.diag(np.diag(w)) if sign == 1 else 0)


def on_singular_values(w, f):
    u, s, v = np.linalg.svd(w, full_matrices=False)
    return (u * f(s)) @ v


# --- vectors ---------------------------------------------------------------------------------------------------------


def coefficients(n):
    return np.array([[1, -2, 0.5, 3, -0.25][k % 5] for k in range(n)])


for n in LENGTHS:
    write(f"rows/{n}", rows_of(n))
    write(f"coefficients/{n}", coefficients(n))
for case, (size, radius) in CASES.items():
    for n in LENGTHS:
        w = size * rows_of(n)
        place = f"{case}/{n}"
        write(f"keras_max_norm/{place}", keras_max_norm(w, radius))
        write(f"keras_min_max_norm/{place}", keras_min_max_norm(w, radius / 2, radius))
        write(f"torch_renorm/{place}", torch.renorm(torch.tensor(w), 2, 0, radius).numpy())
        write(f"optax_l2_ball/{place}", optax_l2_ball(w, radius))
        write(f"optax_l1_ball/{place}", optax_l1_ball(w, radius))
        write(f"optax_simplex/{place}", optax_simplex(w, radius))
        write(f"optax_hyperplane/{place}", optax_hyperplane(w, np.ones(n), radius))
        write(f"optax_halfspace/{place}", optax_hyperplane(w, coefficients(n), radius, True))
        if radius == 0.75:
            write(f"keras_unit_norm/{place}", keras_unit_norm(w))
            sphere = optax_l2_sphere(w, 1)
            assert np.isnan(sphere).sum() == np.isnan(sphere[6]).sum() == n  # the row of zeros: written as zeros
            write(f"optax_l2_sphere/{place}", np.nan_to_num(sphere))
        if case == "middle":
            write(f"keras_min_max_norm_half/{place}", keras_min_max_norm(w, radius / 2, radius, 0.5))
            write(f"torch_renorm_of_sums/{place}", torch.renorm(torch.tensor(w), 1, 0, radius).numpy())

# What is in the ball, after 10,000 calls.
for kind in (np.float32, np.float64):
    w = np.array([[0.01]], kind)
    for _ in range(10000):
        w = keras_max_norm(w, 1)
    write(f"keras_max_norm_leak/{np.dtype(kind).name}", w)


def share(f, holds):
    """How many of 1,000 rows that f makes in float32 are not where they should be."""
    w = random_numbers((TRIALS, TRIAL_LENGTH), 500).astype(np.float32)
    made = f(w)
    assert made.dtype == np.float32
    return sum(not holds([Fraction(float(x)) for x in row]) for row in made)


def in_ball(row):
    return sum(x * x for x in row) <= 1


def on_sphere(row):
    """Within the 2 units of roundoff that UnitNorm{} promises."""
    u = Fraction(1, 2**24)
    return (1 - 2 * u) ** 2 <= sum(x * x for x in row) <= (1 + 2 * u) ** 2


def ulp(x):
    return Fraction(float(np.spacing(np.float32(abs(x)))))


def sums_to_one(row):
    """Within the unit in the last place of the largest number that SumTo and Simplex promise."""
    return abs(sum(row) - 1) <= ulp(float(max(map(abs, row))))


def in_half_space(row):
    return sum(x * Fraction(float(c)) for x, c in zip(row, a)) <= Fraction(1, 4)


def not_short(row):
    return sum(x * x for x in row) >= 16


a = coefficients(TRIAL_LENGTH).astype(np.float32)
write("share/keras_max_norm", share(lambda w: keras_max_norm(w, 1), in_ball))
write("share/torch_renorm", share(lambda w: torch.renorm(torch.tensor(w), 2, 0, 1).numpy(), in_ball))
write("share/optax_l2_ball", share(lambda w: optax_l2_ball(w, 1), in_ball))
write("share/keras_unit_norm", share(keras_unit_norm, on_sphere))
write("share/optax_l2_sphere", share(lambda w: optax_l2_sphere(w, 1), on_sphere))
base = np.float32([0.36, 0.48, 0, 0.64, 0.48])


def geotorch_sphere(v):
    """Along the great circle from the base, which is on the sphere, in the direction of v."""
    v = v - np.sum(v * base, axis=-1, keepdims=True) * base
    return np.cos(norms(v)) * base + np.sinc(norms(v) / np.float32(np.pi)) * v


write("share/geotorch_sphere", share(geotorch_sphere, on_sphere))
write("share/optax_l1_ball", share(lambda w: optax_l1_ball(w, 1), lambda row: sum(map(abs, row)) <= 1))
write("share/optax_simplex", share(lambda w: optax_simplex(w, 1), sums_to_one))
write("share/optax_hyperplane", share(lambda w: optax_hyperplane(w, np.ones_like(a), 1), sums_to_one))
write("share/optax_halfspace", share(lambda w: optax_hyperplane(w, a, 0.25, True), in_half_space))
write("share/keras_min_max_norm_below", share(lambda w: keras_min_max_norm(w, 4, 8), not_short))

# In float32: rows of 10^30, whose squares are infinite, in the unit ball; rows of 10^-30, whose squares are 0, on the
# sphere; and rows of 10^8 brought to sums of 0.75, whose last digit is 8.
huge = np.float32(2.0**100) * random_numbers((8, 5), 600).astype(np.float32)
with np.errstate(over="ignore"):
    write("huge", huge)
    write("huge/keras_max_norm", keras_max_norm(huge, 1))
    write("huge/torch_renorm", torch.renorm(torch.tensor(huge), 2, 0, 1).numpy())
    write("huge/optax_l2_ball", optax_l2_ball(huge, 1))
tiny = huge * np.float32(2.0**-100) * np.float32(2.0**-100)
write("tiny/keras_unit_norm", keras_unit_norm(tiny))
write("tiny/infinite_of_optax_l2_sphere", np.isinf(optax_l2_sphere(tiny, 1)).sum())
far = np.float32(LARGE) * rows_of(5).astype(np.float32)
write("far/optax_l1_ball", optax_l1_ball(far, 0.75))
write("far/optax_simplex", optax_simplex(far, 0.75))
write("far/optax_hyperplane", optax_hyperplane(far, np.ones(5, np.float32), 0.75))

# --- gradients -------------------------------------------------------------------------------------------------------

for case, (size, limit) in CASES.items():
    tensor = torch.zeros(17, dtype=torch.float64, requires_grad=True)
    tensor.grad = torch.tensor(size * random_numbers((17,), 700))
    clip_grad_norm_([tensor], limit)
    write(f"torch_clip_grad_norm/{case}", tensor.grad)
    tensor.grad = torch.tensor(size * random_numbers((17,), 700))
    clip_grad_value_([tensor], limit)
    write(f"torch_clip_grad_value/{case}", tensor.grad)


def clipped(w):
    made = []
    for row in w:
        tensor = torch.zeros(len(row), requires_grad=True)
        tensor.grad = torch.tensor(16 * row)
        clip_grad_norm_([tensor], 1)
        made.append(tensor.grad.numpy())
    return np.array(made)


write("share/torch_clip_grad_norm", share(clipped, in_ball))
write("share/optax_clip_by_global_norm", share(lambda w: 16 * w / norms(16 * w) * np.float32(1), in_ball))

# --- numbers ---------------------------------------------------------------------------------------------------------

w = random_numbers((40,), 800)
write("numbers", w)
write("keras_non_neg", np.maximum(w, 0))
write("optax_non_negative", np.maximum(w, 0))
write("optax_box", np.clip(w, -0.5, 0.75))
write("optax_hypercube", np.clip(w, 0, 0.75))
write("optax_linf_ball", np.clip(w, -0.75, 0.75))
write("optax_box_tenth_float32", np.clip(w.astype(np.float32), np.float32(-0.1), np.float32(0.1)))
write("torch_clamp_tenth_float32", torch.tensor(w.astype(np.float32)).clamp_(-0.1, 0.1))
p, update = np.abs(w), np.roll(w, 1)
write("optax_keep_params_nonnegative", p + np.where(p + update < 0, -p, update))
write("keras_l1", 0.3 * np.sum(np.abs(w)))
write("keras_l2", 0.3 * np.sum(np.square(w)))
write("keras_l1_l2", 0.3 * np.sum(np.abs(w)) + 0.2 * np.sum(np.square(w)))
# 200 steps of SGD on (w - 0.1)^2 / 2 + 0.3 |w|, whose minimum is 0, by the gradient of its regularizer.
x = 1.0
for _ in range(200):
    x -= 0.05 * (x - 0.1 + 0.3 * math.copysign(1, x) * (x != 0))
write("keras_l1_rest", x)

# --- matrices --------------------------------------------------------------------------------------------------------

SHAPES = ((1, 1), (1, 4), (4, 1), (3, 3), (3, 5), (5, 3), (6, 6))
for rows, cols in SHAPES:
    shape = f"{rows}x{cols}"
    base = random_numbers((rows, cols), 900 + 10 * rows + cols)
    write(f"matrix/{shape}", base)
    for case, size in (("small", SMALL), ("middle", 1.0), ("large", LARGE)):
        w, place = size * base, f"{case}/{shape}"
        write(f"polar/{place}", on_singular_values(w, np.ones_like))
        write(f"almost_orthogonal/{place}", on_singular_values(w, lambda s: np.clip(s, 0.75, 1.25)))
        write(f"spectral_ball/{place}", on_singular_values(w, lambda s: np.minimum(s, 0.75 * size)))
        if min(rows, cols) > 2:
            write(f"low_rank/{place}", on_singular_values(w, lambda s: np.where(np.arange(len(s)) < 2, s, 0)))
        if rows == cols:
            e, z = np.linalg.eigh((w + w.T) / 2)
            write(f"psd/{place}", (z * np.maximum(e, 0)) @ z.T)
            write(f"geotorch_symmetric/{place}", geotorch_skew(w, 1))
            write(f"geotorch_skew/{place}", geotorch_skew(w))
    if rows > 1 and rows <= cols:
        write(f"keras_orthogonal_regularizer/{shape}", keras_orthogonal_regularizer(base, 0.3))

# torch's orthogonal maps of the same numbers. (A diagonal of the reflectors is one of signs.)
for rows, cols in ((4, 4), (6, 3), (3, 6)):
    shape = f"{rows}x{cols}"
    base = random_numbers((rows, cols), 970 + rows)
    write(f"orthogonal/{shape}", base)
    for name in ("cayley", "matrix_exp", "householder"):
        for kind in (torch.float64, torch.float32):
            layer = torch.nn.Linear(cols, rows, bias=False, dtype=kind)
            layer.weight.data = torch.tensor(base, dtype=kind)
            orthogonal(layer, orthogonal_map=name, use_trivialization=False)
            stored = torch.tensor(base, dtype=kind)
            if name == "householder":
                for k in range(min(rows, cols)):
                    stored[k, k] = -1 if k % 2 else 1
            layer.parametrizations.weight.original.data = stored
            write(f"torch_{name}_{str(kind)[6:]}/{shape}", layer.weight)

# What spectral_norm and SpectralNormalization make of matrices whose two largest singular values are close.
for k in range(8):
    base = random_numbers((4, 6), 980 + k)
    u, s, v = np.linalg.svd(base, full_matrices=False)
    w = np.round(2.0**20 * (u * (s[0] * np.array([1, 0.99, 0.6, 0.3]))) @ v) / 2.0**20
    write(f"spectral/{k}", w)
    layer = torch.nn.Linear(6, 4, bias=False, dtype=torch.float64)
    layer.weight.data = torch.tensor(w)
    torch.manual_seed(k)
    spectral_norm(layer)
    write(f"torch_spectral_norm/{k}", layer.weight)
    start = random_numbers((4,), 990 + k) / 100
    for calls in (1, 100):
        write(f"keras_spectral_normalization_{calls}/{k}", keras_spectral_normalization(w.T, start, calls).T)

# What torch's maps of factors give where geotorch builds a matrix of them: Q diag(f) Q', U diag(f) V' in float32.
for k in range(12):
    factors = []
    for seed in (k, 50 + k):
        layer = torch.nn.Linear(4, 4, bias=False)
        layer.weight.data = torch.tensor(random_numbers((4, 4), 1000 + seed), dtype=torch.float32)
        orthogonal(layer, orthogonal_map="matrix_exp", use_trivialization=False)
        factors.append(layer.weight.detach().numpy())
    u, v = factors
    f = random_numbers((4,), 1100 + k).astype(np.float32)
    write(f"geotorch_positive_semidefinite/{k}", (u * np.abs(f)) @ u.T)
    f[0] = np.pi / 2
    write(f"geotorch_almost_orthogonal/{k}", (u * (1 + np.float32(0.25) * np.sin(f))) @ v.T)
    f[2:] = 0
    write(f"geotorch_low_rank/{k}", (u * f) @ v.T)

# --- training --------------------------------------------------------------------------------------------------------

# Adam on (x - 2)^2 / 2 + 5 (y - 1)^2 over the unit disc, with each library's projection after the step, annealed.
PROJECTIONS = {
    "torch_renorm": lambda w: torch.renorm(torch.tensor(w), 2, 0, 1).numpy(),
    "keras_max_norm": lambda w: keras_max_norm(w, 1),
    "optax_l2_ball": lambda w: optax_l2_ball(w, 1),
}
for name, project in PROJECTIONS.items():
    w = torch.zeros((1, 2), dtype=torch.float64, requires_grad=True)
    run = torch.optim.Adam([w], lr=0.01)
    for k in range(20000):
        run.param_groups[0]["lr"] = 0.01 * 10 ** (-9 * min(max(k - 16000, 0), 4000) / 4000)
        w.grad = (w.detach() - torch.tensor([[2.0, 1.0]], dtype=torch.float64)) * torch.tensor([[1.0, 10.0]])
        run.step()
        w.data = torch.tensor(project(w.detach().numpy()))
    write(f"adam_rest/{name}", w)

# Twenty steps on sum c (w - goal)^2 / 2, with weight_decay as each rule of torch means it (more rules: make_traces.py).
goal = np.sin(1 + 2.0 * np.arange(12)).reshape(3, 4)
curvature = (1 + np.arange(12) % 3).reshape(3, 4)
DECAYED = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.3),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.3),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05, weight_decay=0.3),
    "amsgrad": lambda p: torch.optim.Adam(p, lr=0.05, amsgrad=True, weight_decay=0.3),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.3),
    "amsgradw": lambda p: torch.optim.AdamW(p, lr=0.05, amsgrad=True, weight_decay=0.3),
}
for name, make in DECAYED.items():
    w = torch.tensor(np.cos(3.0 * np.arange(12)).reshape(3, 4) / 2, requires_grad=True)
    run = make([w])
    for _ in range(20):
        w.grad = torch.tensor(curvature) * (w.detach() - torch.tensor(goal))
        run.step()
    write(f"decay/{name}", w)

# weight_norm at three sizes: what a layer makes of an identity is its weight.
for case, size in (("small", SMALL), ("middle", 1.0), ("large", LARGE)):
    layer = torch.nn.Linear(5, 3, bias=False, dtype=torch.float64)
    torch.nn.utils.weight_norm(layer)
    layer.weight_v.data = torch.tensor(size * random_numbers((3, 5), 1200))
    layer.weight_g.data = torch.tensor([[0.5], [-2.0], [3.0]], dtype=torch.float64)
    write(f"weight_norm/{case}", layer(torch.eye(5, dtype=torch.float64)).T)
write("weight_norm_v", random_numbers((3, 5), 1200))
OUT.close()
