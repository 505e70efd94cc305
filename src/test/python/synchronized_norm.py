"""Batch norm with synchronized statistics for PyTorch on CPUs, for torch_ratio.py. Needs torch and nothing else."""

import torch
import torch.distributed
from torch.nn.modules.batchnorm import _BatchNorm


class SynchronizedNorm(torch.autograd.Function):
    """Batch norm with the statistics of all processes: one all-reduce forward, one backward, each of a vector.

    torch.nn.SyncBatchNorm refuses tensors on the CPU. Sums and outputs come from PyTorch's own fused kernels, so that this
    is about as fast as PyTorch can be made without new native code.
    """

    @staticmethod
    def forward(context, x, weight, bias, norm):
        channels = x.shape[1]
        count = x.numel() // channels
        # Without running statistics: mean and variance, over the count, of this process's part.
        local_mean, local_variance = torch.ops.aten.batch_norm_update_stats(x, None, None, 0.0)
        squares = local_variance + local_mean * local_mean
        sums = torch.cat([local_mean * count, squares * count, local_mean.new_tensor([count])])
        torch.distributed.all_reduce(sums)
        total = sums[-1]
        mean = sums[:channels] / total
        variance = (sums[channels:-1] / total - mean * mean).clamp_min_(0)
        norm.running_mean.lerp_(mean, norm.momentum)
        norm.running_var.lerp_(variance * (total / (total - 1)), norm.momentum)
        context.save_for_backward(x, weight, mean, variance, total)
        context.eps = norm.eps
        # In inference mode the kernel takes the statistics it is given.
        return torch.ops.aten.native_batch_norm(x, weight, bias, mean, variance, False, 0.0, norm.eps)[0]

    @staticmethod
    def backward(context, dy):
        x, weight, mean, variance, total = context.saved_tensors
        channels = x.shape[1]
        inverse = torch.rsqrt(variance + context.eps)
        # In training mode, from given statistics: sums of dy times normalized x, and of dy, over this process's part.
        _, d_weight, d_bias = torch.ops.aten.native_batch_norm_backward(
            dy, x, weight, mean, variance, mean, inverse, True, context.eps, [False, True, True]
        )
        sums = torch.cat([d_bias, d_weight])
        torch.distributed.all_reduce(sums)
        # dx = scale (dy - sum(dy) / n - x' sum(dy x') / n) with the normalized x', as scale dy + slope x + shift.
        scale = weight * inverse
        slope = -scale * inverse * sums[channels:] / total
        shift = -scale * sums[:channels] / total - slope * mean
        shape = [1, channels] + [1] * (x.dim() - 2)
        dx = torch.addcmul(shift.view(shape), x, slope.view(shape)).addcmul_(dy, scale.view(shape))
        # The gradients by weight and bias stay those of this process: DistributedDataParallel averages them.
        return dx, d_weight, d_bias, None


class SynchronizedBatchNorm(_BatchNorm):
    """For features and images alike."""

    def _check_input_dim(self, x):
        pass

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        return SynchronizedNorm.apply(x, self.weight, self.bias, self)


def synchronize(module):
    """Puts a synchronized norm in the place of every batch norm of the module."""
    for name, child in module.named_children():
        if isinstance(child, _BatchNorm):
            setattr(module, name, SynchronizedBatchNorm(child.num_features, child.eps, child.momentum))
        else:
            synchronize(child)
    return module
