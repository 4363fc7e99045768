"""Mixtures that no shipped table covers: what is made, and what is refused."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from thermal.rack.mixtures import COLUMNS, freezing_temperature, mixture_columns, water_vapour_pressure


def test_columns_of_a_mixture() -> None:
    columns = mixture_columns("EG40")
    assert tuple(columns) == COLUMNS
    assert {values.shape for values in columns.values()} == {columns["temperature"].shape}
    assert columns["temperature"][0] > freezing_temperature("EG40")
    assert columns["temperature"][-1] == pytest.approx(373.15)
    assert all(np.all(values > 0.0) for values in columns.values())


def test_vapour_pressure_follows_raoult() -> None:
    """PG50: 0.5 L water is 27.71 mol, 0.5 L glycol 6.81 mol, so 0.803 of the vapour pressure of water."""
    columns = mixture_columns("PG50")
    share = columns["vapour_pressure"] / water_vapour_pressure(columns["temperature"])
    assert share == pytest.approx(np.full_like(share, 0.803), abs=1e-3)


def test_supercooled_water_joins_at_the_triple_point() -> None:
    """The triple point is at 611.657 Pa; supercooled water at −10 °C 286.3 Pa (Smithsonian Meteorological Tables)."""
    assert water_vapour_pressure(np.array([263.15]))[0] == pytest.approx(286.3, rel=2e-3)
    below, at, above = water_vapour_pressure(np.array([273.15, 273.16, 273.17]))
    assert at == pytest.approx(611.657, rel=1e-4)
    assert above - at == pytest.approx(at - below, rel=1e-2)


@pytest.mark.parametrize("name", ["PG5", "PG75", "pg25", "MEG30", "PG", "water"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="use PGnn or EGnn"):
        mixture_columns(name)


def test_without_coolprop_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "CoolProp.CoolProp", None)
    with pytest.raises(ValueError, match=r"thermal\[mixtures\]"):
        mixture_columns("PG30")
