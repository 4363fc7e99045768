"""Flow through plates whose pressure drop comes from their geometry: settled, or refused with the history."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.hydraulics.loop import solve_loop
from thermal.lumped.chips import coolant_heat
from thermal.rack.expand import expand
from thermal.rack.schema import Rack
from thermal.simulation import plate_flow
from thermal.simulation.plate_flow import CoupledLoop, coupled_loop
from thermal.simulation.plate_instances import plate_instances

Bench = Callable[..., Rack]
RHO = 1000.0  # of the bench's coolant


class Law:
    """A plate known by its pressure drop alone, factor · Q² [Pa], the factor by its own law."""

    spread = 1.0

    def __init__(self, factor: Callable[[float], float], head: float = 0.0, viscous: float = 1.0) -> None:
        self.factor, self.head, self.viscous = factor, head, viscous

    def pressure_drop(self, mass_flow: float, temperature: float, fluid: Any) -> float:
        return self.factor(mass_flow) * (mass_flow / RHO) ** 2

    def flow(self, mass_flow: float, temperature: float, fluid: Any) -> Any:
        parts = {"fins": 1500.0, "mouths": 500.0}
        velocity = np.array([0.5, self.spread * 0.5])
        return SimpleNamespace(plenum_head=self.head, parts=parts, reynolds=mass_flow / self.viscous, velocity=velocity)


def coupled(rack: Rack, factor: Callable[[float], float], head: float = 0.0, viscous: float = 1.0) -> CoupledLoop:
    assembly = expand(rack)
    instances, _ = plate_instances(rack, assembly)
    model: Any = Law(factor, head, viscous)
    return coupled_loop(rack, assembly, coolant_heat(rack, assembly)[0], instances, {"plate": model})


def test_the_law_of_the_geometry_takes_the_place_of_the_measured_one(uneven: Bench) -> None:
    """A geometry that is as the measured law changes nothing; one of twice the drop does as the file with twice it."""
    rack = uneven()
    same = coupled(rack, lambda m: 1.0e13)
    assembly = expand(rack)
    measured = solve_loop(rack, assembly, coolant_heat(rack, assembly)[0])
    np.testing.assert_allclose(same.loop.flow.mass_flow, measured.flow.mass_flow, rtol=1e-6)
    assert same.notes == ()
    twice = coupled(rack, lambda m: 2.0e13)
    written = uneven(("quadratic: 1.0e13", "quadratic: 2.0e13"))
    expected = solve_loop(written, assembly, coolant_heat(written, assembly)[0])
    np.testing.assert_allclose(twice.loop.flow.mass_flow, expected.flow.mass_flow, rtol=1e-6)
    assert np.abs(twice.loop.flow.mass_flow / measured.flow.mass_flow - 1.0).max() > 1e-2
    (note,) = twice.notes
    assert "its geometry takes" in note


def test_narrow_plenums_are_told(uneven: Bench) -> None:
    """Where the plenums' dynamic head passes half of the channels' drop, a note says so."""
    assert coupled(uneven(), lambda m: 1.0e13, head=900.0).notes == ()
    (note,) = coupled(uneven(), lambda m: 1.0e13, head=1100.0).notes
    assert "dynamic head of 1.1 kPa, its channels take 2.0 kPa" in note


def test_the_plate_with_the_largest_reynolds_number_is_the_one_that_is_doubted(uneven: Bench) -> None:
    """Channels laminar in all plates but the one behind the widest gate, which is not the first: it is named."""
    rack = uneven()
    plates, _ = plate_instances(rack, expand(rack))
    flows = coupled(rack, lambda m: 1.0e13).mass_flow
    fastest = int(flows.argmax())
    assert fastest != 0
    assert coupled(rack, lambda m: 1.0e13, viscous=flows.max() / 1999.0).notes == ()
    (note,) = coupled(rack, lambda m: 1.0e13, viscous=flows.max() / 2001.0).notes
    assert note.startswith(f"{plates[fastest].path}: its channels have a Reynolds number of 2001, and")


def test_a_measured_law_is_compared_at_the_largest_flow(uneven: Bench) -> None:
    """The note shows that flow, which is not the first plate's."""
    rack = uneven()
    flows = coupled(rack, lambda m: 1.0e13).mass_flow / RHO * 6e4
    (note,) = coupled(rack, lambda m: 1.1e13).notes
    assert f"at {flows.max():.2f} L/min its geometry takes" in note
    assert flows.max() > flows[0] + 0.1


def test_a_plate_run_through_backwards_is_refused(uneven: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of today run forwards through every plate; the field would not notice one that does not."""

    def turned(*given: Any) -> Any:
        loop = solve_loop(*given)
        flow = loop.flow.mass_flow.copy()
        flow[list(loop.part.elements).index(plates[3].element)] *= -1.0
        return replace(loop, flow=replace(loop.flow, mass_flow=flow))

    rack = uneven()
    plates, _ = plate_instances(rack, expand(rack))
    monkeypatch.setattr(plate_flow, "solve_loop", turned)
    with pytest.raises(OperatingRangeError, match=rf"{re.escape(plates[3].path)}: 1\.\d+ L/min run from its outlet"):
        coupled(rack, lambda m: 1.0e13)


def test_uneven_channels_are_told(uneven: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Law, "spread", 1.4)
    assert coupled(uneven(), lambda m: 1.0e13).notes == ()
    monkeypatch.setattr(Law, "spread", 1.6)
    (note,) = coupled(uneven(), lambda m: 1.0e13).notes
    assert "0.80 m/s in the fastest and 0.50 m/s in the slowest" in note


def test_flows_are_those_of_the_plates_own_law(uneven: Bench) -> None:
    """A law of another shape than any in the file: each plate's drop is the law's at its own flow."""
    found = coupled(uneven(), lambda m: 0.8e13 * (m / 0.02) ** -0.6)
    gates = found.mass_flow
    assert np.ptp(gates) / gates.mean() > 0.02
    assert found.volume_flow == pytest.approx(gates / RHO)
    assert found.mass_flow.sum() == pytest.approx(8.0e-3 / 60.0 * RHO, rel=1e-9)
    assert found.passes <= 5


def test_flows_that_do_not_settle_are_refused_with_the_history(uneven: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A law that is another one each time it is tabulated leaves nothing to settle on."""
    asked = [0.0]
    tables = [0]

    def restless(m: float) -> float:
        tables[0] += m < asked[-1]
        asked.append(m)
        return 1.0e13 * (4.0 if tables[0] % 2 else 1.0)

    monkeypatch.setattr(plate_flow, "PASSES", 6)
    with pytest.raises(ConvergenceError, match="the flow through the cold plates did not converge in 6") as caught:
        coupled(uneven(), restless)
    assert len(caught.value.history) == 6
    assert "plate" in caught.value.place
    assert "choose coolant.control.kind: flow" in caught.value.cause
