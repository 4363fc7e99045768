"""A supplier's own case: some prices and shares changed, so that content and rank move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from pydantic_core import PydanticCustomError

from thermal.cost.bill_of_materials import Bill, Line, amount_of
from thermal.cost.classes import COUNTED, base_class, classes_and_groups
from thermal.cost.shares import OTHER, Scenario, Share, ShareFile, fraction_of
from thermal.cost.suppliers import Entry, entry_for
from thermal.errors import ThermalError
from thermal.rack.problems import suggest

__all__ = ["CaseError", "ShareChange", "read_price", "read_share", "with_prices", "with_shares"]

OWN = "given on the command line"
_DIGITS = 10**12  # to which a share that gives way is rounded


class CaseError(ThermalError, ValueError):
    """A change that does not fit the bills or the shares."""


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A supplier's new share of a class or group."""

    key: str
    supplier: str
    value: Decimal


def read_price(text: str) -> tuple[str, Decimal]:
    """Read ``Superchip module=700``, a price in the book's currency.

    Raises
    ------
    CaseError
        Anything else.
    """
    item, equals, amount = text.rpartition("=")
    try:
        price = Decimal(amount.strip())
    except InvalidOperation:
        price = Decimal("NaN")
    if not equals or not item.strip() or not price.is_finite() or not 0 <= price <= 1_000_000_000:
        message = f'{text!r:.80} is no price; write for example "Superchip module=700", in the book\'s currency'
        raise CaseError(message)
    return item.strip(), price


def read_share(text: str, file: ShareFile) -> ShareChange:
    """Read ``gpu_plate.avc=0.5`` or ``plates.avc=50 %``.

    Raises
    ------
    CaseError
        Anything else, an unknown class or group, or a supplier that the file does not list.
    """
    path, equals, share = text.rpartition("=")
    key, dot, supplier = path.strip().partition(".")
    if not equals or not dot or not supplier:
        message = f'{text!r:.80} is no share; write for example "plates.avc=0.5"'
        raise CaseError(message)
    try:
        value = fraction_of(share)
    except PydanticCustomError as error:
        raise CaseError(f"{text!r:.80}: {error}") from None  # noqa: EM102 - names the text in front of the cause
    known = classes_and_groups(file.groups)
    if key not in known:
        message = f"{text!r:.80}: '{key:.60}' is neither an item class nor a supplier group; {suggest(key, known)}"
        raise CaseError(message)
    if supplier == OTHER:
        message = f"{text!r:.80}: 'other' gets what the named suppliers leave; change theirs"
        raise CaseError(message)
    if file.suppliers and supplier not in file.suppliers:
        remedy = suggest(supplier, file.suppliers, "add it to `suppliers` of the file of shares")
        message = f"{text!r:.80}: '{supplier:.60}' is not among the suppliers of {file.name}; {remedy}"
        raise CaseError(message)
    return ShareChange(key, supplier, value)


def with_prices(bill: Bill, prices: Mapping[str, Decimal]) -> Bill:
    """Return a bill with unit prices of its own for some items, which then have no range."""
    lines = (_priced(line, prices[line.item]) if line.item in prices else line for line in bill.lines)
    return bill.with_lines(lines)


def with_shares(scenario: Scenario, changes: Iterable[ShareChange], bill: Bill) -> Scenario:
    """Return a scenario with shares of its own for one rack's bill.

    A change holds for every line of its class or group, so all entries that those lines are divided by are changed,
    each from the shares it has; a change of a class goes before one of its group. It takes from ``other`` first; where
    the shares then exceed 1, the suppliers that were not changed give way in proportion to theirs.

    Raises
    ------
    CaseError
        The changed shares of one entry exceed 1 by themselves.
    """
    own = dict(scenario.racks.get(bill.rack, {}))
    changed: dict[str, set[str]] = {}
    for change in sorted(changes, key=lambda change: change.key in COUNTED):  # groups first; within, as they were given
        share = Share(value=change.value, basis="assumed", source=OWN)
        now = scenario.model_copy(update={"racks": {**scenario.racks, bill.rack: own}})
        own = dict(own)
        for key, entry in _targets(now, change.key, bill).items():
            rack, name = entry or (None, change.key)
            base = now.shares.get(name, {}) if rack is None else now.racks[rack][name]
            own[key] = {**base, change.supplier: share}
            changed[key] = {*changed.get(name if rack else key, ()), change.supplier}
    for key, suppliers in changed.items():
        own[key] = _fitted(key, own[key], suppliers)
    return scenario.model_copy(update={"racks": {**scenario.racks, bill.rack: own}})


def _targets(scenario: Scenario, key: str, bill: Bill) -> dict[str, Entry | None]:
    """Return the entries that a change of a class or group comes to, each with the one it starts from.

    Lines of a group may be divided by entries of their classes, and lines of a class by the entry of their group,
    which holds for others too: those get an entry of their own.
    """
    found: dict[str, Entry | None] = {}
    for line in bill.lines:
        names = [base_class(line.item_class), base_class(line.counted), line.supplier_group]  # the first one goes first
        asked = [names.index(name) for name in (base_class(key), key) if name in names]
        if not asked:
            continue
        entry = entry_for(line, bill.rack, scenario)
        held = [names.index(name) for name in (base_class(entry[1]), entry[1]) if name in names] if entry else []
        found.setdefault(entry[1] if entry and min(held) <= min(asked) else key, entry)
    return found or {key: None}


def _fitted(key: str, shares: Mapping[str, Share], changed: set[str]) -> dict[str, Share]:
    """Let the unchanged suppliers give way where all shares exceed 1."""
    fixed = sum((shares[name].value for name in changed), Decimal(0))
    if fixed > 1:
        message = f"the shares given for '{key}' sum to {fixed}; lower them to a sum of 1 or less"
        raise CaseError(message)
    rest = sum((share.value for name, share in shares.items() if name not in changed), Decimal(0))
    if fixed + rest <= 1:
        return dict(shares)
    scale = Fraction(1 - fixed) / Fraction(rest)
    scaled = {name: share if name in changed else _times(share, scale) for name, share in shares.items()}
    over = sum((share.value for share in scaled.values()), Decimal(0)) - 1
    if over > 0:  # what rounding added comes off the largest that gives way
        most = max((name for name in scaled if name not in changed), key=lambda name: scaled[name].value)
        value = scaled[most].value - over
        low = scaled[most].low
        update = {"value": value, "low": None if low is None else min(low, value)}
        scaled[most] = scaled[most].model_copy(update=update)
    return scaled


def _times(share: Share, scale: Fraction) -> Share:
    """Return a share and its range, scaled exactly and rounded to 12 digits."""

    def scaled(value: Decimal | None) -> Decimal | None:
        return None if value is None else Decimal(round(Fraction(value) * scale * _DIGITS)) / _DIGITS

    update = {"value": scaled(share.value), "low": scaled(share.low), "high": scaled(share.high)}
    return share.model_copy(update=update)


def _priced(line: Line, price: Decimal) -> Line:
    amount = amount_of(line.quantity, price)
    return replace(
        line,
        unit_price=price,
        low=price,
        high=price,
        amount=amount,
        amount_low=amount,
        amount_high=amount,
        basis="assumed",
        source=OWN,
    )
