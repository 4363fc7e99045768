"""Resistance and pressure drop of a resolved unit cell against exact ones, and the viscosity that it settles on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.verification.flow_cases import Floats, sabotage, table
from thermal.coldplate import resolved as solver
from thermal.coldplate.coolant_state import CoolantState
from thermal.coldplate.resolved import ResolvedCell, ResolvedRun, Settings
from thermal.correlations.coolant import CoolantTable
from thermal.correlations.coolant_table import coolant_table
from thermal.correlations.ducts import aspect_ratio, fully_developed_friction
from thermal.fv.flow_field import FlowField
from thermal.rack.bodies import PlateBody
from thermal.rack.laws import Channels
from thermal.rack.loader import load_rack
from thermal.rack.parts import Plate

FINE, COARSE = 0.8, 0.4  # resolution: 16 and 8 cells across a channel
COUNT, FLUX = 50, 2e5  # channels of the plate, over its base [W/m2]
CELLS = {row["name"][:2]: row for row in table("conjugate_fully_developed.csv")}
RUNS = {row["run"][:2]: row for row in table("conjugate_3d.csv")}
SLOW = 0.1  # viscosity [Pa s] that makes Re 1.4 and 0.8: the flow is developed within a width of the channel
RESISTANCE = 1e-3  # extrapolated; the reference is good to 0.08 and 0.05 %
DROP = 1.5e-3  # extrapolated; what the entrance costs is 0.1 % of it


def given(name: str) -> Callable[[str], float]:
    """Numbers of a cell and of its run."""
    row = {**CELLS[name], **RUNS[name]}
    return lambda key: float(row[key])


def part() -> Plate:
    found = load_rack("gb300_nvl72").parts["gb300_gpu_plate"]
    assert isinstance(found, Plate)
    return found


def channels(**sizes: float) -> Channels:
    """Channels of the GPU's plate with other sizes [m], [W/(m K)], fed at one end."""
    own = part().channels
    assert own is not None
    values = {key: replace(getattr(own, key), value=size) for key, size in sizes.items()}
    return own.model_copy(update={**values, "count": COUNT, "split": "end_to_end"})


def body(thickness: float, conductivity: float) -> PlateBody:
    """Body of the GPU's plate with another cover."""
    own = part().body
    assert own is not None
    k = tuple(replace(one, value=conductivity) for one in own.cover.conductivity)
    thick = replace(own.cover.thickness, value=thickness)
    return own.model_copy(update={"cover": own.cover.model_copy(update={"thickness": thick, "conductivity": k})})


def constant(rho_cp: float, conductivity: float, mu: float) -> CoolantTable:
    """Coolant of 1000 kg/m3 whose properties know nothing of temperature."""
    T = np.array([273.15, 303.15, 403.15])
    return coolant_table(T, [1000.0] * 3, [rho_cp / 1000.0] * 3, [conductivity] * 3, [mu] * 3, [3e3, 4e3, 5e3])


@cache
def run(name: str, resolution: float) -> ResolvedRun:
    """Finite channel of the table: S1 is heated on what the table calls its cover."""
    of = given(name)
    base, cover = of("t_base_m"), of("t_cover_m")
    if name == "S1":
        base, cover = cover, base
    sizes = channels(
        width=of("wc_m"), height=of("hc_m"), length=of("L_m"), wall=of("ww_m"), base=base, conductivity=of("k_solid")
    )
    cell = ResolvedCell(name, sizes, body(cover, of("k_solid")) if cover > 0.0 else None, resolution=resolution)
    flow = 1000.0 * of("u_mean") * COUNT * of("wc_m") * of("hc_m")
    coolant = constant(of("rho_cp"), of("k_fluid"), SLOW)
    return cell.solve(flow, of("T_in"), FLUX * cell.shape.area, coolant, Settings(even_properties=True))


def resistance(one: ResolvedRun) -> float:
    """By area of the base, over that of the table."""
    return one.resistance * one.domain.shape.area / given(one.domain.name)("R_mean")


def drop(one: ResolvedRun) -> float:
    """Over that of developed flow (Shah & London 1978) along the whole channel."""
    s = one.domain.shape
    developed = fully_developed_friction(aspect_ratio(s.width, s.height))
    return one.pressure_drop / (2.0 * developed * SLOW * one.velocity * s.run / s.hydraulic_diameter**2)


def off(read: Callable[[ResolvedRun], float], name: str, solve: Callable[[str, float], ResolvedRun] = run) -> float:
    """Extrapolated from two grids."""
    fine, coarse = (read(solve(name, resolution)) for resolution in (FINE, COARSE))
    return fine + (fine - coarse) / 3.0 - 1.0


@pytest.mark.parametrize("name", RUNS)
def test_resistance_of_a_finite_channel(name: str) -> None:
    """From the mean of the base's lower face to the inlet; on 16 cells alone within 0.15 %."""
    assert abs(off(resistance, name)) < RESISTANCE
    assert abs(resistance(run(name, FINE)) - 1.0) < 1.5e-3


@pytest.mark.parametrize("name", RUNS)
def test_pressure_drop_of_a_finite_channel(name: str) -> None:
    """Almost all of it that of developed flow; the error on each grid is that of its cells, to second order."""
    assert abs(off(drop, name)) < DROP
    fine, coarse = (drop(run(name, resolution)) - 1.0 for resolution in (FINE, COARSE))
    assert coarse / fine == pytest.approx(4.0, rel=0.1)


@pytest.mark.parametrize(("name", "factor"), [("S1", 1.01), ("S2", 0.99)])
def test_conductivities_one_per_cent_off_are_seen(name: str, factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of metal and coolant."""
    right = solver.conductivities
    monkeypatch.setattr(solver, "conductivities", lambda *given: factor * right(*given))
    assert abs(off(resistance, name, run.__wrapped__)) > 3.0 * RESISTANCE


@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_a_viscosity_one_per_cent_off_is_seen(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, links=factor, walls=factor)
    assert abs(off(drop, "S2", run.__wrapped__)) > 3.0 * DROP


@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_readings_one_per_cent_off_are_seen(factor: float) -> None:
    for name in RUNS:
        assert abs(off(lambda one: factor * resistance(one), name)) > 5.0 * RESISTANCE
        assert abs(off(lambda one: factor * drop(one), name)) > 3.0 * DROP


# ------------------------------------------------------------------------------------- viscosity by local temperature

FLOW, HEAT, INLET, SLOPE = 0.02, 2000.0, 303.15, 0.02  # [kg/s], [W], [K], [1/K]
SAME_VISCOSITY, SAME_DROP = 5e-4, 5e-5  # in any cell; of the pressure drop that goes with it


def expected(T: Floats) -> Floats:
    """Viscosity that falls by 2 % per kelvin [Pa s]."""
    return np.asarray(1e-3 * np.exp(-SLOPE * (T - INLET)))


class Watched(ResolvedCell):
    """A cell that keeps the viscosities of the flow solved last."""

    used: Floats

    def flow(self, coolant: CoolantState, mu: Floats, *given: Any) -> FlowField:
        self.used = mu.copy()
        return super().flow(coolant, mu, *given)


def settled() -> tuple[float, float]:
    """Largest relative difference of the viscosity from that of the temperatures in the end, and of the drop."""
    T = np.array([273.15, 303.15, 423.15])
    coolant = coolant_table(T, [1000.0] * 3, [4000.0] * 3, [0.5] * 3, expected(T), [3e3, 4e3, 5e3])
    sizes = channels(width=2e-4, height=2e-3, length=0.02, wall=2e-4, base=1.5e-3)
    cell = Watched("plate", sizes, None, resolution=COARSE)
    found = cell.solve(FLOW, INLET, HEAT, coolant)
    mu = np.where(cell.cut.fluid, expected(found.field.temperature), found.coolant.viscosity)
    assert mu[cell.cut.fluid].max() > 3.0 * mu[cell.cut.fluid].min()
    differences = np.abs(cell.used / mu - 1.0)[cell.cut.fluid]
    again = cell.flow(found.coolant, mu, FLOW * cell.share, None, 1e-7)
    return float(differences.max()), abs(found.pressure_drop / cell.pressure_drop(again) - 1.0)


def test_the_flow_has_the_viscosity_of_the_temperatures_found() -> None:
    viscosity, lost = settled()
    assert viscosity < SAME_VISCOSITY
    assert lost < SAME_DROP


LAWS: dict[str, Callable[[Callable[[Floats], Floats], Floats, float], Floats]] = {
    "exponent about the mean": lambda local, T, mean: mean * (local(T) / mean) ** 0.99,
    "temperature over the inlet's": lambda local, T, mean: local(INLET + 1.01 * (T - INLET)),
}


@pytest.mark.parametrize("wrong", LAWS)
def test_one_per_cent_of_the_law_is_seen(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = solver._viscosities

    def law(fluid: CoolantTable, coolant: CoolantState) -> Callable[[Floats], Floats]:
        local = right(fluid, coolant)
        return lambda T: LAWS[wrong](local, T, coolant.viscosity)

    monkeypatch.setattr(solver, "_viscosities", law)
    viscosity, lost = settled()
    assert viscosity > 10.0 * SAME_VISCOSITY
    assert lost > 10.0 * SAME_DROP
