"""Case D: one rack and a hall of 1000, against EPANET and pandapipes in the same run."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.epanet import Epanet
from benchmarks.hall import DENSITY, TOTALS, VISCOSITY, hall
from thermal.hydraulics.solve import HydraulicSolver

__all__ = ["networks"]

DROPS = {1: 1.0e5, 1000: 1.2e5}  # [Pa]
REPEATS = {1: 200, 1000: 7}
QUOTED_PANDAPIPES = {1: 0.056, 1000: 13.0}  # CPU [s] on a 2-core EPYC of Zen 3 class, where it is not installed here


def networks() -> list[dict[str, float | str]]:
    """Median CPU time of one warm solve from a cold start, ours and the peers', interleaved."""
    return [_case(racks) for racks in DROPS]


def _case(racks: int) -> dict[str, float | str]:
    network, inlet, outlet = hall(racks)
    begun = time.process_time()
    solver = HydraulicSolver(network, [inlet, outlet])
    pressure, coolant = np.array([DROPS[racks], 0.0]), {"density": DENSITY, "viscosity": VISCOSITY}
    flow = solver.solve(pressure, **coolant)
    first = time.process_time() - begun
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        peer = Epanet(network, inlet, outlet, DROPS[racks], Path(folder))
        for _ in range(REPEATS[racks]):
            begun = time.process_time()
            flow = solver.solve(pressure, **coolant)
            ours.append(time.process_time() - begun)
            theirs.append(peer.solve())
        peer_total = peer.total()
        peer.close()
    out = np.flatnonzero(network.end == outlet)
    total = float(flow.mass_flow[out].sum() / DENSITY * 6e4)
    mine, epanet = statistics.median(ours), statistics.median(theirs)
    row: dict[str, float | str] = {
        "racks": racks,
        "pipes": len(network.branches),
        "ours_ms": mine * 1e3,
        "first_solve_ms": first * 1e3,
        "epanet_ms": epanet * 1e3,
        "epanet_over_ours": epanet / mine,
        "newton_steps": flow.iterations,
        "pressure_residual": flow.pressure_residual,
        "total_L_min": total,
        "total_off_reference": abs(total / TOTALS[racks] - 1.0),
        "epanet_off_reference": abs(peer_total / TOTALS[racks] - 1.0),
        "peak_memory_GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }
    return {**row, **_pandapipes(network, inlet, outlet, racks, mine)}


def _pandapipes(network, inlet: int, outlet: int, racks: int, mine: float) -> dict[str, float | str]:  # type: ignore[no-untyped-def]
    try:
        from benchmarks.pandapipes_hall import pandapipes_solve

        times, _ = pandapipes_solve(network, inlet, outlet, DROPS[racks], 5 if racks == 1 else 1)
    except ImportError:
        quoted = QUOTED_PANDAPIPES[racks]
        return {
            "pandapipes_ms": quoted * 1e3,
            "pandapipes_over_ours": quoted / mine,
            "pandapipes": "not installed: quoted",
        }
    theirs = statistics.median(times)
    return {"pandapipes_ms": theirs * 1e3, "pandapipes_over_ours": theirs / mine, "pandapipes": "same run"}
