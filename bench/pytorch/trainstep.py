"""One training step of a network."""
import torch
import torch.nn.functional as F

from networks import build


def version():
    return f"PyTorch {torch.__version__}"


class Step:
    def __init__(self, name, setting, threads, batch):
        torch.manual_seed(1)
        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        torch.backends.mkldnn.enabled = setting.mkldnn
        self.net = build(name, setting)
        self.images = [self.net.laid_out(torch.randint(-128, 128, (batch, 3, 32, 32)) / 128) for _ in range(4)]
        self.labels = [torch.randint(0, 10, (batch,)) for _ in range(4)]
        self.parameters_ = self.net.masters + self.net.plain
        self.optimiser = torch.optim.SGD(self.parameters_, lr=0.001, momentum=0.92, foreach=setting.foreach)
        self.taken = 0
        self.net.quantise()

    def parameters(self):
        return sum(p.numel() for p in self.parameters_)

    def run(self):
        """Forward, backward, update, quantise."""
        k = self.taken % len(self.images)
        self.taken += 1
        F.cross_entropy(self.net.forward(self.images[k]), self.labels[k]).backward()
        for leaf, masters in self.net.leaves:  # straight through
            for master, gradient in zip(masters, leaf.grad.chunk(len(masters))):
                master.grad = gradient
            leaf.grad = None
        self.optimiser.step()
        for p in self.net.plain:
            p.grad = None
        self.net.quantise()
