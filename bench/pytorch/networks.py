"""The paper's networks in PyTorch, with fake-quantised weights.

The connection weights of a network live twice: as float32 masters, which the optimiser moves, and as the
quantised copies that the products read. The copies are leaves of the graph, so their gradients are those of
the masters (straight-through) without a single operation of autograd for it.
"""
import math

import torch
import torch.nn.functional as F

ALPHA = 0.75  # of the quantiser, as in lowres


class Network:
    """Weights, their quantised copies, and the layers that read them."""

    def __init__(self, setting):
        self.setting = setting
        self.layers = []
        self.masters = []    # of quantised weights
        self.quantised = []  # runs parallel to masters: views that the products read
        self.leaves = []     # (quantised leaf, masters) whose gradient goes to the masters
        self.plain = []      # other parameters
        self.largest = 1     # h of N = 3

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def weight(self, *shape, parts=1):
        """A quantised weight of `parts` sets of outputs with a scale of their own, in one tensor."""
        fan = math.prod(shape[2:])
        bound = math.sqrt(6 / (shape[1] * fan + shape[0] // parts * fan))
        leaf = self.laid_out(torch.empty(shape)).requires_grad_()
        masters = []
        for view in leaf.detach().chunk(parts):
            master = torch.empty_like(view).uniform_(-bound, bound)
            masters.append(master)
            self.quantised.append(view)
        self.masters += masters
        self.leaves.append((leaf, masters))
        return leaf

    def laid_out(self, t):
        if self.setting.channels_last and t.dim() == 4:
            return t.contiguous(memory_format=torch.channels_last)
        return t

    def parameter(self, t):
        self.plain.append(t.requires_grad_())
        return t

    @torch.no_grad()
    def quantise(self):
        """q = s * clip(round(w / s), -1, 1) with s = mean|w| / (alpha * h)."""
        for w, q in zip(self.masters, self.quantised):
            scale = (torch.linalg.vector_norm(w, 1) / (w.numel() * ALPHA * self.largest)).item()
            torch.mul(w, 1 / scale, out=q)
            q.round_().clamp_(-self.largest, self.largest).mul_(scale)

    # Layers.

    def dense(self, inputs, outputs, activation=None):
        w = self.weight(outputs, inputs)
        b = self.parameter(torch.zeros(outputs))
        self.layers.append(lambda x: activate(linear(x, w, b, self.setting), activation))

    def flatten(self):
        self.layers.append(lambda x: x.flatten(1))

    def conv(self, inputs, outputs):
        w = self.weight(outputs, inputs, 3, 3)
        b = self.parameter(torch.zeros(outputs))
        self.layers.append(lambda x: F.relu_(F.conv2d(x, w, b, padding=1)))

    def pool(self):
        self.layers.append(lambda x: F.max_pool2d(x, 2))

    def norm(self, channels):
        gain, shift = self.parameter(torch.ones(channels)), self.parameter(torch.zeros(channels))
        return lambda x: F.layer_norm(x, (channels,), gain, shift)

    def patches(self):
        w = self.parameter(torch.empty(64, 3, 4, 4).uniform_(-0.2, 0.2))
        b, position = self.parameter(torch.zeros(64)), self.parameter(torch.randn(64, 64) * 0.02)
        self.layers.append(lambda x: F.conv2d(x, w, b, stride=4).flatten(2).transpose(1, 2) + position)

    def block(self, heads=4, width=64):
        before, after = self.norm(width), self.norm(width)
        qkv = self.weight(3 * width, width, parts=3)  # one product for queries, keys and values
        bias = self.parameter(torch.zeros(3 * width))
        feed = self.weight(width, width)
        scale = 1 / math.sqrt(width // heads)

        def run(x):
            n, tokens, _ = x.shape
            q, k, v = linear(before(x), qkv, bias, self.setting).view(n, tokens, 3, heads, -1).permute(2, 0, 3, 1, 4)
            shares = torch.softmax(q @ k.transpose(2, 3) * scale, -1)
            x = x + (shares @ v).transpose(1, 2).reshape(n, tokens, width)
            return x + F.gelu(linear(after(x), feed, None, self.setting))

        self.layers.append(run)


def linear(x, w, b, setting):
    if setting.dense == "conv":  # oneDNN's convolution instead of BLAS
        rows = x.reshape(-1, x.shape[-1], 1, 1)
        return F.conv2d(rows, w[:, :, None, None], b).view(*x.shape[:-1], -1)
    if setting.dense == "mkldnn":
        rows = x.reshape(-1, x.shape[-1])
        return torch._C._nn.mkldnn_linear(rows.to_mkldnn(), w, b).to_dense().view(*x.shape[:-1], -1)
    return F.linear(x, w, b)


def activate(x, activation):
    if activation == "relu":
        return F.relu_(x)
    return F.gelu(x) if activation == "gelu" else x


def perceptron(net, sizes, activation="relu"):
    for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        net.dense(inputs, outputs, activation if i < len(sizes) - 2 else None)


def build(name, setting):
    """The network of that name, as network/models of lowres defines it."""
    net = Network(setting)
    if name.startswith("fcnn"):
        net.flatten()
        perceptron(net, {"fcnn1": [3072, 256, 128, 10], "fcnn2": [3072, 1024, 512, 256, 10]}[name])
    elif name.startswith("cvnn"):
        repeat, widths, hidden = {"cvnn1": (1, [64, 128, 256], 128), "cvnn2": (2, [128, 256, 512], 512)}[name]
        channels = 3
        for width in widths:
            for _ in range(repeat):
                net.conv(channels, width)
                channels = width
            net.pool()
        net.flatten()
        perceptron(net, [16 * channels, hidden, 10])
    elif name.startswith("vit"):
        blocks, head = {"vit1": (2, [4096, 1024, 512, 10]), "vit2": (4, [4096, 2048, 1024, 10])}[name]
        net.patches()
        for _ in range(blocks):
            net.block()
        net.layers.append(net.norm(64))
        net.flatten()
        net.layers.append(lambda x: F.dropout(x, 0.5))
        perceptron(net, head, "gelu")
    else:
        raise SystemExit(f"peer: {name}: want fcnn1, fcnn2, cvnn1, cvnn2, vit1 or vit2")
    return net
