"""Tables of pressure: one flow for each pressure, and no carrying on before the first row."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from thermal.rack.laws import FanCurve, Head, PressureDrop

FALLS = (("1 L/min", "2 kPa"), ("2 L/min", "1 kPa"))
AT_REST = (("0 L/min", "2 kPa"), ("2 L/min", "3 kPa"))
LATE = (("1 L/min", "9 kPa"), ("2 L/min", "1 kPa"))
STALLS = (("0 m3/s", "100 Pa"), ("0.01 m3/s", "120 Pa"), ("0.02 m3/s", "0 Pa"))


@pytest.mark.parametrize(
    ("model", "raw", "wrong"),
    [
        (PressureDrop, {"table": {"points": FALLS}}, "the pressure drop falls from 2 kPa to 1 kPa"),
        (PressureDrop, {"table": {"points": AT_REST}}, "the pressure drop at rest is 2 kPa"),
        (Head, {"table": LATE}, "the curve begins at 1 L/min"),
        (FanCurve, {"table": STALLS}, "the pressure rises from 100 Pa to 120 Pa"),
    ],
)
def test_a_table_without_one_answer_is_refused(model: type, raw: dict[str, object], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        model.model_validate(raw)


def test_a_pump_curve_may_rise_before_it_falls() -> None:
    rows = (("0 L/min", "100 kPa"), ("10 L/min", "105 kPa"), ("50 L/min", "20 kPa"))
    assert len(Head.model_validate({"table": rows}).table or ()) == 3
