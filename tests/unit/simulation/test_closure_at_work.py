"""What a closure does to a plate, worked out from its constants with pencil and paper, at both fidelities.

The coolant's properties are those of the bench: 1000 kg/m3, 1e-3 Pa s, 4000 J/(kg K), 0.6 W/(m K).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

from thermal.coldplate.coolant_zone import CoolantZone
from thermal.coldplate.field import PlateField
from thermal.coldplate.model import PlateModel
from thermal.coldplate.planform import PlanformFlow
from thermal.fv.grid import Floats
from thermal.hydraulics.loop import fluid_table
from thermal.rack.parts import Package, Plate
from thermal.rack.schema import Rack
from thermal.simulation.plate import plate_curve

Bench = Callable[..., Rack]
Load = Callable[..., Rack]

DENSITY, VISCOSITY, SPECIFIC_HEAT, CONDUCTIVITY = 1000.0, 1.0e-3, 4000.0, 0.6
COUNT, WIDTH, HEIGHT, WALL, LENGTH, BASE, COPPER = 60, 0.2e-3, 2e-3, 0.2e-3, 20e-3, 1.5e-3, 385.0
SLOT, PORT, PORT_LOSS = 3e-3, 5e-3, 2.0
DIAMETER = 2.0 * WIDTH * HEIGHT / (WIDTH + HEIGHT)
FLOW = 2e-3 / 60.0  # [m3/s]
RIGHT, FIELD = 1e-6, 1e-3  # of numbers by hand, and of a field that is kept in single precision
OWN: dict[str, float] = {
    "friction.developed": 21.17, "friction.excess": 1.1, "friction.constant": 1.3e-4,
    "film.developed": 7.0, "film.entry": 0.8, "film.exponent": 0.31, "film.blend": 3.0,
    "root.developed": 30.0, "root.entry": 7.6, "root.exponent": 0.33, "root.blend": 3.8,
    "losses.constant": 0.9, "losses.laminar": -12.5,
    "slot.factor": 1.5, "slot.power": 0.55, "slot.rise": 0.18,
}  # fmt: skip
SPLIT = ("end_to_end", "centre")
PRESSURE = [name for name in OWN if name.startswith(("friction", "losses"))]
ROOT = [name for name in OWN if name.startswith("root")]
FILM = [name for name in OWN if name.startswith(("film", "slot"))]


def section(own: Mapping[str, float], name: str, more: str = "") -> str:
    """Return a section of a closure's file."""
    given = ", ".join(f"{key.split('.')[1]}: {value!r}" for key, value in own.items() if key.startswith(name))
    return f"    {name}: {{{given}{more}}}\n"


@pytest.fixture
def load(plated: Bench, tmp_path: Path) -> Load:
    """Load a plate without laws and with a closure of these constants, fed as asked."""

    def loaded(split: str, **changed: float) -> Rack:
        own, half = {**OWN, **{key.replace("__", "."): value for key, value in changed.items()}}, split == "centre"
        fit = ", range: [1e-6, 100], error_max: 0.01, error_rms: 0.01, grid_error: 0.01"
        text = "closures:\n  mine:\n    source: made up\n    reynolds: [1, 1e4]\n    prandtl: [1, 100]\n"
        text += "    channel: {width: 0.2 mm, height: 2 mm, wall: 0.2 mm, conductivity: 385 W/(m K), "
        text += f"path: {10 if half else 20} mm}}\n"
        text += "".join(section(own, name, fit) for name in ("friction", "film", "root"))
        text += section(own, "losses", ", error_max: 0.01")
        text += section(own, "slot", ", length: 1.5 mm") if half else ""
        (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
        return plated(
            ("parts:\n", "include: [mine.yaml]\nparts:\n"),
            ("footprint_length: 16 mm, footprint_width: 16 mm", "footprint_length: 20 mm, footprint_width: 24 mm"),
            ("split: end_to_end}", f"split: {split}, closure: resolved/mine}}"),
            ("plenum: {length: 4 mm}", "plenum: {length: 4 mm}" + "\n      slot: 3 mm" * half),
            parts__plate__resistance="null",
            parts__plate__pressure_drop="null",
        )

    return loaded


def path(split: str) -> float:
    """Length of straight channel with the friction of one of these [m]."""
    if split != "centre":
        return LENGTH
    return 0.5 * LENGTH - 2.0 * HEIGHT / math.pi * math.log(math.sinh(0.25 * math.pi * SLOT / HEIGHT))


def velocity(split: str) -> float:
    """Mean in the channels [m/s]."""
    return FLOW / (COUNT * (2.0 if split == "centre" else 1.0) * WIDTH * HEIGHT)


def drop_by_hand(split: str, u: float) -> float:
    """Pressure drop of channels and mouths [Pa]."""
    Re, run = DENSITY * u * DIAMETER / VISCOSITY, path(split)
    x = run / (DIAMETER * Re)
    begin = 3.44 / math.sqrt(x)
    developed, excess, constant = (OWN[f"friction.{name}"] for name in ("developed", "excess", "constant"))
    f_Re = begin + (developed + excess / (4.0 * x) - begin) / (1.0 + constant / x**2)
    K = OWN["losses.constant"] + OWN["losses.laminar"] / Re
    return 2.0 * f_Re * VISCOSITY * u * run / DIAMETER**2 + 0.5 * K * DENSITY * u**2


def nusselt(name: str, x_star: float, Re: float = 1.0, rise: float = 0.0) -> float:
    """Nu of a fit at a distance."""
    developed, entry, exponent, blend = (OWN[f"{name}.{one}"] for one in ("developed", "entry", "exponent", "blend"))
    near = entry * Re**rise * x_star**-exponent
    return float((developed**blend + near**blend) ** (1.0 / blend))


def resistance_by_hand(split: str) -> float:
    """Case to inlet at network fidelity, heated evenly over all fins [K/W]."""
    run = 0.5 * LENGTH if split == "centre" else LENGTH
    x_star = run * CONDUCTIVITY / (DIAMETER**2 * DENSITY * SPECIFIC_HEAT * velocity(split))
    area, C = COUNT * (WIDTH + WALL) * LENGTH, FLOW * DENSITY * SPECIFIC_HEAT
    UA = nusselt("root", x_star) * CONDUCTIVITY / DIAMETER * area
    return 1.0 / (C * (1.0 - math.exp(-UA / C))) + BASE / (COPPER * area)


@pytest.mark.parametrize("split", SPLIT)
def test_at_network_fidelity(load: Load, split: str) -> None:
    point = plate_curve(load(split), "plate", flows=[FLOW]).points[0]
    assert point.pressure_drop == pytest.approx(drop_by_hand(split, velocity(split)), rel=RIGHT)
    assert point.thermal_resistance == pytest.approx(resistance_by_hand(split), rel=RIGHT)


@pytest.mark.parametrize("name", PRESSURE + ROOT)
def test_each_constant_counts_at_network_fidelity(load: Load, name: str) -> None:
    rack = load("centre", **{name.replace(".", "__"): 1.01 * OWN[name]})
    point = plate_curve(rack, "plate", flows=[FLOW]).points[0]
    drop, resistance = drop_by_hand("centre", velocity("centre")), resistance_by_hand("centre")
    assert (point.pressure_drop == pytest.approx(drop, rel=RIGHT)) == (name not in PRESSURE)
    assert (point.thermal_resistance == pytest.approx(resistance, rel=RIGHT)) == (name not in ROOT)


def solved(rack: Rack, monkeypatch: pytest.MonkeyPatch) -> tuple[PlateModel, PlateField, PlanformFlow, Floats]:
    """Solve the plate's field, and look at its flow and at the film between its fins on the way."""
    plate, package = rack.parts["plate"], rack.parts["chip"]
    assert isinstance(plate, Plate)
    assert isinstance(package, Package)
    assert rack.coolant is not None
    model, table = PlateModel("plate", plate, [package], resolution=0.25), fluid_table(rack.coolant.fluid)
    films = []

    def seen(zone: CoolantZone, film: Floats, plenum: Floats) -> Floats:
        films.append(film)
        return exchange(zone, film, plenum)

    exchange = CoolantZone.exchange
    monkeypatch.setattr(CoolantZone, "exchange", seen)
    field = model.solve(DENSITY * FLOW, 303.15, [200.0], table, volumes=True)
    (film,) = films
    return model, field, model.flow(DENSITY * FLOW, 303.15, table), film


def mean_film(split: str, near: float, far: float, u: float) -> float:
    """Mean film between two distances from where the coolant enters [W/(m2 K)]."""
    Re, edge = DENSITY * u * DIAMETER / VISCOSITY, 0.5 * SLOT if split == "centre" else 0.0
    star = CONDUCTIVITY / (DENSITY * SPECIFIC_HEAT * u * DIAMETER**2)  # x* per metre
    total = OWN["slot.factor"] * Re ** OWN["slot.power"] * max(min(far, edge) - near, 0.0)
    rise, q = OWN["slot.rise"] if split == "centre" else 0.0, 1.0 / (1.0 - OWN["film.exponent"])
    begin, end = max(near - edge, 0.0) ** (1.0 / q), max(far - edge, 0.0) ** (1.0 / q)
    if end > begin:  # over x = t^q the power law is even
        total += quad(
            lambda t: nusselt("film", star * t**q, Re, rise) * q * t ** (q - 1.0) if t else 0.0,
            begin,
            end,
            epsrel=1e-10,
        )[0]
    return float(total / (far - near) * CONDUCTIVITY / DIAMETER)


def films_by_hand(split: str, model: PlateModel, speeds: Floats) -> Floats:
    """Film of every row of fins and column [W/(m2 K)]."""
    area, faces = model.stack.fins.area, model.grid.faces.y
    faces = faces[(faces > area.y_low - 1e-9) & (faces < area.y_high + 1e-9)]
    begin = 0.5 * (area.y_low + area.y_high) if split == "centre" else area.y_low
    rows = [sorted((abs(low - begin), abs(high - begin))) for low, high in pairwise(faces.tolist())]
    return np.array([[mean_film(split, near, far, u) for u in speeds.tolist()] for near, far in rows])


def warming(model: PlateModel, field: PlateField, film: Floats, split: str) -> tuple[Floats, Floats]:
    """How much the coolant of each layer and column warms over the fins, from the middle of its first row to that of
    its last: as the field has it, and by the film from the difference between metal and coolant [K]."""
    assert field.volume is not None
    assert field.coolant_volume is not None
    assert field.channels is not None
    fins, grid = model.stack.fins, model.grid
    rows = np.flatnonzero((grid.centres.y > fins.area.y_low) & (grid.centres.y < fins.area.y_high))
    layers = np.flatnonzero((grid.centres.z > fins.z[0]) & (grid.centres.z < fins.z[1]))
    columns = np.flatnonzero((grid.centres.x > fins.area.x_low) & (grid.centres.x < fins.area.x_high))
    at = np.ix_(layers, rows, columns)
    metal, coolant = field.volume[at].astype(float), field.coolant_volume[:, rows][:, :, columns].astype(float)
    capacity = DENSITY * FLOW * SPECIFIC_HEAT / (2.0 if split == "centre" else 1.0)
    per_area = grid.widths.z[layers].sum() / (capacity * field.channels.share / grid.widths.x[columns])
    units = 2.0 * film / (WIDTH + WALL) * grid.widths.y[rows][:, None] * per_area
    rise = 2.0 * np.tanh(0.5 * units) * (metal - coolant)  # along a wall of one temperature in each cell
    middle = 0.5 * (fins.area.y_low + fins.area.y_high) if split == "centre" else fins.area.y_low
    on = grid.centres.y[rows] > middle
    found, own = coolant[:, on], rise[:, on]
    return found[:, -1] - found[:, 0], own.sum(axis=1) - 0.5 * (own[:, 0] + own[:, -1])


@pytest.mark.parametrize("split", SPLIT)
def test_at_plate_fidelity(load: Load, monkeypatch: pytest.MonkeyPatch, split: str) -> None:
    model, field, flow, film = solved(load(split), monkeypatch)
    u = flow.velocity
    own = math.fsum(float(share) * drop_by_hand(split, float(v)) for share, v in zip(flow.share, u, strict=True))
    ports = 0.5 * PORT_LOSS * DENSITY * (FLOW / (0.25 * math.pi * PORT**2)) ** 2
    assert flow.parts["fins"] + flow.parts["mouths"] == pytest.approx(own, rel=RIGHT)
    assert flow.parts["ports"] == pytest.approx(ports, rel=RIGHT)
    assert field.pressure_drop == pytest.approx(own + ports + flow.parts["plenum"], rel=RIGHT)
    by_hand = films_by_hand(split, model, u)
    np.testing.assert_allclose(film, by_hand, rtol=RIGHT)
    found, wanted = warming(model, field, by_hand, split)
    np.testing.assert_allclose(found, wanted, rtol=FIELD)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(found, warming(model, field, 1.01 * by_hand, split)[1], rtol=FIELD)


@pytest.mark.parametrize("name", PRESSURE + FILM)
def test_each_constant_counts_at_plate_fidelity(load: Load, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    rack = load("centre", **{name.replace(".", "__"): 1.01 * OWN[name]})
    model, _, flow, film = solved(rack, monkeypatch)
    own = math.fsum(
        float(share) * drop_by_hand("centre", float(v)) for share, v in zip(flow.share, flow.velocity, strict=True)
    )
    assert (flow.parts["fins"] + flow.parts["mouths"] == pytest.approx(own, rel=RIGHT)) == (name not in PRESSURE)
    by_hand = films_by_hand("centre", model, flow.velocity)
    assert np.allclose(film, by_hand, rtol=RIGHT, atol=0.0) == (name not in FILM)
