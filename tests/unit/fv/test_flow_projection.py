"""Mass to rounding at the end of steady flow, also where every direction is periodic."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.fv import Box, FlowProblem, Grid, flow_projection, solve_flow


def pins(axes: str, cells: tuple[int, int, int]) -> FlowProblem:
    """One of many pins in rows, driven along x."""
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 0.5), cells), density=1.0, viscosity=0.05, least_cells=1)
    for axis in axes:
        problem.periodic(axis, pressure_drop=1.0 if axis == "x" else 0.0)  # type: ignore[arg-type]
    problem.block(Box(x=(0.3, 0.7), y=(0.3, 0.7), z=None if cells[2] == 1 else (0.0, 0.3)))
    return problem


@pytest.mark.parametrize(
    ("axes", "cells"), [("x", (16, 16, 1)), ("xy", (16, 16, 1)), ("xyz", (8, 9, 5)), ("xz", (8, 9, 4))]
)
def test_no_cell_of_a_row_of_pins_has_a_net_flow(axes: str, cells: tuple[int, int, int]) -> None:
    flow = solve_flow(pins(axes, cells))
    assert flow.u.max() > 0.1
    assert flow.imbalance < 1e-14


def test_without_a_projection_they_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_projection, "ROUNDS", 0)
    assert solve_flow(pins("xy", (16, 16, 1))).imbalance > 1e-12


def test_a_duct_graded_a_thousandfold_is_solved() -> None:
    """Cells short at the inlet and far longer than wide at the end: what the pressure couples turns round between."""
    lengths = 1000.0 ** np.linspace(0.0, 1.0, 40)
    x, across = np.append(0.0, np.cumsum(lengths)) * 0.03 / lengths.sum(), np.linspace(0.0, 2e-4, 7)
    drops = []
    for places in (x, np.linspace(0.0, 0.03, 41)):
        duct = FlowProblem(Grid.from_faces(places, across, across), density=1000.0, viscosity=1e-3, least_cells=6)
        duct.inlet("x_min", velocity=0.5)
        duct.outlet("x_max")
        duct.symmetry("y_max")
        duct.symmetry("z_max")
        flow = solve_flow(duct)
        assert flow.imbalance < 1e-12
        drops.append(float(np.interp(0.02, flow.grid.centres.x, flow.p.mean(axis=(0, 1)))))
    assert drops[0] == pytest.approx(drops[1], rel=2e-3)  # developed by then on either grid
