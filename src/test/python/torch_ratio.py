"""Compares images per second of Sparknorm and PyTorch: whole training steps on generated images, in turn, on this machine.

Needs torch in the interpreter that runs it, JDK 17 and Maven, 8 GB of memory and two idle cores. No part of the build.

    python3 src/test/python/torch_ratio.py resnet20
    python3 src/test/python/torch_ratio.py cnn --rounds 5 --synchronized

Models: cnn, resnet20, bn-inception, resnet50. Three rounds, unless told otherwise; each times both, and which comes first
changes from round to round. The last line has the medians over the rounds; the ratio is Sparknorm over PyTorch, above 1
where Sparknorm is faster, and its median is that of the rounds' ratios, since both halves of a round see the same machine.

Sparknorm: `bench network` in local[2], a slice a core, norms synchronized. PyTorch: two processes of one thread each under
DistributedDataParallel over gloo, channels last, norms local, which spares it all exchange of statistics; with
--synchronized theirs are synchronized too, by synchronized_norm.py. Both: SGD with momentum 0.9, float32, the same
batch over both halves, the median of the same number of steps after the same number of steps to warm up.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import NamedTuple

import torch
import torch.distributed
import torch.multiprocessing
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel

from convolution_networks import BnInception, Cnn, ResNet20, ResNet50
from synchronized_norm import synchronize

ROOT = Path(__file__).resolve().parents[3]
PROCESSES = 2
LEARNING_RATE, MOMENTUM = 0.1, 0.9
LAST_LINES = 5


NETWORKS = {
    "cnn": lambda size, classes: Cnn(size, size, classes),
    "resnet20": lambda size, classes: ResNet20(1.0, classes),
    "resnet50": lambda size, classes: ResNet50(1.0, classes),
    "bn-inception": lambda size, classes: BnInception(3, 1.0, classes, projection=96),
}


class Measurement(NamedTuple):
    """What a round measures; images are square, the batch is that of all processes, steps come after those to warm up."""

    model: str
    batch: int
    size: int
    channels: int
    classes: int
    steps: int
    warmup: int


# The JVM compiles what is hot in the first steps: hundreds of short ones, some of long ones. A round takes a minute or two.
MEASUREMENTS = {
    measurement.model: measurement
    for measurement in [
        Measurement("cnn", 64, 28, 1, 10, 200, 400),
        Measurement("resnet20", 128, 32, 3, 10, 60, 40),
        Measurement("bn-inception", 32, 224, 3, 1000, 12, 10),
        Measurement("resnet50", 16, 224, 3, 1000, 12, 10),
    ]
}


def time_sparknorm(measurement):
    """Images a second."""
    command = [
        ROOT / "jobs" / "submit", "--master", f"local[{PROCESSES}]", "--driver-memory", "6g", "bench", "network",
        f"model.name={measurement.model}", f"batch-size={measurement.batch}", f"slices={PROCESSES}",
        f"learning-rate.initial={LEARNING_RATE}", f"optimizer.momentum={MOMENTUM}",
        "--size", str(measurement.size), "--channels", str(measurement.channels), "--classes", str(measurement.classes),
        "--steps", str(measurement.steps), "--warmup", str(measurement.warmup),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines() or [""]
    found = re.search(r"([\d.]+) images/s$", lines[-1])
    if done.returncode != 0 or not found:
        shown = "\n".join(lines[-LAST_LINES:] + done.stderr.splitlines()[-LAST_LINES:])
        raise SystemExit(f"error: bench network ended with exit code {done.returncode}:\n{shown}")
    return float(found.group(1))


def train_in_torch(rank, measurement, synchronized, meeting, results):
    """What one of the processes does; the first puts its images a second into results."""
    torch.set_num_threads(1)
    # Newer releases have another name for the argument, older ones know only this one.
    warnings.filterwarnings("ignore", "`broadcast_buffers` is deprecated", FutureWarning)
    torch.distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=PROCESSES)
    torch.manual_seed(rank)
    network = NETWORKS[measurement.model](measurement.size, measurement.classes)
    if synchronized:
        network = synchronize(network)
    network = network.to(memory_format=torch.channels_last)
    # Sending running statistics about would cost PyTorch time and change no step.
    model = DistributedDataParallel(network, broadcast_buffers=False)
    optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE, MOMENTUM)
    examples = measurement.batch // PROCESSES
    images = torch.randn(examples, measurement.channels, measurement.size, measurement.size)
    images = images.contiguous(memory_format=torch.channels_last)
    labels = torch.randint(0, measurement.classes, (examples,))
    seconds = []
    for _ in range(measurement.warmup + measurement.steps):
        start = time.perf_counter()
        optimizer.zero_grad()
        cross_entropy(model(images), labels).backward()
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    if rank == 0:
        results.put(measurement.batch / statistics.median(seconds[measurement.warmup :]))
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()
    # Not through the interpreter's end, at which gloo's threads now and then abort the process when all work is done.
    os._exit(0)


def time_torch(measurement, synchronized):
    """Images a second."""
    results = torch.multiprocessing.get_context("spawn").SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        arguments = (measurement, synchronized, str(Path(folder) / "meeting"), results)
        torch.multiprocessing.spawn(train_in_torch, arguments, PROCESSES)
    return results.get()


def time_round(number, measurement, synchronized):
    """Images a second of Sparknorm and of PyTorch."""
    if number % 2 == 1:
        sparknorm = time_sparknorm(measurement)
        return sparknorm, time_torch(measurement, synchronized)
    torch_rate = time_torch(measurement, synchronized)
    return time_sparknorm(measurement), torch_rate


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def parse():
    parser = argparse.ArgumentParser(description="Images a second of Sparknorm over those of PyTorch.")
    parser.add_argument("model", choices=list(MEASUREMENTS))
    parser.add_argument("--rounds", type=positive, default=3)
    parser.add_argument("--synchronized", action="store_true", help="PyTorch's norms too")
    parser.add_argument("--steps", type=positive, help="that are measured, on both sides")
    parser.add_argument("--warmup", type=positive, help="steps before those, on both sides")
    return parser.parse_args()


def main():
    arguments = parse()
    measurement = MEASUREMENTS[arguments.model]
    measurement = measurement._replace(
        steps=arguments.steps or measurement.steps, warmup=arguments.warmup or measurement.warmup
    )
    print(
        f"{measurement.model}, batch {measurement.batch} of {measurement.size} x {measurement.size} x"
        f" {measurement.channels}, {measurement.steps} steps after {measurement.warmup}, images/s;"
        f" PyTorch {torch.__version__} with {'synchronized' if arguments.synchronized else 'local'} norms"
    )
    print(f"{'round':8}{'Sparknorm':>12}{'PyTorch':>12}{'ratio':>9}")
    rounds = []
    for number in range(1, arguments.rounds + 1):
        sparknorm, torch_rate = time_round(number, measurement, arguments.synchronized)
        rounds.append((sparknorm, torch_rate, sparknorm / torch_rate))
        print(f"{number:<8}{sparknorm:12.1f}{torch_rate:12.1f}{sparknorm / torch_rate:9.3f}", flush=True)
    sparknorm, torch_rate, ratio = map(statistics.median, zip(*rounds))
    print(f"{'median':8}{sparknorm:12.1f}{torch_rate:12.1f}{ratio:9.3f}")


if __name__ == "__main__":
    main()
