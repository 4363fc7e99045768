"""Flow in time with mass taken out is of second order, also from an impulsive start and under a drive that falls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from thermal.fv import Box, FlowField, FlowProblem, Grid, march_flow
from thermal.fv import flow_transient as transient
from thermal.fv.flow_projection import Projection
from thermal.fv.flow_residual import Residual
from thermal.fv.grid import Floats

LENGTH, HEIGHT, DEEP = 0.02, 2e-3, 1e-3
NX, NY = 20, 6
RHO, MU, SPEED, END = 1000.0, 1e-3, 0.05, 0.2


def marched(steps: int, *, falls: bool) -> FlowField:
    """A channel with a sink over part of its floor, 40 % of what flows in, from rest."""
    problem = FlowProblem(
        Grid.uniform((LENGTH, HEIGHT, DEEP), (NX, NY, 1)), density=RHO, viscosity=MU, scheme="central", least_cells=1
    )
    problem.inlet("x_min", velocity=SPEED)
    problem.outlet("x_max")
    problem.symmetry("y_max")
    taken = 0.4 * RHO * SPEED * HEIGHT * DEEP
    problem.add_mass(Box(x=(0.3 * LENGTH, 0.7 * LENGTH), y=(0.0, HEIGHT / NY)), -taken)
    drive = (lambda time: 0.55 + 0.45 * math.cos(math.pi * time / END)) if falls else None
    *_, field = march_flow(problem, step=END / steps, end=END, drive=drive, tolerance=1e-11)
    return field


def order(*, falls: bool) -> float:
    fine, *others = (marched(steps, falls=falls) for steps in (800, 100, 200))
    coarse, middle = (float(np.abs(one.u - fine.u).max()) for one in others)
    return math.log2(coarse / middle)


@pytest.mark.parametrize("falls", [False, True], ids=["even", "falling"])
def test_mass_taken_out_leaves_the_order(falls: bool) -> None:
    assert 1.9 < order(falls=falls) < 2.2


def test_a_start_that_drag_resists_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drag over the first step instead of inertia alone: then the start depends on the step."""

    def dragged(residual: Residual, x: Floats) -> None:
        system = residual.system
        assert system.linear is not None
        pace = RHO / (transient.SHARE * step)
        inertia = {m: pace * system.volume(m) + system.linear[m] for m in residual.live}
        projection, net = Projection(residual, inertia), np.zeros(system.shape)
        for _ in range(3):
            residual.divergence(x, net)
            projection(x, net[projection.cells], 1e-8)

    monkeypatch.setattr(transient, "project", dragged)
    found = []
    for steps in (800, 100, 200):
        step = END / steps
        found.append(marched(steps, falls=True))
    errors = [float(np.abs(one.u - found[0].u).max()) for one in found[1:]]
    assert math.log2(errors[0] / errors[1]) < 1.5
