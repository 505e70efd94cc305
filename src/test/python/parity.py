"""The part that torch_parity.py and cifar_parity.py share: steps of SGD in PyTorch float64, and their command lines."""

import argparse
import json
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy


def read_lines(path):
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def sgd_losses(model, arguments, images, labels, steps):
    """Trains the model in training order, epoch after epoch, and yields the loss before each update."""
    optimizer = torch.optim.SGD(model.parameters(), lr=arguments.rate, momentum=arguments.momentum)
    batches = -(-len(images) // arguments.batch_size)
    for step in range(steps):
        first = step % batches * arguments.batch_size
        part = slice(first, first + arguments.batch_size)
        optimizer.zero_grad()
        loss = cross_entropy(model(images[part].double()), labels[part])
        loss.backward()
        optimizer.step()
        yield loss.item()


def main(description, init, compare, data, rate, batch_size):
    """Runs init FILE or compare FILE RUN DATA, which return whether all is well, and returns the exit code."""
    parser = argparse.ArgumentParser(description=description)
    commands = parser.add_subparsers(required=True)
    start = commands.add_parser("init", help="write initial weights")
    start.add_argument("file", help="safetensors file to write")
    start.add_argument("--seed", type=int, default=1)
    start.set_defaults(run_command=init)
    against = commands.add_parser("compare", help="train in PyTorch and compare with a finished run")
    against.add_argument("file", help="initial weights of the run")
    against.add_argument("run", help="output folder of the run")
    against.add_argument("data", help=data)
    against.add_argument("--rate", type=float, default=rate)
    against.add_argument("--momentum", type=float, default=0.9)
    against.add_argument("--batch-size", type=int, default=batch_size)
    against.set_defaults(run_command=compare)
    arguments = parser.parse_args()
    return 0 if arguments.run_command(arguments) else 1
