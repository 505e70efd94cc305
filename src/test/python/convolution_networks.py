"""Sparknorm's convolutional networks as PyTorch modules, under the same names. Images are [N, C, H, W] here.

A width scales all channels but those of the images and the classes.
"""

import math

import torch
from torch import nn


def scaled(channels, width):
    """As Sparknorm rounds: half a channel makes a whole one. Python's round would go to the even number."""
    return max(1, math.floor(channels * width + 0.5))


def square(channels, filters, stride=1):
    return nn.Conv2d(channels, filters, 3, stride, padding=1, bias=False)


def point(channels, filters, stride=1):
    return nn.Conv2d(channels, filters, 1, stride, bias=False)


class Cnn(nn.Module):
    """The network of a Keras example: unpadded convolutions with biases, and norms after the activations."""

    def __init__(self, height, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.bn1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.bn2 = nn.BatchNorm2d(64)
        pixels = [((size - 2) // 2 - 2) // 2 for size in (height, width)]
        self.fc1 = nn.Linear(64 * pixels[0] * pixels[1], 64)
        self.bn3 = nn.BatchNorm1d(64)
        self.fc2 = nn.Linear(64, classes)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        x = self.pool(self.bn1(self.relu(self.conv1(x))))
        x = self.pool(self.bn2(self.relu(self.conv2(x))))
        x = self.bn3(self.relu(self.fc1(x.flatten(1))))
        return self.fc2(x)


def projection(channels, filters, stride):
    """The shortcut of a block, None where x itself will do."""
    if stride == 1 and channels == filters:
        return None
    return nn.Sequential(point(channels, filters, stride), nn.BatchNorm2d(filters))


class BasicBlock(nn.Module):
    EXPANSION = 1

    def __init__(self, channels, inner, stride):
        super().__init__()
        self.conv1, self.bn1 = square(channels, inner, stride), nn.BatchNorm2d(inner)
        self.conv2, self.bn2 = square(inner, inner), nn.BatchNorm2d(inner)
        self.downsample = projection(channels, inner, stride)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    EXPANSION = 4

    def __init__(self, channels, inner, stride):
        super().__init__()
        self.conv1, self.bn1 = point(channels, inner), nn.BatchNorm2d(inner)
        self.conv2, self.bn2 = square(inner, inner, stride), nn.BatchNorm2d(inner)
        self.conv3, self.bn3 = point(inner, 4 * inner), nn.BatchNorm2d(4 * inner)
        self.downsample = projection(channels, 4 * inner, stride)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """Stages of blocks; each stage but the first begins with stride 2."""

    def __init__(self, stem, channels, block, stages, classes):
        super().__init__()
        self.conv1, self.bn1 = stem, nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.Identity()
        self.stages = []
        for number, (inner, count) in enumerate(stages, start=1):
            stage = nn.Sequential()
            for index in range(count):
                stage.append(block(channels, inner, 2 if number > 1 and index == 0 else 1))
                channels = block.EXPANSION * inner
            self.add_module(f"layer{number}", stage)
            self.stages.append(stage)
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.pool(self.relu(self.bn1(self.conv1(x))))
        for stage in self.stages:
            x = stage(x)
        return self.fc(x.mean((2, 3)))


class ResNet20(ResNet):
    def __init__(self, width, classes):
        inner = [scaled(channels, width) for channels in (16, 32, 64)]
        super().__init__(square(3, inner[0]), inner[0], BasicBlock, [(channels, 3) for channels in inner], classes)


class ResNet50(ResNet):
    def __init__(self, width, classes):
        inner = [scaled(channels, width) for channels in (64, 128, 256, 512)]
        stem = nn.Conv2d(3, inner[0], 7, 2, padding=3, bias=False)
        super().__init__(stem, inner[0], Bottleneck, list(zip(inner, (3, 4, 6, 3))), classes)
        self.pool = nn.MaxPool2d(3, 2, padding=1)


class BnInception(nn.Module):
    """Ioffe and Szegedy 2015, figure 5; without norm, convolutions with biases."""

    # Stride, 1x1, 3x3 reduce, 3x3, double 3x3 reduce, double 3x3, pool, projection (None is the argument's).
    MODULES = {
        "3a": (1, 64, 64, 64, 64, 96, "average", 32),
        "3b": (1, 64, 64, 96, 64, 96, "average", 64),
        "3c": (2, 0, 128, 160, 64, 96, "max", 0),
        "4a": (1, 224, 64, 96, 96, 128, "average", 128),
        "4b": (1, 192, 96, 128, 96, 128, "average", 128),
        "4c": (1, 160, 128, 160, 128, 160, "average", None),
        "4d": (1, 96, 128, 192, 160, 192, "average", None),
        "4e": (2, 0, 128, 192, 192, 256, "max", 0),
        "5a": (1, 352, 192, 320, 160, 224, "average", 128),
        "5b": (1, 352, 192, 320, 192, 224, "max", 128),
    }

    def __init__(self, colours, width, classes, projection, norm=True):
        super().__init__()
        self.width, self.norm = width, norm
        self.relu = nn.ReLU(inplace=True)
        self.halving = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.pools = nn.ModuleDict({"average": nn.AvgPool2d(3, 1, padding=1), "max": nn.MaxPool2d(3, 1, padding=1)})
        channels = self.add("conv1_7x7_s2", colours, 64, 7, 2)
        channels = self.add("conv2_3x3_reduce", channels, 64, 1)
        channels = self.add("conv2_3x3", channels, 192, 3)
        for name, (stride, *filters, _, behind_pool) in self.MODULES.items():
            channels = self.add_branches(f"inception_{name}_", channels, stride, filters, behind_pool, projection)
        self.last_linear = nn.Linear(channels, classes)

    def add(self, name, channels, filters, size, stride=1):
        """A convolution and its norm; returns its channels."""
        filters = scaled(filters, self.width)
        self.add_module(name, nn.Conv2d(channels, filters, size, stride, padding=size // 2, bias=not self.norm))
        if self.norm:
            self.add_module(name + "_bn", nn.BatchNorm2d(filters))
        return filters

    def add_branches(self, name, channels, stride, filters, behind_pool, projection):
        """The branches of a module; returns their channels."""
        first, reduce, square_filters, double_reduce, double = filters
        total = self.add(name + "1x1", channels, first, 1) if first else 0
        inner = self.add(name + "3x3_reduce", channels, reduce, 1)
        total += self.add(name + "3x3", inner, square_filters, 3, stride)
        inner = self.add(name + "double_3x3_reduce", channels, double_reduce, 1)
        inner = self.add(name + "double_3x3_1", inner, double, 3)
        total += self.add(name + "double_3x3_2", inner, double, 3, stride)
        if behind_pool == 0:
            return total + channels
        return total + self.add(name + "pool_proj", channels, behind_pool or projection, 1)

    def run(self, x, *names):
        for name in names:
            x = getattr(self, name)(x)
            x = self.relu(getattr(self, name + "_bn")(x) if self.norm else x)
        return x

    def forward(self, x):
        x = self.halving(self.run(x, "conv1_7x7_s2"))
        x = self.halving(self.run(x, "conv2_3x3_reduce", "conv2_3x3"))
        for module, (stride, *_, pool, _) in self.MODULES.items():
            name = f"inception_{module}_"
            doubles = [name + "double_3x3_reduce", name + "double_3x3_1", name + "double_3x3_2"]
            branches = [self.run(x, name + "3x3_reduce", name + "3x3"), self.run(x, *doubles)]
            if stride == 1:
                branches.insert(0, self.run(x, name + "1x1"))
                branches.append(self.run(self.pools[pool](x), name + "pool_proj"))
            else:
                branches.append(self.halving(x))
            x = torch.cat(branches, dim=1)
        return self.last_linear(x.mean((2, 3)))
