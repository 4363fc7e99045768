"""A flow turned, mirrored or scaled is the same flow: every axis, side and sign of the solver meets every other."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tests.verification.flow_cases import Floats, assert_mass_is_conserved
from thermal.fv import Box, FlowProblem, Grid, flow_residual
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

NAMES = "xyz"
SAME = 1e-8  # of the largest velocity or pressure; the solver stops at 1e-10
FACES = (
    np.linspace(0.0, 2.0, 11) ** 1.1,
    np.array([0.0, 0.2, 0.3, 0.4, 0.55, 0.7, 0.9, 1.0]),
    np.linspace(0.0, 0.8, 7),
)


@dataclass(frozen=True)
class View:
    """Where the axes x, y, z of the original lie now, and which of them run backward."""

    axes: tuple[int, ...] = (0, 1, 2)
    backward: tuple[bool, bool, bool] = (False, False, False)

    def side(self, name: str) -> Any:
        """Name of a side of the original."""
        axis, end = NAMES.index(name[0]), name[2:]
        if self.backward[axis]:
            end = {"min": "max", "max": "min"}[end]
        return f"{NAMES[self.axes[axis]]}_{end}"

    def row(self, things: Any) -> list[Any]:
        """Three things, one along each axis."""
        out: list[Any] = [None] * 3
        for axis in range(3):
            out[self.axes[axis]] = things[axis]
        return out

    def faces(self) -> list[Floats]:
        """Faces of the grid."""
        return self.row([-f[::-1] if b else f for f, b in zip(FACES, self.backward, strict=True)])

    def box(self, *ranges: tuple[float, float] | None) -> Box:
        """A box by its ends along each axis."""
        turned = [None if r is None else (-r[1], -r[0]) if b else r for r, b in zip(ranges, self.backward, strict=True)]
        return Box(*self.row(turned))

    def vector(self, values: tuple[float, float, float]) -> tuple[float, ...]:
        """A vector by its components."""
        return tuple(self.row([-v if b else v for v, b in zip(values, self.backward, strict=True)]))

    def array(self, values: Floats) -> Floats:
        """An array (z, y, x) of scalars."""
        values = values[tuple(slice(None, None, -1 if b else 1) for b in reversed(self.backward))]
        return np.ascontiguousarray(values.T.transpose(np.argsort(self.axes)).T)

    def velocities(self, flow: FlowField) -> list[Floats]:
        """The three velocities of a flow of the original."""
        return self.row(
            [self.array(part) * (-1.0 if b else 1.0) for part, b in zip(flow.velocity, self.backward, strict=True)]
        )


TURNED = [View(axes) for axes in itertools.permutations(range(3))][1:]
MIRRORED = [
    View(backward=(True, False, False)),
    View(backward=(False, True, False)),
    View(backward=(False, False, True)),
    View((1, 2, 0), (True, False, True)),
]


def problem(view: View, scheme: Any = "bounded") -> FlowProblem:
    """A block, a porous layer, a source, a moving wall, openings in parts of three sides, uneven viscosity."""
    z, y, x = np.meshgrid(*[0.5 * (f[1:] + f[:-1]) for f in reversed(FACES)], indexing="ij")
    viscosity = view.array(0.02 * (1.0 + 0.5 * x + 0.3 * y * z))
    grid = Grid.from_faces(*view.faces())
    out = FlowProblem(grid, density=1.3, viscosity=viscosity, scheme=scheme, least_cells=1)
    out.block(view.box((0.4, 0.8), (0.0, 0.4), (0.15, 0.65)))
    porous = view.box((1.2, 1.6), None, None)
    out.add_porous(porous, permeability=view.row((0.01, 0.03, np.inf)), forchheimer=view.row((3.0, 0.0, 1.0)))
    out.add_mass(view.box((1.0, 1.3), (0.4, 0.7), (0.3, 0.7)), 0.05)
    out.add_force(view.vector((0.1, -0.2, 0.05)))
    out.wall(view.side("y_max"), velocity=view.vector((0.4, 0.0, -0.2)))
    out.symmetry(view.side("z_max"), box=view.box((1.0, FACES[0][-1]), None, None))
    out.inlet(view.side("x_min"), velocity=view.vector((1.0, 0.2, -0.1)), box=view.box(None, (0.2, 0.7), (0.0, 0.5)))
    out.outlet(view.side("x_max"), pressure=0.3, box=view.box(None, (0.0, 0.6), None))
    out.outlet(view.side("z_min"), box=view.box((1.2, 1.8), (0.3, 0.85), None))
    return out


def difference(view: View, original: FlowField, scheme: Any = "bounded") -> float:
    """Between the flow in a view and the original seen from there, over the largest velocity or pressure."""
    flow = solve_flow(problem(view, scheme), tolerance=1e-10)
    fastest = max(float(np.abs(part).max()) for part in original.velocity)
    pairs = zip(view.velocities(original), flow.velocity, strict=True)
    apart = max(float(np.abs(a - b).max()) for a, b in pairs) / fastest
    return max(apart, float(np.abs(view.array(original.p) - flow.p).max() / np.abs(original.p).max()))


@pytest.fixture(scope="module")
def original() -> FlowField:
    return solve_flow(problem(View()), tolerance=1e-10)


def test_it_flows_everywhere_and_conserves_mass(original: FlowField) -> None:
    assert_mass_is_conserved(original)
    assert min(float(np.abs(part).max()) for part in original.velocity) > 0.1
    assert original.mass_flow("z_min") < -0.01
    assert original.mass_flow("x_max") < -0.01


@pytest.mark.parametrize("view", TURNED, ids=lambda view: "".join(NAMES[a] for a in view.axes))
def test_a_turned_flow_is_the_same(original: FlowField, view: View) -> None:
    assert difference(view, original) < SAME


@pytest.mark.parametrize("view", MIRRORED, ids=lambda view: "".join("+-"[b] for b in view.backward))
def test_a_mirrored_flow_is_the_same(original: FlowField, view: View) -> None:
    assert difference(view, original) < SAME


@pytest.mark.parametrize("scheme", ["upwind", "central", "linear_upwind"])
def test_so_it_is_with_every_scheme(scheme: str) -> None:
    flow = solve_flow(problem(View(), scheme), tolerance=1e-10)
    assert difference(MIRRORED[-1], flow, scheme) < SAME


def test_a_weight_wrong_along_one_axis_is_seen(original: FlowField, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sabotage: the share of the way from point to link, along x only, 1 % too large."""
    right = flow_residual.Residual._weights

    def wrong(self: flow_residual.Residual, m: int, t: int) -> Floats:
        weights = right(self, m, t)
        weights[0] *= 1.01 if t == 0 else 1.0
        return weights

    monkeypatch.setattr(flow_residual.Residual, "_weights", wrong)
    assert difference(TURNED[1], original) > 1e4 * SAME


def creeping(factor: float, density: float) -> FlowField:
    """Flow past a block at a speed, with a moving wall, plane."""
    out = FlowProblem(Grid.uniform((2.0, 1.0, 1.0), (24, 12, 1)), density=density, viscosity=1.0, least_cells=1)
    out.block(Box(x=(0.5, 1.0), y=(0.0, 0.5)))
    out.wall("y_max", velocity=(factor, 0.0, 0.0))
    out.inlet("x_min", velocity=2.0 * factor)
    out.outlet("x_max")
    return solve_flow(out, tolerance=1e-10)


def apart(slow: FlowField, fast: FlowField, ratio: float) -> float:
    """Largest difference of scaled velocities and pressures, over the largest."""
    pairs = [(slow.u, fast.u), (slow.v, fast.v), (slow.p, fast.p)]
    return max(float(np.abs(ratio * a - b).max() / np.abs(b).max()) for a, b in pairs)


def test_creeping_flow_scales_with_the_speed() -> None:
    """Reynolds number of 1e-6 against 1e-3: the same field and drag to the order of the latter."""
    slow, fast = creeping(1e-6, 1.0), creeping(1e-3, 1.0)
    assert_mass_is_conserved(slow)
    assert apart(slow, fast, 1e3) < 1e-3
    assert slow.pressure_drop * 1e3 == pytest.approx(fast.pressure_drop, rel=1e-3)


def test_inertia_is_seen_by_that_check() -> None:
    assert apart(creeping(1e-6, 1.0), creeping(1e-3, 3e4), 1e3) > 1e-2
