"""Writes what PyTorch computes, in float64, of every norm and of transformers.

    python3 src/test/python/norm_vectors.py

Beside reference_vectors.py, in its manner and with its tensors, into the same folder. NormVectorsTest.java and
TransformerVectorsTest.java read the files and hold the same settings.

A norm's file, norm-NAME, holds x, dy and y ([N, C], [N, T, C] or [N, H, W, C], as Sparknorm has them) in training mode,
initial.norm.TENSOR, the gradients of sum(dy * y) as gradient.x and gradient.norm.TENSOR, and the running statistics after
it as final.norm.TENSOR. In those whose name begins with "masked", x are tokens [N, T], 0 for padding, embedded by
embed.weight; there is no gradient.x.

A transformer's file is one of reference_vectors.py; texts are tokens [N, T].
"""

from collections import OrderedDict

import torch
from torch import nn

from reference_vectors import BATCHES, CLASSES, FOLDER, fill, train, write_safetensors

EXAMPLES = 7
TOKENS = 256


class SwitchableNorm(nn.Module):
    """Luo et al. 2018, equations 2 to 5, on [N, C, ...]: biased variances, a softmax over each set of weights.

    Without positions there is no instance. Running values as PyTorch's BatchNorm has them. `lengths`, where given, says how
    many positions of each example count.
    """

    def __init__(self, channels, kinds=3, epsilon=1e-5, momentum=0.1):
        super().__init__()
        self.epsilon, self.momentum, self.kinds = epsilon, momentum, kinds
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.mean_weight = nn.Parameter(torch.ones(kinds))
        self.var_weight = nn.Parameter(torch.ones(kinds))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x, lengths=None):
        n, c = x.shape[:2]
        positions = x.reshape(n, c, -1)
        if lengths is None:
            lengths = [positions.shape[2]] * n
        examples = [positions[i, :, :length] for i, length in enumerate(lengths)]

        def mean_and_variance(values, dim):
            mean = values.mean(dim, keepdim=True)
            return mean, ((values - mean) ** 2).mean(dim, keepdim=True)

        batch_mean, batch_variance = mean_and_variance(torch.cat(examples, 1), 1)
        with torch.no_grad():
            m = sum(lengths)
            for running, value in ((self.running_mean, batch_mean), (self.running_var, batch_variance * m / (m - 1))):
                running.mul_(1 - self.momentum).add_(self.momentum * value.flatten())
        w, v = self.mean_weight.softmax(0), self.var_weight.softmax(0)
        result = torch.zeros_like(positions)
        for i, values in enumerate(examples):
            kinds = [mean_and_variance(values, (0, 1)), (batch_mean, batch_variance)]
            if self.kinds == 3:
                kinds.insert(0, mean_and_variance(values, 1))
            mean = sum(w[k] * kinds[k][0] for k in range(self.kinds))
            variance = sum(v[k] * kinds[k][1] for k in range(self.kinds))
            normal = (values - mean) / (variance + self.epsilon).sqrt()
            result[i, :, : lengths[i]] = self.weight[:, None] * normal + self.bias[:, None]
        return result.reshape(x.shape)


class PerActivation(nn.Module):
    """BatchNorm1d over all values of an image."""

    def __init__(self, values):
        super().__init__()
        self.bn = nn.BatchNorm1d(values)

    def forward(self, x):
        return self.bn(x.flatten(1)).reshape(x.shape)

    def state_dict(self, *args, **kwargs):
        return self.bn.state_dict(*args, **kwargs)


class ChannelsLast(nn.Module):
    """A norm of [N, C, ...] on [N, ..., C]."""

    def __init__(self, norm):
        super().__init__()
        self.norm = norm

    def forward(self, x):
        last = x.dim() - 1
        y = self.norm(x.permute(0, last, *range(1, last)))
        return y.permute(0, *range(2, last + 1), 1)


class LastAxis(nn.Module):
    """A norm of [..., C] as it is."""

    def __init__(self, norm):
        super().__init__()
        self.norm = norm

    def forward(self, x):
        return self.norm(x)


class Masked(nn.Module):
    """Tokens, embedded and normalized; padding is 0 and takes no part."""

    def __init__(self, norm):
        super().__init__()
        self.embed = nn.Embedding(TOKENS, 6)
        self.norm = norm

    def forward(self, tokens):
        x, mask = self.embed(tokens.long()), tokens > 0
        return masked(self.norm, x * mask[:, :, None], mask)


def masked(norm, x, mask):
    """The norm of what the mask leaves of [N, T, C]; 0 elsewhere."""
    y = torch.zeros_like(x)
    if isinstance(norm, nn.BatchNorm1d):
        y[mask] = norm(x[mask])
        return y
    if isinstance(norm, nn.LayerNorm):
        return norm(x) * mask[:, :, None]
    lengths = mask.sum(1).tolist()
    if isinstance(norm, SwitchableNorm):
        return norm(x.transpose(1, 2), lengths).transpose(1, 2)
    for i, length in enumerate(lengths):
        y[i, :length] = norm(x[i : i + 1, :length].transpose(1, 2)).transpose(1, 2)[0]
    return y


def tokens(generator, *shape):
    """Texts of 2 to T tokens, T at least once."""
    values = torch.randint(1, TOKENS, shape, generator=generator)
    lengths = torch.randint(2, shape[-1] + 1, shape[:-1], generator=generator)
    lengths.view(-1)[0] = shape[-1]
    return (values * (torch.arange(shape[-1]) < lengths[..., None])).float()


class TransformerBlock(nn.Module):
    """As the example this began from has it, but for batch_first and a mask: its attention went over the examples."""

    def __init__(self, embed_dim, num_heads, make_norm):
        super().__init__()
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm1 = make_norm(embed_dim)
        self.norm2 = make_norm(embed_dim)
        self.ff = nn.Sequential(nn.Linear(embed_dim, 4 * embed_dim), nn.ReLU(), nn.Linear(4 * embed_dim, embed_dim))

    def forward(self, x, mask):
        x = x + self.attention(x, x, x, key_padding_mask=~mask, need_weights=False)[0]
        x = masked(self.norm1, x, mask)
        x = x + self.ff(x)
        return masked(self.norm2, x, mask)


class Transformer(nn.Module):
    """Texts of tokens [N, T] without patches; images [N, H, W, C] with."""

    def __init__(self, positions, make_norm=nn.BatchNorm1d, patch=None, channels=1, embed_dim=8, blocks=2):
        super().__init__()
        self.embed = nn.Conv2d(channels, embed_dim, patch, stride=patch) if patch else nn.Embedding(TOKENS, embed_dim)
        self.position = nn.Parameter(torch.zeros(positions, embed_dim))
        self.blocks = nn.ModuleList(TransformerBlock(embed_dim, 2, make_norm) for _ in range(blocks))
        self.fc = nn.Linear(embed_dim, CLASSES)

    def forward(self, x):
        if isinstance(self.embed, nn.Conv2d):
            x = self.embed(x.permute(0, 3, 1, 2)).flatten(2).transpose(1, 2)
            mask = torch.ones(x.shape[:2], dtype=torch.bool)
        else:
            mask = x > 0
            x = self.embed(x.long()) * mask[:, :, None]
        x = x + self.position
        for block in self.blocks:
            x = block(x, mask)
        mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return self.fc(mean)


def names_of(state):
    return OrderedDict((name.replace("norm.bn.", "norm."), value) for name, value in state.items())


def norm_vectors(network, inputs):
    """`inputs` makes them of a generator."""
    generator = torch.Generator().manual_seed(1)
    fill(network, generator)
    tensors = OrderedDict()
    tensors.update((f"initial.{name}", value.clone()) for name, value in names_of(network.state_dict()).items())
    network.double().train()
    x = inputs(generator).double().requires_grad_()
    y = network(x)
    dy = torch.randn(y.shape, generator=generator)
    (dy.double() * y).sum().backward()
    tensors.update(x=x, dy=dy, y=y.contiguous())
    if x.grad is not None:
        tensors["gradient.x"] = x.grad
    gradients = OrderedDict((name, parameter.grad) for name, parameter in network.named_parameters())
    tensors.update((f"gradient.{name}", gradient) for name, gradient in names_of(gradients).items())
    state = names_of(network.state_dict())
    tensors.update((f"final.{name}", value) for name, value in state.items() if "running" in name)
    return tensors


def transformer_vectors(seed, network, inputs):
    generator = torch.Generator().manual_seed(seed)
    fill(network, generator)
    x = inputs(generator)
    labels = torch.randint(CLASSES, (BATCHES, EXAMPLES), generator=generator)
    results = train(network, lambda: torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9), x, labels)
    print(f"losses {results['losses'][0]:.4f} .. {results['losses'][-1]:.4f}", end=" ")
    return OrderedDict(inputs=x, labels=labels) | results


def main():
    torch.set_num_threads(1)

    def normal(*shape):
        return lambda generator: 0.5 + torch.randn(EXAMPLES, *shape, generator=generator)

    def texts(*shape):
        return lambda generator: tokens(generator, *shape)

    def large(*shape):
        return lambda generator: 50 * normal(*shape)(generator)

    image, sequence, vector = normal(5, 4, 6), normal(5, 6), normal(18)
    text = texts(EXAMPLES, 5)
    norms = {
        "batch": (ChannelsLast(nn.BatchNorm2d(6)), image),
        "batch-sequence": (ChannelsLast(nn.BatchNorm1d(6)), sequence),
        "batch-per-activation": (ChannelsLast(PerActivation(120)), image),
        "layer": (ChannelsLast(nn.GroupNorm(1, 6)), image),
        "layer-sequence": (LastAxis(nn.LayerNorm(6)), sequence),
        "layer-vector": (LastAxis(nn.LayerNorm(18)), vector),
        "group": (ChannelsLast(nn.GroupNorm(3, 6)), image),
        "group-vector": (ChannelsLast(nn.GroupNorm(3, 18)), vector),
        "instance": (ChannelsLast(nn.InstanceNorm2d(6, affine=True)), image),
        "switchable": (ChannelsLast(SwitchableNorm(6)), image),
        "switchable-vector": (ChannelsLast(SwitchableNorm(18, 2)), vector),
        # Of values large enough to be divided by more than 1.
        "local-response": (ChannelsLast(nn.LocalResponseNorm(5)), large(5, 4, 6)),
        "masked-batch": (Masked(nn.BatchNorm1d(6)), text),
        "masked-group": (Masked(nn.GroupNorm(3, 6)), text),
        "masked-switchable": (Masked(SwitchableNorm(6)), text),
    }
    transformers = {
        "text": lambda: transformer_vectors(1, Transformer(6), texts(BATCHES, EXAMPLES, 6)),
        "text-layer": lambda: transformer_vectors(2, Transformer(6, nn.LayerNorm), texts(BATCHES, EXAMPLES, 6)),
        "image": lambda: transformer_vectors(
            3,
            Transformer(6, patch=3, channels=2),
            lambda generator: 0.5 + torch.randn(BATCHES, EXAMPLES, 9, 6, 2, generator=generator),
        ),
    }
    for name, (network, inputs) in norms.items():
        save(f"norm-{name}", lambda: norm_vectors(network, inputs))
    for name, make in transformers.items():
        save(f"transformer-{name}", make)


def save(name, make):
    path = FOLDER / f"{name}.safetensors"
    print(path.name, end=": ", flush=True)
    write_safetensors(path, make())
    print(f"{path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
