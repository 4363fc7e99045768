"""The cooling bill of a rack: what was counted times what a price book says, and what that book leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from thermal.cost.classes import base_class
from thermal.cost.counting import NO_PRICE, OUT_OF_SCOPE, Tally, tally
from thermal.cost.prices import PriceBook, PriceLine
from thermal.rack.parts import Fan, Part

if TYPE_CHECKING:
    from thermal.rack.expand import Assembly

__all__ = ["Bill", "Conversion", "Line", "Uncounted", "amount_of", "bill_of_materials"]

_CENT = Decimal("0.01")


class _Named(Protocol):
    """What a bill needs of a rack; `thermal.rack.schema.Rack` is one."""

    @property
    def name(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def parts(self) -> Mapping[str, Part]: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: like parts at one price.

    Parameters
    ----------
    item, part, item_class : str
        Name of the line in the price book, part counted, class the amount is summed under.
    supplier_group : str
        Group of makers.
    quantity : Fraction
        Number counted; a fraction for a shared CDU.
    unit_price, low, high : Decimal
        Price of one and its range, in the bill's currency; equal where the book gives no range.
    amount, amount_low, amount_high : Decimal
        Quantity times price, to the cent.
    basis, source : str
        What stands behind the price.
    counted : str
        Class under which the things were counted.
    each : int
        The book's own number per thing counted, already in `quantity`.
    """

    item: str
    part: str
    item_class: str
    supplier_group: str
    quantity: Fraction
    unit_price: Decimal
    low: Decimal
    high: Decimal
    amount: Decimal
    amount_low: Decimal
    amount_high: Decimal
    basis: str
    source: str
    counted: str
    each: int


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Like parts of the rack that have no line of their own: `why` says whether another line pays, or the book not."""

    item: str
    part: str
    quantity: Fraction
    why: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """By what rate a bill was converted: `rate` units of its currency for one of the book's, as of `date`."""

    book_currency: str
    rate: Decimal
    date: str
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class Bill:
    """The bill of one rack by one price book.

    Parameters
    ----------
    rack, prices, currency, basket : str
        Rack, price book, three letters of the currency, and what the book prices in words.
    lines : tuple of Line
        In the book's order.
    total, total_low, total_high : Decimal
        Sum of the lines; the range has every price at its low or high end at once.
    heat : float
        Heat of all devices in the rack's power state and of the fans [W].
    per_kW : float or None
        Total over heat, per kilowatt; None without heat.
    by_class : dict of str to Decimal
        Amount by item class.
    included, not_covered : tuple of Uncounted
        Parts another line pays for; parts that nothing in the book pays for.
    remarks : tuple of str
        What the reader should know beside the numbers.
    gaps : dict of str to Fraction
        Number of things within the book's scope that it has no price for, by class; modules and trays included.
    conversion : Conversion or None
        Rate by which the amounts were converted; None in the book's own currency.
    """

    rack: str
    prices: str
    currency: str
    basket: str
    lines: tuple[Line, ...]
    total: Decimal
    total_low: Decimal
    total_high: Decimal
    heat: float
    per_kW: float | None
    by_class: dict[str, Decimal]
    included: tuple[Uncounted, ...]
    not_covered: tuple[Uncounted, ...]
    remarks: tuple[str, ...]
    gaps: dict[str, Fraction]
    conversion: Conversion | None = None

    def with_lines(self, lines: Iterable[Line]) -> Bill:
        """Return the bill with other lines and the sums that they make."""
        given = tuple(lines)
        return replace(self, lines=given, **_sums(given, self.heat))

    @property
    def unpriced(self) -> tuple[Uncounted, ...]:
        """Parts within the book's scope that it has no price for."""
        return tuple(entry for entry in self.not_covered if entry.why == NO_PRICE)

    @property
    def complete(self) -> bool:
        """Whether the book prices everything in the rack that falls within its scope; if not, the total is partial."""
        return not self.unpriced

    @property
    def nothing_in_scope(self) -> bool:
        """Whether the rack holds nothing at all that the book is about, so that `complete` says nothing."""
        return not (self.lines or self.included or self.unpriced)

    @property
    def outside_scope(self) -> Fraction:
        """Number of things in the rack that lie outside the book's scope."""
        return sum((entry.quantity for entry in self.not_covered if entry.why == OUT_OF_SCOPE), Fraction(0))

    def summary(self) -> dict[str, Any]:
        """Return the bill as ``thermal cost --json`` prints it."""
        return {
            "rack": self.rack,
            "prices": self.prices,
            "currency": self.currency,
            "total": float(self.total),
            "total_low": float(self.total_low),
            "total_high": float(self.total_high),
            "per_kW": self.per_kW,
            "lines": [_line_summary(line) for line in self.lines],
            "basket": self.basket,
            "by_class": {name: float(amount) for name, amount in self.by_class.items()},
            "included": [_uncounted_summary(entry) for entry in self.included],
            "not_covered": [_uncounted_summary(entry) for entry in self.not_covered],
            "remarks": list(self.remarks),
            "complete": self.complete,
            "nothing_in_scope": self.nothing_in_scope,
            "outside_scope": _plain(self.outside_scope),
            "conversion": None if self.conversion is None else _conversion_summary(self.conversion),
        }


def bill_of_materials(rack: _Named, assembly: Assembly, book: PriceBook) -> Bill:
    """Price what a rack holds.

    Parameters
    ----------
    rack : Rack
        The rack, for its name and the supplier groups of its parts.
    assembly : Assembly
        The expanded rack; every quantity is counted from its items, its heat is the sum of its devices and fans.
    book : PriceBook
        The prices.

    Returns
    -------
    Bill
        Lines, totals and everything the book does not pay for.
    """
    counts = tally(rack.name, assembly.items, book)
    lines = tuple(
        _line(book, index, item_class, part, number, rack.parts)
        for (index, item_class, part), number in sorted(counts.priced.items(), key=lambda entry: entry[0][0])
    )
    heat = _heat(rack, assembly)
    sums = _sums(lines, heat)
    return Bill(
        rack=rack.name,
        prices=book.name,
        currency=book.currency,
        basket=book.basket,
        lines=lines,
        heat=heat,
        included=_included(counts, book),
        not_covered=tuple(Uncounted(name, part, number, why) for (name, part, why), number in counts.left.items()),
        remarks=tuple(_remarks(rack, book, counts, sums["total"])),
        gaps=dict(counts.gaps),
        **sums,
    )


def _sums(lines: Sequence[Line], heat: float) -> dict[str, Any]:
    """Return what the lines of a bill add up to, by field of `Bill`."""
    by_class: dict[str, Decimal] = {}
    for line in lines:
        by_class[line.item_class] = by_class.get(line.item_class, Decimal(0)) + line.amount
    total, low, high = (
        sum((getattr(line, key) for line in lines), Decimal(0)) for key in ("amount", "amount_low", "amount_high")
    )
    per_kilowatt = float(total) / (heat / 1e3) if heat > 0.0 else None
    return {"total": total, "total_low": low, "total_high": high, "per_kW": per_kilowatt, "by_class": by_class}


def _heat(rack: _Named, assembly: Assembly) -> float:
    """Return the heat of devices and fans [W]."""
    devices = sum(device.power for device in assembly.devices)
    parts = (rack.parts.get(item.part) for item in assembly.items)
    return devices + sum(float(part.power) for part in parts if isinstance(part, Fan) and part.power is not None)


def _line(book: PriceBook, index: int, item_class: str, part: str, number: Fraction, parts: Mapping[str, Part]) -> Line:
    entry = book.lines[index]
    price = entry.price
    low = price.value if price.low is None else price.low
    high = price.value if price.high is None else price.high
    quantity = number * entry.each
    own_group = parts[part].supplier_group if part in parts else None
    return Line(
        item=entry.item,
        part=part,
        item_class=entry.item_class or item_class,
        supplier_group=entry.supplier_group or own_group or item_class,
        quantity=quantity,
        unit_price=price.value,
        low=low,
        high=high,
        amount=amount_of(quantity, price.value),
        amount_low=amount_of(quantity, low),
        amount_high=amount_of(quantity, high),
        basis=price.basis or book.basis,
        source=price.source or book.source,
        counted=item_class,
        each=entry.each,
    )


def amount_of(quantity: Fraction, price: Decimal) -> Decimal:
    """Return quantity × price to the cent; exact whenever the product is a whole number of cents."""
    product = quantity * Fraction(price)
    return (Decimal(product.numerator) / Decimal(product.denominator)).quantize(_CENT)


def _included(counts: Tally, book: PriceBook) -> tuple[Uncounted, ...]:
    return tuple(
        Uncounted(item_class, part, number, f"in the price of '{book.lines[index].item}'")
        for (index, item_class, part), number in counts.included.items()
    )


def _remarks(rack: _Named, book: PriceBook, counts: Tally, total: Decimal) -> Iterator[str]:
    if rack.status == "scenario":
        yield f"{rack.name} is a scenario, not a product"
    if book.written_for and rack.name not in book.written_for:
        yield f"{book.name} was written for {' and '.join(book.written_for)}; it is applied to another rack here"
    used = dict.fromkeys(index for index, _, _ in counts.priced)
    for index in used:
        yield from _own_number(book.lines[index], index, counts)
        if book.lines[index].note:
            yield f"{book.lines[index].item}: {book.lines[index].note}"
    printed = book.published_totals.get(rack.name)
    if printed is not None:
        difference = float((total - printed.value) / printed.value) if printed.value else 0.0
        about = f"{printed.note} " if printed.note else ""
        yield f"the source prints {about}{printed.value:,} {book.currency}; counted here {total:,} ({difference:+.1%})"


def _own_number(line: PriceLine, index: int, counts: Tally) -> Iterator[str]:
    """Say where the book's own number per thing stands against what the rack holds."""
    if line.each == 1:
        return
    things = sum((number for (at, _, _), number in counts.priced.items() if at == index), Fraction(0))
    names = {base_class(name) for name in line.includes}
    held = sum(
        (number for (at, name, _), number in counts.included.items() if at == index and base_class(name) in names),
        Fraction(0),
    )
    what = ", ".join(line.includes) or line.item
    yield f"{line.item}: the book counts {things * line.each} ({line.each} each), the rack file holds {held} {what}"


def _line_summary(line: Line) -> dict[str, Any]:
    return {
        "item": line.item,
        "part": line.part,
        "supplier_group": line.supplier_group,
        "quantity": _plain(line.quantity),
        "unit_price": float(line.unit_price),
        "low": float(line.low),
        "high": float(line.high),
        "amount": float(line.amount),
        "source": line.source,
        "item_class": line.item_class,
        "basis": line.basis,
    }


def _conversion_summary(conversion: Conversion) -> dict[str, Any]:
    return {
        "book_currency": conversion.book_currency,
        "rate": float(conversion.rate),
        "date": conversion.date,
        "basis": conversion.basis,
        "source": conversion.source,
    }


def _uncounted_summary(entry: Uncounted) -> dict[str, Any]:
    return {"item": entry.item, "part": entry.part, "quantity": _plain(entry.quantity), "why": entry.why}


def _plain(number: Fraction) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)
