"""Resolved channels against exact developed flow, and the smeared fins of plate fidelity against resolved ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from tests.verification.flow_cases import sabotage
from thermal.coldplate import resolved as solver
from thermal.coldplate.closure import film_along, fitted_film_along, unit_cell
from thermal.coldplate.resolved import ResolvedCell, ResolvedRun, Settings
from thermal.coldplate.resolved_fit import FittedChannel, fit_channel
from thermal.correlations.channels import channel_pressure_drop, developing_pressure_drop
from thermal.correlations.ducts import aspect_ratio, fully_developed_friction
from thermal.fv import Box, ConductionProblem, Grid, solve
from thermal.fv.grid import Floats
from thermal.hydraulics.loop import fluid_table
from thermal.rack.loader import load_coolant, load_rack
from thermal.rack.parts import Plate

INLET, HEAT, DENSITY = 313.15, 300.0, 1010.0
FINE, COARSE = 0.8, 0.4  # resolution: 16 and 8 cells across a channel
FLOWS = {"grace_plate": (0.5, 1.0, 2.0, 4.0), "gb300_gpu_plate": (0.5, 1.0, 2.2, 4.0)}  # [L/min]
EVEN = Settings(even_properties=True)
LONG = 4.0  # times its length a channel of the GPU's plate has developed, fins and base too, in the middle of it
FRICTION, ROOT = 4e-3, 3e-3  # extrapolated, of developed friction and of the resistance of the root
OFF = 0.03  # of a closure

Solve = Callable[[str, float, float, float], ResolvedRun]


@lru_cache
def plate(name: str) -> Plate:
    part = load_rack("gb300_nvl72").parts[name]
    assert isinstance(part, Plate)
    return part


@lru_cache
def resolved(name: str, flow: float, resolution: float, longer: float = 1.0) -> ResolvedRun:
    part = plate(name)
    assert part.channels is not None
    length = replace(part.channels.length, value=longer * float(part.channels.length))
    channels = part.channels.model_copy(update={"length": length})
    cell = ResolvedCell(name, channels, part.body, resolution=resolution)
    return cell.solve(flow * DENSITY / 6e4, INLET, HEAT, fluid_table(load_coolant("PG25")), EVEN)


@lru_cache
def fitted(name: str) -> FittedChannel:
    part = plate(name)
    assert part.channels is not None
    points = [(flow * DENSITY / 6e4, INLET, HEAT) for flow in FLOWS[name]]
    return fit_channel(name, part.channels, part.body, points, fluid_table(load_coolant("PG25")), resolution=FINE)


def extrapolated(read: Callable[[ResolvedRun], float], *, longer: float = 1.0, solve: Solve = resolved) -> float:
    """Of the GPU's plate at 2.2 L/min, from two grids."""
    fine, coarse = (read(solve("gb300_gpu_plate", 2.2, resolution, longer)) for resolution in (FINE, COARSE))
    return fine + (fine - coarse) / 3.0


def developed_friction(run: ResolvedRun) -> float:
    """f·Re between 40 and 80 % of the path, where nothing develops any more."""
    assert isinstance(run.domain, ResolvedCell)
    y, drop = run.along.y, run.domain.drops(run.flow)[0]
    a, b = np.searchsorted(y, [0.4 * run.domain.shape.run, 0.8 * run.domain.shape.run])
    slope = float((drop[b] - drop[a]) / (y[b] - y[a]))
    return slope * run.domain.shape.hydraulic_diameter**2 / (2.0 * run.coolant.viscosity * run.velocity)


def root(run: ResolvedRun) -> float:
    """Resistance from the fins' root to the coolant in the middle of the path [K m2/W]."""
    rows = run.along
    n = int(np.searchsorted(rows.y, 0.5 * run.domain.shape.run))
    return float((rows.root[n] - rows.bulk[n]) / rows.root_flux[n])


def exact_friction() -> float:
    shape = resolved("gb300_gpu_plate", 2.2, FINE).domain.shape
    return fully_developed_friction(aspect_ratio(shape.width, shape.height))


def exact_root() -> float:
    run = resolved("gb300_gpu_plate", 2.2, FINE)
    s = run.domain.shape
    cell = unit_cell(
        s.width, s.height, s.wall, s.conductivity, run.coolant.conductivity,
        cover=s.cover, cover_conductivity=s.cover_conductivity,
    )  # fmt: skip
    return cell.exact.root


def test_developed_friction() -> None:
    fine, coarse = (
        developed_friction(resolved("gb300_gpu_plate", 2.2, one)) / exact_friction() - 1.0 for one in (FINE, COARSE)
    )
    assert coarse / fine == pytest.approx(4.0, rel=0.25)  # second order
    assert extrapolated(developed_friction) == pytest.approx(exact_friction(), rel=FRICTION)


@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_a_viscosity_one_per_cent_off_is_seen(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, links=factor, walls=factor)
    found = extrapolated(developed_friction, solve=resolved.__wrapped__)
    assert found != pytest.approx(exact_friction(), rel=FRICTION)


def test_developed_resistance() -> None:
    """In a longer channel; in the plate's own what develops in the fins and the ends of the base are 0.6 % off."""
    assert extrapolated(root, longer=LONG) == pytest.approx(exact_root(), rel=ROOT)


@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_conductivities_one_per_cent_off_are_seen(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of fins and coolant."""
    right = solver.conductivities
    monkeypatch.setattr(solver, "conductivities", lambda *given: factor * right(*given))
    found = extrapolated(root, longer=LONG, solve=resolved.__wrapped__)
    assert found != pytest.approx(exact_root(), rel=ROOT)


def porous(run: ResolvedRun, film: Floats) -> float:
    """Resistance of base and fins smeared over their pitch, as plate fidelity has them, on the same rows and layers."""
    cut, s, c = run.domain.cut, run.domain.shape, run.coolant
    z, layers = cut.grid.faces.z, cut.fins[0]
    grid = Grid.from_faces([0.0, s.pitch], cut.grid.faces.y, z)
    fins = Box(z=(z[layers.start], z[layers.stop]))
    problem = ConductionProblem(grid, s.conductivity)
    share = s.conductivity * s.wall / s.pitch
    problem.set_material(fins, (1.0, share, share))
    problem.set_material(Box(z=(z[layers.stop], z[-1])), s.cover_conductivity)
    flux = run.heat / s.area
    problem.set_flux("z_min", flux)
    capacity = run.mass_flow / s.paths * c.specific_heat * grid.widths.z[layers] / s.height
    exchange = np.broadcast_to((2.0 * film / s.pitch)[None, :, None], (capacity.size, grid.shape[1], 1))
    problem.add_coolant(
        fins, capacity_flow=capacity[:, None], exchange=exchange, inlet_temperature=c.inlet, direction="y_max"
    )
    base = solve(problem).surface("z_min")[:, 0]
    return (float(base @ grid.widths.y) / s.run - c.inlet) / run.heat


def by_formula(run: ResolvedRun) -> float:
    """As plate fidelity is without a closure."""
    s, c = run.domain.shape, run.coolant
    cell = unit_cell(
        s.width, s.height, s.wall, s.conductivity, c.conductivity,
        cover=s.cover, cover_conductivity=s.cover_conductivity,
    )  # fmt: skip
    faces, diffusivity = run.domain.cut.grid.faces.y, c.conductivity / (c.density * c.specific_heat)
    return porous(
        run, film_along(cell.film, s.width, s.height, faces, 0.0, np.array([run.velocity]), diffusivity)[:, 0]
    )


def by_closure(run: ResolvedRun, scale: float = 1.0) -> float:
    """As plate fidelity is with the closure computed for these channels."""
    s, c, fit = run.domain.shape, run.coolant, fitted(run.domain.name)
    first, *rest = fit.film.constants
    own = (first * scale, rest[0] * scale, rest[1], rest[2])
    faces, diffusivity = run.domain.cut.grid.faces.y, c.conductivity / (c.density * c.specific_heat)
    film = fitted_film_along(
        c.conductivity, own, s.width, s.height, faces, 0.0, np.array([run.velocity]), diffusivity
    )[:, 0]  # fmt: skip
    return porous(run, film)


@pytest.mark.parametrize(
    ("name", "flow"), [("grace_plate", 0.5), ("grace_plate", 0.8), ("grace_plate", 3.0), ("gb300_gpu_plate", 2.2)]
)
def test_smeared_fins_with_their_closure(name: str, flow: float) -> None:
    run = resolved(name, flow, FINE)
    assert by_closure(run) == pytest.approx(run.resistance, rel=0.03)


def test_wide_channels_need_the_closure() -> None:
    """Without it the duct's entrance law makes the film of Grace's channels 10 % too good: so the check can fail."""
    run = resolved("grace_plate", 0.8, FINE)
    assert by_formula(run) < 0.97 * run.resistance
    assert by_closure(run, scale=1.1) < 0.97 * run.resistance
    fine_channels = resolved("gb300_gpu_plate", 2.2, FINE)
    assert by_formula(fine_channels) == pytest.approx(fine_channels.resistance, rel=0.01)


@pytest.mark.parametrize("name", FLOWS)
def test_pressure_drop_of_the_closure(name: str) -> None:
    flow = FLOWS[name][1]
    fine, coarse = (resolved(name, flow, resolution) for resolution in (FINE, COARSE))
    drop = fine.pressure_drop + (fine.pressure_drop - coarse.pressure_drop) / 3.0
    s, c, constants = fine.domain.shape, fine.coolant, fitted(name).friction.constants

    def by_fit(wider: float = 1.0) -> float:
        geometry = fine.mass_flow, s.paths, wider * s.width, s.height, s.run
        return developing_pressure_drop(*geometry, 0.0, 0.0, False, c.density, c.viscosity, *constants)[0]

    assert by_fit() == pytest.approx(drop, rel=OFF)
    for wider in (0.98, 1.02):  # 6 % of pressure drop: a bound of 3 % cannot see much less
        assert by_fit(wider) != pytest.approx(drop, rel=OFF)
    formula = channel_pressure_drop(
        fine.mass_flow, s.paths, s.width, s.height, s.run, 0.0, False, c.density, c.viscosity
    )
    assert formula[0] == pytest.approx(drop, rel=0.04)


def test_what_a_fit_says_of_itself() -> None:
    fit = fitted("gb300_gpu_plate")
    assert fit.runs == 4
    assert fit.across == 16
    for one in (fit.friction, fit.film, fit.root):
        assert 0.0 < one.error_rms <= one.error_max
        assert 0.0 < one.low < one.high
    assert fit.friction.error_max < 0.02
    assert fit.root.error_max < 0.01
    assert fit.reynolds[1] / fit.reynolds[0] == pytest.approx(8.0, rel=0.2)
