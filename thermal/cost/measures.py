"""A bill beside what it is for: content per rack, per GPU, per kilowatt and per PFLOP/s."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thermal.cost.bill_of_materials import Bill, bill_of_materials
from thermal.cost.currency import in_currency
from thermal.cost.hardware import coverage
from thermal.cost.prices import PriceBook

if TYPE_CHECKING:
    from thermal.rack.expand import Assembly
    from thermal.rack.schema import Rack

__all__ = ["beside_each_other", "measures"]

ACCELERATORS = frozenset({"gpu", "asic"})
PFLOP = 1.0e15  # operations per second


def measures(bill: Bill, rack: Rack, assembly: Assembly) -> dict[str, Any]:
    """Return what a bill's total is measured by, as JSON carries it.

    Parameters
    ----------
    bill : Bill
        Of that rack.
    rack, assembly : Rack, Assembly
        The rack, for its stated performance, and its expansion, for its accelerators.

    Returns
    -------
    dict
        ``gpus`` (packages of kind gpu or asic; Rubin CPX and others do not count), ``per_gpu``, ``heat_kW``,
        ``PFLOP`` (per second, as the rack file states it), ``PFLOP_source`` (which also says at what precision) and
        ``per_PFLOP``; None where there is nothing to divide by. ``per_kW`` is in the bill.
    """
    gpus = sum(device.kind in ACCELERATORS for device in assembly.devices)
    performance = None if rack.performance is None else float(f"{float(rack.performance) / PFLOP:.12g}")
    total = float(bill.total)
    return {
        "gpus": gpus,
        "per_gpu": total / gpus if gpus else None,
        "heat_kW": bill.heat / 1e3,
        "PFLOP": performance,
        "PFLOP_source": None if rack.performance is None else rack.performance.source,
        "per_PFLOP": total / performance if performance else None,
    }


def beside_each_other(
    racks: list[Rack], assemblies: list[Assembly], books: tuple[PriceBook, ...], currency: str | None = None
) -> list[dict[str, Any]]:
    """Price every rack by every book and say what each book covers, as JSON carries it.

    Parameters
    ----------
    racks, assemblies : list
        The racks and their expansions.
    books : tuple of PriceBook
        The books.
    currency : str, optional
        Of the books that have a rate for it; the others stay in their own.

    Returns
    -------
    list of dict
        Per book: what it is, what it covers, and of each rack the totals, the measures, whether the total is complete,
        whether the book was written for it, what its source prints as the total (in the currency it is printed in,
        ``published_currency``, never converted), and what it says of each class of things (`hardware.coverage`).
    """
    return [
        {
            "prices": book.name,
            "title": book.title,
            "currency": _currency(book, currency),
            "date": book.date,
            "basis": book.basis,
            "source": book.source,
            "basket": book.basket,
            "covers": list(book.covers),
            "written_for": list(book.written_for),
            "racks": [
                _one(rack, assembly, book, _currency(book, currency))
                for rack, assembly in zip(racks, assemblies, strict=True)
            ],
        }
        for book in books
    ]


def _currency(book: PriceBook, wanted: str | None) -> str:
    return wanted if wanted is not None and wanted in book.rates else book.currency


def _one(rack: Rack, assembly: Assembly, book: PriceBook, currency: str) -> dict[str, Any]:
    """Price one rack by one book."""
    bill = in_currency(bill_of_materials(rack, assembly, book), book, currency)
    keys = ("rack", "total", "total_low", "total_high", "per_kW", "complete", "nothing_in_scope", "outside_scope")
    summary = bill.summary()
    printed = book.published_totals.get(rack.name)
    return {
        **{key: summary[key] for key in keys},
        **measures(bill, rack, assembly),
        "written_for": rack.name in book.written_for,
        "published_total": None if printed is None else float(printed.value),
        "published_currency": None if printed is None else book.currency,
        "coverage": dict(coverage(bill)),
    }
