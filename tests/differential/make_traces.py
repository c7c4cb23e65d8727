#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes traces.txt and three_programs.txt: what PyTorch computes, for the tests in this folder to compare with.

Needs Debian's python3-torch (1.13). Run by hand: `/usr/bin/python3 make_traces.py`; nothing else needs PyTorch.
The files are sequences of `name count value...`, separated by white space, 17 significant digits.

traces.txt: a 6-5-3 network (tanh, cross-entropy), 20 steps on 3 batches of 8 samples in turn, for every optimizer and
every policy on the weight of the first layer. `<optimizer>/<policy>/losses` are the 20 data losses, each that of the
batch before the step; `.../weight` and so on are the final parameters (rows contiguous).

Gradients, moments and steps are torch's. What follows a step is done here, and not as the library does it:
    argmin_x sum (x_i - y_i)^2 / (2 t_i) + strength * sum |x_i|   over lo <= x_i <= hi and norm(x) <= r (or = r),
t_i the step size that torch's state tells, is found by plain bisection in 50 decimal digits and then put to the proof:
the variational inequality (on a sphere: the value) against random feasible points. The step size is what multiplies a
gradient that stays what it is: a sum of k powers of the momentum times the rate, found here by adding them up; for Lion
rate / |c|. Under L1 the rules that divide by a root (Lion: by |c|) divide by the strength where that is more, in the
step, too: torch has no such rule, so that these steps are made here from torch's gradients (ProximalStep), and held
against torch's own with strength 0.

Three things are asserted of every trace, so that it can tell right from wrong: its policies have acted after a step (not
only on the initial weights); it is well conditioned (the same run in float keeps the losses within 1e-5); and no other
trace is closer than 1e-3.
"""
import math
import pathlib
import random
from dataclasses import dataclass
from decimal import Decimal, getcontext

import torch
import torch.nn.functional as F

getcontext().prec = 50
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
HERE = pathlib.Path(__file__).parent
STEPS, BATCHES, BATCH = 20, 3, 8
INPUTS, HIDDEN, CLASSES = 6, 5, 3


def write(path, blocks):
    with open(path, "w", encoding="ascii") as out:
        for name, values in blocks.items():
            values = [float(v) for v in values]
            out.write(f"{name} {len(values)}\n")
            for i in range(0, len(values), 5):
                out.write(" ".join(f"{v:.17g}" for v in values[i : i + 5]) + "\n")


# --- the point that a step goes to -----------------------------------------------------------------------------------


@dataclass
class Policy:
    l1: float = 0
    l2: float = 0
    decay: float = 0
    lo: float = -math.inf
    hi: float = math.inf
    radius: float = 0  # 0: no bound on the norm
    sphere: bool = False
    euclidean: bool = False
    normalized: str = ""  # "gain": weight_norm, "unit": F.normalize

    @property
    def acts_after_step(self):
        return self.l1 > 0 or self.is_set

    @property
    def is_set(self):
        return self.lo > -math.inf or self.hi < math.inf or self.radius > 0


def clip(x, lo, hi):
    return min(max(x, Decimal(lo)), Decimal(hi))


def nearest(y, t, p, l1):
    """The argmin above for one row of Decimals."""

    def point(mu):
        row = []
        for yi, ti in zip(y, t):
            shrink = 1 + mu * ti
            z, threshold = yi / shrink, l1 * ti / shrink
            soft = max(abs(z) - threshold, Decimal(0)).copy_sign(z)
            row.append(clip(soft, p.lo, p.hi))
        return row

    def excess(mu):
        return sum(x * x for x in point(mu)) - Decimal(p.radius) ** 2

    x = point(Decimal(0))
    if p.radius == 0 or excess(Decimal(0)) == 0 or (excess(Decimal(0)) < 0 and not p.sphere):
        return x
    if p.sphere and min(t) == max(t) and (l1 > 0 or p.lo > -math.inf):  # norm(x) is fixed, so that only <x, y> - t l1 |x|_1 counts
        length = sum(v * v for v in x).sqrt()
        if length > 0:
            return [v / length for v in x]
        gain = [yi if p.lo == 0 else abs(yi) for yi in y]
        best = gain.index(max(gain))
        return [(Decimal(1).copy_sign(y[best]) if p.lo < 0 else Decimal(1)) if i == best else Decimal(0) for i in range(len(y))]
    # 1 + mu t_i > 0 for all i: on this branch every coordinate's part of the Lagrangian is convex, and the root the minimum.
    low, high = Decimal(0), 1 / max(t)
    if p.sphere and excess(low) < 0:
        low, high = -1 / max(t) * (1 - Decimal("1e-30")), Decimal(0)
        if excess(low) <= 0:
            return nearest_against(y, t, p, l1)
    while excess(high) > 0:
        low, high = high, 4 * high
    for _ in range(170):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return point(high)


def nearest_against(y, t, p, l1):
    """The same on a sphere where no multiplier on that branch gives what the other policies leave its norm: all coordinates
    that those leave, and for the rest of the radius, s, one that they make zero. Which one, and s, by trying."""
    side = [1 if p.lo == 0 or v >= 0 else -1 for v in y]
    pull = [e * v - l1 * w for e, v, w in zip(side, y, t)]
    kept = [i for i, c in enumerate(pull) if c > 0]

    def others(square):
        """Of coordinates with a pull, x_i = c_i / (1 + mu t_i), with this sum of squares."""
        if not kept:
            return {}
        low, high = -1 / max(t[i] for i in kept), Decimal(1)
        root = lambda mu: sum((pull[i] / (1 + mu * t[i])) ** 2 for i in kept) - square
        while root(high) > 0:
            high *= 4
        for _ in range(150):
            middle = (low + high) / 2
            low, high = (middle, high) if root(middle) > 0 else (low, middle)
        return {i: pull[i] / (1 + high * t[i]) for i in kept}

    def with_one(j, s):
        x = {**(others(1 - s * s) if s < 1 else {}), j: s}
        cost = sum((v - pull[i]) ** 2 / (2 * t[i]) for i, v in x.items() if i != j) + (s * s / 2 - pull[j] * s) / t[j]
        if s == 1:
            cost += sum(pull[i] ** 2 / (2 * t[i]) for i in kept)
        return cost, [side[i] * x.get(i, Decimal(0)) for i in range(len(y))]

    best = None
    for j in (i for i in range(len(y)) if i not in kept):
        if not kept:
            best = min(best or with_one(j, Decimal(1)), with_one(j, Decimal(1)))
            continue
        grid = [Decimal(k) / 200 for k in range(201)]
        costs = [with_one(j, s)[0] for s in grid]
        k = costs.index(min(costs))
        low, high = grid[max(k - 1, 0)], grid[min(k + 1, 200)]
        for _ in range(110):  # the minimum between three points of the grid, by thirds
            third = (high - low) / 3
            low, high = (low, high - third) if with_one(j, low + third)[0] < with_one(j, high - third)[0] else (low + third, high)
        best = min(best or with_one(j, low), with_one(j, low))
    if kept:
        whole = others(Decimal(1))
        cost = sum((v - pull[i]) ** 2 / (2 * t[i]) for i, v in whole.items())
        best = min(best, (cost, [side[i] * whole.get(i, Decimal(0)) for i in range(len(y))]))
    return best[1]


def prove(x, y, t, p, l1, dice):
    """x beats, or is separated by a hyperplane from, random feasible points, far ones and near ones."""

    def feasible(z):
        z = [min(max(v, p.lo), p.hi) for v in z]
        length = math.sqrt(sum(v * v for v in z))
        if p.radius > 0 and length > 0 and (p.sphere or length > p.radius):
            z = [v * p.radius / length for v in z]
        return z if not p.sphere or length > 0 else None

    def value(z):
        return sum((a - b) ** 2 / (2 * c) for a, b, c in zip(z, y, t)) + l1 * sum(map(abs, z))

    scale = sum((a - b) ** 2 / c for a, b, c in zip(x, y, t)) + value(x) + 1e-30
    for k in range(24):
        start = x if k % 4 else [0] * len(x)
        spread = [10.0 ** -(k % 4) * (c / max(t)) ** (k % 3 / 2) for c in t]  # stiff coordinates less, or all alike
        z = feasible([v + d * dice.gauss(0, 1) for v, d in zip(start, spread)])
        if z is None:
            continue
        if p.sphere:
            assert value(x) <= value(z) + 1e-9 * scale, (x, z)
        else:
            slope = sum((b - a) / c * (d - a) for a, b, c, d in zip(x, y, t, z))
            assert slope - l1 * (sum(map(abs, z)) - sum(map(abs, x))) <= 1e-9 * scale, (x, z)


def constrain(weight, t, p, dice, l1):
    """Every row of the weight to its nearest point; how many numbers moved."""
    moved = 0
    for j in range(weight.shape[0]):
        y, steps = weight[j].tolist(), t[j].tolist()
        exact = nearest([Decimal(v) for v in y], [Decimal(v) for v in steps], p, Decimal(l1))
        x = torch.tensor([float(v) for v in exact], dtype=weight.dtype)
        if weight.dtype == torch.float64:
            prove(x.tolist(), y, steps, p, l1, dice)
        moved += int((x != weight[j]).sum())
        weight[j] = x
    return moved


# --- the optimizers --------------------------------------------------------------------------------------------------


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2; weight_decay is coupled here, as in torch's SGD and Adam."""

    def __init__(self, params, lr, betas=(0.9, 0.99)):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=0))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                g = p.grad + group["weight_decay"] * p
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                b1, b2 = group["betas"]
                c = b1 * m + (1 - b1) * g
                p -= group["lr"] * torch.sign(c)
                self.state[p]["c"] = c
                self.state[p]["m"] = b2 * m + (1 - b2) * g


def constant_gradient_sum(group, k):
    """What momentum has made of k gradients of 1."""
    buffer, total = 0.0, 1.0
    for _ in range(k):
        buffer = group.get("momentum", 0) * buffer + 1
        total = 1 + group["momentum"] * buffer if group.get("nesterov") else buffer
    return total


def uniform_steps(optimizer, p, k):
    group = optimizer.param_groups[0]
    return torch.full_like(p, group["lr"] * constant_gradient_sum(group, k))


def rmsprop_steps(optimizer, p, k):
    s, group = optimizer.state[p], optimizer.param_groups[0]
    v = s["square_avg"] - (s["grad_avg"] ** 2 if group["centered"] else 0)
    return group["lr"] * constant_gradient_sum(group, k) / (v.sqrt() + group["eps"])


def adagrad_steps(optimizer, p, k):
    group = optimizer.param_groups[0]
    return group["lr"] / (optimizer.state[p]["sum"].sqrt() + group["eps"])


def adam_steps(optimizer, p, k):
    s, group = optimizer.state[p], optimizer.param_groups[0]
    v = s["max_exp_avg_sq" if group["amsgrad"] else "exp_avg_sq"] / (1 - group["betas"][1] ** s["step"].item())
    return group["lr"] / (v.sqrt() + group["eps"])


def lion_steps(optimizer, p, k):
    return optimizer.param_groups[0]["lr"] / optimizer.state[p]["c"].abs()


class ProximalStep:
    """The step of a rule before the prox of a penalty of this strength, and its step sizes, from the formulas alone."""

    def __init__(self, name, options, strength):
        self.name, self.o, self.strength = name, options, strength
        self.first = self.second = self.mean = 0  # of the gradients, their squares, and RMSProp's mean

    def divisor(self, root, eps):
        return torch.clamp(root + eps, min=self.strength)

    def __call__(self, g, k):
        """What the k-th gradient takes from the weights, and the step sizes."""
        o, lr = self.o, self.o["lr"]
        if self.name.startswith("rmsprop"):
            a, mu = o["alpha"], o.get("momentum", 0)
            self.second = a * self.second + (1 - a) * g * g
            self.mean = a * self.mean + (1 - a) * g
            v = self.second - self.mean**2 if o.get("centered") else self.second
            d = self.divisor(v.sqrt(), o["eps"])
            self.first = mu * self.first + g / d
            return lr * self.first, lr * sum(mu**j for j in range(k)) / d
        if self.name == "adagrad":
            self.second = self.second + g * g
            d = self.divisor(self.second.sqrt(), o["eps"])
            return lr * g / d, lr / d
        b1, b2 = o.get("betas", (0.9, 0.99) if self.name == "lion" else (0.9, 0.999))
        if self.name == "lion":
            c = b1 * self.first + (1 - b1) * g
            self.first = b2 * self.first + (1 - b2) * g
            d = torch.clamp(c.abs(), min=self.strength)
            return lr * c / d, lr / d
        self.first = b1 * self.first + (1 - b1) * g
        self.second = b2 * self.second + (1 - b2) * g * g
        self.largest = torch.maximum(getattr(self, "largest", self.second), self.second)
        v = self.largest if o.get("amsgrad") else self.second
        d = self.divisor((v / (1 - b2**k)).sqrt(), 1e-8)
        return lr * self.first / (1 - b1**k) / d, lr / d


def check_proximal_steps(data):
    """With strength 0 these are torch's steps."""
    for name, (factory, options, sizes) in OPTIMIZERS.items():
        if sizes is uniform_steps:
            continue
        torch.manual_seed(1)
        weight = torch.nn.Parameter(data["weight1"].clone())
        optimizer, own = factory([weight], **options), ProximalStep(name, options, 0)
        for k in range(1, STEPS + 1):
            weight.grad = torch.randn_like(weight)
            before = weight.detach().clone()
            optimizer.step()
            step, steps = own(weight.grad, k)
            assert torch.allclose(before - weight, step, rtol=1e-9, atol=1e-14), (name, k)
            assert torch.allclose(sizes(optimizer, weight, k), steps, rtol=1e-9), (name, k)


OPTIMIZERS = {  # name: (factory, options, step sizes)
    "sgd": (torch.optim.SGD, dict(lr=0.1), uniform_steps),
    "sgd_momentum": (torch.optim.SGD, dict(lr=0.05, momentum=0.9), uniform_steps),
    "sgd_nesterov": (torch.optim.SGD, dict(lr=0.05, momentum=0.9, nesterov=True), uniform_steps),
    "rmsprop": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.99, eps=1e-8), rmsprop_steps),
    "rmsprop_momentum": (torch.optim.RMSprop, dict(lr=0.005, alpha=0.99, eps=1e-8, momentum=0.9), rmsprop_steps),
    "rmsprop_centered": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.99, eps=1e-8, centered=True), rmsprop_steps),
    "rmsprop_centered_momentum": (
        torch.optim.RMSprop,
        dict(lr=0.005, alpha=0.99, eps=1e-8, centered=True, momentum=0.9),
        rmsprop_steps,
    ),
    "adagrad": (torch.optim.Adagrad, dict(lr=0.1, eps=1e-10), adagrad_steps),
    "adam": (torch.optim.Adam, dict(lr=0.05), adam_steps),
    "adam_amsgrad": (torch.optim.Adam, dict(lr=0.05, betas=(0.9, 0.9), amsgrad=True), adam_steps),  # 0.999: it never acts
    "lion": (Lion, dict(lr=0.01), lion_steps),
}

POLICIES = {
    "none": Policy(),
    "L1": Policy(l1=5e-2),
    "L2": Policy(l2=1e-2),
    "WeightDecay": Policy(decay=0.1),
    "Clip": Policy(lo=-0.2, hi=0.2),
    "NonNegative": Policy(lo=0),
    "MaxNorm": Policy(radius=0.5),
    "UnitNorm": Policy(radius=1, sphere=True),
    "WeightNorm": Policy(normalized="gain"),
    "UnitNormalized": Policy(normalized="unit"),
}
PACKS = {
    "L1+NonNegative": Policy(l1=5e-2, lo=0),
    "NonNegative+MaxNorm": Policy(lo=0, radius=0.5),
    "Clip+MaxNorm": Policy(lo=-0.2, hi=0.2, radius=0.4),
    "L1+MaxNorm": Policy(l1=5e-2, radius=0.5),
    "WeightDecay+MaxNorm": Policy(decay=0.1, radius=0.5),
    "NonNegative+UnitNorm": Policy(lo=0, radius=1, sphere=True),
    "L1+UnitNorm": Policy(l1=5e-2, radius=1, sphere=True),
}


# --- training --------------------------------------------------------------------------------------------------------


def problem():
    torch.manual_seed(20)
    x = torch.randn(BATCHES * BATCH, INPUTS, dtype=torch.float64)
    teacher = torch.randn(INPUTS, CLASSES, dtype=torch.float64)
    labels = (x @ teacher + torch.randn(BATCHES * BATCH, CLASSES, dtype=torch.float64)).argmax(1)
    weight1 = 0.5 * torch.randn(HIDDEN, INPUTS, dtype=torch.float64)
    bias1 = 0.1 * torch.randn(HIDDEN, dtype=torch.float64)
    weight2 = 0.5 * torch.randn(CLASSES, HIDDEN, dtype=torch.float64)
    bias2 = 0.1 * torch.randn(CLASSES, dtype=torch.float64)
    return dict(x=x, labels=labels, weight1=weight1, bias1=bias1, weight2=weight2, bias2=bias2)


def network(data, policy):
    """The layers, and the first one's weight in the form that is trained."""
    first, second = torch.nn.Linear(INPUTS, HIDDEN), torch.nn.Linear(HIDDEN, CLASSES)
    for layer, k in ((first, 1), (second, 2)):
        layer.to(data["x"].dtype)
        layer.weight.data = data[f"weight{k}"].clone()
        layer.bias.data = data[f"bias{k}"].clone()
    if policy.normalized == "gain":
        torch.nn.utils.weight_norm(first, dim=0)
        return first, second, first.weight_v
    return first, second, first.weight


def train(data, optimizer_name, policy):
    """The losses, the final parameters and how often the policy acted after a step."""
    factory, options, step_sizes = OPTIMIZERS[optimizer_name]
    dice = random.Random(1)
    first, second, weight = network(data, policy)
    free = [p for p in (*first.parameters(), *second.parameters()) if p is not weight]
    optimizer = factory([{"params": [weight]}, {"params": free}], **options)
    optimizer.param_groups[0]["weight_decay"] = policy.l2
    if policy.is_set:
        constrain(weight.data, torch.ones_like(weight.data), policy, dice, 0)
    losses, moved = [], 0
    own = ProximalStep(optimizer_name, options, policy.l1) if policy.l1 > 0 and step_sizes is not uniform_steps else None
    for step in range(STEPS):
        batch = slice(step % BATCHES * BATCH, (step % BATCHES + 1) * BATCH)
        w = F.normalize(weight, dim=1) if policy.normalized == "unit" else None
        hidden = F.linear(data["x"][batch], w, first.bias) if w is not None else first(data["x"][batch])
        loss = F.cross_entropy(second(torch.tanh(hidden)), data["labels"][batch])
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        weight.data *= 1 - options["lr"] * policy.decay
        before = weight.detach().clone()
        optimizer.step()
        if policy.acts_after_step:
            sizes = uniform_steps if policy.euclidean else step_sizes
            t = sizes(optimizer, weight, step + 1).detach()
            if own:
                change, t = own(weight.grad, step + 1)
                weight.data = before - change
            moved += constrain(weight.data, t, policy, dice, policy.l1)
    final = {"weight1": weight, "bias1": first.bias, "weight2": second.weight, "bias2": second.bias}
    if policy.normalized == "gain":
        final["gain1"] = first.weight_g
    return losses, {k: v.detach().flatten().tolist() for k, v in final.items()}, moved


def check_decay(data):
    """Decay by hand, before Adam's step, is torch.optim.AdamW."""
    for name in ("adam", "adam_amsgrad"):
        options = OPTIMIZERS[name][1]
        first, second, weight = network(data, Policy())
        groups = [
            {"params": [weight], "weight_decay": 0.1},
            {"params": [first.bias, second.weight, second.bias], "weight_decay": 0},
        ]
        optimizer = torch.optim.AdamW(groups, **options)
        for step, expected in enumerate(train(data, name, POLICIES["WeightDecay"])[0]):
            batch = slice(step % BATCHES * BATCH, (step % BATCHES + 1) * BATCH)
            loss = F.cross_entropy(second(torch.tanh(first(data["x"][batch]))), data["labels"][batch])
            assert abs(loss.item() - expected) <= 1e-14, (name, step)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def make_traces():
    data = problem()
    check_decay(data)
    check_proximal_steps(data)
    single = {k: v.float() if v.is_floating_point() else v for k, v in data.items()}
    blocks = {k: v.flatten().tolist() for k, v in data.items()}
    cases = [(o, n, p) for o in OPTIMIZERS for n, p in POLICIES.items()]
    cases += [(o, n, p) for o in ("sgd_momentum", "adam") for n, p in PACKS.items()]
    cases += [("adam", "MaxNorm(euclidean)", Policy(radius=0.5, euclidean=True))]
    closest = (1.0, "")
    for optimizer, name, policy in cases:
        losses, final, moved = train(data, optimizer, policy)
        rough, _, _ = train(single, optimizer, policy)
        error = max(abs(a - b) / a for a, b in zip(losses, rough))
        print(f"{optimizer:26}{name:22}{losses[0]:8.4f} -> {losses[-1]:.4f}  moved {moved:4}  zeros {final['weight1'].count(0.0):2}  float error {error:.1e}")
        assert moved > 0 or not policy.acts_after_step, "the policy has never acted"
        assert error <= 1e-5, "badly conditioned"
        for other, seen in blocks.items():
            if other.endswith("/losses"):
                distance = max(abs(a - b) / a for a, b in zip(losses, seen))
                closest = min(closest, (distance, f"{optimizer}/{name} {other}"))
        blocks[f"{optimizer}/{name}/losses"] = losses
        for key, values in final.items():
            blocks[f"{optimizer}/{name}/{key}"] = values
    print("closest pair:", closest)
    assert closest[0] >= 1e-3
    write(HERE / "traces.txt", blocks)


# --- the three programs everybody has seen ---------------------------------------------------------------------------


def linear(seed, scale):
    """A 10-5 layer as torch initializes it (kaiming_uniform_, a = sqrt 5) and 16 samples that ask for weights of `scale`."""
    torch.manual_seed(seed)
    layer = torch.nn.Linear(10, 5).double()
    x = torch.randn(16, 10, dtype=torch.float64)
    y = x @ (scale * torch.randn(10, 5, dtype=torch.float64)) + 0.1 * torch.randn(16, 5, dtype=torch.float64)
    start = {"x": x, "y": y, "weight": layer.weight, "bias": layer.bias}
    return layer, x, y, {k: v.detach().flatten().tolist() for k, v in start.items()}


def adam_with_l2():
    layer, x, y, start = linear(1, 1)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.01, weight_decay=0.001)  # on the bias, too
    losses = []
    for _ in range(STEPS):
        loss = F.mse_loss(layer(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    end = {"final_weight": layer.weight, "final_bias": layer.bias}
    return {**start, "losses": losses, **{k: v.detach().flatten().tolist() for k, v in end.items()}}


def clipping(clamp_first):
    layer, x, y, start = linear(2, 2)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.3)
    losses, largest = [], []
    for _ in range(STEPS):
        loss = F.mse_loss(layer(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        if not clamp_first:
            optimizer.step()
        for p in layer.parameters():
            p.data.clamp_(-1, 1)
        if clamp_first:
            optimizer.step()
        largest.append(layer.weight.detach().abs().max().item())
    return {**start, "losses": losses, "largest_weight": largest}


def normalized_rows():
    layer, x, y, start = linear(3, 0.5)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    losses = []
    for _ in range(STEPS):
        loss = F.mse_loss(F.linear(x, F.normalize(layer.weight, dim=1), layer.bias), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    gain = torch.nn.init.calculate_gain("leaky_relu", math.sqrt(5))
    fan_ins = [1, 2, 10, 64, 784]
    bound = gain * math.sqrt(3 / 10)
    assert 0.9 * bound < max(map(abs, start["weight"])) <= bound * (1 + 1e-6)
    end = {"final_weight": layer.weight, "final_bias": layer.bias}
    return {
        **start,
        "losses": losses,
        **{k: v.detach().flatten().tolist() for k, v in end.items()},
        "fan_in": fan_ins,
        "weight_bound": [gain * math.sqrt(3 / n) for n in fan_ins],  # as in torch.nn.init.kaiming_uniform_
        "bias_bound": [1 / math.sqrt(n) for n in fan_ins],  # as in torch.nn.Linear
    }


def make_three_programs():
    programs = {
        "adam_l2": adam_with_l2(),
        "clamp_before_step": clipping(True),
        "clamp_after_step": clipping(False),
        "normalized": normalized_rows(),
    }
    before, after = programs["clamp_before_step"], programs["clamp_after_step"]
    assert max(before["largest_weight"][3:]) > 1.05 and max(after["largest_weight"]) <= 1
    assert before["x"] == after["x"] and before["weight"] == after["weight"]
    write(HERE / "three_programs.txt", {f"{p}/{k}": v for p, blocks in programs.items() for k, v in blocks.items()})


make_traces()
make_three_programs()
