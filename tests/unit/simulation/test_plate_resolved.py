"""What is printed of resolved channels, worked out by hand from the run's own numbers and the file's coefficients."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from thermal.coldplate.resolved import ResolvedRun
from thermal.rack.parts import Plate
from thermal.rack.schema import Rack
from thermal.simulation.plate_resolved import ResolvedCurve, _point, resolved_curve
from thermal.vocabulary import VOCABULARY

Bench = Callable[..., Rack]

DENSITY, VISCOSITY, SPECIFIC_HEAT, CONDUCTIVITY = 1000.0, 1.0e-3, 4000.0, 0.6
COUNT, WIDTH, HEIGHT, LENGTH, PLENUM = 60, 0.2e-3, 2e-3, 20e-3, 4e-3
INTO, OUT, PORT, PORT_LOSS = 0.4, 0.7, 5e-3, 2.0
DIAMETER = 2.0 * WIDTH * HEIGHT / (WIDTH + HEIGHT)
FLOW, INLET, POWER = 1e-3 / 60.0, 303.15, 200.0  # [m3/s], [K], [W]
VELOCITY = FLOW / (COUNT * WIDTH * HEIGHT)
EXACT, PRINTED = 1e-9, 1e-7  # by hand, and as it is rounded for print
DOMAINS = pytest.mark.parametrize("sector", [False, True], ids=["unit cell", "sector"])


@pytest.fixture
def curve(plated: Bench) -> Callable[..., ResolvedCurve]:
    """Resolve the bench's plate, its coefficients of mouths and ports given."""

    def solved(*, sector: bool, into: float = INTO, out: float = OUT, port: float = PORT_LOSS) -> ResolvedCurve:
        losses = ("split: end_to_end}", f"split: end_to_end, inlet_loss: {into!r}, outlet_loss: {out!r}}}")
        ports = ("loss_coefficient: 2}", f"loss_coefficient: {port!r}}}")
        return resolved_curve(plated(losses, ports), "plate", flows=[FLOW], resolution=0.3, sector=sector)

    return solved


@pytest.fixture
def plate(plated: Bench) -> Plate:
    part = plated().parts["plate"]
    assert isinstance(part, Plate)
    return part


def losses_by_hand(*, sector: bool) -> float:
    """What is added to the field's pressure drop [Pa]."""
    ports = 0.5 * PORT_LOSS * DENSITY * (FLOW / (0.25 * math.pi * PORT**2)) ** 2
    return ports if sector else ports + 0.5 * (INTO + OUT) * DENSITY * VELOCITY**2


def added(curve: ResolvedCurve) -> float:
    return curve.points[0].pressure_drop - curve.points[0].field_drop


@pytest.mark.parametrize("wrong", [{"into": 1.01 * INTO}, {"out": 1.01 * OUT}, {"port": 1.01 * PORT_LOSS}])
def test_a_coefficient_one_per_cent_off_is_seen(curve: Callable[..., ResolvedCurve], wrong: dict[str, float]) -> None:
    assert added(curve(sector=False, **wrong)) != pytest.approx(losses_by_hand(sector=False), rel=1e-4)


def friction_by_hand(run: ResolvedRun) -> float:
    """f·Re of Δp = 2 (f·Re) μ u L/Dh² [-]."""
    return run.pressure_drop * DIAMETER**2 / (2.0 * VISCOSITY * VELOCITY * LENGTH)


def nusselt_by_hand(run: ResolvedRun, *, sector: bool) -> float:
    """Nu of the walls that give heat, mean over the fins [-]."""
    rows, begin = run.along, PLENUM if sector else 0.0
    on = (rows.y > begin) & (rows.y < begin + LENGTH)
    film = rows.wall_flux[on] / (rows.wall[on] - rows.bulk[on])
    return float(film @ np.diff(rows.faces)[on]) / LENGTH * DIAMETER / CONDUCTIVITY


@DOMAINS
def test_what_is_printed_is_what_the_run_gives_by_hand(
    curve: Callable[..., ResolvedCurve], plate: Plate, monkeypatch: pytest.MonkeyPatch, sector: bool
) -> None:
    found = curve(sector=sector)
    (run,), row = found.runs, found.summary()["rows"][0]
    assert found.points[0].field_drop == run.pressure_drop > 0.0
    assert added(found) == pytest.approx(losses_by_hand(sector=sector), rel=EXACT)
    assert 1e3 * (row["pressure_drop_kPa"] - row["field_drop_kPa"]) == pytest.approx(added(found), rel=1e-5)
    by_hand = {
        "reynolds": ("reynolds_number", DENSITY * VELOCITY * DIAMETER / VISCOSITY),
        "friction": ("apparent_friction", friction_by_hand(run)),
        "nusselt": ("nusselt_number", nusselt_by_hand(run, sector=sector)),
        "resistance": ("thermal_resistance", (run.base - INLET) / POWER),
    }
    assert plate.channels is not None
    for one, (name, value) in by_hand.items():
        assert row[VOCABULARY[name].key] == pytest.approx(value, rel=PRINTED)
        assert getattr(found.points[0], name) == pytest.approx(value, rel=EXACT)
        own = getattr(ResolvedRun, one).fget
        with monkeypatch.context() as off:
            off.setattr(ResolvedRun, one, property(lambda run, own=own: 1.01 * own(run)))
            wrong = _point("plain", FLOW, run, plate.channels, plate.body, sector=sector)
        assert getattr(wrong, name) != pytest.approx(value, rel=1e-3)
