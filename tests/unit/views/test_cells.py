"""Cells read the same in every report."""

from __future__ import annotations

import math

import pytest

from thermal.views.pages.cells import column_sum, plain_value, shown, split_heading
from thermal.views.report import Cell, Column, Format, Linked, ReportTable


@pytest.mark.parametrize(
    ("cell", "form", "digits", "expected"),
    [
        ("b300", "text", 1, "b300"),
        ("", "text", 1, "–"),
        (None, "number", 1, "–"),
        (math.nan, "number", 1, "–"),
        (math.inf, "money", 0, "–"),
        (1234.56, "number", 1, "1,234.6"),
        (-0.04, "number", 1, "0.0"),
        (40, "number", 1, "40.0"),
        (40, "text", 1, "40"),
        (126, "integer", 1, "126"),
        (126.0, "integer", 1, "126"),
        (0.5, "integer", 2, "0.50"),  # a CDU shared by two racks
        (0.256, "percent", 1, "25.6 %"),
        (-0.01, "percent", 0, "−1 %"),
        (35910.4, "money", 0, "$35,910"),
        (35910.4, "money", 1, "$35,910"),
        (45.5, "money", 2, "$45.50"),
        (-45.5, "money", 2, "−$45.50"),
        (-0.001, "money", 2, "$0.00"),
        (Linked(7.25, "{a}*{b}"), "number", 2, "7.25"),
        (Linked(math.nan, "{a}/{b}"), "number", 2, "–"),
        (True, "text", 1, "yes"),
    ],
)
def test_each_form(cell: Cell, form: Format, digits: int, expected: str) -> None:
    assert shown(cell, Column("key", "Heading", form, digits)) == expected


def test_a_currency_without_a_sign_stands_after_the_amount() -> None:
    column = Column("key", "Heading", "money", 2)
    assert shown(-1234.5, column, "GBP") == "−1,234.50 GBP"
    assert shown(1234.5, column, "TWD") == "NT$1,234.50"


def test_a_sum_counts_numbers_only_and_loses_nothing() -> None:
    values: list[Cell] = [0.1] * 9
    values += [None, "n/a", Linked(0.1, "{x}"), math.nan]
    table = ReportTable("t", "T", [Column("x", "X", "number")], [{"x": value} for value in values])
    assert column_sum(table, "x") == 1.0
    assert sum([0.1] * 10) != 1.0  # what plain addition comes to


def test_a_linked_number_is_its_value() -> None:
    assert plain_value(Linked(3.5, "{x}")) == 3.5
    assert plain_value("=1+1") == "=1+1"


def test_only_a_unit_at_the_end_is_one() -> None:
    assert split_heading("Flow [L/min]") == ("Flow", "L/min")
    assert split_heading("gpu[1] flow") == ("gpu[1] flow", "")
    assert split_heading("[K]") == ("[K]", "")
