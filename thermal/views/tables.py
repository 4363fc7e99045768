"""The few forms of text that every view uses: numbers, ranges, money, wrapped lines and plain tables."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["WIDTH", "block", "labelled", "money", "number", "plain_table", "span", "stored"]

WIDTH = 110  # characters; fits two windows side by side on a usual screen
LABEL = 13  # of which the indented label takes this many
GLUE = "\N{NO-BREAK SPACE}"
SIGNS: Mapping[str, str] = {"USD": "$", "EUR": "€", "CNY": "¥", "TWD": "NT$"}


def number(value: float | None, digits: int = 1, *, signed: bool = False) -> str:
    """Return a number with a fixed count of decimals, thousands separated and a real minus sign; – for None.

    >>> number(-1234.56), number(7.04, signed=True), number(None)
    ('−1,234.6', '+7.0', '–')
    """
    if value is None:
        return "–"
    rounded = round(value, digits) + 0.0  # no minus before a zero
    return f"{rounded:{'+' if signed else ''},.{digits}f}".replace("-", "−")


def span(values: Iterable[float | None], digits: int = 1) -> str:
    """Return the range of the numbers, or the one number that all round to; – when there is none.

    >>> span([78.21, 83.94, None]), span([5.01, 5.02])
    ('78.2–83.9', '5.0')
    """
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    low, high = number(min(known), digits), number(max(known), digits)
    return low if low == high else f"{low}–{high}"


def money(amount: float | None, currency: str = "USD", *, signed: bool = False) -> str:
    """Return an amount in whole units of its currency.

    >>> money(35910.0), money(-250.4, signed=True), money(1200.0, "GBP")
    ('$35,910', '−$250', '1,200 GBP')
    """
    if amount is None:
        return "–"
    digits = number(abs(amount), 0)
    sign = "−" if round(amount) < 0 else "+" if signed and round(amount) > 0 else ""
    return f"{sign}{SIGNS[currency]}{digits}" if currency in SIGNS else f"{sign}{digits} {currency}"


def stored(file: str, *, replaced: bool) -> str:
    """Return the line that names a written file, and whether an earlier one was there.

    >>> stored("own.yaml", replaced=True)
    '  stored     own.yaml, replaces the file that was there'
    """
    return f"  stored     {file}{', replaces the file that was there' if replaced else ''}"


def labelled(label: str, *paragraphs: str) -> str:
    """Return paragraphs behind a label, wrapped and hanging under the first."""
    lines: list[str] = []
    for paragraph in paragraphs:
        glued = re.sub(r"(?<=\d) (?=\S)", GLUE, paragraph)  # a number stays with its unit
        lines += textwrap.wrap(glued, WIDTH - LABEL, break_long_words=False, break_on_hyphens=False)
    return block(label, [line.replace(GLUE, " ") for line in lines])


def block(label: str, lines: Sequence[str]) -> str:
    """Return finished lines behind a label, hanging under the first."""
    return f"  {label:<{LABEL - 2}}" + ("\n" + " " * LABEL).join(lines)


def plain_table(rows: Sequence[Sequence[str]], headings: Sequence[str], align: str) -> str:
    """Return a table without rules except under the headings.

    Parameters
    ----------
    rows : sequence of sequence of str
        Cells, already text.
    headings : sequence of str
        One per column.
    align : str
        One letter per column: ``l`` or ``r``.
    """
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    justify = [str.rjust if letter == "r" else str.ljust for letter in align]
    lines = (headings, ["-" * width for width in widths], *rows)
    return "\n".join(
        "  ".join(put(cell, width) for put, cell, width in zip(justify, line, widths, strict=True)).rstrip()
        for line in lines
    )
