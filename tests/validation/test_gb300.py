"""GB300 NVL72 against the maker's two points of flow and pressure drop.

Lenovo's product guide LP2357 prints, for the rack at 135 kW TDP,

=========  ===========  ========================
supply     flow         pressure drop
=========  ===========  ========================
40 °C      119 L/min    8.5 psi (58.6 kPa)
45 °C      177 L/min    18.4 psi (126.9 kPa)
=========  ===========  ========================

without naming the fluid. The rack file takes PG25 and a constant return of 55 °C, which explain both flows, and its
couplings and plates were fitted to the first pressure drop.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from thermal.rack.loader import load_rack
from thermal.simulation.steady import simulate

PSI = 6.894757  # [kPa]


@cache
def run(supply: str, **changes: str) -> dict[str, Any]:
    values = {name.replace("__", "."): value for name, value in changes.items()}
    return dict(simulate(load_rack("gb300_nvl72", {"coolant.supply_temperature": supply, **values})).summary)


def flow(summary: dict[str, Any]) -> float:
    return float(summary["coolant"]["flow_L_min"])


def fits_the_calibration(summary: dict[str, Any]) -> bool:
    """Whether the point at 40 °C is met: 119 L/min within 2 % and 58.6 kPa within 2 %."""
    return bool(flow(summary) == pytest.approx(119, rel=0.02)
                and summary["pressure_drop_kPa"] == pytest.approx(58.6, rel=0.02))  # fmt: skip


def test_calibration_point() -> None:
    """119 L/min and 58.6 kPa at 40 °C.

    This proves nothing: pressure drops were fitted to it, and the return temperature was inferred from the flow.
    """
    summary = run("40 degC")
    assert flow(summary) == pytest.approx(119, rel=0.02)
    assert summary["pressure_drop_kPa"] == pytest.approx(8.5 * PSI, rel=0.02)
    assert summary["coolant"]["return_C"] == pytest.approx(55.0, abs=1e-6)


def test_second_point_without_tuning() -> None:
    """177 L/min and 126.9 kPa at 45 °C: nothing was fitted to them.

    The flow tests that heat and return temperature belong together (15 K less 5 K of rise). The pressure drop tests the
    split into laminar and quadratic parts: (177/119)² = 2.21 were all quadratic, Lenovo's ratio is 2.17.
    """
    summary = run("45 degC")
    assert flow(summary) == pytest.approx(177, rel=0.02)
    assert summary["pressure_drop_kPa"] == pytest.approx(18.4 * PSI, rel=0.10)


@pytest.mark.parametrize("supply", ["40 degC", "45 degC"])
def test_like_trays_share_the_flow(supply: str) -> None:
    """OCP's rack-manifold guidelines allow 5 % between like branches."""
    assert 0.0 < run(supply)["flow_spread_rel"] <= 0.05


def test_heat_is_that_of_the_product_guide() -> None:
    """135 kW, about 90 % of it to liquid (LP2357)."""
    summary = run("40 degC")
    assert summary["heat_total_W"] == pytest.approx(135e3, rel=1e-9)
    assert summary["heat_to_liquid_W"] / summary["heat_total_W"] == pytest.approx(0.90, abs=0.02)


@pytest.mark.parametrize("cv", ["1.26", "1.54"])
def test_sabotaged_coupling_breaks_the_calibration(cv: str) -> None:
    """Tray couplings 10 % off in Cv: the flow stays, the pressure drop does not."""
    assert fits_the_calibration(run("40 degC"))
    wrong = run("40 degC", parts__gb_tray_coupling__cv=cv)
    assert flow(wrong) == pytest.approx(119, rel=0.02)
    assert not fits_the_calibration(wrong)


@pytest.mark.parametrize("back", ["54 degC", "56 degC"])
def test_sabotaged_return_breaks_the_second_flow(back: str) -> None:
    """A return 1 K lower or higher moves the flow at 45 °C by a tenth."""
    assert flow(run("45 degC", coolant__control__value=back)) != pytest.approx(177, rel=0.02)


def test_the_flow_alone_does_not_tell_the_fluid() -> None:
    """Water in the place of PG25 needs 2.6 % less flow, and meets both published flows within 3 % as well.

    So the agreement of flows says nothing about the fluid; the file's PG25 is an assumption of its own.
    """
    for supply, published in (("40 degC", 119), ("45 degC", 177)):
        water = flow(run(supply, coolant__fluid="water"))
        assert water == pytest.approx(published, rel=0.03)
        assert water / flow(run(supply)) == pytest.approx(0.974, abs=0.003)
