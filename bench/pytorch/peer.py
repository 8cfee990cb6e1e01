#!/usr/bin/python3
"""The peer of `lowres bench train`: whole training steps of one network in PyTorch on the CPU.

    peer.py NETWORK THREADS [BATCH]

reads a number of steps from every line of standard input, takes them, and answers with a line of JSON:
images, cpu_s (of the process, all threads) and wall_s. A step is forward, cross entropy, backward, SGD with
momentum 0.92, and quantising the weights with N = 3, on float32 images that lie in memory. The settings are
the fastest that sweep.py has found for the network; PEER_SETTING overrides them, as sweep.py does.

It needs Debian's python3-torch and libopenblas0-pthread.
"""
import json
import os
import sys
import time

from settings import Setting, best, environment


def main():
    name, threads = sys.argv[1], int(sys.argv[2])
    batch = int(sys.argv[3]) if len(sys.argv) > 3 else 256
    text = os.environ.get("PEER_SETTING")
    setting = Setting.parse(text) if text else best(name)
    wanted = environment(setting, threads)
    if any(os.environ.get(k) != v for k, v in wanted.items()):  # libraries read them when they are loaded
        os.environ.update(wanted)
        os.execv(sys.executable, [sys.executable] + sys.argv)

    import trainstep
    step = trainstep.Step(name, setting, threads, batch)
    print(json.dumps({"peer": trainstep.version(), "setting": str(setting), "parameters": step.parameters()}), flush=True)
    for line in sys.stdin:
        steps = int(line)
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(steps):
            step.run()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(json.dumps({"images": steps * batch, "cpu_s": cpu, "wall_s": wall}), flush=True)


main()
