"""Writes what PyTorch computes, in float64, of narrow convolutional networks and of bottleneck blocks.

    python3 src/test/python/convolution_vectors.py

Beside reference_vectors.py, in its manner and with its tensors, into the same folder. ConvolutionVectorsTest.java and
BottleneckVectorsTest.java read the files and hold the same settings.

A network's file differs in its inputs: images [M, H, W, C], as Sparknorm has them, and labels [M]. The ten
batches go round: example i of all is image i mod M. Images are not square, so that no height passes for a width.
There is no gradient.inputs, for no network computes it.

A block's file holds x, dy and y [N, H, W, C] in training mode, initial.NAME, the gradients of Σ dy·y as gradient.x and
gradient.NAME, and the running statistics after it as final.NAME.

Where an input of a ReLU is nearly 0, or the two largest under a window of a max pool are nearly equal, float32 and
float64 may decide differently, and a whole gradient differs. So seeds are tried until in the first batch no such
decision is closer than MARGIN, and no parameter's gradient is nearly 0, which would hide errors. The margin of later
batches is printed; there a decision changes an update by the learning rate times one pixel's gradient.
"""

import itertools
import math
from collections import OrderedDict

import torch
from torch import nn
from torch.nn.functional import pad, unfold

from convolution_networks import BnInception, Bottleneck, Cnn, ResNet20, ResNet50
from reference_vectors import BATCHES, CLASSES, FOLDER, fill, train, write_safetensors

EXAMPLES = 7
MARGIN = 1e-5
SMALLEST_GRADIENT = 1e-3
SHIFT = 0.8


class Margin:
    """The closest decision that ReLUs and max pools of a model made: of all forward passes, and of the first."""

    def __init__(self, model):
        self.passes = []
        model.register_forward_pre_hook(lambda module, inputs: self.passes.append(math.inf))
        for module in model.modules():
            if isinstance(module, nn.ReLU):
                module.register_forward_hook(lambda module, inputs, output: self.note(inputs[0].abs()))
            elif isinstance(module, nn.MaxPool2d):
                module.register_forward_hook(lambda module, inputs, output: self.note(self.gaps(module, inputs[0])))

    def note(self, distances):
        self.passes[-1] = min(self.passes[-1], distances.min().item())

    @staticmethod
    def gaps(pool, x):
        """Equals are no risk: they are what a ReLU makes of different values, and let no gradient through it."""
        beyond = pool.kernel_size
        edges = (pool.padding, pool.padding + beyond) * 2
        windows = unfold(pad(x.flatten(0, 1).unsqueeze(1), edges, value=-1e9), pool.kernel_size, stride=pool.stride)
        first, second = windows.topk(2, dim=1).values.unbind(1)
        return (first - second)[first > second]


class Images(nn.Module):
    """The network on images [N, H, W, C]. The names of its tensors stay the network's."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x.permute(0, 3, 1, 2))

    def state_dict(self, *args, **kwargs):
        return self.network.state_dict(*args, **kwargs)

    def named_parameters(self, *args, **kwargs):
        return self.network.named_parameters(*args, **kwargs)


def images(generator, count, shape):
    """Images that lie off zero, those of a class about a common one, so that the loss falls."""
    labels = torch.randint(CLASSES, (count,), generator=generator)
    centres = torch.randn(CLASSES, *shape, generator=generator)
    return 0.5 + 0.5 * centres[labels] + torch.randn(count, *shape, generator=generator), labels


def enliven(network):
    """Shifts the inputs of ReLUs so that few are dead for most of a batch.

    What is dead but for a few pixels hardly varies; the norm after it divides it, and the rounding errors in it, by its
    small deviation, and after some dozens of norms PyTorch's own float32 has lost its float64: losses differ by a tenth.
    """
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            parameter.data += SHIFT


def smallest_gradient(tensors):
    """The largest value of that parameter's gradient where it is smallest."""
    return min(tensor.abs().max().item() for name, tensor in tensors.items() if name.startswith("gradient."))


def network_vectors(make_network, shape, count, rate):
    """As many images of the shape [H, W, C] as given."""
    for seed in itertools.count(1):
        generator = torch.Generator().manual_seed(seed)
        network = make_network()
        fill(network, generator)
        enliven(network)
        inputs, labels = images(generator, count, shape)
        order = (torch.arange(BATCHES * EXAMPLES) % count).reshape(BATCHES, EXAMPLES)
        margin = Margin(network)
        optimizer = torch.optim.SGD(network.parameters(), lr=rate, momentum=0.9)
        results = train(Images(network), lambda: optimizer, inputs[order], labels[order])
        del results["gradient.inputs"]
        if margin.passes[0] > MARGIN and smallest_gradient(results) > SMALLEST_GRADIENT:
            break
    losses = results["losses"]
    later = min(margin.passes[1:BATCHES])
    print(f"seed {seed}, losses {losses[0]:.4f} .. {losses[-1]:.4f}, margin {margin.passes[0]:.1e}, later {later:.1e}")
    return OrderedDict(inputs=inputs, labels=labels) | results


def block_vectors(make_block, count, shape):
    """As many images of the shape [H, W, C] as given."""
    for seed in itertools.count(1):
        generator = torch.Generator().manual_seed(seed)
        block = make_block()
        fill(block, generator)
        tensors = OrderedDict((f"initial.{name}", value.clone()) for name, value in block.state_dict().items())
        block.double().train()
        margin = Margin(block)
        x = (0.5 + torch.randn(count, *shape, generator=generator)).double().requires_grad_()
        y = Images(block)(x).permute(0, 2, 3, 1)
        if margin.passes[0] > MARGIN:
            break
    dy = torch.randn(y.shape, generator=generator)
    (dy.double() * y).sum().backward()
    tensors.update(x=x, dy=dy, y=y.contiguous())
    tensors["gradient.x"] = x.grad
    tensors.update((f"gradient.{name}", parameter.grad) for name, parameter in block.named_parameters())
    tensors.update((f"final.{name}", value) for name, value in block.state_dict().items() if "running" in name)
    print(f"seed {seed}, margin {margin.passes[0]:.1e}")
    return tensors


def main():
    torch.set_num_threads(1)
    colours = 3
    small, large, grey = (16, 12, colours), (64, 32, colours), (64, 32, 1)
    # 3/64 of 96, 160, 224 and 352 channels lie between two whole numbers: these are rounded up.
    halves, narrow = 3 / 64, 1 / 32
    files = {
        "cnn": lambda: network_vectors(lambda: Cnn(24, 20, CLASSES), (24, 20, 1), 8, 0.0003),
        "resnet20": lambda: network_vectors(lambda: ResNet20(0.25, CLASSES), small, 8, 0.005),
        "resnet50": lambda: network_vectors(lambda: ResNet50(narrow, CLASSES), large, 8, 0.0005),
        "bn-inception-96": lambda: network_vectors(lambda: BnInception(1, halves, CLASSES, 96), grey, 8, 0.002),
        "bn-inception-128": lambda: network_vectors(lambda: BnInception(1, narrow, CLASSES, 128), grey, 8, 0.002),
        "inception": lambda: network_vectors(lambda: BnInception(1, narrow, CLASSES, 96, norm=False), grey, 8, 0.02),
        "bottleneck": lambda: block_vectors(lambda: Bottleneck(16, 8, 2), 3, (8, 7, 16)),
        "bottleneck-32": lambda: block_vectors(lambda: Bottleneck(16, 32, 1), 2, (8, 7, 16)),
    }
    for name, make in files.items():
        path = FOLDER / f"{name}.safetensors"
        print(path.name, end=": ", flush=True)
        write_safetensors(path, make())
        print(f"  {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
