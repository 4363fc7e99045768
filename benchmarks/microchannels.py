"""3D-ICE's two dies with water between them, refined to 400 000 cells: time, and memory of a process of its own."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import numpy as np

from benchmarks.machine import peak_memory
from thermal.fv import Box, ConductionProblem, Grid, Layer, solve

__all__ = ["microchannels"]

SIDE, ACROSS, ALONG = 10e-3, 200, 400  # [m], cells of 50 and 25 µm
LAYERS = 2e-6, 48e-6, 100e-6, 48e-6, 2e-6  # heat, silicon, channels, silicon, heat [m]
SILICON = 130.0  # [W/(m K)]
FLOW = 48e-6 / 60.0 * 4.172638e6  # capacity flow of 48 ml/min of water [W/K]
FILMS = {"h_side": 27132.0, "h_bottom": 57132.0, "h_top": 47132.0}  # [W/(m2 K)]
POWER, INLET = 50.0, 300.0  # of each die [W], [K]
PROBE = 324.28202  # 3D-ICE 4.0 in the heated layer of the lower die, at x = 5 mm and its cell around y = 4.8 mm [K]
PEER = {"peer_s": 27.8, "peer_GB": 1.88}  # 3D-ICE 4.0 on these cells, one thread, 2-core EPYC of Zen 3 class (quoted)
REPEATS = 5


def problem() -> ConductionProblem:
    """Build the stack."""
    grid = Grid.layered(SIDE, SIDE, [Layer(t, 1) for t in LAYERS], cells=(ACROSS, ALONG))
    tops = np.cumsum(LAYERS)
    stack = ConductionProblem(grid, conductivity=SILICON)
    channels = np.zeros((1, ACROSS), bool)
    channels[0, 1::2] = True  # the channel of a pitch is its second half
    stack.add_channels(
        Box(z=(tops[1], tops[2])),
        mask=channels,
        capacity_flow=FLOW,
        inlet_temperature=INLET,
        direction="y_max",
        **FILMS,
    )
    stack.add_heat(Box(z=(0.0, tops[0])), POWER)
    stack.add_heat(Box(z=(tops[3], tops[4])), POWER)
    return stack


def microchannels() -> dict[str, float | str]:
    """Median CPU time of building and solving, and peak memory beside the interpreter's own."""
    times = []
    for _ in range(REPEATS + 1):
        begun = time.process_time()
        field = solve(problem())
        times.append(time.process_time() - begun)
    ours = statistics.median(times[1:])
    own = subprocess.run([sys.executable, "-m", __name__], capture_output=True, text=True, check=True)  # noqa: S603
    base, peak = map(float, own.stdout.split())
    return {
        "cells": field.grid.cells,
        "iterations": field.iterations,
        "ours_s": ours,
        "process_GB": peak,
        "of_it_interpreter_and_code_GB": base,
        **PEER,
        "peer_over_ours": PEER["peer_s"] / ours,
        "peer_memory_over_ours": PEER["peer_GB"] / peak,
        "energy_imbalance": field.unbalanced,
    }


if __name__ == "__main__":
    small = ConductionProblem(Grid.uniform((1e-3, 1e-3, 1e-3), (4, 4, 4)), conductivity=1.0)
    small.fix_temperature("z_max", 1.0)
    solve(small)
    before = peak_memory()
    solve(problem())
    print(before, peak_memory())
