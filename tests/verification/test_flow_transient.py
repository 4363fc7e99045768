"""Flow in time against exact solutions: start-up between plates, vortices that decay, at rest and carried along."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from thermal.fv import FlowProblem, Grid, flow_time_step
from thermal.fv import flow_transient as transient
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_input import Scheme
from thermal.fv.flow_projection import Projection
from thermal.fv.grid import Floats

DATA = Path(__file__).parents[1] / "data"
SIDE = 2.0 * math.pi


def start_up_error(cells: int, step: float, viscosity: float = 1.0) -> float:
    """Largest difference to the series at any of its instants and places, over the velocity in the end."""
    lines = (DATA / "startup_poiseuille.csv").read_text(encoding="utf-8").splitlines()
    table = [tuple(map(float, row.values())) for row in csv.DictReader(line for line in lines if line[0] != "#")]
    problem = FlowProblem(Grid.uniform((0.1, 1.0, 1.0), (1, cells, 1)), density=1.0, viscosity=viscosity)
    problem.symmetry("y_min")
    problem.periodic("x", pressure_drop=0.2)
    worst, seen = 0.0, 0
    for flow in transient.march_flow(problem, step=step, end=1.0, every=round(0.05 / step)):
        y = flow.grid.centres[1]
        line = CubicSpline([*-y[::-1], *y, 1.0], [*flow.u[0, ::-1, 0], *flow.u[0, :, 0], 0.0])
        for time, place, exact in table:
            if math.isclose(time, flow.time or 0.0):
                worst, seen = max(worst, abs(float(line(place)) - exact)), seen + 1
    assert seen == len(table) == 25
    return worst


def test_start_up_between_plates() -> None:
    coarse, fine = start_up_error(20, 0.01), start_up_error(40, 0.005)
    assert coarse < 8e-4
    assert fine < 2e-4
    assert math.log2(coarse / fine) > 1.9


def test_start_up_twins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start_up_error(40, 0.005, viscosity=1.01) > 5e-4
    monkeypatch.setattr(transient, "LATEST", 1.515)
    assert start_up_error(40, 0.005) > 2e-4


class Vortices:
    """Taylor and Green's vortices on a square of side 2π, carried along by a mean velocity; density 1."""

    def __init__(self, cells: int, scheme: Scheme, viscosity: float, mean: tuple[float, float] = (0.0, 0.0)) -> None:
        self.viscosity, self.mean = viscosity, mean
        self.grid = Grid.uniform((SIDE, SIDE, 1.0), (cells, cells, 1))
        self.problem = FlowProblem(self.grid, density=1.0, viscosity=viscosity, scheme=scheme, least_cells=1)
        self.problem.periodic("x")
        self.problem.periodic("y")

    def exact(self, time: float) -> FlowField:
        (U, V), decay = self.mean, math.exp(-2.0 * self.viscosity * time)
        xf, yf, _ = self.grid.faces
        xc, yc, _ = self.grid.centres
        u = U + decay * np.cos(yc - V * time)[:, None] * np.sin(xf - U * time)
        v = V - decay * np.sin(yf - V * time)[:, None] * np.cos(xc - U * time)
        p = decay**2 / 4.0 * (np.cos(2.0 * (yc - V * time))[:, None] + np.cos(2.0 * (xc - U * time)))
        still = np.zeros((2, *p.shape))
        return FlowField(self.problem.checked(), u[None], v[None], still, p[None], time=time)

    def march(self, step: float, end: float, every: int | None = None) -> Iterator[FlowField]:
        start = self.exact(0.0)
        start.p[...] = 0.0  # the march finds it
        return transient.march_flow(self.problem, step=step, end=end, every=every, start=start)


def apart(one: FlowField, other: FlowField, name: str) -> float:
    return float(np.sqrt(np.mean((getattr(one, name) - getattr(other, name)) ** 2)))


def vortex_errors(cells: int, scheme: Scheme, viscosity: float = 0.05) -> tuple[float, float]:
    """Of velocity and pressure at 1 s, root of the mean square."""
    vortices = Vortices(cells, scheme, viscosity)
    *_, flow = vortices.march(1.6 / cells, 1.0)
    exact = Vortices(cells, scheme, 0.05).exact(1.0)
    return apart(flow, exact, "u"), apart(flow, exact, "p")


@pytest.mark.parametrize(("scheme", "bound"), [("central", 3e-4), ("linear_upwind", 7e-4), ("bounded", 1.5e-3)])
def test_vortices_second_order_in_space(scheme: Scheme, bound: float) -> None:
    coarse, fine = vortex_errors(32, scheme), vortex_errors(64, scheme)
    assert coarse[0] < bound
    assert math.log2(coarse[0] / fine[0]) > 1.9
    assert math.log2(coarse[1] / fine[1]) > 1.65  # the pressure of the upwind schemes is not yet at its order


def test_first_order_convection_is_told_apart() -> None:
    coarse, fine = vortex_errors(32, "upwind"), vortex_errors(64, "upwind")
    assert math.log2(coarse[0] / fine[0]) < 1.5


def test_vortices_twin() -> None:
    assert vortex_errors(64, "central")[0] < 1e-4
    assert vortex_errors(64, "central", viscosity=0.0505)[0] > 2e-4


def test_vortices_conserve_mass_at_every_instant() -> None:
    flows = list(Vortices(32, "bounded", 0.05, (0.2, 0.1)).march(0.05, 1.0, every=1))
    assert len(flows) == 20
    assert max(flow.imbalance for flow in flows) < 1e-12
    *_, still = Vortices(32, "bounded", 0.05).march(0.05, 1.0)
    assert still.imbalance < 1e-12


@pytest.mark.parametrize(("rounds", "factor"), [(0, 1.0), (1, 1.0 + 1e-6)], ids=["left out", "a millionth off"])
def test_mass_that_is_not_projected_out_is_seen(rounds: int, factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """One round of it: later ones would take out what the first leaves."""
    right = Projection.__call__

    def wrong(self: Projection, x: Floats, net: Floats, reduction: float) -> Floats:
        return right(self, x, factor * net, reduction)

    monkeypatch.setattr(flow_time_step, "ROUNDS", 1)
    assert marched_imbalance() < 1e-12
    monkeypatch.setattr(flow_time_step, "ROUNDS", rounds)
    monkeypatch.setattr(Projection, "__call__", wrong)
    assert marched_imbalance() > 1e-11


def marched_imbalance() -> float:
    """Largest net flow of any cell at any instant."""
    return max(flow.imbalance for flow in Vortices(32, "bounded", 0.05, (0.2, 0.1)).march(0.05, 0.5, every=1))


def energy_error(viscosity: float) -> float:
    """Largest difference of the kinetic energy to exp(-4 ν t), relative."""
    worst = 0.0
    for flow in Vortices(32, "central", viscosity).march(0.05, 1.0, every=4):
        energy = float((flow.u[..., 1:] ** 2).mean() + (flow.v[:, 1:] ** 2).mean()) / 0.5
        worst = max(worst, abs(energy / math.exp(-4.0 * 0.1 * (flow.time or 0.0)) - 1.0))
    return worst


def test_energy_decays() -> None:
    assert energy_error(0.1) < 2e-3
    assert energy_error(0.101) > 2e-3


def swirl(step: float) -> FlowField:
    """Flow between four walls that a force sets going from rest."""
    n = 16
    grid = Grid.uniform((1.0, 1.0, 1.0), (n, n, 1))
    problem = FlowProblem(grid, density=1.0, viscosity=0.1, scheme="central")
    (xf, yf, _), (xc, yc, _) = grid.faces, grid.centres
    fx = 4.0 * np.sin(math.pi * xf) ** 2 * np.sin(SIDE * yc)[:, None]
    fy = -2.0 * np.sin(SIDE * xc) * np.sin(math.pi * yf)[:, None]
    problem.add_force((fx[None], fy[None], 0.0))
    *_, flow = transient.march_flow(problem, step=step, end=0.4)
    return flow


def carried(step: float) -> FlowField:
    *_, flow = Vortices(16, "central", 0.1, (0.5, 0.3)).march(step, 0.4)
    return flow


def observed_orders(flows: Sequence[FlowField]) -> dict[str, float]:
    """From three steps, each half of the one before, on the same grid."""
    one, two, three = flows
    return {name: math.log2(apart(one, two, name) / apart(two, three, name)) for name in "uvp"}


STEPS = 0.0125, 0.00625, 0.003125


@pytest.mark.parametrize("flow", [carried, swirl])
def test_second_order_in_time(flow: object) -> None:
    assert callable(flow)
    for order in observed_orders([flow(step) for step in STEPS]).values():
        assert 1.9 < order < 2.2


@pytest.mark.parametrize("onward", [(1.0, 0.0), (0.0, 1.0), (1.99, -0.99)])
def test_second_order_in_time_twin(monkeypatch: pytest.MonkeyPatch, onward: tuple[float, float]) -> None:
    monkeypatch.setattr(transient, "ONWARD", onward)
    orders = observed_orders([carried(step) for step in STEPS])
    assert min(orders.values()) < 1.9


def plate_error(cells: int, step: float, viscosity: float = 0.5) -> float:
    """Flow between a plate that swings along itself and one at rest, against Stokes' second problem in a gap."""
    pace = 2.0 * math.pi
    k = np.sqrt(1j * pace / 0.5)
    problem = FlowProblem(Grid.uniform((0.1, 1.0, 1.0), (1, cells, 1)), density=1.0, viscosity=viscosity)
    problem.periodic("x")
    problem.wall("y_min", velocity=(1.0, 0.0, 0.0))
    y = problem.grid.centres[1]

    def exact(time: float) -> np.ndarray:
        return np.asarray((np.sinh(k * (1.0 - y)) / np.sinh(k) * np.exp(1j * pace * time)).real)

    u = np.repeat(exact(0.0)[None, :, None], 2, axis=2)
    start = FlowField(problem.checked(), u, np.zeros((1, cells + 1, 1)), np.zeros((2, cells, 1)), 0.0 * u[..., :1])
    swing = {"drive": lambda time: math.cos(pace * time)}
    *_, flow = transient.march_flow(problem, step=step, end=0.8, start=start, **swing)  # type: ignore[arg-type]
    return float(np.abs(flow.u[0, :, 0] - exact(0.8)).max())


def test_swinging_plate() -> None:
    coarse, fine = plate_error(40, 0.01), plate_error(80, 0.005)
    assert fine < 3e-4
    assert math.log2(coarse / fine) > 1.9
    assert plate_error(80, 0.005, viscosity=0.505) > 3e-4
