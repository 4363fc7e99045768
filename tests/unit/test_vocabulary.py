from __future__ import annotations

import numpy as np
import pytest

from thermal.units import parse_quantity
from thermal.vocabulary import QUANTITIES, VOCABULARY, Quantity

SI_TO_DIMENSION = {
    "W": "power",
    "m3/s": "flow",
    "m/s": "velocity",
    "Pa": "pressure",
    "K": "temperature",
    "s": "time",
}


def test_names_and_keys_are_unique() -> None:
    assert len(VOCABULARY) == len(QUANTITIES)
    assert len({quantity.key for quantity in QUANTITIES}) == len(QUANTITIES)


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda quantity: quantity.name)
def test_shown_agrees_with_the_unit_library(quantity: Quantity) -> None:
    if quantity.unit == quantity.display_unit:
        assert (quantity.scale, quantity.zero) == (1.0, 0.0)
        return
    for shown in (1.0, 37.5):
        si = parse_quantity(f"{shown} {quantity.display_unit}", SI_TO_DIMENSION[quantity.unit])
        assert quantity.shown(si) == pytest.approx(shown, rel=1e-12)
        assert quantity.shown(1.01 * si) != pytest.approx(shown, rel=1e-12)  # the check can fail


def test_shown_takes_arrays_and_keeps_nan() -> None:
    shown = VOCABULARY["outlet_temperature"].shown(np.array([328.15, float("nan")]))
    np.testing.assert_allclose(shown, [55.0, float("nan")], rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("power", "power_W"),
        ("volume_flow", "flow_L_min"),
        ("inlet_temperature", "inlet_C"),
        ("outlet_temperature", "outlet_C"),
        ("junction_temperature", "junction_max_C"),
        ("limit_temperature", "limit_C"),
        ("margin", "margin_K"),
        ("pressure_drop", "pressure_drop_kPa"),
        ("supply_temperature", "supply_C"),
        ("return_temperature", "return_C"),
        ("flow_spread", "flow_spread_rel"),
    ],
)
def test_published_keys_never_change(name: str, key: str) -> None:
    assert VOCABULARY[name].key == key


def test_heading_names_the_display_unit() -> None:
    assert VOCABULARY["pressure_drop"].heading == "pressure_drop [kPa]"
