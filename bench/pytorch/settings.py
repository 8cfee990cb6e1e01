"""The settings of PyTorch that change its speed, and the fastest of them for each network."""
import dataclasses


@dataclasses.dataclass
class Setting:
    dense: str = "blas"          # products of dense layers: blas, or oneDNN's inner product (mkldnn) or convolution (conv)
    channels_last: bool = False  # NHWC
    mkldnn: bool = True          # oneDNN for convolutions
    foreach: bool = False        # the optimiser's multi-tensor form
    core: str = ""               # OPENBLAS_CORETYPE; "" = what OpenBLAS finds
    keep: bool = True            # malloc keeps freed memory instead of giving it back to the kernel

    def __str__(self):
        return ",".join(f"{k}={int(v) if isinstance(v, bool) else v}" for k, v in dataclasses.asdict(self).items())

    @classmethod
    def parse(cls, text):
        s = cls()
        for item in text.split(","):
            key, _, value = item.partition("=")
            if not hasattr(s, key):
                raise SystemExit(f"peer: setting {key}: want one of {', '.join(dataclasses.asdict(s))}")
            setattr(s, key, value == "1" if isinstance(getattr(s, key), bool) else value)
        return s


def environment(s, threads):
    """What the libraries read from the environment."""
    e = {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    if s.core:
        e["OPENBLAS_CORETYPE"] = s.core
    if s.keep:
        e["MALLOC_MMAP_THRESHOLD_"] = e["MALLOC_TRIM_THRESHOLD_"] = str(1 << 32)
        e["MALLOC_TOP_PAD_"] = str(1 << 26)
    return e


def best(name):
    """The fastest that sweep.py has found, see docs/training-speed.md."""
    with open("/proc/cpuinfo") as f:
        avx512 = " avx512f " in f.read()
    return Setting(channels_last=name.startswith("cvnn"), core="SkylakeX" if avx512 else "")
