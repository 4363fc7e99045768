"""A bill in another currency, by the dated rate that its price book gives."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from thermal.cost.bill_of_materials import Bill, Conversion, Line, amount_of
from thermal.cost.prices import PriceBook, Rate
from thermal.errors import InputError, Problem

__all__ = ["in_currency"]


def in_currency(bill: Bill, book: PriceBook, currency: str) -> Bill:
    """Return a bill with every price converted, and a remark that says by what rate.

    Parameters
    ----------
    bill : Bill
        In the book's currency.
    book : PriceBook
        The book it was priced by.
    currency : str
        Three letters; the book's own returns the bill as it is.

    Returns
    -------
    Bill
        Amounts are quantity × converted unit price, to the cent; unit prices are exact products.

    Raises
    ------
    InputError
        The book has no rate to this currency, at the place of its own currency.
    """
    if currency == book.currency:
        return bill
    rate = _rate(book, currency)
    converted = bill.with_lines(_converted(line, rate.value) for line in bill.lines)
    source = rate.source or book.source
    said = f"converted at {rate.value} {currency} per {book.currency} of {rate.date} ({source})"
    return replace(
        converted,
        currency=currency,
        remarks=(*bill.remarks, said),
        conversion=Conversion(book.currency, rate.value, rate.date, rate.basis or book.basis, source),
    )


def _rate(book: PriceBook, currency: str) -> Rate:
    """Return the book's rate to a currency; never one by default."""
    if currency in book.rates:
        return book.rates[currency]
    known = f"it has rates to {', '.join(book.rates)}" if book.rates else "it has no rates"
    wrong = f"the book is in {book.currency} and has no rate to {currency} ({known})"
    right = f'add `rates: {{{currency}: {{value: …, date: "2025-12-31", source: …}}}}`, units of {currency} per '
    mark = book.place
    problem = Problem(mark.file, mark.line, mark.column, f"rates.{currency}", wrong, right + book.currency)
    raise InputError([problem])


def _converted(line: Line, rate: Decimal) -> Line:
    price, low, high = line.unit_price * rate, line.low * rate, line.high * rate
    return replace(
        line,
        unit_price=price,
        low=low,
        high=high,
        amount=amount_of(line.quantity, price),
        amount_low=amount_of(line.quantity, low),
        amount_high=amount_of(line.quantity, high),
    )
