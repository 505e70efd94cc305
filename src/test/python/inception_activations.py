"""Shows how fast the small BN-Inception of conf/small learns in PyTorch with ReLU and with the sigmoid.

    python3 src/test/python/inception_activations.py FOLDER

Needs torch and pillow. FOLDER has a folder of images for each class. Prints the accuracy in training after each 100 of 400
steps at BN-x5's rate and schedule; images of 64 x 64, mirrored with probability 1/2, no other distortion.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from convolution_networks import BnInception
from PIL import Image
from torch import nn

SIZE, BATCH, STEPS, EVERY = 64, 32, 400, 100
RATE, FACTOR, FACTOR_STEPS, MOMENTUM, WEIGHT_DECAY = 0.0075, 0.96, 20, 0.9, 4e-5


def load(folder):
    images, labels = [], []
    classes = sorted(path for path in Path(folder).iterdir() if path.is_dir())
    for label, path in enumerate(classes):
        for file in sorted(path.iterdir()):
            image = Image.open(file).convert("RGB").resize((SIZE, SIZE), Image.BILINEAR)
            images.append(np.asarray(image))
            labels.append(label)
    pixels = torch.tensor(np.stack(images)).permute(0, 3, 1, 2).float()
    return (pixels / 255 - 0.5) / 0.25, torch.tensor(labels), len(classes)


def network(activation, classes):
    torch.manual_seed(1)
    net = BnInception(3, 0.25, classes, 96)
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            if activation == "sigmoid":
                nn.init.xavier_normal_(module.weight)
            else:
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    if activation == "sigmoid":
        net.relu = nn.Sigmoid()
    return net.to(memory_format=torch.channels_last).train()


def train(activation, images, labels, classes):
    net = network(activation, classes)
    optimizer = torch.optim.SGD(net.parameters(), RATE, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
    steps_an_epoch = len(images) // BATCH
    right = 0
    for step in range(STEPS):
        if step % steps_an_epoch == 0:
            order = torch.randperm(len(images))
        chosen = order[step % steps_an_epoch * BATCH :][:BATCH]
        batch = images[chosen]
        mirrored = torch.rand(BATCH) < 0.5
        batch[mirrored] = batch[mirrored].flip(3)
        for group in optimizer.param_groups:
            group["lr"] = RATE * FACTOR ** (step / FACTOR_STEPS)
        logits = net(batch.to(memory_format=torch.channels_last))
        optimizer.zero_grad()
        nn.functional.cross_entropy(logits, labels[chosen]).backward()
        optimizer.step()
        right += (logits.argmax(1) == labels[chosen]).sum().item()
        if (step + 1) % EVERY == 0:
            print(f"{activation:8} step {step + 1}: {right / (EVERY * BATCH):.3f}", flush=True)
            right = 0


def main():
    torch.set_num_threads(1)
    images, labels, classes = load(sys.argv[1])
    for activation in ("relu", "sigmoid"):
        train(activation, images, labels, classes)


if __name__ == "__main__":
    main()
