"""Writes src/test/resources/reference/optimizers.safetensors: the weights that PyTorch's optimizers reach with ten gradients, in
float64.

    python3 src/test/python/optimizer_vectors.py

Needs torch and numpy; takes no arguments. Six weights, on which weight decay of 0.1 acts, and nine values after them, on which
it does not (those of OptimizerFixture.java's network). The rate of step t is 0.05 / t. The file holds

    weights [15], gradients [10, 15]    the values before the first step, and the gradients
    NAME [10, 15]                       the values after each step of an optimizer
    average [10, 15]                    those of sgd, as AveragedModel averages them with decay 0.9
"""

import torch
from reference_vectors import FOLDER, write_safetensors
from torch.optim.swa_utils import AveragedModel, get_ema_avg_fn

STEPS, WEIGHTS, OTHERS, RATE, DECAY = 10, 6, 9, 0.05, 0.1
OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {}),
    "adamw": (torch.optim.AdamW, {}),
    "adamw-others": (torch.optim.AdamW, {"betas": (0.5, 0.9), "eps": 0.1}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "rmsprop-centered": (torch.optim.RMSprop, {"alpha": 0.9, "eps": 1e-3, "centered": True}),
    "rmsprop-momentum": (torch.optim.RMSprop, {"momentum": 0.9, "centered": True, "eps": 1e-3}),
}


class Values(torch.nn.Module):
    def __init__(self, values):
        super().__init__()
        self.weights = torch.nn.Parameter(values[:WEIGHTS].clone())
        self.others = torch.nn.Parameter(values[WEIGHTS:].clone())

    def joined(self):
        return torch.cat([self.weights, self.others]).detach()


def run(name, values, gradients):
    make, settings = OPTIMIZERS[name]
    model = Values(values)
    averaged = AveragedModel(model, avg_fn=get_ema_avg_fn(0.9))
    groups = [
        {"params": [model.weights], "weight_decay": DECAY},
        {"params": [model.others], "weight_decay": 0},
    ]
    optimizer = make(groups, lr=RATE, **settings)
    after, averages = [], []
    for step, gradient in enumerate(gradients, start=1):
        for group in optimizer.param_groups:
            group["lr"] = RATE / step
        model.weights.grad, model.others.grad = gradient[:WEIGHTS].clone(), gradient[WEIGHTS:].clone()
        optimizer.step()
        averaged.update_parameters(model)
        after.append(model.joined())
        averages.append(averaged.module.joined())
    return torch.stack(after), torch.stack(averages)


def main():
    generator = torch.Generator().manual_seed(1)
    values = torch.randn(WEIGHTS + OTHERS, generator=generator).double()
    gradients = torch.randn(STEPS, WEIGHTS + OTHERS, generator=generator).double()
    tensors = {"weights": values, "gradients": gradients}
    for name in OPTIMIZERS:
        tensors[name], averages = run(name, values, gradients)
        if name == "sgd":
            tensors["average"] = averages
    write_safetensors(FOLDER / "optimizers.safetensors", tensors)


if __name__ == "__main__":
    main()
