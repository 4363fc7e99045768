from __future__ import annotations

import pytest

from thermal.views.tables import WIDTH, block, labelled, money, number, plain_table, span


@pytest.mark.parametrize(
    ("value", "digits", "signed", "text"),
    [
        (1234.56, 1, False, "1,234.6"),
        (-1234.56, 1, False, "−1,234.6"),
        (7.04, 1, True, "+7.0"),
        (-0.04, 1, False, "0.0"),
        (None, 1, False, "–"),
    ],
)
def test_number(value: float | None, digits: int, signed: bool, text: str) -> None:
    assert number(value, digits, signed=signed) == text


def test_span() -> None:
    assert span([78.21, None, 83.94]) == "78.2–83.9"
    assert span([5.01, 5.02]) == "5.0"
    assert span([None]) == "–"


def test_money() -> None:
    assert money(49_860.0) == "$49,860"
    assert money(-250.4, signed=True) == "−$250"
    assert money(250.4, signed=True) == "+$250"
    assert money(0.2, signed=True) == "$0"
    assert money(1200.0, "GBP") == "1,200 GBP"
    assert money(None) == "–"


def test_long_paragraphs_hang_under_the_label_and_keep_units_with_numbers() -> None:
    lines = labelled("coolant", "flow of 119.2 L/min " * 12).splitlines()
    assert lines[0].startswith("  coolant    flow of 119.2 L/min")
    assert all(line.startswith(" " * 13) for line in lines[1:])
    assert all(len(line) <= WIDTH for line in lines)
    assert not any(line.endswith("119.2") for line in lines)


def test_block_keeps_lines() -> None:
    assert block("by kind", ["a", "b"]) == "  by kind    a\n" + " " * 13 + "b"


def test_plain_table_aligns() -> None:
    lines = plain_table([("plate", "1,200"), ("cdu", "9")], ("item", "quantity"), "lr").splitlines()
    assert lines == ["item   quantity", "-----  --------", "plate     1,200", "cdu           9"]
    assert plain_table([], ("item", "quantity"), "lr") == "item  quantity\n----  --------"
