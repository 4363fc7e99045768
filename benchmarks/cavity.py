"""Case C: cavity under a moving lid at a Reynolds number of 1000, beside OpenFOAM's simpleFoam in the same run."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from benchmarks import openfoam
from thermal.fv import FlowProblem, Grid
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

__all__ = ["cavity"]

REYNOLDS = 1000.0
MESHES = (128, 256)
# by spectral methods, on the centrelines: least u, greatest v, least v (Botella & Peyret 1998)
EXTREMA = np.array([-0.3885698, 0.3769447, -0.5270771])
TOLERANCE = 1.0e-6
REPEATS = 5
QUICK = 128  # the peer takes minutes on finer meshes
QUOTED = {128: 23.5, 256: 164.0}  # simpleFoam's CPU [s], 2-core EPYC of Zen 3 class
QUOTED_U_MIN_OFF = {128: 6.2e-3, 256: 1.7e-3}  # of the three errors the one of u_min
Floats = NDArray[np.float64]


def cavity(*, slow: bool = False) -> list[dict[str, float | str]]:
    """Median CPU time from rest; `slow` runs the peer on the finest mesh as well, instead of quoting it."""
    solve_flow(problem(16), tolerance=TOLERANCE)
    return [_case(n, slow=slow) for n in MESHES]


def problem(n: int) -> FlowProblem:
    """Build the case on n × n cells."""
    found = FlowProblem(
        Grid.uniform((1.0, 1.0, 1.0), (n, n, 1)), density=1.0, viscosity=1.0 / REYNOLDS, scheme="central", least_cells=1
    )
    found.wall("y_max", velocity=(1.0, 0.0, 0.0))
    return found


def _case(n: int, *, slow: bool) -> dict[str, float | str]:
    times, field = [], None
    for _ in range(REPEATS):
        begun = time.process_time()
        field = solve_flow(problem(n), tolerance=TOLERANCE)
        times.append(time.process_time() - begun)
    assert field is not None
    ours = statistics.median(times)
    row: dict[str, float | str] = {
        "cells": n * n,
        "ours_s": ours,
        "cycles": field.iterations,
        "residual": field.history[-1],
        "mass_imbalance": field.imbalance,
        **_errors(_ours(field), "ours"),
    }
    if openfoam.installed() and (slow or n <= QUICK):
        peer = _simple_foam(n)
        return {**row, **peer, "peer_over_ours": float(peer["simpleFoam_s"]) / ours, "peer": "same run"}
    quoted = {"simpleFoam_s": QUOTED[n], "simpleFoam_u_min_off": QUOTED_U_MIN_OFF[n]}
    return {**row, **quoted, "peer_over_ours": QUOTED[n] / ours, "peer": "quoted"}


def _errors(found: Floats, whose: str) -> dict[str, float]:
    off = np.abs(found - EXTREMA)
    names = ("u_min", "v_max", "v_min")
    return {
        f"{whose}_error": float(off.max()),
        **{f"{whose}_{name}_off": float(e) for name, e in zip(names, off, strict=True)},
    }


def _ours(field: FlowField) -> Floats:
    u_min, _ = field.profile_extrema("u", "y", {"x": 0.5})
    v_min, v_max = field.profile_extrema("v", "x", {"y": 0.5})
    return np.array([u_min.value, v_max.value, v_min.value])


# ------------------------------------------------------------------------------------------------------------ OpenFOAM


def _simple_foam(n: int) -> dict[str, float]:
    """Run SIMPLEC to initial residuals of 1e-6 from rest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        openfoam.write(folder, _files(n))
        openfoam.run("blockMesh", folder)
        taken = openfoam.run("simpleFoam", folder)
        steps = openfoam.steps(folder)
        u = openfoam.read_field(folder / str(steps) / "U").reshape(n, n, 3)
    centre = 0.5 * (u[n // 2 - 1 : n // 2 + 1, :, 1].sum(axis=0)), 0.5 * u[:, n // 2 - 1 : n // 2 + 1, 0].sum(axis=1)
    v, along = (_extrema(row, end) for row, end in zip(centre, (0.0, 1.0), strict=True))
    errors = _errors(np.array([along[0], v[1], v[0]]), "simpleFoam")
    return {"simpleFoam_s": taken, "simpleFoam_iterations": float(steps), **errors}


def _extrema(cells: Floats, end: float) -> tuple[float, float]:
    """Least and greatest along a centreline, by a cubic spline through cells and walls."""
    n = cells.size
    place = np.concatenate([[0.0], (np.arange(n) + 0.5) / n, [1.0]])
    spline = CubicSpline(place, np.concatenate([[0.0], cells, [end]]))
    level = spline(spline.derivative().roots(discontinuity=False, extrapolate=False))
    return float(level.min()), float(level.max())


def _files(n: int) -> dict[str, str]:
    return {
        "system/blockMeshDict": f"""scale 1;
vertices ((0 0 0) (1 0 0) (1 1 0) (0 1 0) (0 0 0.1) (1 0 0.1) (1 1 0.1) (0 1 0.1));
blocks (hex (0 1 2 3 4 5 6 7) ({n} {n} 1) simpleGrading (1 1 1));
edges ();
boundary (
    lid {{ type wall; faces ((3 7 6 2)); }}
    walls {{ type wall; faces ((0 4 7 3) (2 6 5 1) (1 5 4 0)); }}
    sides {{ type empty; faces ((0 3 2 1) (4 5 6 7)); }}
);
""",
        "system/controlDict": openfoam.CONTROL,
        "system/fvSchemes": openfoam.SCHEMES.format(convection="linear"),
        "system/fvSolution": openfoam.SOLUTION.format(
            smoother="GaussSeidel", tolerance="1e-9", more="pRefCell 0; pRefValue 0;"
        ),
        "constant/transportProperties": f"transportModel Newtonian; nu {1.0 / REYNOLDS!r};\n",
        "constant/turbulenceProperties": "simulationType laminar;\n",
        "0/U": """dimensions [0 1 -1 0 0 0 0];
internalField uniform (0 0 0);
boundaryField
{
    lid { type fixedValue; value uniform (1 0 0); }
    walls { type noSlip; }
    sides { type empty; }
}
""",
        "0/p": """dimensions [0 2 -2 0 0 0 0];
internalField uniform 0;
boundaryField { lid { type zeroGradient; } walls { type zeroGradient; } sides { type empty; } }
""",
    }
