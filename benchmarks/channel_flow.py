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

# cells and repeats; the first two are run in OpenFOAM as well
CASES = {
    "even": (CELLS, 3),
    "graded": (CELLS._replace(graded=True), 3),
    "twice as fine": (cells(2.0), 1),
    "3.125 times as fine": (cells(3.125), 1),
}
WARM = Cells(16, 6, 3, 4, 8)
# The pressure is compared where both have settled as well, in the third cells: at the inlet's face, where it falls
# steeply, even cells as long as these leave an error of each program's own. It goes where they are graded towards it.
SETTLED = 2
# OpenFOAM 1912 on the same cells, on a 2-core EPYC of Zen 3 class: CPU [s] of the flow and of the heat, and of both in
# one program as solved elsewhere; mean pressures [Pa] and temperatures [K]
ALL_IN_ONE = 755.0
QUOTED = {
    "even": {
        "openfoam_flow_s": 221.0,
        "openfoam_heat_s": 8.9,
        "openfoam_drop_Pa": 22950.02,
        "openfoam_settled_Pa": 22253.25,
        "openfoam_outlet_K": 332.6456,
        "openfoam_base_hottest_K": 340.099,
        "openfoam_base_mean_K": 333.586,
    },
    "graded": {
        "openfoam_flow_s": 181.0,
        "openfoam_heat_s": 7.9,
        "openfoam_drop_Pa": 22958.92,
        "openfoam_settled_Pa": 22731.67,
        "openfoam_outlet_K": 332.6449,
        "openfoam_base_hottest_K": 340.0987,
        "openfoam_base_mean_K": 333.5944,
    },
}
Row = dict[str, float | str]


def channel_flow(*, slow: bool = False) -> list[Row]:
    """CPU time of flow and heat to 1e-6 and memory of a process of its own; `slow` runs OpenFOAM as well."""
    rows = {name: _case(name) for name in CASES}
    here = slow and openfoam.installed("chtMultiRegionSimpleFoam")
    for name, quoted in QUOTED.items():
        rows[name] |= _beside(rows[name], _openfoam(CASES[name][0]) if here else quoted)
        rows[name]["peer"] = "same run" if here else "quoted"
    for row in rows.values():
        row["cost_per_cell_over_first"] = float(row["us_per_cell"]) / float(rows["even"]["us_per_cell"])
    return list(rows.values())


def water(n: Cells, length: float = LENGTH) -> FlowProblem:
    """Build the flow, on the cells with water."""
    y, z = np.linspace(0.0, CHANNEL, n.channel + 1), np.linspace(0.0, HEIGHT, n.height + 1)
    flow = FlowProblem(
        Grid.from_faces(places(n, length), y, z), density=DENSITY, viscosity=VISCOSITY, scheme="linear_upwind"
    )
    flow.inlet("x_min", velocity=SPEED)
    flow.outlet("x_max")
    flow.symmetry("y_min")
    return flow


def copper(n: Cells, flow: FlowField) -> ConductionProblem:
    """Build the heat of copper and water, carried by the flow."""
    _, nc, nf, nb, nz, _ = n
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
    """Compile for cells of all shapes: long ones, graded ones and short ones, which take other kernels."""
    for n, length in ((WARM, LENGTH), (WARM._replace(graded=True), LENGTH), (WARM, LENGTH / 16)):
        solve(copper(n, solve_flow(water(n, length), tolerance=TOLERANCE)), tolerance=TOLERANCE)


def _timed(n: Cells) -> tuple[float, float, FlowField, Field]:
    """CPU times of flow and heat [s], and both."""
    begun = time.process_time()
    flow = solve_flow(water(n), tolerance=TOLERANCE)
    between = time.process_time()
    heat = solve(copper(n, flow), tolerance=TOLERANCE)
    return between - begun, time.process_time() - between, flow, heat


def _case(name: str) -> Row:
    """Measure in a process of its own, so that its peak of memory is that of the case."""
    command = [sys.executable, "-m", __name__, name]
    own = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    row: Row = json.loads(own.stdout)
    return row


def _measured(name: str) -> Row:
    n, repeats = CASES[name]
    _warm()
    base = peak_memory()
    times, peak = [], 0.0
    for _ in range(repeats):
        flow_s, heat_s, flow, heat = _timed(n)
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
    return {"mesh": name, **{key: float(value) for key, value in found.items()}}


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
        "outlet_rise_off_openfoam": off("outlet_K", INLET),
        "base_hottest_rise_off_openfoam": off("base_hottest_K", INLET),
        "base_mean_rise_off_openfoam": off("base_mean_K", INLET),
    }


def _openfoam(n: Cells) -> dict[str, float]:
    """Run the case; what it has at the inlet is the pressure of the cells behind it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        flow = run_flow(folder / "flow", n)
        heat = run_heat(folder / "heat", folder / "flow", n)
    found = {
        "flow_s": flow.seconds,
        "flow_iterations": flow.iterations,
        "heat_s": heat.seconds,
        "heat_iterations": heat.iterations,
        "drop_Pa": flow.pressure[0],
        "settled_Pa": flow.pressure[SETTLED],
        "outlet_K": heat.outlet,
        "base_hottest_K": heat.hottest,
        "base_mean_K": heat.mean,
    }
    return {f"openfoam_{key}": float(value) for key, value in found.items()}


if __name__ == "__main__":
    print(json.dumps(_measured(sys.argv[1])))
