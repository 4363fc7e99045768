"""Price books: what is read, and that a broken one gives every problem at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from thermal.cost.prices import default_books, load_prices, read_prices
from thermal.errors import InputError
from thermal.rack.bundled import bundled

GOOD = """\
name: mine
title: My prices
currency: EUR
date: "2026"
basis: assumed
source: my own list
basket: plates
covers: [gpu_plate, qd_piece]
lines:
  - item: Plate
    counts: [gpu_plate]
    price: {value: 299.99, low: 250}
  - item: Piece
    counts: [qd_piece]
    price: 12.35
"""


def broken(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_prices(text, "mine.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_price_is_exactly_what_is_written() -> None:
    book = read_prices(GOOD)
    assert book.lines[0].price.value == Decimal("299.99")
    assert book.lines[0].price.low == Decimal(250)
    assert book.lines[0].price.high is None
    assert book.lines[1].price.value == Decimal("12.35")
    assert book.lines[1].price.value * 100 == 1235


@pytest.mark.parametrize("name", bundled("prices"))
def test_each_bundled_book_loads_and_is_named_as_its_file(name: str) -> None:
    assert load_prices(name).name == name


def test_a_book_is_read_from_a_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD, encoding="utf-8")
    assert load_prices(file).name == "mine"


def test_unknown_book_gets_a_suggestion() -> None:
    with pytest.raises(InputError, match="did you mean 'guosen_2026'"):
        load_prices("guosen_2025")


def test_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_prices(tmp_path / "none.yaml")


def test_unknown_item_class_gets_a_suggestion() -> None:
    problems = broken(GOOD.replace("counts: [gpu_plate]", "counts: [gpu_plat]"))
    assert len(problems) == 1
    assert problems[0].startswith("mine.yaml:11:14: lines[1].counts[1]: 'gpu_plat' is not an item class")
    assert "did you mean 'gpu_plate'?" in problems[0]


def test_missing_currency_is_said() -> None:
    assert any("`currency` is missing" in problem for problem in broken(GOOD.replace("currency: EUR\n", "")))


@pytest.mark.parametrize("currency", ["euro", "EURO", "€", "12", "null"])
def test_a_currency_has_three_letters(currency: str) -> None:
    problems = broken(GOOD.replace("currency: EUR", f"currency: {currency}"))
    assert any("is not a currency; write its three letters" in problem for problem in problems)


@pytest.mark.parametrize(("price", "said"), [
    ("-1", "is negative"), (".nan", "not a finite number"), (".inf", "not a finite number"), ("free", "not an amount"),
    ("true", "not an amount"), ("{value: 5, low: 6}", "lies outside"), ("{value: 5, high: 4}", "lies outside"),
    ("1.0e+308", "above 1,000,000,000"), ("1000000001", "write a price of 1,000,000,000 or less"),
    ("{value: 5, high: 1.0e+12}", "above 1,000,000,000"), ("9" * 30, "above 1,000,000,000"),
    ("{low: 4}", "`value` is missing"), ("{value: 4, hgih: 5}", "did you mean 'high'"),
])  # fmt: skip
def test_a_price_that_cannot_be(price: str, said: str) -> None:
    problems = broken(GOOD.replace("price: 12.35", f"price: {price}"))
    assert len(problems) == 1
    assert said in problems[0]
    assert problems[0].startswith("mine.yaml:15:")


def test_the_highest_price_is_a_price() -> None:
    assert read_prices(GOOD.replace("price: 12.35", "price: 1000000000")).lines[1].price.value == Decimal(10**9)


@pytest.mark.parametrize("date", ["yesterday", "2025-13", "2025-02-30", "20251"])
def test_a_date_that_cannot_be(date: str) -> None:
    assert any("is not a date" in problem for problem in broken(GOOD.replace('"2026"', f'"{date}"')))


def test_two_prices_for_one_class() -> None:
    problems = broken(GOOD + "  - {item: Again, counts: [gpu_plate], price: 1}\n")
    assert problems == [
        (
            "mine.yaml:16:5: lines[3]: gpu_plate has two prices, the first in lines[1]; "
            "keep one, or tell them apart with `parts`, `trays` or `racks`"
        )
    ]


def test_two_prices_for_one_part() -> None:
    line = "  - {item: Special, counts: [gpu_plate], parts: [mine], price: 1}\n"
    read_prices(GOOD + line)
    assert any("part 'mine' has two prices" in problem for problem in broken(GOOD + line + line))


def test_pieces_and_pairs_are_the_same_things() -> None:
    text = GOOD.replace("covers: [", "covers: [qd_pair, ") + "  - {item: Pair, counts: [qd_pair], price: 70}\n"
    assert any("qd_pair has two prices" in problem for problem in broken(text))


def test_lines_for_different_trays_or_racks_do_not_clash() -> None:
    lines = (
        "  - {item: A, counts: [gpu_plate], trays: [compute_tray], racks: [one], price: 1}\n"
        "  - {item: B, counts: [gpu_plate], trays: [switch_tray], racks: [one], price: 2}\n"
        "  - {item: C, counts: [gpu_plate], racks: [two], price: 3}\n"
    )
    assert len(read_prices(GOOD + lines).lines) == 5
    assert broken(GOOD + lines.replace("racks: [two]", "racks: [one]"))


def test_what_is_priced_must_be_in_scope() -> None:
    problems = broken(GOOD + "  - {item: Fan, counts: [fan], price: 1}\n")
    assert problems == [
        "mine.yaml:16:26: lines[3].counts[1]: 'fan' is priced but not in `covers`; add 'fan' to `covers`"
    ]


def test_every_problem_comes_at_once() -> None:
    problems = broken("""\
name: mine
titel: My prices
date: "2026"
basis: hearsay
source: my own list
basket: plates
covers: [gpu_plate, qd_peice]
lines:
  - item: Plate
    counts: [gpu_plate]
    price: -300
  - item: Piece
    counts: [gpu_plate]
    price: 10
  - item: Another
    counts: [gpu_plate]
    price: 20
""")
    text = "\n".join(problems)
    for said in (
        "`currency` is missing", "unknown key 'titel'; did you mean 'title'?", "`title` is missing", "'hearsay'",
        "did you mean 'qd_piece'?", "-300 is negative", "lines[3]: gpu_plate has two prices, the first in lines[2]",
    ):  # fmt: skip
        assert said in text
    assert len(problems) == 7


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "name: [", "name: a\nname: b\n", "lines: []\n", "lines: 3\n"])
def test_what_is_no_price_book_is_refused_without_a_traceback(text: str) -> None:
    assert broken(text)


def test_the_book_written_for_a_rack_is_its_default() -> None:
    assert [book.name for book in default_books("gb300_nvl72")] == ["avc_broker_2025", "morgan_stanley_2025"]
    assert [book.name for book in default_books("gb200_nvl72")] == ["guosen_2026"]
    assert [book.name for book in default_books("my_own_rack")] == bundled("prices")
