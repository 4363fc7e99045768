"""Whether a mesh fits into this machine's memory, asked before anything is allocated."""

from __future__ import annotations

import os
from pathlib import Path

from thermal.fv.grid import Grid
from thermal.fv.refusal import refuse, shown

__all__ = ["BYTES_PER_CELL", "FLOW_MARCHED", "FLOW_SOLVED", "FLOW_STATED", "available_memory", "require_memory"]

# Bytes for each cell at the peak, measured on some 40 000 cells, fluid all of them; ghosts make larger grids cheaper.
BYTES_PER_CELL = 200.0  # steady conduction, assembly and solve together
FLOW_STATED = 100.0  # a flow problem, of all its cells: those that are blocked are not known before it is stated
FLOW_SOLVED = 800.0  # steady flow, of the cells of the box around the fluid, with GMRES's vectors; viscosity may vary
FLOW_MARCHED = 1400.0  # flow in time, of all cells
MEMINFO = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")


def available_memory() -> float:
    """Memory that can still be had [bytes]; infinite where the system does not tell."""
    free = float("inf")
    if MEMINFO.exists():
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text(encoding="ascii").splitlines() if ":" in line)
        free = 1024.0 * float(lines.get("MemAvailable", "inf kB").split()[0])
    elif hasattr(os, "sysconf") and {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= os.sysconf_names.keys():
        free = float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    limit, used = GROUP / "memory.max", GROUP / "memory.current"  # a container's share
    if limit.exists() and used.exists() and limit.read_text(encoding="ascii").strip() != "max":
        free = min(free, float(limit.read_text(encoding="ascii")) - float(used.read_text(encoding="ascii")))
    return free


def require_memory(grid: Grid, available: float | None = None, *, bytes_per_cell: float = BYTES_PER_CELL) -> None:
    """Raise InputError where solving on a grid needs more memory than there is, or where it is no grid.

    Parameters
    ----------
    grid : Grid
        The mesh.
    available : float, optional
        Memory at hand [bytes]; asked of the system by default.
    bytes_per_cell : float
        What the solver takes at its peak.
    """
    given: object = grid
    if not isinstance(given, Grid):
        refuse("grid", [("grid", shown(given), "give a Grid")])
    free = available_memory() if available is None else available
    need = bytes_per_cell * grid.cells
    if need > free:
        nz, ny, nx = grid.shape
        wrong = f"{nx} × {ny} × {nz} cells need about {need / 1e9:.3g} GB, {free / 1e9:.3g} GB are free"
        right = f"use at most {free / bytes_per_cell:.2g} cells, or a machine with more memory"
        refuse("grid", [("cells", wrong, right)])
