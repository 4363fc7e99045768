"""What `thermal suppliers` tells of one rack, priced by one book and shared by one scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from thermal.cost.bill_of_materials import Bill, bill_of_materials
from thermal.cost.currency import in_currency
from thermal.cost.fleet import Fleet, Learning, RackPower, Size, fleet_of, rack_power, weight
from thermal.cost.shares import OTHER, Scenario, ShareFile
from thermal.cost.supplier_case import CaseError, ShareChange, with_prices, with_shares
from thermal.cost.suppliers import Content, content_of, ranks
from thermal.cost.uncertainty import TOTAL, Range, ranges, scaled_draws, tornado
from thermal.rack.problems import suggest

if TYPE_CHECKING:
    from thermal.cost.prices import PriceBook
    from thermal.rack.expand import Assembly
    from thermal.rack.schema import Rack

__all__ = ["Question", "outlooks"]

MEGAWATT = 1_000_000
_TINY = Decimal("1e-9")  # what rounding may leave of shares that fill 1


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every rack, book and scenario.

    Parameters
    ----------
    scenarios : sequence of str
        Names in the file of shares.
    samples, seed : int
        Of the draws.
    supplier : str or None
        For whom the tornado is; None for the one with the largest content.
    currency : str or None
        To convert to; None for each book's own.
    size, ramp, learning
        Of the fleet; no fleet where `size` is None.
    prices : dict of str to Decimal
        The supplier's own prices by item, in the book's currency.
    shares : sequence of ShareChange
        The supplier's own shares.
    """

    scenarios: Sequence[str]
    samples: int = 10_000
    seed: int = 1
    supplier: str | None = None
    currency: str | None = None
    size: Size | None = None
    ramp: Sequence[Decimal] = ()
    learning: Learning | None = None
    prices: dict[str, Decimal] = field(default_factory=dict)
    shares: Sequence[ShareChange] = ()

    @property
    def own_case(self) -> bool:
        """Whether a price or share is the supplier's own."""
        return bool(self.prices or self.shares)


@dataclass(frozen=True, slots=True)
class _Case:
    """One rack by one book and scenario, before and after the supplier's own changes."""

    rack: Rack
    file: ShareFile
    scenario: Scenario
    before: Content
    after: Content


def outlooks(
    racks: Sequence[tuple[Rack, Assembly, Sequence[PriceBook]]], file: ShareFile, question: Question
) -> list[dict[str, Any]]:
    """Return one outlook per rack, price book and scenario, as ``thermal suppliers --json`` prints it.

    Parameters
    ----------
    racks : sequence of (Rack, Assembly, price books)
        Each rack expanded, with the books to price it by.
    file : ShareFile
        The shares.
    question : Question
        What is asked.

    Raises
    ------
    InputError
        A book lacks the rate to the currency asked for.
    CaseError
        An own price or share, or the supplier asked for, fits none of the bills.
    FleetError
        The fleet is no fleet of one of the racks.
    """
    cases = [
        _case(rack, bill_of_materials(rack, assembly, book), book, file, name, question)
        for rack, assembly, books in racks
        for book in books
        for name in question.scenarios
    ]
    _refuse_what_fits_nothing(cases, question)
    focus = question.supplier or _largest(cases)
    return [_summary(case, question, focus) for case in cases]


def _case(rack: Rack, bill: Bill, book: PriceBook, file: ShareFile, name: str, question: Question) -> _Case:
    scenario = file.scenarios[name]
    currency = question.currency or book.currency
    before = content_of(in_currency(bill, book, currency), name, scenario)
    if not question.own_case:
        return _Case(rack, file, scenario, before, before)
    changed = with_shares(scenario, question.shares, bill)
    priced = in_currency(with_prices(bill, question.prices), book, currency)
    return _Case(rack, file, changed, before, content_of(priced, name, changed))


def _refuse_what_fits_nothing(cases: Sequence[_Case], question: Question) -> None:
    """Raise the error of a price, share or supplier that no bill has anything to do with."""
    items = dict.fromkeys(portion.line.item for case in cases for portion in case.after.portions)
    for item in question.prices:
        if item not in items:
            message = f"no bill has the item {item!r:.80}; {suggest(item, items)}"
            raise CaseError(message)
    used = dict.fromkeys(portion.entry[1] for case in cases for portion in case.after.portions if portion.entry)
    for change in question.shares:
        if change.key not in used:
            keys = [p.line.item_class for case in cases for p in case.after.portions]
            keys += [p.line.supplier_group for case in cases for p in case.after.portions]
            message = f"no bill has a line of '{change.key}' to share; classes and groups are " + ", ".join(
                dict.fromkeys(keys)
            )
            raise CaseError(message)
    suppliers = dict.fromkeys(name for case in cases for name in case.after.by_supplier)
    if question.supplier is not None and question.supplier not in suppliers:
        message = (
            f"no scenario shown has the supplier {question.supplier!r:.80}; {suggest(question.supplier, suppliers)}"
        )
        raise CaseError(message)


def _largest(cases: Sequence[_Case]) -> str:
    """Return the named supplier with the largest content over all cases; ``other`` where none is named."""
    sums: dict[str, Fraction] = {}
    for case in cases:
        for name, amount in case.after.by_supplier.items():
            sums[name] = sums.get(name, Fraction(0)) + (amount if name != OTHER else -1)
    return max(sums, key=lambda name: sums[name], default=OTHER)


def _summary(case: _Case, question: Question, focus: str) -> dict[str, Any]:
    content, bill = case.after, case.after.bill
    rated = case.rack.rack.rated_power
    power = rack_power(None if rated is None else float(rated), bill.heat, case.rack.power_state)
    fleet = None if question.size is None else fleet_of(question.size, power, question.ramp, question.learning)
    drawn = ranges(content, samples=question.samples, seed=question.seed)
    swings = tornado(content, focus) if focus in content.by_supplier else []
    about = bill.summary()
    return {
        "rack": bill.rack,
        "rack_title": case.rack.title or bill.rack,
        "prices": bill.prices,
        "scenario": content.scenario,
        "scenario_title": case.scenario.title,
        "currency": bill.currency,
        "conversion": about["conversion"],
        **{key: about[key] for key in ("complete", "nothing_in_scope", "outside_scope")},
        "rack_power_W": power.watts,
        "rack_power_basis": power.basis,
        **_amounts(content.total, drawn[TOTAL], power, fleet),
        "scaled_draws": scaled_draws(content, samples=question.samples, seed=question.seed),
        "total_before": float(case.before.total) if question.own_case else None,
        "suppliers": _supplier_rows(case, drawn, power, fleet, own_case=question.own_case),
        "tornado": {
            "supplier": focus,
            "base": float(content.by_supplier.get(focus, Fraction(0))),
            "rows": [swing.summary() for swing in swings],
        },
        "fleet": None if fleet is None else fleet.summary(),
        "lines": _line_rows(content, about["lines"]),
        "shares": _share_rows(content),
        "remarks": [*bill.remarks, *_remarks(case)],
    }


def _amounts(amount: Fraction, drawn: Range, power: RackPower, fleet: Fleet | None) -> dict[str, Any]:
    """Return an amount per rack, per megawatt and for the fleet, with its range."""
    return {
        "per_rack": float(amount),
        "per_MW": float(amount * MEGAWATT / Fraction(power.watts)),
        "range": drawn.summary(),
        "fleet_amount": None if fleet is None else float(amount * fleet.racks_at_book_price),
        "quarters": None if fleet is None else [float(amount * weight(quarter)) for quarter in fleet.quarters],
    }


def _supplier_rows(
    case: _Case, drawn: dict[str, Range], power: RackPower, fleet: Fleet | None, *, own_case: bool
) -> list[dict[str, Any]]:
    content, total = case.after, case.after.total
    rank, rank_before = ranks(content), ranks(case.before)
    return [
        {
            "supplier": name,
            "title": case.file.supplier_title(name),
            "rank": rank.get(name),
            "share": float(amount / total) if total else 0.0,
            **_amounts(amount, drawn[name], power, fleet),
            "by_class": {item_class: float(part) for item_class, part in content.by_class[name].items()},
            "per_rack_before": float(case.before.by_supplier.get(name, Fraction(0))) if own_case else None,
            "rank_before": rank_before.get(name) if own_case else None,
        }
        for name, amount in content.by_supplier.items()
    ]


def _line_rows(content: Content, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of the bill, each with the entry of the scenario that divides it."""
    rows = []
    for portion, line in zip(content.portions, lines, strict=True):
        rack, key = portion.entry or (None, None)
        rows.append({**line, "shares_of": key, "shares_of_rack": rack})
    return rows


def _share_rows(content: Content) -> list[dict[str, Any]]:
    """Return every share that is used, with what stands behind it."""
    tables = {portion.entry: portion.shares for portion in content.portions if portion.entry is not None}
    return [
        {
            "of": key,
            "rack": rack,
            "supplier": name,
            "share": float(share.value),
            "low": float(share.value if share.low is None else share.low),
            "high": float(share.value if share.high is None else share.high),
            "basis": share.basis,
            "source": share.source,
        }
        for (rack, key), table in tables.items()
        for name, share in table.items()
    ]


def _remarks(case: _Case) -> Iterator[str]:
    """Say what goes to nobody by name, and how many of the shares are only assumed."""
    content = case.after
    if case.scenario.note:
        yield f"{content.scenario}: {case.scenario.note}"
    if content.without_shares:
        groups = ", ".join(content.without_shares)
        yield f"{content.scenario} names no supplier for {groups}: all of it is other"
    left: dict[str, Decimal] = {}
    for portion in content.portions:
        if portion.entry is not None:
            left[portion.entry[1]] = 1 - sum((share.value for share in portion.shares.values()), Decimal(0))
    rest = ", ".join(f"{_per_cent(share)} of {key}" for key, share in left.items() if share > _TINY)
    if rest:
        yield f"{content.scenario}: shares that sum to less than 1 leave {rest} to other"
    rows = _share_rows(content)
    assumed = sum(1 for row in rows if row["basis"] == "assumed")
    if assumed:
        yield f"{content.scenario}: {assumed} of {len(rows)} shares used are assumed"


def _per_cent(share: Decimal) -> str:
    return f"{float(100 * share):.3g} %"
