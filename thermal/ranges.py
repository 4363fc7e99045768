"""Several values written as one text, a list "1,2,3 L/min" or a range "0.5:4:8 L/min", become one text per value."""

from __future__ import annotations

import re

from thermal.units import UnitError, parse_quantity

__all__ = ["parse_values", "value_texts"]

MOST = 10_000
NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_BARE = re.compile(NUMBER)
_WITH_UNIT = re.compile(rf"{NUMBER}\s*([^0-9\s.,:].*)", re.DOTALL)
_RANGE = re.compile(rf"(log:)?\s*({NUMBER})\s*:\s*({NUMBER})\s*:\s*({NUMBER})\s*([^0-9\s.,:][^:]*)?", re.DOTALL)
_FORMS = "write a list '1,2,3 L/min', a range 'start:stop:count unit' such as '0.5:4:8 L/min', or 'log:' before a range"


def value_texts(text: str) -> tuple[str, ...]:
    """Return each value of a list or range as a text of its own.

    Parameters
    ----------
    text : str
        ``a,b,c unit``, ``start:stop:count unit`` (both ends included) or ``log:start:stop:count unit``; the unit,
        written once at the end, goes to every value. Items that are no numbers are returned as they are.

    Returns
    -------
    tuple of str
        At least one.

    Raises
    ------
    UnitError
        A range without three numbers, with a count that is not between 2 and 10,000, or a logarithmic one that does
        not lie above zero; an empty item.

    Examples
    --------
    >>> value_texts("25:45:3 degC")
    ('25 degC', '35 degC', '45 degC')
    >>> value_texts("1, 2.5 L/min")
    ('1 L/min', '2.5 L/min')
    >>> value_texts("log:1:100:3 kPa")
    ('1 kPa', '10 kPa', '100 kPa')
    >>> value_texts("PG25,water")
    ('PG25', 'water')
    """
    if ":" in text:
        return _range(text)
    items = [item.strip() for item in text.split(",")]
    if not all(items):
        wrong = f"{text!r} has an empty item"
        raise UnitError(wrong, _FORMS)
    last = _WITH_UNIT.fullmatch(items[-1])
    if last is not None and all(_BARE.fullmatch(item) for item in items[:-1]):
        return (*(f"{item} {last[1]}" for item in items[:-1]), items[-1])
    return tuple(items)


def parse_values(text: str, dimension: str) -> tuple[float, ...]:
    """Return the SI values of a list or range; raises UnitError like `value_texts` and `parse_quantity`.

    Examples
    --------
    >>> parse_values("25:45:3 degC", "temperature")
    (298.15, 308.15, 318.15)
    """
    return tuple(parse_quantity(value, dimension) for value in value_texts(text))


def _range(text: str) -> tuple[str, ...]:
    """Spread a range; its two ends keep the digits they were written with."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        wrong = f"{text!r} is not a range"
        raise UnitError(wrong, _FORMS)
    log, first, last, steps, unit = match.groups()
    if not steps.isdecimal() or not 2 <= int(steps) <= MOST:
        wrong = f"{text!r} asks for {steps} values"
        raise UnitError(wrong, right=f"give a whole number from 2 to {MOST:,}")
    start, stop, parts = float(first), float(last), int(steps) - 1
    if log and not (start > 0.0 and stop > 0.0):
        wrong = f"{text!r} spaces values logarithmically from {first} to {last}"
        raise UnitError(wrong, right="give ends above zero")
    inner = (_between(start, stop, step / parts, logarithmic=bool(log)) for step in range(1, parts))
    numbers = (first, *(f"{value:.12g}" for value in inner), last)
    return tuple(f"{number} {unit or ''}".strip() for number in numbers)


def _between(start: float, stop: float, share: float, *, logarithmic: bool) -> float:
    if logarithmic:
        return float(start * (stop / start) ** share)
    return start + (stop - start) * share
