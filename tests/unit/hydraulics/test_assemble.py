"""From parts to branches: each kind of part gives the pressure drop that its definition says, by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from thermal.correlations.channels import channel_pressure_drop
from thermal.correlations.fittings import WATER_DENSITY
from thermal.hydraulics.assemble import assemble
from thermal.hydraulics.branches import CHANNELS, PIPE
from thermal.hydraulics.loop import LoopSolution, solve_loop
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack

Bench = Callable[..., Rack]

L_MIN = 1e-3 / 60
RHO, MU = 1000.0, 1e-3  # of the bench rack
Q = 2 * L_MIN  # in each tray
PLATE = "    pressure_drop: {quadratic: {quadratic: 1.0e13 Pa/(m3/s)^2}}\n"


def drop(bench: Bench, part: str, *changes: tuple[str, str]) -> float:
    """Pressure drop of one part in both trays, at 2 L/min each [Pa]."""
    rack = bench(
        ("  gate: {kind: valve, kv: 0.6 m3/h}\n", f"  gate: {{kind: valve, kv: 0.6 m3/h}}\n  tested: {part}\n"),
        ("series: [gate, plate]", "series: [tested, plate]"),
        *changes,
    )
    assembly = expand(rack)
    loop = solve_loop(rack, assembly, np.zeros(len(assembly.elements)))
    branch = loop.part.network.branches.index("compute[1]/tested")
    return branch_drop(loop, branch)


def branch_drop(loop: LoopSolution, branch: int) -> float:
    """Pressure drop less the weight of the column [Pa]."""
    network, pressure = loop.part.network, loop.flow.pressure
    start, end = network.start[branch], network.end[branch]
    assert loop.flow.mass_flow[branch] == pytest.approx(RHO * Q, rel=1e-9)
    return float(pressure[start] - pressure[end] - RHO * 9.80665 * (network.height[end] - network.height[start]))


def plate_drop(bench: Bench, law: str) -> float:
    """Pressure drop of the plate under a law."""
    rack = bench((PLATE, f"    {law}\n"))
    assembly = expand(rack)
    loop = solve_loop(rack, assembly, np.zeros(len(assembly.elements)))
    return branch_drop(loop, loop.part.network.branches.index("compute[1]/plate"))


def both(found: float, expected: float) -> None:
    """Agree, and would not if the expectation were 1 % off."""
    assert found == pytest.approx(expected, rel=1e-7)
    assert found != pytest.approx(1.01 * expected, rel=1e-3)


def kv_drop(kv: float) -> float:
    """Pressure drop behind a Kv [m3/h], which is defined with water: 1 bar at Kv [Pa]."""
    return 1e5 * RHO / WATER_DENSITY * (Q * 3600 / kv) ** 2


@pytest.mark.parametrize(("part", "kv"), [
    ("{kind: valve, kv: 0.5 m3/h}", 0.5),
    ("{kind: valve, kv: 0.5 m3/h, opening: 0.5}", 0.25),
    ("{kind: valve, cv: 1.4}", 0.865 * 1.4),
    ("{kind: check_valve, cv: 0.8}", 0.865 * 0.8),
    ("{kind: filter, kv: 1.0 m3/h, clogging: 0.3}", 0.7),
    ("{kind: coupling, cv: 0.8}", 0.865 * 0.8),
    ("{kind: coupling, kv: 0.7 m3/h}", 0.7),
])  # fmt: skip
def test_flow_coefficients(bench: Bench, part: str, kv: float) -> None:
    both(drop(bench, part), kv_drop(kv))


def test_coefficient_in_us_units_means_gallons_and_psi() -> None:
    """Cv 1 passes 1 gpm of water at 1 psi: the factor 0.865 to Kv is right to 0.1 %."""
    gallon, psi = 3.785411784, 0.06894757
    assert gallon * 60 / 1000 / math.sqrt(psi) == pytest.approx(0.865, rel=1e-3)


def test_tabulated_coupling(bench: Bench) -> None:
    """A point of its table is met; the table holds for water, the coolant is 0.1 % denser and of the same viscosity."""
    found = drop(bench, "{kind: coupling, table: [[1 L/min, 2 kPa], [2 L/min, 7 kPa], [3 L/min, 15 kPa]]}")
    assert found == pytest.approx(7e3, rel=3e-3)
    assert found != pytest.approx(7e3 * 1.01, rel=3e-3)


def test_laminar_pipe(bench: Bench) -> None:
    """Hagen–Poiseuille and K on the velocity head, Re = 1415."""
    d, L, K = 0.03, 2.0, 1.5
    Re = 4 * RHO * Q / (math.pi * d * MU)
    assert Re < 2000
    speed = Q / (0.25 * math.pi * d**2)
    expected = 128 * MU * L * Q / (math.pi * d**4) + K * RHO * speed**2 / 2
    both(drop(bench, "{kind: pipe, length: 2 m, inner_diameter: 30 mm, loss_coefficient: 1.5}"), expected)


def test_turbulent_pipe(bench: Bench) -> None:
    """Colebrook solved here by iteration, Re = 7074."""
    d, L, roughness = 0.006, 1.0, 30e-6
    Re = 4 * RHO * Q / (math.pi * d * MU)
    assert Re > 4000
    root = 0.2
    for _ in range(100):
        root = -1 / (2 * math.log10(roughness / d / 3.7 + 2.51 * 1 / (Re * root)))
    speed = Q / (0.25 * math.pi * d**2)
    found = drop(bench, "{kind: pipe, length: 1 m, inner_diameter: 6 mm, roughness: 30 um}")
    expected = root**2 * L / d * RHO * speed**2 / 2
    assert found == pytest.approx(expected, rel=1e-5)
    assert found != pytest.approx(1.01 * expected, rel=1e-5)


def test_orifice(bench: Bench) -> None:
    speed = Q / (0.25 * math.pi * 0.005**2)
    both(drop(bench, "{kind: orifice, loss_coefficient: 3, inner_diameter: 5 mm}"), 3 * RHO * speed**2 / 2)


def test_quadratic_plate_moves_with_density_and_viscosity(bench: Bench) -> None:
    """Measured with 1010 kg/m3 and 2 mPa s: the linear part halves, the quadratic shrinks by 1000/1010."""
    law = (
        "pressure_drop: {quadratic: {linear: 1.0e8 Pa/(m3/s), quadratic: 5.0e12 Pa/(m3/s)^2, viscosity: 2 mPa*s, "
        "density: 1010 kg/m3}}"
    )
    both(plate_drop(bench, law), 1e8 * Q / 2 + 5e12 * Q**2 * 1000 / 1010)


def test_plate_through_one_point(bench: Bench) -> None:
    law = "pressure_drop: {point: {flow: 4 L/min, pressure_drop: 40 kPa, exponent: 1.6}}"
    both(plate_drop(bench, law), 40e3 * 0.5**1.6)


def test_plate_through_one_point_of_another_fluid(bench: Bench) -> None:
    """Similarity: Δp ∝ ρ^(n−1) μ^(2−n) at a given flow."""
    law = (
        "pressure_drop: {point: {flow: 4 L/min, pressure_drop: 40 kPa, exponent: 1.6, viscosity: 2 mPa*s, "
        "density: 1010 kg/m3}}"
    )
    both(plate_drop(bench, law), 40e3 * 0.5**1.6 * (1000 / 1010) ** 0.6 * 0.5**0.4)


def test_tabulated_plate(bench: Bench) -> None:
    law = "pressure_drop: {table: {points: [[1 L/min, 3 kPa], [2 L/min, 9 kPa], [4 L/min, 30 kPa]]}}"
    both(plate_drop(bench, law), 9e3)


@pytest.mark.parametrize(("split", "centre"), [("end_to_end", 0.0), ("centre", 1.0)])
def test_channel_plate(bench: Bench, split: str, centre: float) -> None:
    law = (
        "channels: {count: 60, width: 0.3 mm, height: 2 mm, length: 40 mm, wall: 0.2 mm, base: 2 mm, "
        f"conductivity: 385 W/(m*K), footprint_length: 30 mm, footprint_width: 25 mm, split: {split}}}"
    )
    expected = channel_pressure_drop(RHO * Q, 60.0, 0.3e-3, 2e-3, 40e-3, 1.5, centre, RHO, MU)[0]
    both(plate_drop(bench, law), expected)


def test_exchanger(bench: Bench) -> None:
    rack = bench(parts__swap__linear="1.0e8 Pa/(m3/s)", parts__swap__quadratic="2.0e12 Pa/(m3/s)^2")
    assembly = expand(rack)
    loop = solve_loop(rack, assembly, np.zeros(len(assembly.elements)))
    assert loop.pumps is not None
    network = loop.pumps.part.network
    b = network.branches.index("cdu/swap")
    found = loop.pumps.flow.pressure[network.start[b]] - loop.pumps.flow.pressure[network.end[b]]
    assert found == pytest.approx(1e8 * 2 * Q + 2e12 * (2 * Q) ** 2, rel=1e-8)


def test_end_of_a_pump_curve(bench: Bench) -> None:
    """Where the head is gone, or at `max_flow`, whichever comes first."""

    def limit(**values: str) -> float:
        rack = bench(**values)
        assembly = expand(rack)
        network = assemble(rack, assembly, assembly.cdu_elements).network
        return float(network.limit[network.branches.index("cdu/pump")])

    assert limit() == pytest.approx(9 * L_MIN, rel=1e-12)
    assert limit(parts__pump__max_flow="11 L/min") == pytest.approx(10 * L_MIN, rel=1e-12)
    straight = "{coefficients: [100 kPa, -20 kPa/(L/min), 0 kPa/(L/min)^2]}"
    assert limit(parts__pump__head=straight) == pytest.approx(5 * L_MIN, rel=1e-12)
    rising = "{coefficients: [90 kPa, 9 kPa/(L/min), -1.8 kPa/(L/min)^2]}"  # 90 + 9 Q − 1.8 Q² = 0 at Q = 10
    assert limit(parts__pump__head=rising, parts__pump__max_flow="90 L/min") == pytest.approx(10 * L_MIN, rel=1e-12)


def test_a_rack_becomes_one_branch_per_element() -> None:
    """GB300: 18 compute and 9 switch trays on two manifolds, in the elements' order, with a tee per tap."""
    rack = load_rack("gb300_nvl72")
    assembly = expand(rack)
    chosen = [e for e in range(len(assembly.elements)) if e not in assembly.cdu_elements]
    made = assemble(rack, assembly, chosen)
    network = made.network
    assert network.branches == tuple(assembly.elements[e].path for e in chosen)
    assert network.nodes == tuple(node.path for node in assembly.nodes)
    np.testing.assert_array_equal(network.start, [assembly.elements[e].start for e in chosen])
    assert network.tee_node.size == 2 * 27
    assert np.count_nonzero(network.tee_run < 0) == 2
    np.testing.assert_allclose(network.tee_header, 0.038)
    np.testing.assert_allclose(network.tee_tap, 0.012)
    segments = [b for b, path in enumerate(network.branches) if path.startswith("supply_manifold/segment")]
    assert len(segments) == 27
    assert np.all(network.kind[segments] == PIPE)
    # from 0.5 m below unit 9 to unit 35, by hand: 26 units of 44.45 mm
    assert network.length[segments].sum() == pytest.approx(0.5 + 26 * 0.04445, rel=1e-12)


def test_shared_cooling_unit_sees_all_its_racks() -> None:
    rack = load_rack("gb300_nvl72", {"cdu.racks_served": "5"})
    assembly = expand(rack)
    network = assemble(rack, assembly, range(len(assembly.elements))).network
    unit = np.zeros(len(network.branches), bool)
    unit[list(assembly.cdu_elements)] = True
    assert set(network.copies[unit]) == {5.0}
    assert set(network.copies[~unit]) == {1.0}


def test_left_out_elements_take_their_tees_along() -> None:
    rack = load_rack("gb300_nvl72")
    assembly = expand(rack)
    tray = {e for e, element in enumerate(assembly.elements) if element.tray == "compute[5]"}
    network = assemble(rack, assembly, [e for e in range(len(assembly.elements)) if e not in tray]).network
    assert network.tee_node.size == 2 * 26
    assert not any(path.startswith("compute[5]/") for path in network.branches)


def test_channel_plates_carry_their_geometry(bench: Bench) -> None:
    law = (
        "channels: {count: 60, width: 0.3 mm, height: 2 mm, length: 40 mm, wall: 0.2 mm, base: 2 mm, "
        "conductivity: 385 W/(m*K), footprint_length: 30 mm, footprint_width: 25 mm, inlet_loss: 0.7, outlet_loss: 0.9}"
    )
    rack = bench((PLATE, f"    {law}\n"))
    assembly = expand(rack)
    network = assemble(rack, assembly, range(len(assembly.elements))).network
    assert np.count_nonzero(network.kind == CHANNELS) == 2
    np.testing.assert_allclose(network.channels.loss, 1.6)
    np.testing.assert_allclose(network.channels.width, 0.3e-3)
