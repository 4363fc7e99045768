"""Pictures, pages and reports of a rack with every plate in 3-D, each command from a cold process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.racks import MEASURED

__all__ = ["pictures"]

REPEATS = 3


def pictures() -> dict[str, float]:
    """Median wall time [s], most memory [GB] and size of the file [MB] of each command on a stored GB300 run."""
    out: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "gb300"
        _measured(["simulate", "gb300_nvl72", "--fidelity", "plate", "--quiet", "--out", str(run)])
        for name, target, command in (
            ("picture", "rack.png", ["view", str(run), "--png"]),
            ("page", "rack.html", ["view", str(run), "--html"]),
            ("vtm", "rack.vtm", ["export", str(run), "--to"]),
            ("glb", "rack.glb", ["export", str(run), "--to"]),
        ):
            file = Path(folder) / target
            times, peaks = zip(*(_measured([*command, str(file), "--quiet"]) for _ in range(REPEATS)), strict=True)
            out |= {f"{name}_s": statistics.median(times), f"{name}_peak_GB": max(peaks)}
            if name in ("picture", "page", "glb"):
                out[f"{name}_MB"] = file.stat().st_size / 1e6
    return out


def _measured(arguments: list[str]) -> tuple[float, float]:
    """Run one command line; return its wall time [s] and the most memory it held [GB]."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", MEASURED, *arguments], check=True, capture_output=True)  # noqa: S603 - our own command
    return time.perf_counter() - begun, float(done.stderr.split()[-1])
