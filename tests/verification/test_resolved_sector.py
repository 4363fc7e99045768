"""Sectors with slot, turns and plenum resolved, against what plate fidelity makes of the same sectors."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple, cast

import numpy as np
import pytest

from thermal.coldplate.closure import film_along, fitted_film_along, unit_cell
from thermal.coldplate.coolant_zone import CoolantZone
from thermal.coldplate.plenum_film import plenum_film
from thermal.coldplate.resolved import ResolvedRun, Settings, _heat
from thermal.coldplate.resolved_cell import conductivities
from thermal.coldplate.resolved_fit import FittedChannel, fit_channel
from thermal.coldplate.resolved_sector import ResolvedSector
from thermal.coldplate.stack import FinZone, Stack
from thermal.correlations.channels import developing_pressure_drop
from thermal.correlations.ducts import aspect_ratio, entrance_constants
from thermal.correlations.entrance import SlotFilm
from thermal.correlations.slot import slot_path
from thermal.fv import Box, ConductionProblem, Field, Grid, solve
from thermal.fv.flow_notes import returned
from thermal.fv.grid import Floats
from thermal.hydraulics.loop import fluid_table
from thermal.rack.closures import FittedClosure
from thermal.rack.footprints import Rectangle
from thermal.rack.loader import load_coolant, load_rack
from thermal.rack.parts import Plate

INLET, WARM, HEAT, DENSITY = 313.15, 326.15, 300.0, 1010.0  # WARM: as in the racks, behind two GPUs
GPU, GRACE = "gb300_gpu_plate", "grace_plate"
VERA, HOT = "vera_plate", 331.95  # behind two GPUs of VR200
FITTED = 0.4, 1.0, 2.0, 4.0  # flows of the closure, none of which is compared [L/min]
FINE, COARSE = 0.8, 0.4  # resolution: 16 and 8 cells across a channel
GPU_FLOWS = [pytest.param(1.0, marks=pytest.mark.slow), 2.2, pytest.param(4.0, marks=pytest.mark.slow)]
OFF = 0.03  # of R and of the pressure drop


class Truth(NamedTuple):
    """What a resolved sector says."""

    resistance: float  # [K/W]
    pressure_drop: float  # [Pa]
    over: float  # fins over coolant [K]


# Grace's sector from 53 °C on 12 and 24 cells, extrapolated, by flow [L/min]; computed anew by a slow test
RESOLVED = {1.5: Truth(0.0379386, 1026.16, 7.68423), 3.1: Truth(0.0275659, 2806.05, 5.54926)}


@lru_cache
def plate(name: str) -> Plate:
    part = load_rack("gb300_nvl72").parts[name]
    assert isinstance(part, Plate)
    return part


@lru_cache
def resolved(name: str, flow: float, resolution: float, number: int = 1, inlet: float = INLET) -> ResolvedRun:
    part = plate(name)
    assert part.channels is not None
    sector = ResolvedSector(name, part.channels, part.body, resolution=resolution, number=number)
    settings = Settings(even_properties=True, tolerance=1e-5)
    return sector.solve(flow * DENSITY / 6e4, inlet, HEAT, fluid_table(load_coolant("PG25")), settings)


@lru_cache
def fitted(name: str) -> FittedChannel:
    """The closure of a sector, computed here."""
    part = plate(name)
    assert part.channels is not None
    points = [(flow * DENSITY / 6e4, INLET, HEAT) for flow in FITTED]
    fluid = fluid_table(load_coolant("PG25"))
    return fit_channel(name, part.channels, part.body, points, fluid, resolution=FINE, sector=True)


def named(name: str) -> tuple[FittedClosure, SlotFilm, tuple[float, float]]:
    """The closure that a bundled plate names, with its slot and its losses."""
    channels = plate(name).channels
    assert channels is not None
    closure = channels.closure
    assert isinstance(closure, FittedClosure)
    assert closure.slot is not None
    assert closure.losses is not None
    return closure, SlotFilm(*closure.slot), closure.losses


def by_formula(run: ResolvedRun) -> Floats:
    """Film of plate fidelity without a closure."""
    s, c, faces = run.domain.shape, run.coolant, fin_faces(run)
    cell = unit_cell(
        s.width, s.height, s.wall, s.conductivity, c.conductivity,
        cover=s.cover, cover_conductivity=s.cover_conductivity,
    )  # fmt: skip
    return film_along(cell.film, s.width, s.height, faces, faces[0], np.array([run.velocity]), diffusivity(run))


def by_closure(run: ResolvedRun, *, slot: SlotFilm | None = None) -> Floats:
    """Film of plate fidelity with the sector's closure."""
    fit = fitted(run.domain.name)
    return by_constants(run, fit.film.constants, slot or fit.slot)


def by_constants(run: ResolvedRun, film: tuple[float, ...], slot: SlotFilm | None) -> Floats:
    """Film of plate fidelity from the constants of a closure."""
    s, c, faces = run.domain.shape, run.coolant, fin_faces(run)
    developed, entry, exponent, blend = film
    return fitted_film_along(
        c.conductivity, (developed, entry, exponent, blend), s.width, s.height, faces, faces[0],
        np.array([run.velocity]), diffusivity(run), slot=slot, kinematic_viscosity=c.viscosity / c.density,
    )  # fmt: skip


def fin_faces(run: ResolvedRun) -> Floats:
    rows = run.domain.rows
    return run.along.faces[rows.start : rows.stop + 1]


def diffusivity(run: ResolvedRun) -> float:
    return run.coolant.conductivity / (run.coolant.density * run.coolant.specific_heat)


def smeared_field(
    run: ResolvedRun, film: Floats, *, plenum: float = 1.0, capacity: float = 1.0, metal: float = 1.0
) -> Field:
    """Temperatures of the same sector with fins and plenums as plate fidelity has them, by its own parts.

    Factors of the plenums' film, the capacity flow and the metal's conductivity are for what is to fail.
    """
    cut, s, c = run.domain.cut, run.domain.shape, run.coolant
    z, y, (layers, rows, _) = cut.grid.faces.z, cut.grid.faces.y, cut.fins
    grid = Grid.from_faces([0.0, s.pitch], y, z)
    ends = float(y[rows.start]), float(y[rows.stop])
    height = float(z[layers.start]), float(z[layers.stop])
    fins = FinZone(
        Rectangle(0.0, s.pitch, *ends), Rectangle(0.0, s.pitch, float(y[0]), float(y[-1])), height,
        s.wall, s.width, metal * s.conductivity, split=False,
    )  # fmt: skip
    zone = CoolantZone(cast("Stack", SimpleNamespace(fins=fins)), grid)
    problem = ConductionProblem(grid, metal * s.conductivity)
    problem.set_material(Box(z=(height[1], float(z[-1]))), metal * s.cover_conductivity)
    problem.materials += zone.materials(c.conductivity)
    problem.contacts += zone.contacts()
    body = plate(run.domain.name).body
    assert body is not None
    high = s.height if body.plenum.height is None else float(body.plenum.height)
    gap = plenum_film(fins, high, zone.run_faces, np.array([run.velocity]), c.conductivity, diffusivity(run))
    problem.set_flux("z_min", run.heat / s.area, Box(y=ends))
    problem.add_coolant(
        zone.box,
        capacity_flow=(capacity * run.mass_flow / s.paths * c.specific_heat * zone.heights)[:, None],
        exchange=zone.exchange(film, plenum * gap),
        inlet_temperature=c.inlet,
        direction="y_max",
    )
    return solve(problem)


def smeared(run: ResolvedRun, film: Floats, **wrong: float) -> float:
    """Resistance of that sector; factors as above."""
    field, rows = smeared_field(run, film, **wrong), run.domain.cut.fins[1]
    base, widths = field.surface("z_min")[rows, 0], field.grid.widths.y[rows]
    return (float(base @ widths / widths.sum()) - run.coolant.inlet) / run.heat


def over_coolant(run: ResolvedRun) -> float:
    """Fins over mixed coolant, mean over their length, resolved [K]."""
    rows, widths = run.domain.cut.fins[1], run.domain.cut.grid.widths.y
    return float((run.along.metal - run.along.bulk)[rows] @ widths[rows]) / run.domain.shape.run


def smeared_over_coolant(run: ResolvedRun, film: Floats) -> float:
    """The same of that sector with smeared fins: what the film makes of the heat that each row gives off [K]."""
    s, rows = run.domain.shape, run.domain.cut.fins[1]
    (coolant,) = smeared_field(run, film).coolant
    heat = coolant.taken_up[:, rows].sum(axis=(0, 2))
    return float((heat / film[:, 0]).sum()) / (2.0 * s.height * s.run)


def law(run: ResolvedRun, *, closure: bool, path: float | None = None, wider: float = 1.0) -> float:
    """Pressure drop of the same sector as plate fidelity has it, its channels as much wider as is to fail."""
    channels, s = plate(run.domain.name).channels, run.domain.shape
    assert channels is not None
    friction = tuple(entrance_constants(aspect_ratio(s.width, s.height)))
    losses = float(channels.inlet_loss) + float(channels.outlet_loss), 0.0
    if closure:
        fit = fitted(run.domain.name)
        assert fit.losses is not None
        friction, losses = fit.friction.constants, (fit.losses.constant, fit.losses.laminar)
    return by_law(run, friction, losses, path, wider)


def by_law(
    run: ResolvedRun,
    friction: tuple[float, ...],
    losses: tuple[float, float],
    path: float | None = None,
    wider: float = 1.0,
) -> float:
    """Pressure drop of the same sector from constants of friction and mouths."""
    s, c = run.domain.shape, run.coolant
    length = slot_path(s.run, s.height, 2.0 * run.domain.slot) if path is None else path
    geometry = run.mass_flow, s.paths, wider * s.width, s.height, length
    return developing_pressure_drop(*geometry, *losses, False, c.density, c.viscosity, *friction)[0]


def richardson(fine: float, coarse: float) -> float:
    """Extrapolate at order 2 from a grid and one twice as coarse."""
    return fine + (fine - coarse) / 3.0


def drop(name: str, flow: float, inlet: float = INLET) -> float:
    """Pressure drop of the resolved sector, extrapolated from two grids."""
    fine, coarse = (resolved(name, flow, resolution, inlet=inlet).pressure_drop for resolution in (FINE, COARSE))
    return richardson(fine, coarse)


def resistance(name: str, flow: float, inlet: float = INLET) -> float:
    """Resistance of the resolved sector, extrapolated from two grids, whose change is well inside what is asserted."""
    fine, coarse = (resolved(name, flow, resolution, inlet=inlet).resistance for resolution in (FINE, COARSE))
    assert abs(fine - coarse) / 3.0 < 0.3 * OFF * fine
    return richardson(fine, coarse)


@pytest.mark.parametrize("flow", GPU_FLOWS)
def test_smeared_fins_against_the_sector(flow: float) -> None:
    """What makes this R is coolant that warms and copper that conducts: a film 30 % off would be 1.5 %, so not seen."""
    run, truth = resolved(GPU, flow, FINE), resistance(GPU, flow)
    film = by_formula(run)
    assert smeared(run, film) == pytest.approx(truth, rel=OFF)
    # a bound of 3 % cannot see much less: the coolant's warming is 38 to 73 % of R, the copper most of the rest
    assert smeared(run, film, capacity=1.06) < (1.0 - OFF) * truth
    assert smeared(run, film, metal=0.7) > (1.0 + OFF) * truth  # a tenth of R at 1 L/min
    assert smeared(run, 0.3 * film) > (1.0 + OFF) * truth


@pytest.mark.slow
def test_film_of_the_sectors_closure() -> None:
    """R hardly knows the film of these fins; fins over coolant are nothing but film."""
    fine, coarse = (resolved(GPU, 2.2, resolution) for resolution in (FINE, COARSE))
    truth = richardson(over_coolant(fine), over_coolant(coarse))
    film = by_closure(fine)
    assert smeared_over_coolant(fine, film) == pytest.approx(truth, rel=OFF)
    for factor in (0.95, 1.05):
        assert smeared_over_coolant(fine, factor * film) != pytest.approx(truth, rel=OFF)


@pytest.mark.slow
@pytest.mark.parametrize("flow", [0.8, 1.5])
def test_smeared_fins_with_their_closure_against_the_sector(flow: float) -> None:
    run, truth = resolved(GRACE, flow, FINE), resistance(GRACE, flow)
    assert smeared(run, by_closure(run)) == pytest.approx(truth, rel=0.5 * OFF)
    # each of these is needed: the plenum's walls, what the slot does, the right slot
    assert smeared(run, by_closure(run), plenum=1e-3) > (1.0 + OFF) * truth
    without = SlotFilm(run.domain.slot, 1.0, 0.0, 0.0)
    assert smeared(run, by_closure(run, slot=without)) > (1.0 + OFF) * truth


def of_two_grids(name: str, flow: float, inlet: float) -> tuple[ResolvedRun, Truth]:
    """Run on 24 cells, and what it and one on 12 extrapolate to: R of 8 cells is on the other side of 16."""
    run, coarse = (resolved(name, flow, resolution, inlet=inlet) for resolution in (1.2, 0.6))
    fine, other = (Truth(each.resistance, each.pressure_drop, over_coolant(each)) for each in (run, coarse))
    truth = Truth(*(richardson(one, two) for one, two in zip(fine, other, strict=True)))
    assert truth.resistance == pytest.approx(run.resistance, rel=0.5 * OFF)
    return run, truth


def check_named(run: ResolvedRun, truth: Truth, formula: float) -> None:
    """Hold the closure that a plate names to the resolved sector; by formula R is off by more than some share."""
    closure, slot, losses = named(run.domain.name)
    film = by_constants(run, closure.film, slot)
    assert not any(closure.outside(run.reynolds, run.prandtl))
    assert smeared(run, film) == pytest.approx(truth.resistance, rel=OFF)
    assert smeared_over_coolant(run, film) == pytest.approx(truth.over, rel=OFF)
    assert by_law(run, closure.friction, losses) == pytest.approx(truth.pressure_drop, rel=OFF)
    assert smeared(run, by_formula(run)) > (1.0 + formula) * truth.resistance


def test_the_closure_of_graces_plate() -> None:
    """On the grid of 8 cells, which is enough for smeared fins; what is resolved is stored."""
    closure, slot, losses = named(GRACE)
    run, truth = resolved(GRACE, 1.5, COARSE, inlet=WARM), RESOLVED[1.5]
    check_named(run, truth, OFF)
    film = by_constants(run, closure.film, slot)
    for factor in (0.95, 1.05):  # a bound of 3 % sees 5 %
        assert smeared_over_coolant(run, factor * film) != pytest.approx(truth.over, rel=OFF)
    for wider in (0.98, 1.02):
        wrong = by_law(run, closure.friction, losses, wider=wider)
        assert wrong != pytest.approx(truth.pressure_drop, rel=OFF)


@pytest.mark.slow
@pytest.mark.parametrize(("flow", "formula"), [(1.5, OFF), (3.1, 2.0 * OFF)])
def test_the_closure_of_graces_plate_against_its_sector(flow: float, formula: float) -> None:
    """At flows of the racks to which it was not fitted; what is stored is what comes out."""
    run, truth = of_two_grids(GRACE, flow, WARM)
    assert tuple(truth) == pytest.approx(tuple(RESOLVED[flow]), rel=1e-3)
    check_named(run, truth, formula)
    friction = named(GRACE)[0].friction
    assert by_law(run, friction, (0.0, 0.0)) < (1.0 - OFF) * truth.pressure_drop


@pytest.mark.slow
def test_the_closure_of_veras_plate_against_its_sector() -> None:
    """At the racks' flow, to which it was not fitted."""
    run, truth = of_two_grids(VERA, 5.0, HOT)
    check_named(run, truth, 2.0 * OFF)
    assert law(run, closure=False) > (1.0 + OFF) * truth.pressure_drop


@pytest.mark.parametrize("flow", GPU_FLOWS)
def test_pressure_drop_of_channels_and_coefficients_against_the_sector(flow: float) -> None:
    run, truth = resolved(GPU, flow, COARSE), drop(GPU, flow)
    assert law(run, closure=False) == pytest.approx(truth, rel=OFF)
    for wider in (0.98, 1.02):  # 6 % of pressure drop: a bound of 3 % cannot see much less
        assert law(run, closure=False, wider=wider) != pytest.approx(truth, rel=OFF)


@pytest.mark.slow
@pytest.mark.parametrize("flow", [0.8, 1.5])
def test_pressure_drop_of_wide_channels_against_the_sector(flow: float) -> None:
    run, truth = resolved(GRACE, flow, FINE), drop(GRACE, flow)
    assert law(run, closure=True) == pytest.approx(truth, rel=OFF)
    assert law(run, closure=False) == pytest.approx(truth, rel=OFF)
    whole = run.domain.shape.run  # as if all coolant entered in the middle of the slot
    assert law(run, closure=True, path=whole) > (1.0 + OFF) * truth
    assert law(run, closure=False, path=whole) > (1.0 + OFF) * truth


def test_channels_side_by_side_are_alike() -> None:
    """Planes of symmetry: one more channel in the grid changes nothing but rounding and the solver's tolerance."""
    one, two = resolved(GPU, 2.2, 0.3, 1), resolved(GPU, 2.2, 0.3, 2)
    assert two.domain.share == pytest.approx(2.0 * one.domain.share)
    assert two.pressure_drop == pytest.approx(one.pressure_drop, rel=1e-3)
    assert two.resistance == pytest.approx(one.resistance, rel=1e-3)


def test_heat_and_mass_are_kept() -> None:
    run = resolved(GPU, 2.2, 0.3, 1)
    taken = float((np.nan_to_num(run.along.wall_flux) * run.along.wall_area).sum())
    assert taken == pytest.approx(HEAT * run.domain.share, rel=1e-6)
    assert run.flow.mass_flow("z_max") == pytest.approx(run.mass_flow * run.domain.share, rel=1e-12)
    assert run.flow.imbalance < 1e-12


def test_what_comes_back_into_the_plenum_is_what_left() -> None:
    """A seventh of Grace's coolant turns back at the plenum's end; it left mixed, and does not cool the plenum."""
    run = resolved(GRACE, 1.5, 0.3)
    assert returned(run.flow)["y_max"] > 0.05
    rise = run.coolant.outlet - run.coolant.inlet
    assert run.field.outlet_temperature - run.coolant.inlet == pytest.approx(rise, rel=1e-9)
    cut, own = run.domain.cut, run.coolant
    k = conductivities(cut, run.domain.shape, own.conductivity)
    cold = _heat(run.domain, run.flow, own._replace(outlet=own.inlet), k, HEAT * run.domain.share)
    assert cold.outlet_temperature - own.inlet < 0.95 * rise
    assert (run.field.surface("z_min") - cold.surface("z_min")).min() > 0.0
