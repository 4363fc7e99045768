"""Numbers, ticks and wrapped names of charts: the same in a picture, in a page and read aloud."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable

from thermal.views.tables import SIGNS, number

__all__ = ["axis_title", "digits_for", "finite", "money_tick", "nice_ticks", "value_text", "wrapped"]

COMPACT = ((1e9, "bn"), (1e6, "M"))
COMPACT_FROM = 1e7  # below, every unit of the currency is shown


def value_text(value: float, unit: str, digits: int, *, signed: bool = False) -> str:
    """Return a value with its unit, as a label says it.

    A unit that begins with a currency puts the sign in front and shows large amounts in millions.

    >>> value_text(4.646, "L/min", 2), value_text(-250.4, "USD", 0, signed=True), value_text(2.66e8, "USD", 0)
    ('4.65 L/min', '−$250', '$266.0M')
    >>> value_text(266.0, "USD/kW", 0), value_text(1200.0, "GBP", 0), value_text(0.5, "", 1)
    ('$266/kW', '1,200 GBP', '0.5')
    """
    currency, _, per = unit.partition("/")
    if not _is_currency(currency):
        text = number(value, digits, signed=signed)
        return f"{text} {unit}" if unit else text
    scale, suffix = next(((s, x) for s, x in COMPACT if abs(value) >= max(s, COMPACT_FROM)), (1.0, ""))
    text = number(abs(value) / scale, 1 if suffix else digits) + suffix
    sign = "−" if round(value, digits) < 0 else "+" if signed and round(value, digits) > 0 else ""
    money = f"{sign}{SIGNS[currency]}{text}" if currency in SIGNS else f"{sign}{text} {currency}"
    return f"{money}/{per}" if per else money


def money_tick(value: float, unit: str) -> str:
    """Return a round amount as short as it can be.

    >>> money_tick(20000.0, "USD"), money_tick(1.5e6, "USD"), money_tick(-2e9, "GBP"), money_tick(0.0, "USD/kW")
    ('$20k', '$1.5M', '−2bn GBP', '$0/kW')
    """
    scale, suffix = next(((s, x) for s, x in (*COMPACT, (1e3, "k")) if abs(value) >= s), (1.0, ""))
    shown = value / scale
    digits = next(n for n in (0, 1, 2, 3) if abs(round(shown, n) - shown) < 1e-9 or n == 3)
    currency, _, per = unit.partition("/")
    text = number(abs(shown), digits) + suffix
    sign = "−" if value < 0 else ""
    money = f"{sign}{SIGNS[currency]}{text}" if currency in SIGNS else f"{sign}{text} {currency}"
    return f"{money}/{per}" if per else money


def digits_for(values: Iterable[float | None]) -> int:
    """Return the decimals that show about three digits of the largest of the values, and none of thousands.

    >>> digits_for([0.0235, 0.04]), digits_for([4.65, 1.0]), digits_for([58.6]), digits_for([35910.0]), digits_for([])
    (4, 2, 1, 0, 0)
    """
    largest = max((abs(value) for value in finite(values)), default=0.0)
    return 0 if largest == 0.0 else min(max(2 - math.floor(math.log10(largest)), 0), 9)


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round values (steps of 1, 2 or 5) from low to high.

    >>> nice_ticks(0.0, 47.0), nice_ticks(-3.0, 11.0)
    ([0.0, 10.0, 20.0, 30.0, 40.0], [0.0, 5.0, 10.0])
    """
    if not high > low:
        return [low]
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= raw * (1.0 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12) + 0.0 for index in range(first, last + 1)]


def wrapped(text: str, width: int, most: int = 3) -> list[str]:
    r"""Return the lines of a name; what is longer than `most` lines ends in an ellipsis.

    >>> wrapped("Quick disconnect piece", 14), wrapped("Plate\n18 → 36", 14)
    (['Quick', 'disconnect', 'piece'], ['Plate', '18 → 36'])
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += textwrap.wrap(paragraph, width) or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: width - 1] + "…"]
    return lines


def axis_title(title: str, unit: str) -> str:
    """Return the title of an axis with its unit in brackets.

    >>> axis_title("flow", "L/min"), axis_title("", "kPa"), axis_title("margin", "")
    ('flow [L/min]', '[kPa]', 'margin')
    """
    return " ".join(part for part in (title, f"[{unit}]" if unit else "") if part)


def finite(values: Iterable[float | None]) -> list[float]:
    """Return the values that are numbers."""
    return [value for value in values if value is not None and math.isfinite(value)]


def _is_currency(unit: str) -> bool:
    return unit in SIGNS or (len(unit) == 3 and unit.isascii() and unit.isalpha() and unit.isupper())
