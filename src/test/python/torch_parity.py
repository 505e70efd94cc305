"""Compares a finished run with the same training in PyTorch float64: losses, running statistics, the model's file.

Needs torch and numpy. The run is the network 784-100-100-100-10 of conf/mnist-bn.conf on the IDX files of a folder:

    python3 src/test/python/torch_parity.py init init.safetensors
    jobs/submit train conf/mnist-bn.conf data.format=idx data.train=DATA data.validation=DATA data.shuffle=false \\
        optimizer.momentum=0.9 batch-size=60 slices=4 partitions=2 steps=200 evaluate-every=200 \\
        init-from=init.safetensors output=RUN overwrite=true
    python3 src/test/python/torch_parity.py compare init.safetensors RUN DATA

Ends with exit code 1 if a relative difference of the losses is above 1e-5 in the first 50 steps or above 1e-4 in the first 200,
where a running mean or variance is off by more than 1e-4 + 1e-3 |value|, or where the model's file gives other
results in PyTorch than the run's own evaluation. Takes a few seconds for 200 steps on one core.
"""

import gzip
import struct
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from parity import main, read_lines, sgd_losses
from reference_vectors import Mlp, read_safetensors, write_safetensors

WIDTHS = [784, 100, 100, 100, 10]
DEVIATION = 0.01
FIRST, FIRST_LIMIT = 50, 1e-5
LATER, LATER_LIMIT = 200, 1e-4
# The order of float32 sums decides which of two nearly equal logits is the larger; no more than that.
TOP1_LIMIT_EXAMPLES = 1
EVALUATION_LOSS_LIMIT = 1e-5


def network():
    return Mlp(WIDTHS, "sigmoid", "before")


def read_idx(folder, name):
    """The array of an IDX file of unsigned bytes, packed or not."""
    plain, packed = Path(folder) / name, Path(folder) / f"{name}.gz"
    content = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    kind, rank = content[2], content[3]
    if content[:2] != b"\0\0" or kind != 8:
        raise SystemExit(f"{name} in {folder} is no IDX file of bytes")
    shape = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_examples(folder, split):
    """Images [N, 784] as value / 255 in float32, as the network of the run sees them, and labels [N]."""
    images = read_idx(folder, f"{split}-images-idx3-ubyte")
    pixels = torch.from_numpy(images.reshape(len(images), -1).astype(np.float32) / np.float32(255))
    return pixels, torch.from_numpy(read_idx(folder, f"{split}-labels-idx1-ubyte").astype(np.int64))


def init(arguments):
    torch.manual_seed(arguments.seed)
    model = network()
    for name, parameter in model.named_parameters():
        if name.startswith("fc"):
            if name.endswith("weight"):
                torch.nn.init.normal_(parameter, std=DEVIATION)
            else:
                torch.nn.init.zeros_(parameter)
    write_safetensors(arguments.file, model.state_dict())
    return True


def train(arguments, steps):
    """The model in float64 after that many updates, and the losses before each."""
    model = network().double()
    model.load_state_dict(read_safetensors(arguments.file), strict=True)
    model.train()
    pixels, labels = read_examples(arguments.data, "train")
    losses = list(sgd_losses(model, arguments, pixels, labels, steps))
    return model, losses


def check(what, value, limit):
    within = bool(value <= limit)
    print(f"{what}: {value:.3g} (limit {limit:.3g}){'' if within else '  TOO LARGE'}")
    return within


def compare_losses(run, losses):
    ours = [line["loss"] for line in run]
    differences = [abs(a - b) / abs(b) for a, b in zip(ours, losses)]
    print(f"{len(losses)} losses, {losses[0]:.6f} .. {losses[-1]:.6f}")
    first = check(f"largest relative difference of the first {FIRST} losses", max(differences[:FIRST]), FIRST_LIMIT)
    later = check(f"largest relative difference of the first {LATER} losses", max(differences[:LATER]), LATER_LIMIT)
    print(f"largest relative difference of all losses: {max(differences):.3g}")
    return first and later


def compare_statistics(tensors, model):
    excess, largest = -np.inf, {"running_mean": 0.0, "running_var": 0.0}
    for name, expected in model.named_buffers():
        kind = name.split(".")[-1]
        if kind in largest:
            difference = (tensors[name].double() - expected).abs()
            excess = max(excess, (difference - 1e-4 - 1e-3 * expected.abs()).max().item())
            largest[kind] = max(largest[kind], difference.max().item())
        elif tensors[name] != expected:
            print(f"{name} is {tensors[name].item()}, not {expected.item()}")
            return False
    for kind, value in largest.items():
        print(f"largest difference of {kind}: {value:.3g}")
    return check("largest excess of running statistics over 1e-4 + 1e-3 |value|", excess, 0.0)


def compare_model(tensors, trained, arguments):
    single = network()
    single.load_state_dict(tensors, strict=True)
    print("model.safetensors: load_state_dict(strict=True) took it")
    same_weights = network().double()
    same_weights.load_state_dict(tensors, strict=True)
    pixels, labels = read_examples(arguments.data, "t10k")
    with torch.no_grad():
        logits = single.eval()(pixels)
        exact = same_weights.eval()(pixels.double())
        reference = trained.eval()(pixels.double())
    loss = cross_entropy(exact, labels).item()
    correct = int((logits.argmax(1) == labels).sum())
    last = read_lines(Path(arguments.run) / "evaluations.jsonl")[-1]
    print(f"t10k in inference mode: top-1 {correct / len(labels):.4f} in PyTorch, {last['top1']:.4f} in the run;")
    print(f"  loss {loss:.8f} in PyTorch, {last['loss']:.8f} in the run")
    print(f"largest difference of float32 outputs from float64 with the same weights: {(logits - exact).abs().max():.3g}")
    print(f"largest difference of float32 outputs from the network trained in float64: {(logits - reference).abs().max():.3g}")
    top1 = check("examples by which top-1 differs", abs(correct - round(last["top1"] * len(labels))), TOP1_LIMIT_EXAMPLES)
    same_loss = check("relative difference of the evaluation's loss", abs(last["loss"] - loss) / loss, EVALUATION_LOSS_LIMIT)
    return top1 and same_loss


def compare(arguments):
    run = read_lines(Path(arguments.run) / "steps.jsonl")
    trained, losses = train(arguments, len(run))
    tensors = read_safetensors(Path(arguments.run) / "model.safetensors")
    # All are printed, whichever fails.
    return all([compare_losses(run, losses), compare_statistics(tensors, trained), compare_model(tensors, trained, arguments)])


if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.exit(main("Parity of a run with PyTorch in float64.", init, compare, "folder with the IDX files", 0.1, 60))
