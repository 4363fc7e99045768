from __future__ import annotations

from itertools import pairwise

import pytest

from thermal.ranges import MOST, parse_values, value_texts
from thermal.units import UnitError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2.5 L/min", ("2.5 L/min",)),
        ("1,2, 3 L/min", ("1 L/min", "2 L/min", "3 L/min")),
        ("1 L/min, 2 m3/h", ("1 L/min", "2 m3/h")),
        ("0.5:4:8 L/min", tuple(f"{x:g} L/min" for x in (0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4))),
        ("45:25:3 degC", ("45 degC", "35 degC", "25 degC")),
        ("-5 : 5 : 3 degC", ("-5 degC", "0 degC", "5 degC")),
        ("log:1:1e4:3 Pa", ("1 Pa", "100 Pa", "1e4 Pa")),
        ("0.1:0.3:3", ("0.1", "0.2", "0.3")),
        ("PG25,water", ("PG25", "water")),
        ("tdp", ("tdp",)),
    ],
)
def test_lists_and_ranges(text: str, values: tuple[str, ...]) -> None:
    assert value_texts(text) == values


def test_logarithmic_steps_have_one_ratio() -> None:
    flows = parse_values("log:0.5:8:5 L/min", "flow")
    assert [b / a for a, b in pairwise(flows)] == pytest.approx([2.0] * 4, rel=1e-10)
    even = parse_values("0.5:8:5 L/min", "flow")
    assert [b / a for a, b in pairwise(even)] != pytest.approx([2.0] * 4, rel=0.1)


def test_values_are_si_with_exact_ends() -> None:
    assert parse_values("20:104:7 degF", "temperature")[-1] == pytest.approx(313.15)
    values = parse_values("0.1:0.7:50 L/min", "flow")
    assert values[0] == parse_values("0.1 L/min", "flow")[0]
    assert values[-1] == parse_values("0.7 L/min", "flow")[0]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("1:2 L/min", "is not a range"),
        ("1:2:3:4 L/min", "is not a range"),
        ("a:b:c L/min", "is not a range"),
        ("1:2:2.5 L/min", "asks for 2.5 values"),
        ("1:2:1 L/min", "asks for 1 values"),
        (f"1:2:{MOST + 1} L/min", "from 2 to 10,000"),
        ("log:0:2:3 L/min", "give ends above zero"),
        ("log:1,2 L/min", "is not a range"),
        ("1,,2 L/min", "empty item"),
        ("", "empty item"),
        ("1,2", "no unit"),
        ("1 L/min,2", "no unit"),
        ("1:2:3", "no unit"),
        ("1,2 kW", "is not a volume flow"),
        ("1:1e999:3 L/min", "not a"),
    ],
)
def test_what_is_neither_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(UnitError, match=wrong):
        parse_values(text, "flow")
