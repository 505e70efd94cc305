"""Compares the speed of each norm with PyTorch's, forward and backward on [64, 28, 28, 192], one thread each, in turn.

    python3 src/test/python/norm_ratio.py [ROUNDS]

Needs torch, Maven and a compiled project (mvn -B test-compile). PyTorch's tensors are channels-last, as ours are; layer
norm of images has two ways there, GroupNorm of one group and LayerNorm over all dimensions of an example, of which the
faster counts. Prints the medians of the rounds (3) and PyTorch's time over ours: above 1, ours is the faster.
"""

import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
from torch import nn

ROOT = Path(__file__).resolve().parents[3]
SHAPE = (64, 192, 28, 28)
WARM_UP, MEASURED = 5, 15


class SwitchableNorm(nn.Module):
    """As its authors write it: batch and layer statistics from those of the instances."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(1, channels, 1, 1))
        self.mean_weight = nn.Parameter(torch.ones(3))
        self.var_weight = nn.Parameter(torch.ones(3))

    def forward(self, x):
        mean_in = x.mean((2, 3), keepdim=True)
        var_in = x.var((2, 3), keepdim=True, unbiased=False)
        square = var_in + mean_in**2
        mean_ln, mean_bn = mean_in.mean(1, keepdim=True), mean_in.mean(0, keepdim=True)
        var_ln, var_bn = square.mean(1, keepdim=True) - mean_ln**2, square.mean(0, keepdim=True) - mean_bn**2
        w, v = self.mean_weight.softmax(0), self.var_weight.softmax(0)
        mean = w[0] * mean_in + w[1] * mean_ln + w[2] * mean_bn
        variance = v[0] * var_in + v[1] * var_ln + v[2] * var_bn
        return (x - mean) / (variance + 1e-5).sqrt() * self.weight + self.bias


def channels_last(shape):
    return torch.randn(shape).contiguous(memory_format=torch.channels_last)


def positions(shape):
    n, c, h, w = shape
    return torch.randn(n, h, w, c)


CHANNELS = SHAPE[1]
PEERS = {
    "batch": [(nn.BatchNorm2d(CHANNELS), channels_last)],
    "layer": [(nn.GroupNorm(1, CHANNELS), channels_last), (nn.LayerNorm(SHAPE[1:]), torch.randn)],
    "layer-positions": [(nn.LayerNorm(CHANNELS), positions)],
    "group": [(nn.GroupNorm(32, CHANNELS), channels_last)],
    "instance": [(nn.InstanceNorm2d(CHANNELS, affine=True), channels_last)],
    "switchable": [(SwitchableNorm(CHANNELS), channels_last)],
}


def torch_milliseconds(norm, make):
    x, dy = make(SHAPE).requires_grad_(), make(SHAPE)
    times = []
    for i in range(WARM_UP + MEASURED):
        x.grad = None
        start = time.perf_counter()
        norm(x).backward(dy)
        if i >= WARM_UP:
            times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def ours():
    command = ["mvn", "-q", "-B", "-o", "exec:exec", "-Pbenchmark"]
    command.append("-Dbenchmark.class=org.sparknorm.nn.norm.NormBenchmark")
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines = (re.sub(r"\x1b\[\d*m", "", line).split() for line in output.splitlines())  # Maven resets colours
    return {words[0]: float(words[1]) for words in lines if len(words) == 2 and words[0] in PEERS}


def main():
    torch.set_num_threads(1)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    found = {name: ([], []) for name in PEERS}
    for _ in range(rounds):
        for name, milliseconds in ours().items():
            found[name][0].append(milliseconds)
        for name, peers in PEERS.items():
            found[name][1].append(min(torch_milliseconds(norm, make) for norm, make in peers))
    print(f"{'norm':<18} {'ours ms':>9} {'torch ms':>9} {'ratio':>7}   of each round")
    for name, (own, peer) in found.items():
        ratios = [theirs / mine for mine, theirs in zip(own, peer)]
        each = " ".join(f"{ratio:.2f}" for ratio in ratios)
        medians = statistics.median(own), statistics.median(peer), statistics.median(ratios)
        print(f"{name:<18} {medians[0]:9.1f} {medians[1]:9.1f} {medians[2]:7.2f}   {each}")


if __name__ == "__main__":
    main()
