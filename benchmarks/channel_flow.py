"""Case B: water in half a microchannel and the heat of its copper on one grid, beside OpenFOAM."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks import openfoam
from benchmarks.channel_case import (
    BASE,
    CELLS,
    CHANNEL,
    COPPER,
    DENSITY,
    FIN,
    FLUX,
    GROWTH,
    HEAT_CAPACITY,
    HEIGHT,
    INLET,
    LENGTH,
    SPEED,
    TOLERANCE,
    VISCOSITY,
    WATER,
    Cells,
    cells,
    places,
)
from benchmarks.channel_openfoam import run_flow, run_heat
from benchmarks.machine import peak_memory
from thermal.fv import Box, ConductionProblem, Field, FlowProblem, Grid, solve
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

__all__ = ["channel_flow"]

SCALES = {1.0: 3, 2.0: 1, 3.125: 1}  # times finer in every direction, and repeats
WARM: Cells = 16, 6, 3, 4, 8
# The pressure is compared where both have settled as well, in the third cells: at the inlet's face, where it falls
# steeply, cells as long as these leave an error of each program's own. It goes as cells are graded towards the inlet.
SETTLED = 2
# OpenFOAM 1912 on the same cells, on a 2-core EPYC of Zen 3 class: CPU [s] of the flow and of the heat, and of both in
# one program as solved elsewhere; mean pressures [Pa] and temperatures [K]
ALL_IN_ONE = 755.0
QUOTED = {
    "openfoam_flow_s": 221.0,
    "openfoam_heat_s": 8.9,
    "openfoam_drop_Pa": 22950.02,
    "openfoam_settled_Pa": 22253.25,
    "openfoam_graded_drop_Pa": 22958.8,
    "openfoam_outlet_K": 332.6456,
    "openfoam_base_hottest_K": 340.099,
    "openfoam_base_mean_K": 333.586,
}
Row = dict[str, float | str]


def channel_flow(*, slow: bool = False) -> list[Row]:
    """CPU time of flow and heat to 1e-6 and memory of a process of its own; `slow` runs OpenFOAM as well."""
    rows = [_case(scale, repeats) for scale, repeats in SCALES.items()]
    for row in rows:
        row["cost_per_cell_over_first"] = float(row["us_per_cell"]) / float(rows[0]["us_per_cell"])
    rows[0]["graded_drop_Pa"] = solve_flow(water(CELLS, GROWTH), tolerance=TOLERANCE).pressure_drop
    here = slow and openfoam.installed("chtMultiRegionSimpleFoam")
    rows[0] |= _beside(rows[0], _openfoam() if here else QUOTED)
    rows[0]["peer"] = "same run" if here else "quoted"
    return rows


def water(n: Cells, growth: float = 1.0, length: float = LENGTH) -> FlowProblem:
    """Build the flow, on the cells with water, which may grow along the channel."""
    nx, nc, _, _, nz = n
    y, z = np.linspace(0.0, CHANNEL, nc + 1), np.linspace(0.0, HEIGHT, nz + 1)
    flow = FlowProblem(
        Grid.from_faces(places(nx, growth, length), y, z), density=DENSITY, viscosity=VISCOSITY, scheme="linear_upwind"
    )
    flow.inlet("x_min", velocity=SPEED)
    flow.outlet("x_max")
    flow.symmetry("y_min")
    return flow


def copper(n: Cells, flow: FlowField) -> ConductionProblem:
    """Build the heat of copper and water, carried by the flow."""
    _, nc, nf, nb, nz = n
    y = np.concatenate([np.linspace(0.0, CHANNEL, nc + 1), np.linspace(CHANNEL, CHANNEL + FIN, nf + 1)[1:]])
    z = np.concatenate([np.linspace(0.0, BASE, nb + 1), np.linspace(BASE, BASE + HEIGHT, nz + 1)[1:]])
    heat = ConductionProblem(Grid.from_faces(flow.grid.faces.x, y, z), conductivity=COPPER)
    heat.set_material(Box(y=(0.0, CHANNEL), z=(BASE, BASE + HEIGHT)), WATER)
    heat.set_flux("z_min", FLUX)
    around = (nb, 0), (0, nf), (0, 0)
    u, v, w = (np.pad(part, around) for part in flow.velocity)
    capacity = DENSITY * HEAT_CAPACITY
    heat.carry(u, v, w, heat_capacity=capacity, inlet_temperature=INLET, scheme="linear_upwind", inlet_conduction=True)
    return heat


def _warm() -> None:
    """Compile for cells of both shapes: short ones and long ones, which take other kernels."""
    for length in (LENGTH, LENGTH / 16):
        solve(copper(WARM, solve_flow(water(WARM, length=length), tolerance=TOLERANCE)), tolerance=TOLERANCE)


def _timed(scale: float) -> tuple[float, float, FlowField, Field]:
    """CPU times of flow and heat [s], and both."""
    n = cells(scale)
    begun = time.process_time()
    flow = solve_flow(water(n), tolerance=TOLERANCE)
    between = time.process_time()
    heat = solve(copper(n, flow), tolerance=TOLERANCE)
    return between - begun, time.process_time() - between, flow, heat


def _case(scale: float, repeats: int) -> Row:
    """Measure in a process of its own, so that its peak of memory is that of the case."""
    command = [sys.executable, "-m", __name__, repr(scale), str(repeats)]
    own = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    row: Row = json.loads(own.stdout)
    return row


def _measured(scale: float, repeats: int) -> dict[str, float]:
    _warm()
    base = peak_memory()
    times, peak = [], 0.0
    for _ in range(repeats):
        flow_s, heat_s, flow, heat = _timed(scale)
        times.append((flow_s, heat_s))
        peak = peak or peak_memory()  # of one run
    flow_s, heat_s = (statistics.median(row) for row in zip(*times, strict=True))
    hot = heat.surface("z_min")
    found = {
        "cells": heat.grid.cells,
        "cells_with_water": flow.grid.cells,
        "flow_s": flow_s,
        "heat_s": heat_s,
        "ours_s": flow_s + heat_s,
        "us_per_cell": (flow_s + heat_s) / heat.grid.cells * 1e6,
        "flow_cycles": flow.iterations,
        "flow_residual": flow.history[-1],
        "mass_imbalance": flow.imbalance,
        "heat_iterations": heat.iterations,
        "energy_imbalance": abs(heat.energy.imbalance),
        "peak_bytes_per_cell": (peak - base) * 1e9 / heat.grid.cells,
        "drop_Pa": flow.pressure_drop,
        "settled_Pa": float(flow.p[..., SETTLED].mean()),
        "outlet_K": heat.outlet_temperature,
        "base_hottest_K": float(hot.max()),
        "base_mean_K": heat.surface_mean("z_min"),
    }
    return {key: float(value) for key, value in found.items()}


def _beside(ours: Row, theirs: Mapping[str, float]) -> Row:
    """Compare with OpenFOAM on the same cells."""

    def off(name: str, zero: float = 0.0) -> float:
        return abs((float(ours[name]) - zero) / (theirs[f"openfoam_{name}"] - zero) - 1.0)

    mine = float(ours["ours_s"])
    return {
        **theirs,
        "openfoam_flow_over_ours": theirs["openfoam_flow_s"] / float(ours["flow_s"]),
        "openfoam_over_ours": (theirs["openfoam_flow_s"] + theirs["openfoam_heat_s"]) / mine,
        "openfoam_all_in_one_over_ours": ALL_IN_ONE / mine,
        "drop_off_openfoam": off("drop_Pa"),
        "settled_off_openfoam": off("settled_Pa"),
        "graded_drop_off_openfoam": off("graded_drop_Pa"),
        "outlet_rise_off_openfoam": off("outlet_K", INLET),
        "base_hottest_rise_off_openfoam": off("base_hottest_K", INLET),
        "base_mean_rise_off_openfoam": off("base_mean_K", INLET),
    }


def _openfoam() -> dict[str, float]:
    """Run the case; what it has at the inlet is the pressure of the cells behind it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        flow = run_flow(folder / "flow", CELLS)
        heat = run_heat(folder / "heat", folder / "flow", CELLS)
        graded = run_flow(folder / "graded", CELLS, GROWTH)
    found = {
        "flow_s": flow.seconds,
        "flow_iterations": flow.iterations,
        "heat_s": heat.seconds,
        "heat_iterations": heat.iterations,
        "drop_Pa": flow.pressure[0],
        "settled_Pa": flow.pressure[SETTLED],
        "graded_drop_Pa": graded.pressure[0],
        "outlet_K": heat.outlet,
        "base_hottest_K": heat.hottest,
        "base_mean_K": heat.mean,
    }
    return {f"openfoam_{key}": float(value) for key, value in found.items()}


if __name__ == "__main__":
    print(json.dumps(_measured(float(sys.argv[1]), int(sys.argv[2]))))
