"""A probe: how many samples a second this slice really computes, for a dense network of the arithmetic asked about."""

import json
import os
import pathlib
import time

import numpy

GFLOP = float(os.environ["PROBE_GFLOP"])  # forward, per sample
PASSES = 3 if os.environ["PROBE_TRAINING"] == "1" else 1  # a training step costs three forward passes
WIDTH, BATCH, SECONDS = 1024, 128, 8.0

weights = numpy.random.default_rng(0).standard_normal((WIDTH, WIDTH), dtype=numpy.float32) / WIDTH**0.5
batch = numpy.random.default_rng(1).standard_normal((BATCH, WIDTH), dtype=numpy.float32)
flop_a_layer = 2.0 * BATCH * WIDTH * WIDTH


def compute(seconds: float) -> float:
    """FLOP/s over `seconds` of layers: a matrix product and an activation each."""
    x, layers, start = batch, 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        x = numpy.maximum(x @ weights, 0.1 * x)
        layers += 1
    return layers * flop_a_layer / spent


compute(1.0)
speed = compute(SECONDS)
samples = speed / (GFLOP * 1e9 * PASSES)
print(f"{speed / 1e9:.1f} GFLOP/s, {samples:.3g} samples/s", flush=True)
pathlib.Path(os.environ["SUANSHI_OUTPUT"], "probe.json").write_text(json.dumps({"samples_s": samples}))
