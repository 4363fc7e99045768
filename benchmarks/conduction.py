"""Case A: our multigrid against the algebraic multigrids that are installed, on the same matrix in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array

from benchmarks.stack import BOTTOM_MEAN, HOTTEST, MESHES, stack
from thermal.fv.assemble import assemble
from thermal.numerics.multigrid import Multigrid, Stencil

__all__ = ["conduction", "matrix"]

TOLERANCE = 1.0e-8
REPEATS = {"1e5": 5, "1e6": 3, "4e6": 3}
# bytes moved per cell by one iteration (float64 iteration 136, float32 cycle 88 × 4/3) and by set-up, counted by hand
BYTES_PER_ITERATION, BYTES_SET_UP = 253.0, 240.0
QUOTED = {"1e5": 0.38, "1e6": 4.7, "4e6": 24.9}  # amgcl SA + ILU0, CPU [s], 2-core EPYC of Zen 3 class
Floats = NDArray[np.float64]


def conduction(triad: float, *, peers: bool = True) -> list[dict[str, float | str]]:
    """Median CPU time of set-up and solve to 1e-8; `triad` is the machine's memory bandwidth [GB/s]."""
    return [_case(mesh, triad, peers=peers) for mesh in MESHES]


def _case(mesh: str, triad: float, *, peers: bool) -> dict[str, float | str]:
    system = assemble(stack(mesh))
    stencil, rhs = system.stencil, system.rhs
    times = []
    for _ in range(REPEATS[mesh] + 1):
        begun = time.process_time()
        solution = Multigrid(stencil).solve(rhs, tolerance=TOLERANCE)
        times.append(time.process_time() - begun)
    ours = statistics.median(times[1:])
    limit = rhs.size * (BYTES_PER_ITERATION * solution.iterations + BYTES_SET_UP) / (triad * 1e9)
    quarter = rhs.shape[1] // 4
    bottom = solution.x[0, quarter:-quarter, quarter:-quarter].mean()
    row: dict[str, float | str] = {
        "mesh": mesh,
        "cells": rhs.size,
        "iterations": solution.iterations,
        "ours_s": ours,
        "bandwidth_limit_s": limit,
        "ours_over_limit": ours / limit,
        "hottest_off_reference": abs(solution.x.max() / HOTTEST[mesh] - 1.0),
        "bottom_mean_off_reference": abs(bottom / BOTTOM_MEAN[mesh] - 1.0),
    }
    found = _peers(stencil, rhs, solution.x) if peers else {}
    best = min(found.values(), default=QUOTED[mesh])
    return {**row, **found, "best_peer_over_ours": best / ours, "peers": "same run" if found else "quoted: amgcl"}


def matrix(stencil: Stencil) -> csr_matrix:
    """Assemble the operator for the peers."""
    nz, ny, nx = stencil.gx.shape
    diagonal = stencil.extra.copy()
    for g, axis in ((stencil.gx, 2), (stencil.gy, 1), (stencil.gz, 0)):
        diagonal += g
        later = [slice(None)] * 3
        sooner = [slice(None)] * 3
        later[axis], sooner[axis] = slice(1, None), slice(None, -1)
        diagonal[tuple(later)] += g[tuple(sooner)]
    offsets = {1: stencil.gx, nx: stencil.gy, nx * ny: stencil.gz}
    bands = [diagonal.ravel()]
    places = [0]
    for step, g in offsets.items():
        band = -g.ravel()[:-step]
        bands += [band, band]
        places += [step, -step]
    return csr_matrix(diags_array(bands, offsets=places, shape=(nx * ny * nz,) * 2))


def _peers(stencil: Stencil, rhs: Floats, ours: Floats) -> dict[str, float]:
    """CPU time of each peer that is installed [s]; each must give our answer."""
    found: dict[str, float] = {}
    solvers: dict[str, Callable[[csr_matrix, Floats], Floats]] = {}
    try:
        import pyamg

        solvers["pyamg_rs_s"] = lambda A, b: pyamg.ruge_stuben_solver(A).solve(b, tol=TOLERANCE, accel="cg")
        solvers["pyamg_sa_s"] = lambda A, b: pyamg.smoothed_aggregation_solver(A).solve(b, tol=TOLERANCE, accel="cg")
    except ImportError:
        pass
    try:
        import pyamgcl

        def amgcl(A: csr_matrix, b: Floats) -> Floats:
            cycle = pyamgcl.amg(A, prm={"coarsening.type": "smoothed_aggregation", "relax.type": "ilu0"})
            solver = pyamgcl.solver(cycle, prm={"type": "cg", "tol": TOLERANCE, "maxiter": 500})
            return np.asarray(solver(b))

        solvers["amgcl_sa_ilu0_s"] = amgcl
    except ImportError:
        pass
    assembled = matrix(stencil) if solvers else None
    for name, solve in solvers.items():
        begun = time.process_time()
        answer = solve(assembled, rhs.ravel())
        found[name] = time.process_time() - begun
        assert np.max(np.abs(answer - ours.ravel())) < 1e-5 * ours.max()
    return found
