"""Why one bill is larger than another: line by line, split into more things, dearer things, and gaps in the book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from thermal.cost.bill_of_materials import Bill, Line
from thermal.errors import ThermalError

__all__ = ["CurrencyError", "Step", "explain"]

Kind = Literal["same", "changed", "added", "gone", "unpriced"]


class CurrencyError(ThermalError, ValueError):
    """Two bills in different currencies are compared."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one line contributes to the difference between two bills.

    Parameters
    ----------
    item : str
        Name of the line; a step of kind ``unpriced`` is the line's name and ", not priced".
    kind : str
        ``same``, ``changed``, ``added`` (only in the second bill), ``gone`` (only in the first) or ``unpriced``: things
        that both racks hold and that the book prices in one of them only.
    quantity_a, quantity_b : Fraction
        Number in each bill; of kind ``unpriced``, the number that one bill prices and the other rack holds too.
    amount_a, amount_b : Decimal
        Amount in each bill.
    unit_a, unit_b : Decimal or None
        Mean price of one in each bill, to the cent; None where there is none.
    quantity_effect : Decimal
        What the change of number costs at the first bill's price; the whole amount of a line added or gone.
    price_effect : Decimal
        The rest: what the change of price costs at the second bill's number; of kind ``unpriced``, the amount that
        the other bill lacks, which is a gap in the book and no change of price.
    change : Decimal
        ``amount_b - amount_a``, the sum of both effects.
    """

    item: str
    kind: Kind
    quantity_a: Fraction
    quantity_b: Fraction
    amount_a: Decimal
    amount_b: Decimal
    unit_a: Decimal | None
    unit_b: Decimal | None
    quantity_effect: Decimal
    price_effect: Decimal
    change: Decimal

    def summary(self) -> dict[str, Any]:
        """Return the step as JSON carries it."""
        return {
            "item": self.item,
            "kind": self.kind,
            "quantity_a": float(self.quantity_a),
            "quantity_b": float(self.quantity_b),
            "amount_a": float(self.amount_a),
            "amount_b": float(self.amount_b),
            "unit_a": None if self.unit_a is None else float(self.unit_a),
            "unit_b": None if self.unit_b is None else float(self.unit_b),
            "quantity_effect": float(self.quantity_effect),
            "price_effect": float(self.price_effect),
            "change": float(self.change),
        }


def explain(bill_a: Bill, bill_b: Bill) -> list[Step]:
    """Split the difference ``bill_b.total - bill_a.total`` into one step per line, and one per gap in the book.

    Parameters
    ----------
    bill_a, bill_b : Bill
        Lines of the same name are compared; a name's parts are taken together.

    Returns
    -------
    list of Step
        In the first bill's order, then what only the second has. The changes sum to the difference exactly.

    Raises
    ------
    CurrencyError
        The bills are in different currencies.
    """
    if bill_a.currency != bill_b.currency:
        message = (
            f"{bill_a.rack} is priced in {bill_a.currency} and {bill_b.rack} in {bill_b.currency}; "
            "compare bills in one currency"
        )
        raise CurrencyError(message)
    in_a, in_b = _by_item(bill_a), _by_item(bill_b)
    gaps_a, gaps_b = dict(bill_a.gaps), dict(bill_b.gaps)
    steps: list[Step] = []
    for item in dict.fromkeys((*in_a, *in_b)):
        lines_a, lines_b = in_a.get(item, []), in_b.get(item, [])
        only_a, only_b = _only_here(lines_a, lines_b, gaps_b), _only_here(lines_b, lines_a, gaps_a)
        steps += _line_step(item, _sum(lines_a).less(only_a), _sum(lines_b).less(only_b))
        steps += _gap_steps(item, only_a, only_b)
    return steps


@dataclass(frozen=True, slots=True)
class _Share:
    """A number of things and their amount; `lines` is how many lines they come from, zero for nothing at all."""

    quantity: Fraction = Fraction(0)
    amount: Decimal = Decimal(0)
    lines: int = 0

    def less(self, other: _Share) -> _Share:
        """Return what is left without `other`; nothing at all when that was everything."""
        left = _Share(self.quantity - other.quantity, self.amount - other.amount, self.lines)
        return _Share() if other.lines and not left.quantity and not left.amount else left

    def unit(self) -> Decimal | None:
        """Return the mean price of one, to the cent."""
        return _cents(Fraction(self.amount) / self.quantity) if self.quantity else None


def _by_item(bill: Bill) -> dict[str, list[Line]]:
    out: dict[str, list[Line]] = {}
    for line in bill.lines:
        out.setdefault(line.item, []).append(line)
    return out


def _only_here(here: list[Line], there: list[Line], gaps: dict[str, Fraction]) -> _Share:
    """Return the share of the lines here whose like stands in the other rack without a price.

    The book's `gaps` in the other rack account for a smaller number there, class by class, and are used up by it.
    """
    found = _Share()
    for counted in dict.fromkeys(line.counted for line in here):
        lines = [line for line in here if line.counted == counted]
        others = [line for line in there if line.counted == counted]
        each = lines[0].each
        everything = _sum(lines)
        missing = everything.quantity - _sum(others).quantity
        short = min(missing, gaps.get(counted, Fraction(0)) * each)
        if short > 0:
            gaps[counted] -= short / each
            whole = short == everything.quantity
            amount = everything.amount if whole else _cents(short * _price_of_missing(lines, others))
            found = _Share(found.quantity + short, found.amount + amount, found.lines + 1)
    return found


def _price_of_missing(lines: list[Line], others: list[Line]) -> Fraction:
    """Return the mean price of those parts of which the other bill has fewer."""
    number = amount = Fraction(0)
    for line in lines:
        fewer = line.quantity - sum((other.quantity for other in others if other.part == line.part), Fraction(0))
        if fewer > 0:
            number += fewer
            amount += fewer * Fraction(line.unit_price)
    return amount / number


def _line_step(item: str, a: _Share, b: _Share) -> Iterator[Step]:
    """Yield the step of one line, or none where gaps account for all of it."""
    if not a.lines and not b.lines:
        return
    change = b.amount - a.amount
    # The rounding of the first effect is taken up by the second, so that both always sum to the change.
    quantity_effect = change
    if a.lines and b.lines and a.quantity:
        quantity_effect = _cents(Fraction(a.amount) / a.quantity * (b.quantity - a.quantity))
    kind: Kind = "changed"
    if not a.lines or not b.lines:
        kind = "gone" if a.lines else "added"
    elif a.quantity == b.quantity and a.amount == b.amount:
        kind = "same"
    yield Step(
        item=item,
        kind=kind,
        quantity_a=a.quantity,
        quantity_b=b.quantity,
        amount_a=a.amount,
        amount_b=b.amount,
        unit_a=a.unit(),
        unit_b=b.unit(),
        quantity_effect=quantity_effect,
        price_effect=change - quantity_effect,
        change=change,
    )


def _gap_steps(item: str, only_a: _Share, only_b: _Share) -> Iterator[Step]:
    """Yield what one bill has more because the book has no price for the like in the other rack."""
    for a, b in ((only_a, _Share()), (_Share(), only_b)):
        if a.lines or b.lines:
            number = a.quantity + b.quantity
            yield Step(
                item=f"{item}, not priced",
                kind="unpriced",
                quantity_a=number,
                quantity_b=number,
                amount_a=a.amount,
                amount_b=b.amount,
                unit_a=a.unit(),
                unit_b=b.unit(),
                quantity_effect=Decimal(0),
                price_effect=b.amount - a.amount,
                change=b.amount - a.amount,
            )


def _sum(lines: list[Line]) -> _Share:
    quantity = sum((line.quantity for line in lines), Fraction(0))
    return _Share(quantity, sum((line.amount for line in lines), Decimal(0)), len(lines))


def _cents(amount: Fraction) -> Decimal:
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(Decimal("0.01"))
