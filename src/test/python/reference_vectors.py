"""Writes src/test/resources/reference/*.safetensors: what PyTorch computes, in float64, of small networks.

    python3 src/test/python/reference_vectors.py

Needs torch and numpy. Takes no arguments; the seeds are fixed, so a second run writes the same bytes wherever PyTorch
rounds alike. Every number that goes into a computation is a float32 (weights, inputs), every result is computed in
float64 and rounded once, when it is written.

Each file, for N = 11 examples of 12 values and 4 classes, holds

    inputs [10, N, 12], labels [10, N]    ten batches, labels as int64
    initial.NAME                          weights and running statistics before the first step
    logits [N, 4]                         of the first batch in training mode, at the initial weights
    gradient.NAME, gradient.inputs        of the mean loss of the first batch
    losses [10]                           each before its update, without weight decay
    final.NAME                            weights and running statistics after the ten updates
    evaluation [2]                        of the final state in inference mode on all 110 examples: mean loss, top-1

NAME is a name of the model's own file (fc1.weight, bn1.running_mean, ...). ReferenceVectorsTest.java reads the files
and holds the same settings as a configuration. convolution_vectors.py does the same for networks of convolutions.
"""

import json
import struct
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "reference"
BATCHES, EXAMPLES, INPUTS, HIDDEN, CLASSES = 10, 11, 12, (7, 5), 4
DTYPES = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}
ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


def write_safetensors(path, tensors):
    """Writes floating-point tensors as F32 and the others as I64, in the order given."""
    header, data = OrderedDict(), b""
    for name, tensor in tensors.items():
        kind = "F32" if tensor.is_floating_point() else "I64"
        values = tensor.detach().numpy().astype(DTYPES[kind]).tobytes()
        header[name] = {
            "dtype": kind,
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(values)],
        }
        data += values
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    """Tensors by name, float32 and int64, in the order of the file."""
    content = Path(path).read_bytes()
    begin = 8 + struct.unpack("<Q", content[:8])[0]
    tensors = OrderedDict()
    for name, entry in json.loads(content[8:begin]).items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            values = np.frombuffer(content[begin + first : begin + last], DTYPES[entry["dtype"]])
            tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors


class Mlp(nn.Module):
    """fc1 .. fcN with norms bn1 .. bnN before or after the activation, then fc(N+1); float32 until told otherwise."""

    def __init__(self, widths, activation, norm, bias_everywhere=False, epsilon=1e-5, momentum=0.1):
        super().__init__()
        self.layers = []
        for number, (before, behind) in enumerate(zip(widths[:-2], widths[1:-1]), start=1):
            linear = nn.Linear(before, behind, bias=bias_everywhere or norm != "before")
            steps = {"fc": linear, "activation": ACTIVATIONS[activation]()}
            if norm != "none":
                steps["bn"] = nn.BatchNorm1d(behind, eps=epsilon, momentum=momentum)
            order = {"before": ["fc", "bn", "activation"], "after": ["fc", "activation", "bn"], "none": ["fc", "activation"]}
            for kind in order[norm]:
                if kind != "activation":
                    self.add_module(f"{kind}{number}", steps[kind])
                self.layers.append(steps[kind])
        last = nn.Linear(widths[-2], widths[-1])
        self.add_module(f"fc{len(widths) - 1}", last)
        self.layers.append(last)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def linear_weights_and_others(model):
    """Weight decay acts on the weights of linear layers only."""
    weights = [layer.weight for layer in model.layers if isinstance(layer, nn.Linear)]
    others = [p for p in model.parameters() if not any(p is weight for weight in weights)]
    return weights, others


def fill(model, generator):
    """Float32 values at which nothing is special: no scale is 1, no shift and no bias 0."""
    for name, parameter in model.named_parameters():
        values = torch.randn(parameter.shape, generator=generator, dtype=torch.float32)
        if parameter.dim() > 1:
            values *= (2.0 / parameter[0].numel()) ** 0.5
        else:
            is_scale = name.endswith("weight")
            values = 0.2 * values + (1.0 if is_scale else 0.0)
        parameter.data = values
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.copy_(0.3 * torch.randn(buffer.shape, generator=generator))
        elif name.endswith("running_var"):
            buffer.copy_(0.5 + torch.rand(buffer.shape, generator=generator))


def batches(generator):
    """Inputs that lie off zero, with labels that a network can learn in part: otherwise the loss hardly moves."""
    labels = torch.randint(CLASSES, (BATCHES, EXAMPLES), generator=generator)
    centres = torch.randn(CLASSES, INPUTS, generator=generator)
    inputs = 0.5 + centres[labels] + torch.randn(BATCHES, EXAMPLES, INPUTS, generator=generator)
    return inputs, labels


def reference(seed, model, make_optimizer):
    generator = torch.Generator().manual_seed(seed)
    fill(model, generator)
    inputs, labels = batches(generator)
    results = train(model, lambda: make_optimizer(*linear_weights_and_others(model)), inputs, labels)
    return OrderedDict(inputs=inputs, labels=labels) | results


def train(model, make_optimizer, inputs, labels):
    """Ten updates, a batch [N, ...] of the inputs each; all tensors of a file but inputs and labels."""
    tensors = OrderedDict()
    tensors.update((f"initial.{name}", value.clone()) for name, value in model.state_dict().items())
    model.double().train()
    optimizer = make_optimizer()
    losses = []
    for batch in range(len(inputs)):
        x = inputs[batch].double().requires_grad_()
        optimizer.zero_grad()
        logits = model(x)
        loss = cross_entropy(logits, labels[batch])
        loss.backward()
        if batch == 0:
            tensors["logits"] = logits.detach().clone()
            tensors.update((f"gradient.{name}", p.grad.clone()) for name, p in model.named_parameters())
            if x.grad is not None:
                tensors["gradient.inputs"] = x.grad.clone()
        losses.append(loss.detach())
        optimizer.step()
    tensors["losses"] = torch.stack(losses)
    tensors.update((f"final.{name}", value.clone()) for name, value in model.state_dict().items())
    model.eval()
    logits, all_labels = model(inputs.double().flatten(0, 1)), labels.flatten()
    top1 = (logits.argmax(1) == all_labels).double().mean()
    tensors["evaluation"] = torch.stack([cross_entropy(logits, all_labels).detach(), top1])
    return tensors


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    widths = [INPUTS, *HIDDEN, CLASSES]

    def nesterov(weights, others):
        return torch.optim.SGD(weights + others, lr=0.1, momentum=0.9, nesterov=True)

    def adam(weights, others):
        groups = [{"params": weights, "weight_decay": 0.01}, {"params": others}]
        return torch.optim.Adam(groups, lr=0.02)

    def plain(weights, others):
        return torch.optim.SGD(weights + others, lr=0.2)

    files = {
        "mlp-sigmoid-before": reference(1, Mlp(widths, "sigmoid", "before"), nesterov),
        # Keras' decay and epsilon of the norm.
        "mlp-relu-after": reference(2, Mlp(widths, "relu", "after", True, epsilon=1e-3, momentum=0.01), adam),
        "mlp-tanh-none": reference(3, Mlp(widths, "tanh", "none"), plain),
    }
    for name, tensors in files.items():
        path = FOLDER / f"{name}.safetensors"
        write_safetensors(path, tensors)
        print(f"{path.name}: {path.stat().st_size} bytes, losses {tensors['losses'][0]:.4f} .. {tensors['losses'][-1]:.4f}")


if __name__ == "__main__":
    main()
