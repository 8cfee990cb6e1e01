#!/usr/bin/python3
"""Which of PyTorch's settings is the fastest on this machine: images a processor second on one core, and
images a second on two, of every setting for every network.

    sweep.py [NETWORK ...]
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SETTINGS = [
    "", "keep=0", "foreach=1", "dense=mkldnn", "dense=conv", "core=Haswell", "core=Zen", "core=SkylakeX", "core=Cooperlake",
    "core=SkylakeX,foreach=1", "core=SkylakeX,dense=mkldnn",
]
CONVOLUTION = ["core=SkylakeX,channels_last=1", "core=SkylakeX,channels_last=1,mkldnn=0", "core=SkylakeX,mkldnn=0"]


def measure(name, setting, threads):
    """Images a processor second, or a second of time where there are more threads: the best of five samples."""
    env = dict(os.environ, PEER_SETTING=setting or "core=")
    with subprocess.Popen([sys.executable, os.path.join(HERE, "peer.py"), name, str(threads)], env=env, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as p:
        p.stdout.readline()

        def steps(n):
            print(n, file=p.stdin, flush=True)
            s = json.loads(p.stdout.readline())
            return s["images"], s["cpu_s" if threads == 1 else "wall_s"]

        steps(1)
        count = max(1, round(0.5 / steps(1)[1]))
        best = max(images / seconds for images, seconds in (steps(count) for _ in range(5)))
        p.stdin.close()
    return best


for network in sys.argv[1:] or ["fcnn1", "fcnn2", "cvnn1", "cvnn2", "vit1", "vit2"]:
    for text in SETTINGS + (CONVOLUTION if network.startswith("cvnn") else []):
        one, two = measure(network, text, 1), measure(network, text, 2)
        print(f"{network:6} {text or 'as it comes':40} {one:9.1f} images/CPU-s {two:9.1f} images/s on two", flush=True)
