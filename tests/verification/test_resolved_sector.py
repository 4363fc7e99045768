"""A sector with slot, turns and plenum resolved, against what plate and network fidelity make of the same sector."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from thermal.coldplate.closure import film_along, unit_cell
from thermal.coldplate.resolved import ResolvedRun, Settings
from thermal.coldplate.resolved_sector import ResolvedSector
from thermal.correlations.channels import channel_pressure_drop
from thermal.fv import Box, ConductionProblem, Grid, solve
from thermal.hydraulics.loop import fluid_table
from thermal.rack.loader import load_coolant, load_rack
from thermal.rack.parts import Plate

INLET, HEAT, DENSITY = 313.15, 300.0, 1010.0
PLATE, FLOW = "gb300_gpu_plate", 2.2  # [L/min]
GAP = 5.385  # Nusselt number of plate fidelity on a plenum's floor


@lru_cache
def plate() -> Plate:
    part = load_rack("gb300_nvl72").parts[PLATE]
    assert isinstance(part, Plate)
    return part


@lru_cache
def resolved(resolution: float, number: int) -> ResolvedRun:
    part = plate()
    assert part.channels is not None
    sector = ResolvedSector(PLATE, part.channels, part.body, resolution=resolution, number=number)
    settings = Settings(even_properties=True, tolerance=1e-5)
    return sector.solve(FLOW * DENSITY / 6e4, INLET, HEAT, fluid_table(load_coolant("PG25")), settings)


def porous(run: ResolvedRun, scale: float = 1.0) -> float:
    """Resistance of the same sector with fins smeared over their pitch, as plate fidelity has it."""
    cut, s, c = run.domain.cut, run.domain.shape, run.coolant
    z, y, (layers, rows, _) = cut.grid.faces.z, cut.grid.faces.y, cut.fins
    grid = Grid.from_faces([0.0, s.pitch], y, z)
    height = z[layers.start], z[layers.stop]
    floor = z[layers.start], z[layers.start + 1]
    problem = ConductionProblem(grid, s.conductivity)
    problem.set_material(Box(z=(z[layers.stop], z[-1])), s.cover_conductivity)
    share = s.conductivity * s.wall / s.pitch
    fins = Box(y=(y[rows.start], y[rows.stop]))
    problem.set_material(fins._replace(z=height), (1.0, share, share))
    cell = unit_cell(
        s.width, s.height, s.wall, s.conductivity, c.conductivity,
        cover=s.cover, cover_conductivity=s.cover_conductivity,
    )  # fmt: skip
    diffusivity, faces = c.conductivity / (c.density * c.specific_heat), y[rows.start : rows.stop + 1]
    film = film_along(cell.film, s.width, s.height, faces, 0.0, np.array([run.velocity]), diffusivity)[:, 0]
    exchange = np.zeros((layers.stop - layers.start, grid.shape[1], 1))
    exchange[:, rows, 0] = scale * 2.0 * film / s.pitch
    plenum = Box(y=(y[rows.stop], y[-1]))
    problem.set_material(plenum._replace(z=height), c.conductivity)
    problem.set_material(plenum._replace(z=floor), (c.conductivity, c.conductivity, s.conductivity))
    exchange[0, rows.stop :, 0] = GAP * c.conductivity / (2.0 * s.height) / (floor[1] - floor[0])
    problem.set_flux("z_min", run.heat / s.area, fins)
    problem.add_coolant(
        Box(z=height),
        capacity_flow=(run.mass_flow / s.paths * c.specific_heat * grid.widths.z[layers] / s.height)[:, None],
        exchange=exchange,
        inlet_temperature=c.inlet,
        direction="y_max",
    )
    base, widths = solve(problem).surface("z_min")[rows, 0], grid.widths.y[rows]
    return (float(base @ widths / widths.sum()) - c.inlet) / run.heat


def test_smeared_fins_against_the_sector() -> None:
    run = resolved(0.4, 1)
    assert porous(run) == pytest.approx(run.resistance, rel=0.03)
    assert porous(run, scale=0.3) != pytest.approx(run.resistance, rel=0.03)


def test_pressure_drop_of_channels_and_coefficients_against_the_sector() -> None:
    part, fine, coarse = plate().channels, resolved(0.6, 1), resolved(0.3, 1)
    assert part is not None
    drop = fine.pressure_drop + (fine.pressure_drop - coarse.pressure_drop) / 3.0
    losses = float(part.inlet_loss) + float(part.outlet_loss)
    size = (float(part.width), float(part.height), float(part.length))
    c = fine.coolant
    law = channel_pressure_drop(fine.mass_flow, part.count, *size, losses, True, c.density, c.viscosity)[0]
    assert law == pytest.approx(drop, rel=0.03)
    assert 1.06 * law != pytest.approx(drop, rel=0.03)


def test_channels_side_by_side_are_alike() -> None:
    """Planes of symmetry: one more channel in the grid changes nothing but rounding and the solver's tolerance."""
    one, two = resolved(0.3, 1), resolved(0.3, 2)
    assert two.domain.share == pytest.approx(2.0 * one.domain.share)
    assert two.pressure_drop == pytest.approx(one.pressure_drop, rel=1e-3)
    assert two.resistance == pytest.approx(one.resistance, rel=1e-3)


def test_heat_and_mass_are_kept() -> None:
    run = resolved(0.3, 1)
    taken = float((np.nan_to_num(run.along.wall_flux) * run.along.wall_area).sum())
    assert taken == pytest.approx(HEAT * run.domain.share, rel=1e-6)
    assert run.flow.mass_flow("z_max") == pytest.approx(run.mass_flow * run.domain.share, rel=1e-12)
    assert run.flow.imbalance < 1e-12
