"""GB300 at both fidelities, and the command line from a cold process."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from thermal.hydraulics.loop import solve_loop
from thermal.lumped.chips import coolant_heat, solve_chips
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack

__all__ = ["commands", "gb300", "gb300_plates"]

REPEATS = 30
# the command line, with the most memory it held as the last word on stderr
MEASURED = """
import atexit, sys
from benchmarks.machine import peak_memory
from thermal.cli import main
atexit.register(lambda: print(peak_memory(), file=sys.stderr))
main()
"""


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


def gb300_plates() -> dict[str, float]:
    """Every plate of the rack in 3-D, by shared set-ups and by brute force: a process each with two cores."""
    out: dict[str, float] = {}
    junctions = {}
    for name, more in (("shared", []), ("brute_force", ["--brute-force"])):
        arguments = [sys.executable, "-c", MEASURED, "simulate", "gb300_nvl72", "--fidelity", "plate", "--json", *more]
        free = {key: value for key, value in os.environ.items() if not key.endswith("_NUM_THREADS")}
        begun = time.perf_counter()
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=free) as process:  # noqa: S603 - our own command
            assert process.stdout is not None
            assert process.stderr is not None
            summary = json.loads(process.stdout.read())
            peak = float(process.stderr.read().split()[-1])
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = status
        junctions[name] = [device["junction_max_C"] for device in summary["devices"] if device["plate"]]
        plates = summary["plates"]
        out |= {
            "plates": plates["plates"],
            "least_cells_per_plate": min(plates["cells_per_plate"].values()),
            f"{name}_solves": plates["solves"],
            f"{name}_solution_s": summary["wall_s"],
            f"{name}_process_s": time.perf_counter() - begun,
            f"{name}_cpu_s": used.ru_utime + used.ru_stime,
            f"{name}_peak_GB": peak,
            f"{name}_energy_imbalance": plates["energy_imbalance_rel"],
        }
    out["largest_difference_K"] = max(abs(a - b) for a, b in zip(*junctions.values(), strict=True))
    return out
