"""Gives every thing of an expanded rack to the line of a price book that pays for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, TypeVar

from thermal.cost.classes import COUPLING, PAIR, PIECE, RACK, base_class, is_basket, is_bought_whole, is_tray
from thermal.cost.prices import PriceBook, PriceLine

__all__ = ["NO_PRICE", "OUT_OF_SCOPE", "Countable", "Tally", "tally"]

NO_PRICE = "the book has no price for this part"
OUT_OF_SCOPE = "outside the book's scope"

Key = TypeVar("Key")


class Countable(Protocol):
    """What counting needs to know of a thing; `thermal.rack.expand.Item` is one."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def part(self) -> str: ...  # noqa: D102
    @property
    def item_class(self) -> str: ...  # noqa: D102
    @property
    def pieces(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class _TheRack:
    """The rack as one countable thing, around all others."""

    part: str
    path: str = ""
    item_class: str = RACK
    pieces: float = 1.0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of what, by who pays.

    Parameters
    ----------
    priced : dict of (int, str, str) to Fraction
        Number of things by index of the line, class as counted, and part.
    included : dict of (int, str, str) to Fraction
        The same for things whose price another line includes.
    left : dict of (str, str, str) to Fraction
        Number of things no line pays for, by class, part and reason.
    gaps : dict of str to Fraction
        Number of things in the book's scope that it has no price for, by class; couplings both as halves and as
        pairs. Unlike `left`, also the trays and modules that hold such things, as another rack's may be priced.
    """

    priced: dict[tuple[int, str, str], Fraction] = field(default_factory=dict)
    included: dict[tuple[int, str, str], Fraction] = field(default_factory=dict)
    left: dict[tuple[str, str, str], Fraction] = field(default_factory=dict)
    gaps: dict[str, Fraction] = field(default_factory=dict)


def tally(rack_name: str, items: Sequence[Countable], book: PriceBook) -> Tally:
    """Count `items` by the lines of `book`.

    Parameters
    ----------
    rack_name : str
        Name of the rack, for lines that hold only in some racks.
    items : sequence of Countable
        Everything the expanded rack holds, as `Assembly.items`.
    book : PriceBook
        The prices.

    Returns
    -------
    Tally
        Each thing appears once: priced, included, or left. Trays and modules are no purchase beside their content,
        and appear only where a line prices them; a CDU is one, and its content is not.
    """
    whole = _TheRack(rack_name)
    counter = _Counter(rack_name, items, book, whole)
    for item in (whole, *items):
        counter.take(item)
    return counter.out


class _Counter:
    """One tally under way; the lines of a thing are looked up once, as its content asks for them again."""

    def __init__(self, rack_name: str, items: Sequence[Countable], book: PriceBook, whole: _TheRack) -> None:
        self.out = Tally()
        self._rack = rack_name
        self._book = book
        self._scope = {base_class(counted) for counted in book.covers}
        self._by_path: dict[str, Countable] = {"": whole} | {item.path: item for item in items}
        self._present = {base_class(item.item_class) for item in items}
        self._containers = {
            around.path for item in items for around in self._around(item) if not is_bought_whole(around.item_class)
        }
        self._lines: dict[str, list[int]] = {}
        self._in_gaps: set[str] = set()

    def take(self, item: Countable) -> None:
        """Count one thing where it belongs."""
        payers = self._counting(item)
        includer = self._including(item)
        if not is_basket(item.item_class) and payers and includer is not None:
            lines = self._book.lines
            if self._rank(lines[includer]) > self._rank(lines[payers[0]]):
                payers = []
        if payers:
            for index in payers:
                counted = self._counted_as(item, self._book.lines[index])
                _add(self.out.priced, (index, counted, item.part), _number(item, counted))
        elif includer is not None:
            counted = _plain_class(item)
            _add(self.out.included, (includer, counted, item.part), _number(item, counted))
        elif self._is_a_purchase(item):
            counted = _plain_class(item)
            why = NO_PRICE if base_class(item.item_class) in self._scope else OUT_OF_SCOPE
            _add(self.out.left, (counted, item.part, why), _number(item, counted))
            if why == NO_PRICE:
                self._note_gap(item)

    def _note_gap(self, item: Countable) -> None:
        """Count a thing without a price, and each thing around it that the book covers but does not price either."""
        for thing in (item, *self._around(item)):
            covered = base_class(thing.item_class) in self._scope and not self._counting(thing)
            if not covered or thing.path in self._in_gaps:
                continue
            self._in_gaps.add(thing.path)
            for counted in (PIECE, PAIR) if thing.item_class in COUPLING else (thing.item_class,):
                _add(self.out.gaps, counted, _number(thing, counted))

    def _is_a_purchase(self, item: Countable) -> bool:
        """Whether a thing without a line is to be listed; what holds it, or what it holds, is listed otherwise."""
        if is_basket(item.item_class) or item.path in self._containers:
            return False
        return not any(is_bought_whole(around.item_class) for around in self._around(item))

    def _around(self, item: Countable) -> Iterator[Countable]:
        """Yield the things that hold this one, the nearest first, the rack last."""
        path = item.path
        while path:
            path = path.rpartition("/")[0]
            if path in self._by_path:
                yield self._by_path[path]

    def _tray(self, item: Countable) -> str | None:
        return next((around.item_class for around in (item, *self._around(item)) if is_tray(around.item_class)), None)

    def _counting(self, item: Countable) -> list[int]:
        """Return the lines that count this thing: the foremost; of a tray or the rack, the foremost of each name."""
        if item.path not in self._lines:
            matching = [index for index, line in enumerate(self._book.lines) if self._counts(line, item)]
            matching.sort(key=lambda index: self._rank(self._book.lines[index]), reverse=True)
            if is_basket(item.item_class):
                foremost = {self._book.lines[index].item: index for index in reversed(matching)}
                self._lines[item.path] = sorted(foremost.values())
            else:
                self._lines[item.path] = matching[:1]
        return self._lines[item.path]

    def _counts(self, line: PriceLine, item: Countable) -> bool:
        """Whether a line may count a thing; a price per rack needs something of what it includes to be there."""
        if item.item_class == RACK and line.includes and not {base_class(c) for c in line.includes} & self._present:
            return False
        return (
            base_class(item.item_class) in {base_class(counted) for counted in line.counts}
            and (line.parts is None or item.part in line.parts)
            and (line.racks is None or self._rack in line.racks)
            and (line.trays is None or self._tray(item) in line.trays)
        )

    def _including(self, item: Countable) -> int | None:
        """Return the foremost line that pays for this thing through what holds it.

        A module's price includes all of its content; a price per tray or rack only the classes it names.
        """
        own = base_class(item.item_class)
        found: list[int] = []
        for around in self._around(item):
            for index in self._counting(around):
                named = own in {base_class(counted) for counted in self._book.lines[index].includes}
                whole = not is_basket(around.item_class) and not self._counting(item)
                found += [index] if named or whole else []
        return max(found, key=lambda index: self._rank(self._book.lines[index]), default=None)

    def _rank(self, line: PriceLine) -> tuple[bool, bool]:
        return line.racks is not None, line.parts is not None

    def _counted_as(self, item: Countable, line: PriceLine) -> str:
        if item.item_class in COUPLING:
            return next(counted for counted in line.counts if counted in COUPLING)
        return item.item_class


def _plain_class(item: Countable) -> str:
    return PIECE if item.item_class in COUPLING else item.item_class


def _number(item: Countable, counted: str) -> Fraction:
    """Return how many this thing is: its halves when halves of couplings are counted, one for a pair."""
    if item.item_class in COUPLING and counted != PIECE:
        return Fraction(1)
    return Fraction(item.pieces).limit_denominator(1000)


def _add(to: dict[Key, Fraction], key: Key, number: Fraction) -> None:
    to[key] = to.get(key, Fraction(0)) + number
