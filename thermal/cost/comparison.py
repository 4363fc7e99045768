"""Why one bill is larger than another: line by line, split into more things and dearer things."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from thermal.cost.bill_of_materials import Bill, Line
from thermal.errors import ThermalError

__all__ = ["CurrencyError", "Step", "explain"]

Kind = Literal["same", "changed", "added", "gone"]


class CurrencyError(ThermalError, ValueError):
    """Two bills in different currencies are compared."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one line contributes to the difference between two bills.

    Parameters
    ----------
    item : str
        Name of the line.
    kind : str
        ``same``, ``changed``, ``added`` (only in the second bill) or ``gone`` (only in the first).
    quantity_a, quantity_b : Fraction
        Number in each bill.
    amount_a, amount_b : Decimal
        Amount in each bill.
    unit_a, unit_b : Decimal or None
        Mean price of one in each bill, to the cent; None where there is none.
    quantity_effect : Decimal
        What the change of number costs at the first bill's price; the whole amount of a line added or gone.
    price_effect : Decimal
        The rest: what the change of price costs at the second bill's number.
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
            "unit_a": None if self.unit_a is None else float(self.unit_a),
            "unit_b": None if self.unit_b is None else float(self.unit_b),
            "quantity_effect": float(self.quantity_effect),
            "price_effect": float(self.price_effect),
            "change": float(self.change),
        }


def explain(bill_a: Bill, bill_b: Bill) -> list[Step]:
    """Split the difference ``bill_b.total - bill_a.total`` into one step per line.

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
    return [_step(item, in_a.get(item, []), in_b.get(item, [])) for item in dict.fromkeys((*in_a, *in_b))]


def _by_item(bill: Bill) -> dict[str, list[Line]]:
    out: dict[str, list[Line]] = {}
    for line in bill.lines:
        out.setdefault(line.item, []).append(line)
    return out


def _step(item: str, lines_a: list[Line], lines_b: list[Line]) -> Step:
    quantity_a, amount_a = _sum(lines_a)
    quantity_b, amount_b = _sum(lines_b)
    change = amount_b - amount_a
    # The rounding of the first effect is taken up by the second, so that both always sum to the change.
    quantity_effect = change
    if lines_a and lines_b and quantity_a:
        quantity_effect = _cents(Fraction(amount_a) / quantity_a * (quantity_b - quantity_a))
    kind: Kind = "changed"
    if not lines_a or not lines_b:
        kind = "gone" if lines_a else "added"
    elif quantity_a == quantity_b and amount_a == amount_b:
        kind = "same"
    return Step(
        item=item,
        kind=kind,
        quantity_a=quantity_a,
        quantity_b=quantity_b,
        amount_a=amount_a,
        amount_b=amount_b,
        unit_a=_cents(Fraction(amount_a) / quantity_a) if quantity_a else None,
        unit_b=_cents(Fraction(amount_b) / quantity_b) if quantity_b else None,
        quantity_effect=quantity_effect,
        price_effect=change - quantity_effect,
        change=change,
    )


def _sum(lines: list[Line]) -> tuple[Fraction, Decimal]:
    return sum((line.quantity for line in lines), Fraction(0)), sum((line.amount for line in lines), Decimal(0))


def _cents(amount: Fraction) -> Decimal:
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(Decimal("0.01"))
