"""Compares the first steps of ResNet-20 on CIFAR-10 with the same steps in PyTorch float64, from the same weights.

Needs torch and numpy. FILE is one binary file of CIFAR-10 (records of 3,073 bytes):

    python3 src/test/python/cifar_parity.py init init.safetensors
    jobs/submit train conf/cifar10-resnet20.conf data.train=FILE data.validation=FILE data.mean=none data.deviation=none \\
        data.shuffle=false slices=8 partitions=2 learning-rate.initial=0.0005 learning-rate.schedule=constant \\
        optimizer.weight-decay=0 init-from=init.safetensors steps=10 output=RUN overwrite=true
    python3 src/test/python/cifar_parity.py compare init.safetensors RUN FILE

Ends with exit code 1 if a loss of the first 3 differs by more than 1e-5 relative, or one of the first 10 by more than 5e-4, or
if the model's file does not load. PyTorch in float32 against itself, in another memory layout, differs by 7e-7 and
1.1e-4.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from convolution_networks import ResNet20
from parity import main, read_lines, sgd_losses
from reference_vectors import read_safetensors, write_safetensors

CLASSES, RECORD, SIDE = 10, 3073, 32
LIMITS = {3: 1e-5, 10: 5e-4}


def read_records(path):
    """Images [N, 3, 32, 32] as value / 255 in float32, as the network of the run sees them, and labels [N]."""
    records = np.fromfile(path, np.uint8).reshape(-1, RECORD)
    images = records[:, 1:].reshape(-1, 3, SIDE, SIDE).astype(np.float32) / np.float32(255)
    return torch.from_numpy(images), torch.from_numpy(records[:, 0].astype(np.int64))


def init(arguments):
    torch.manual_seed(arguments.seed)
    write_safetensors(arguments.file, ResNet20(1.0, CLASSES).state_dict())
    return True


def compare(arguments):
    run = Path(arguments.run)
    ours = read_lines(run / "steps.jsonl")[: max(LIMITS)]
    model = ResNet20(1.0, CLASSES).double()
    model.load_state_dict(read_safetensors(arguments.file), strict=True)
    images, labels = read_records(arguments.data)
    differences = []
    losses = sgd_losses(model, arguments, images, labels, len(ours))
    for step, (line, loss) in enumerate(zip(ours, losses)):
        differences.append(abs(line["loss"] - loss) / loss)
        print(f"step {step + 1}: {line['loss']:.8f} in the run, {loss:.8f} in PyTorch, {differences[-1]:.2e}")
    within = True
    for count, limit in LIMITS.items():
        largest = max(differences[:count])
        within &= largest <= limit
        print(f"largest relative difference of the first {count}: {largest:.2e} (limit {limit:.0e})")
    ResNet20(1.0, CLASSES).load_state_dict(read_safetensors(run / "model.safetensors"), strict=True)
    print("model.safetensors: load_state_dict(strict=True) took it")
    return within


if __name__ == "__main__":
    description = "Parity of a run of ResNet-20 with PyTorch in float64."
    sys.exit(main(description, init, compare, "binary file of CIFAR-10", 0.0005, 128))
