"""Effectiveness–NTU laws, their inverses, and a distribution unit that closes a loop."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

from thermal.correlations import exchanger
from thermal.errors import OperatingRangeError

DATA = Path(__file__).parents[1] / "data"


def table() -> list[tuple[float, float, float]]:
    """NTU, ratio of capacity flows, effectiveness."""
    text = (DATA / "eps_ntu_counterflow.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return [(float(row["NTU"]), float(row["C"]), float(row["eps"])) for row in rows]


def test_counterflow() -> None:
    for ntu, ratio, effectiveness in table():
        assert exchanger.counterflow_effectiveness(ntu, ratio) == pytest.approx(effectiveness, rel=2e-8)
        assert exchanger.counterflow_effectiveness(1.01 * ntu, ratio) != pytest.approx(effectiveness, rel=2e-8)


def test_counterflow_is_smooth_at_equal_capacity_flows() -> None:
    for ntu in (0.3, 2.0, 8.0):
        near = [exchanger.counterflow_effectiveness(ntu, 1.0 - gap) for gap in (1e-6, 1e-8, 1e-10, 0.0)]
        assert near == pytest.approx([ntu / (1.0 + ntu)] * 4, rel=1e-5)
        assert near[1:] == pytest.approx([ntu / (1.0 + ntu)] * 3, rel=1e-7)


@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.9, 1.0 - 1e-7, 1.0])
@pytest.mark.parametrize("ntu", [1e-6, 0.1, 1.0, 5.0])
def test_inverses(ntu: float, ratio: float) -> None:
    counter = exchanger.counterflow_ntu(exchanger.counterflow_effectiveness(ntu, ratio), ratio)
    parallel = exchanger.parallel_ntu(exchanger.parallel_effectiveness(ntu, ratio), ratio)
    assert counter == pytest.approx(ntu, rel=1e-6)
    assert parallel == pytest.approx(ntu, rel=1e-9)


def test_parallel_and_cross_flow() -> None:
    """Closed forms at NTU 1: parallel (1 − e⁻²)/2 at C = 1; every arrangement 1 − e⁻¹ at C = 0; cross between."""
    assert exchanger.parallel_effectiveness(1.0, 1.0) == pytest.approx(0.5 * (1.0 - math.exp(-2.0)), rel=1e-14)
    for law in (
        exchanger.parallel_effectiveness,
        exchanger.crossflow_effectiveness,
        exchanger.counterflow_effectiveness,
    ):
        assert law(1.0, 0.0) == pytest.approx(1.0 - math.exp(-1.0), rel=1e-12)
    assert (
        exchanger.parallel_effectiveness(2.0, 0.7)
        < exchanger.crossflow_effectiveness(2.0, 0.7)
        < exchanger.counterflow_effectiveness(2.0, 0.7)
    )


def unmixed_crossflow(ntu: float, ratio: float) -> float:
    """Exact single-pass crossflow, both unmixed, marched on a fine grid (second order)."""
    cells = 300
    step = ntu / cells
    cold = [0.0] * cells  # enters at 0 along each column; hot enters at 1 along each row
    outlet = 0.0
    for _ in range(cells):
        hot = 1.0
        for j in range(cells):
            # trapezoidal exchange in the cell, hot flows along j, cold along i
            heat = step * (hot - cold[j]) / (1.0 + 0.5 * step * (1.0 + ratio))
            hot -= heat
            cold[j] += ratio * heat
        outlet += hot
    return 1.0 - outlet / cells


@pytest.mark.parametrize(("ntu", "ratio"), [(0.5, 1.0), (1.0, 0.5), (2.0, 1.0), (3.0, 0.75)])
def test_crossflow(ntu: float, ratio: float) -> None:
    assert exchanger.crossflow_effectiveness(ntu, ratio) == pytest.approx(unmixed_crossflow(ntu, ratio), rel=1e-5)
    assert 1.01 * exchanger.crossflow_effectiveness(ntu, ratio) != pytest.approx(
        unmixed_crossflow(ntu, ratio), rel=1e-5
    )


def test_distribution_unit_closes_the_loop() -> None:
    reference = json.loads((DATA / "cdu_counterflow.json").read_text(encoding="utf-8"))
    heat, conductance, m_hot, c_hot, m_cold, c_cold, facility = reference["par"]
    C_hot, C_cold = m_hot * c_hot, m_cold * c_cold

    def celsius(UA: float) -> list[float]:
        return [T - 273.15 for T in exchanger.exchanger_temperatures(heat, UA, C_hot, C_cold, facility + 273.15)]

    expected = [reference["T_return"], reference["T_supply"], reference["T_fws_out"]]
    assert exchanger.counterflow_effectiveness(conductance / C_hot, C_hot / C_cold) == pytest.approx(
        reference["eps"], rel=1e-12
    )
    assert celsius(conductance) == pytest.approx(expected, abs=1e-9)
    assert celsius(1.01 * conductance) != pytest.approx(expected, abs=1e-2)


def test_rating_gives_back_its_approach() -> None:
    for C_hot, C_cold in ((7900.0, 8300.0), (8300.0, 7900.0), (8000.0, 8000.0)):
        UA = exchanger.rated_conductance(121e3, 4.0, C_hot, C_cold)
        _, supply, _ = exchanger.exchanger_temperatures(121e3, UA, C_hot, C_cold, 300.0)
        assert supply - 300.0 == pytest.approx(4.0, rel=1e-9)
        _, supply, _ = exchanger.exchanger_temperatures(121e3, 1.01 * UA, C_hot, C_cold, 300.0)
        assert supply - 300.0 != pytest.approx(4.0, rel=1e-9)


def test_impossible_rating_says_so() -> None:
    with pytest.raises(OperatingRangeError, match="raise the approach or a flow"):
        exchanger.rated_conductance(121e3, 0.5, 9000.0, 7000.0)
