"""Network and plate fidelity on every bundled liquid-cooled rack: chips, flows, pressure drops, balance of heat.

Both rest on the same few public figures: the plates' interfaces and layouts were set with this agreement in view. It
shows that neither contradicts the other where the racks run, not that either is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.rack.bundled import bundled
from thermal.rack.loader import load_rack
from thermal.results.dataset import Results
from thermal.simulation.steady import simulate

CLOSE = 0.03  # of junction over supply, of flow, of pressure drop
COARSE = 0.6  # its grids are off by up to 0.2 K, half a percent of what a junction stands over the supply
POINTS = [
    *((rack, ()) for rack in bundled("racks") if load_rack(rack).coolant is not None),
    *(("gb300_nvl72", (("coolant.supply_temperature", f"{celsius} degC"),)) for celsius in (25, 45)),
    *(("gb300_nvl72", (("coolant.fluid", fluid),)) for fluid in ("water", "EG50")),
]
Overrides = tuple[tuple[str, str], ...]
Floats = NDArray[np.float64]


class Compared(NamedTuple):
    """Plate fidelity over network fidelity, less 1."""

    junction: Floats  # over the supply, of every device on a plate
    flow: Floats  # of every branch
    pressure_drop: Floats  # of every plate


@cache
def network(rack: str, overrides: Overrides) -> Results:
    return simulate(load_rack(rack, dict(overrides)))


@cache
def plates(rack: str, overrides: Overrides, resolution: float) -> Results:
    return simulate(load_rack(rack, dict(overrides)), fidelity="plate", resolution=resolution)


def compared(lumped: Results, field: Results) -> Compared:
    on_plate = np.array([bool(plate) for plate in lumped.devices.columns["plate"]])
    supply = {results.summary["coolant"]["supply_C"] + 273.15 for results in (lumped, field)}  # type: ignore[index]
    assert len(supply) == 1
    cold = supply.pop()
    over = [results.devices.numbers("junction_temperature")[on_plate] - cold for results in (lumped, field)]
    drops = [results.branches.numbers("pressure_drop")[plates_of(lumped)] for results in (lumped, field)]
    flows = [results.branches.numbers("mass_flow") for results in (lumped, field)]
    assert np.isfinite(over).all()  # every device on a plate has its body and its resistance
    return Compared(*(after / before - 1.0 for before, after in (over, flows, drops)))


def plates_of(results: Results) -> NDArray[np.bool_]:
    """Branches that are plates."""
    names = {plate for plate in results.devices.columns["plate"] if plate}
    return np.isin(np.array(results.branches.columns["part"]), list(names))


def largest(found: Compared) -> Mapping[str, float]:
    return {name: float(np.abs(values).max()) for name, values in found._asdict().items()}


def check(rack: str, overrides: Overrides, resolution: float) -> None:
    field = plates(rack, overrides, resolution)
    off = largest(compared(network(rack, overrides), field))
    assert all(each < CLOSE for each in off.values()), off
    assert field.summary["plates"] is not None
    assert field.summary["energy_imbalance_rel"] < 1e-8
    assert field.summary["plates"]["energy_imbalance_rel"] < 1e-8


@pytest.mark.parametrize(("rack", "overrides"), POINTS)
def test_both_fidelities_agree(rack: str, overrides: Overrides) -> None:
    check(rack, overrides, COARSE)


@pytest.mark.slow
@pytest.mark.parametrize(("rack", "overrides"), POINTS)
def test_both_fidelities_agree_on_the_default_grid(rack: str, overrides: Overrides) -> None:
    check(rack, overrides, 1.0)


def test_every_plate_of_a_rack_is_compared() -> None:
    found = compared(network("vr200_nvl144_cpx", ()), plates("vr200_nvl144_cpx", (), COARSE))
    assert found.junction.size == 18 * (4 + 2 + 8 + 8 + 1 + 1) + 9 * 4
    assert found.pressure_drop.size == 18 * (4 + 2 + 2 + 1) + 9 * 4


@pytest.mark.parametrize(("part", "value", "name"), [
    ("body.interface.areal_resistance", "0.405 cm2*K/W", "junction"),  # 20 % worse
    ("body.port.loss_coefficient", "12.5", "pressure_drop"),  # half as much again
])  # fmt: skip
def test_a_worse_plate_disagrees(part: str, value: str, name: str) -> None:
    """The sabotaged twins: only what they spoil is off, and that by more than is allowed."""
    overrides = ((f"parts.gb200_gpu_plate.{part}", value),)
    found = compared(network("gb200_nvl72", ()), plates("gb200_nvl72", overrides, COARSE))
    off = largest(found)
    assert off[name] > CLOSE
    if name == "junction":
        assert off["pressure_drop"] < CLOSE
