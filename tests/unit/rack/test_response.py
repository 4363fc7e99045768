"""Responses as data: what is read, what a part that extends another takes over, what is refused in which words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from thermal.rack.parts import HeatSink, Plate
from thermal.rack.response import PlateResistance, Response
from thermal.rack.source import parse_yaml
from thermal.rack.tree import merged, plain

STATE: dict[str, Any] = {
    "temperature": "30 degC", "conductivity": "0.5 W/(m K)", "density": "1000 kg/m3", "specific_heat": "4 kJ/(kg K)",
    "junction": {"unit": "K/W", "values": (((0.04, 0.01), (0.02, 0.05)), ((0.03, 0.005), (0.01, 0.04)))},
    "case": {"unit": "K/kW", "values": (((20, 5), (10, 30)), ((15, 2), (5, 25)))},
}  # fmt: skip
LAW: dict[str, Any] = {
    "packages": ("a", "b"), "coolant": "plain", "flows": ("1 L/min", "2 L/min"), "states": (STATE,),
}  # fmt: skip


def law(**changes: Any) -> Response:
    """Read the law, with fields of its own or, by `state_…`, of its state changed."""
    state = {**STATE, **{key[6:]: value for key, value in changes.items() if key.startswith("state_")}}
    own = {key: value for key, value in changes.items() if not key.startswith("state_")}
    return Response.model_validate({**LAW, "states": (state,), **own})


def matrices(*values: Any) -> dict[str, Any]:
    return {"unit": "K/W", "values": values}


def test_units_are_converted() -> None:
    found = law()
    assert found.states[0].junction[0] == ((0.04, 0.01), (0.02, 0.05))
    assert found.states[0].case[1][1] == pytest.approx((0.005, 0.025), rel=1e-15)
    assert found.counts == (1, 1)


def test_spots_are_more_rows() -> None:
    rows = ((0.04, 0.01), (0.039, 0.012), (0.02, 0.05))
    found = law(spots=(2, 1), state_junction=matrices(rows, rows))
    assert found.counts == (2, 1)


GOOD = ((0.04, 0.01), (0.02, 0.05))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"flows": ("2 L/min", "1 L/min")}, "the flows do not rise from 2 L/min to 1 L/min; sort them"),
        ({"flows": ("1 L/min",)}, "there are 1 flows and 1 states; give two flows and one state at least"),
        ({"flows": ("0 L/min", "1 L/min")}, "not above zero"),
        ({"flows": ("1 L/min", "2 L/min", "3 L/min")}, "`junction` of state 1 has 2 matrices for 3 flows"),
        ({"states": ()}, "there are 2 flows and 0 states"),
        ({"states": (STATE, STATE)}, "the temperatures do not rise from 30 degC to 30 degC"),
        ({"packages": ()}, "`packages` is empty"),
        ({"packages": ("a",)}, r"has 2 row\(s\) of 2 number\(s\); 1 device\(s\) with 1 row\(s\) need 1 × 1"),
        ({"spots": (1,)}, r"`spots` has 1 numbers for 2 device\(s\)"),
        ({"spots": (2, 1)}, r"2 device\(s\) with 3 row\(s\) need 3 × 2"),
        ({"spots": (0, 2)}, "greater than or equal to 1"),
        ({"state_junction": matrices(GOOD, ((0.03, -0.01), (0.01, 0.04)))}, "row 1 of matrix 2 holds -0.01; heat"),
        ({"state_case": matrices(GOOD, ((0.03, 0.01), (0.01,)))}, r"2 of `case` of state 1 has 2 row\(s\) of 2 or 1"),
        ({"state_junction": matrices(GOOD, ((0.03, 0.01), (0.01, 0)))}, "a 0 for a device's own heat"),
        ({"state_junction": matrices(GOOD, ((0.03, "x"), (0.01, 0.04)))}, "row 1 of matrix 2 holds 'x'"),
        ({"state_junction": matrices(GOOD, ((0.03, float("nan")), (0.01, 0.04)))}, "holds nan; write finite"),
        ({"state_junction": matrices(GOOD, 0.1)}, "matrix 2 is not a list of rows"),
        ({"state_junction": {"unit": "K", "values": (GOOD, GOOD)}}, "K"),
        ({"state_case": matrices(GOOD)}, "`case` of state 1 has 1 matrices for 2 flows"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        law(**changes)


def test_it_is_one_of_three_forms_and_only_of_plates() -> None:
    assert PlateResistance.model_validate({"response": LAW}).response is not None
    with pytest.raises(ValidationError, match="`table` and `response` are given together"):
        PlateResistance.model_validate({"response": LAW, "table": (("1 L/min", "1 K/W"), ("2 L/min", "0.5 K/W"))})
    with pytest.raises(ValidationError, match="none is given; give exactly one of `power`, `table`, `response`"):
        PlateResistance.model_validate({})
    with pytest.raises(ValidationError, match=r"resistance\.response"):
        HeatSink.model_validate({"kind": "heat_sink", "resistance": {"response": LAW}})


def test_it_replaces_the_law_of_the_plate_that_it_extends() -> None:
    base = parse_yaml("resistance: {power: {value: 0.05 K/W, flow: 2 L/min, exponent: 0.4}}", "base").root
    over = parse_yaml("resistance: {response: {coolant: plain}}", "over").root
    assert plain(merged(base, over)) == {"resistance": {"response": {"coolant": "plain"}}}


def test_a_plate_needs_no_other_law() -> None:
    drop = {"point": {"flow": "2 L/min", "pressure_drop": "8 kPa", "exponent": 2}}
    plate = Plate.model_validate({"kind": "plate", "pressure_drop": drop, "resistance": {"response": LAW}})
    assert plate.resistance is not None
    assert plate.resistance.power is None
