"""Case B: water in half a microchannel and the heat of its copper on one grid, beside OpenFOAM."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import openfoam
from benchmarks.machine import peak_memory
from thermal.fv import Box, ConductionProblem, Field, FlowProblem, Grid, solve
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

__all__ = ["channel_flow"]

LENGTH, CHANNEL, FIN, BASE, HEIGHT = 30e-3, 0.05e-3, 0.05e-3, 1e-3, 1e-3  # half a channel, half a fin [m]
DENSITY, VISCOSITY, HEAT_CAPACITY, WATER, COPPER = 990.2, 5.96e-4, 4180.0, 0.637, 390.0  # SI units
SPEED, INLET, FLUX = 1.0, 318.15, 1.0e6  # [m/s], [K], [W/m2]
CELLS = 160, 10, 5, 16, 26  # along, half a channel, half a fin, base, height
SCALES = {1.0: 3, 2.0: 1, 3.125: 1}  # times finer in every direction, and repeats
TOLERANCE = 1.0e-6
# OpenFOAM on the same cells, CPU [s] on a 2-core EPYC of Zen 3 class (quoted): flow, then heat; its answers
QUOTED = {"flow": 221.0, "heat": 52.0, "all in one": 755.0}
# its inlet has the pressure of the first cells, where that sways from cell to cell; it has settled in the third
SETTLED = 2
QUOTED_SETTLED = 22253.25  # mean of the third cells, x = 0.47 mm [Pa]
QUOTED_DROP, QUOTED_OUTLET, QUOTED_HOTTEST, QUOTED_MEAN = 22950.0, 332.6456, 340.099, 333.586  # [Pa], [K]
Floats = NDArray[np.float64]


def channel_flow(*, slow: bool = False) -> list[dict[str, float | str]]:
    """CPU time of flow and heat to 1e-6 and memory of a process of its own; `slow` runs OpenFOAM's flow as well."""
    rows = [_case(scale, repeats) for scale, repeats in SCALES.items()]
    for row in rows:
        row["cost_per_cell_over_first"] = float(row["us_per_cell"]) / float(rows[0]["us_per_cell"])
    rows[0] |= _peer(rows[0], slow=slow and openfoam.installed())
    return rows


def cells(scale: float) -> tuple[int, int, int, int, int]:
    """Cells along, across half a channel and half a fin, in the base, up the channel."""
    nx, nc, nf, nb, nz = (round(n * scale) for n in CELLS)
    return nx, nc, nf, nb, nz


def water(n: tuple[int, int, int, int, int], length: float = LENGTH) -> FlowProblem:
    """Build the flow, on the cells with water."""
    grid = Grid.uniform((length, CHANNEL, HEIGHT), (n[0], n[1], n[4]))
    flow = FlowProblem(grid, density=DENSITY, viscosity=VISCOSITY, scheme="linear_upwind")
    flow.inlet("x_min", velocity=SPEED)
    flow.outlet("x_max")
    flow.symmetry("y_min")
    return flow


def copper(n: tuple[int, int, int, int, int], flow: FlowField) -> ConductionProblem:
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
        n = 16, 6, 3, 4, 8
        solve(copper(n, solve_flow(water(n, length), tolerance=TOLERANCE)), tolerance=TOLERANCE)


def _timed(scale: float) -> tuple[float, float, FlowField, Field]:
    """CPU times of flow and heat [s], and both."""
    n = cells(scale)
    begun = time.process_time()
    flow = solve_flow(water(n), tolerance=TOLERANCE)
    between = time.process_time()
    heat = solve(copper(n, flow), tolerance=TOLERANCE)
    return between - begun, time.process_time() - between, flow, heat


def _case(scale: float, repeats: int) -> dict[str, float | str]:
    """Measure in a process of its own, so that its peak of memory is that of the case."""
    command = [sys.executable, "-m", __name__, repr(scale), str(repeats)]
    own = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    row: dict[str, float | str] = json.loads(own.stdout)
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
        "pressure_drop_Pa": flow.pressure_drop,
        "settled_Pa": float(flow.p[..., SETTLED].mean()),
        "outlet_K": heat.outlet_temperature,
        "base_hottest_K": float(hot.max()),
        "base_mean_K": float(hot.mean()),
    }
    return {key: float(value) for key, value in found.items()}


# ------------------------------------------------------------------------------------------------------------ OpenFOAM


def _peer(ours: dict[str, float | str], *, slow: bool) -> dict[str, float | str]:
    """Compare with OpenFOAM on the same cells: its heat is always quoted, its flow unless it is run here."""

    def off(mine: str, theirs: float, zero: float = 0.0) -> float:
        return abs((float(ours[mine]) - zero) / (theirs - zero) - 1.0)

    quoted = {
        "openfoam_flow_s": QUOTED["flow"],
        "openfoam_drop_Pa": QUOTED_DROP,
        "openfoam_settled_Pa": QUOTED_SETTLED,
    }
    found = _simple_foam() if slow else quoted
    flow, mine = found["openfoam_flow_s"], float(ours["ours_s"])
    return {
        **found,
        "peer": "flow in the same run, heat quoted" if slow else "quoted",
        "openfoam_heat_s": QUOTED["heat"],
        "openfoam_flow_over_ours": flow / float(ours["flow_s"]),
        "openfoam_over_ours": (flow + QUOTED["heat"]) / mine,
        "openfoam_all_in_one_over_ours": QUOTED["all in one"] / mine,
        "drop_off_openfoam": off("pressure_drop_Pa", found["openfoam_drop_Pa"]),
        "settled_off_openfoam": off("settled_Pa", found["openfoam_settled_Pa"]),
        "outlet_rise_off_openfoam": off("outlet_K", QUOTED_OUTLET, INLET),
        "base_hottest_rise_off_openfoam": off("base_hottest_K", QUOTED_HOTTEST, INLET),
        "base_mean_rise_off_openfoam": off("base_mean_K", QUOTED_MEAN, INLET),
    }


def _simple_foam() -> dict[str, float]:
    """Run SIMPLEC to initial residuals of 1e-6; its inlet has the pressure of the cells behind it."""
    nx, nc, _, _, nz = CELLS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        openfoam.write(folder, _files((nx, nc, nz)))
        openfoam.run("blockMesh", folder)
        taken = openfoam.run("simpleFoam", folder)
        steps = openfoam.steps(folder)
        p = openfoam.read_field(folder / str(steps) / "p").reshape(nz, nc, nx)
    drop, settled = (float(DENSITY * p[..., k].mean()) for k in (0, SETTLED))
    return {
        "openfoam_flow_s": taken,
        "openfoam_flow_iterations": float(steps),
        "openfoam_drop_Pa": drop,
        "openfoam_settled_Pa": settled,
    }


def _files(n: tuple[int, int, int]) -> dict[str, str]:
    x, y, z = LENGTH, CHANNEL, HEIGHT
    return {
        "system/blockMeshDict": f"""scale 1;
vertices ((0 0 0) ({x} 0 0) ({x} {y} 0) (0 {y} 0) (0 0 {z}) ({x} 0 {z}) ({x} {y} {z}) (0 {y} {z}));
blocks (hex (0 1 2 3 4 5 6 7) ({n[0]} {n[1]} {n[2]}) simpleGrading (1 1 1));
edges ();
boundary (
    inlet {{ type patch; faces ((0 4 7 3)); }}
    outlet {{ type patch; faces ((2 6 5 1)); }}
    middle {{ type symmetryPlane; faces ((1 5 4 0)); }}
    walls {{ type wall; faces ((3 7 6 2) (0 3 2 1) (4 5 6 7)); }}
);
""",
        "system/controlDict": openfoam.CONTROL,
        "system/fvSchemes": openfoam.SCHEMES.format(convection="linearUpwind grad(U)"),
        "system/fvSolution": openfoam.SOLUTION.format(smoother="DICGaussSeidel", tolerance="1e-12", more=""),
        "constant/transportProperties": f"transportModel Newtonian; nu {VISCOSITY / DENSITY!r};\n",
        "constant/turbulenceProperties": "simulationType laminar;\n",
        "0/U": f"""dimensions [0 1 -1 0 0 0 0];
internalField uniform ({SPEED} 0 0);
boundaryField
{{
    inlet {{ type fixedValue; value uniform ({SPEED} 0 0); }}
    outlet {{ type zeroGradient; }}
    middle {{ type symmetryPlane; }}
    walls {{ type noSlip; }}
}}
""",
        "0/p": """dimensions [0 2 -2 0 0 0 0];
internalField uniform 0;
boundaryField
{
    inlet { type zeroGradient; }
    outlet { type fixedValue; value uniform 0; }
    middle { type symmetryPlane; }
    walls { type zeroGradient; }
}
""",
    }


if __name__ == "__main__":
    print(json.dumps(_measured(float(sys.argv[1]), int(sys.argv[2]))))
