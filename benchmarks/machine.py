"""What the benchmarks ran on: processor, cores, memory speed, versions."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from pathlib import Path

import numpy as np
from numba import njit

__all__ = ["machine", "peak_memory"]


@njit(cache=True)
def _triad(a, b, c, s):  # type: ignore[no-untyped-def]
    for i in range(a.size):
        a[i] = b[i] + s * c[i]


def peak_memory() -> float:
    """Most memory this process has held so far [GB]; getrusage would count what its parent had as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e9


def machine() -> dict[str, str | float]:
    """Describe the machine; the triad is the memory bandwidth one thread sees [GB/s]."""
    model = platform.processor() or "unknown"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    n = 20_000_000
    a, b, c = np.zeros(n), np.ones(n), np.ones(n)
    _triad(a[:8], b[:8], c[:8], 2.0)
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        _triad(a, b, c, 2.0)
        times.append(time.perf_counter() - begun)
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "numba", "wntr")}
    return {
        "processor": model,
        "cores": float(os.cpu_count() or 0),
        "load": os.getloadavg()[0],
        "triad_GB_s": 24.0 * n / min(times) / 1e9,
        "python": platform.python_version(),
        **versions,
    }
