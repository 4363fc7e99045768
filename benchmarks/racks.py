"""GB300 at network fidelity, warm, and the command line from a cold process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from thermal.hydraulics.loop import solve_loop
from thermal.lumped.chips import coolant_heat, solve_chips
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack

__all__ = ["commands", "gb300"]

REPEATS = 30


def _median_ms(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPEATS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times) * 1e3


def gb300() -> dict[str, float]:
    """Median CPU time of the steps of one rack [ms]."""
    rack = load_rack("gb300_nvl72")
    assembly = expand(rack)
    heat, air = coolant_heat(rack, assembly)
    loop = solve_loop(rack, assembly, heat)
    return {
        "read_and_check_ms": _median_ms(lambda: load_rack("gb300_nvl72")),
        "expand_ms": _median_ms(lambda: expand(rack)),
        "flow_and_temperatures_ms": _median_ms(lambda: solve_loop(rack, assembly, heat)),
        "chips_ms": _median_ms(lambda: solve_chips(rack, assembly, loop, air)),
    }


def commands() -> dict[str, float]:
    """Median wall time of commands from a cold process with compiled code cached [s]."""
    calls = {
        "thermal --help": ["--help"],
        "thermal validate gb300_nvl72": ["validate", "gb300_nvl72"],
        "thermal simulate gb300_nvl72": ["simulate", "gb300_nvl72", "--quiet"],
    }
    out = {}
    for name, arguments in calls.items():
        times = []
        for _ in range(4):
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-m", "thermal", *arguments], check=True, capture_output=True)  # noqa: S603 - our own command
            times.append(time.perf_counter() - begun)
        out[name] = statistics.median(times[1:])
    return out
