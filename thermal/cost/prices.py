"""Price books: what one source says each kind of part costs, read from YAML with every problem reported at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema

from thermal.cost.classes import COUNTED, base_class, is_basket
from thermal.errors import InputError, Problem
from thermal.rack.bundled import bundled
from thermal.rack.model import Model, Name
from thermal.rack.named_file import read_named
from thermal.rack.problems import problem_at, schema_problems, suggest
from thermal.rack.quantity import wrong_value
from thermal.rack.source import Document, parse_yaml
from thermal.rack.tree import Mark

__all__ = [
    "Basis",
    "Day",
    "Price",
    "PriceBook",
    "PriceLine",
    "Rate",
    "Text",
    "default_books",
    "load_prices",
    "read_prices",
]

Basis: TypeAlias = Literal["published", "estimate", "article", "inferred", "fitted", "assumed"]
MOST = 1_000_000_000
"""Highest amount a book may give: far above any rack, and low enough that every bill is exact to the cent."""
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _money(raw: object) -> Decimal:
    """Read an amount exactly as written; JSON and YAML numbers are taken by their shortest text."""
    if isinstance(raw, Decimal):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        wrong = f"{raw!r:.60} is not an amount"
        raise wrong_value(wrong, "write a number in the book's currency, such as 45")
    if (isinstance(raw, float) and not math.isfinite(raw)) or raw < 0:
        wrong = f"{raw!r:.40} is {'negative' if raw < 0 else 'not a finite number'}"
        raise wrong_value(wrong, "write zero or a positive price")
    if raw > MOST:
        wrong = f"{raw!r:.40} is above {MOST:,}, more than any part or rack costs"
        raise wrong_value(wrong, f"write a price of {MOST:,} or less, in whole units of the book's currency")
    return Decimal(str(raw))


def _counted(raw: object) -> object:
    if not isinstance(raw, str) or raw in COUNTED:
        return raw
    wrong = f"{raw!r:.80} is not an item class"
    raise wrong_value(wrong, suggest(raw, COUNTED))


def currency_code(raw: object) -> object:
    """Return the three letters of a currency as they are; raises PydanticCustomError for anything else."""
    if isinstance(raw, str) and len(raw) == 3 and raw.isascii() and raw.isalpha() and raw.isupper():
        return raw
    wrong = f"{raw!r:.40} is not a currency"
    raise wrong_value(wrong, "write its three letters, such as USD")


def _day(raw: object) -> object:
    """Accept ``2025``, ``2025-11`` and ``2025-12-20``: sources are not always dated to the day."""
    text = raw if isinstance(raw, str) else ""
    try:
        date.fromisoformat(text + {4: "-01-01", 7: "-01"}.get(len(text), ""))
    except ValueError:
        wrong = f"{raw!r:.40} is not a date"
        raise wrong_value(wrong, 'write "2025-12-20", "2025-12" or "2025"') from None
    return raw


def _above_zero(rate: Decimal) -> Decimal:
    if not rate:
        wrong = "a rate of 0 converts nothing"
        raise wrong_value(wrong, "write how much of it one unit of the book's currency buys")
    return rate


def _not_empty(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    if not entries:
        wrong = "the list is empty"
        raise wrong_value(wrong, "list one entry at least")
    return entries


Money: TypeAlias = Annotated[
    Decimal,
    BeforeValidator(_money),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MOST, "examples": [45]}),
]
Day: TypeAlias = Annotated[str, BeforeValidator(_day)]
Currency: TypeAlias = Annotated[str, BeforeValidator(currency_code)]
ItemClass: TypeAlias = Annotated[
    str,
    BeforeValidator(_counted),
    WithJsonSchema(
        {"enum": list(COUNTED), "description": "; ".join(f"{name}: {what}" for name, what in COUNTED.items())}
    ),
]
ItemClasses: TypeAlias = Annotated[tuple[ItemClass, ...], AfterValidator(_not_empty)]


class Price(Model):
    """A unit price in the book's currency; a bare number means the same with no range."""

    value: Money = Field(description="price of one")
    low: Money | None = Field(None, description="lowest price seen")
    high: Money | None = Field(None, description="highest price seen")
    basis: Basis | None = Field(None, description="what stands behind it; the book's basis when absent")
    source: Text | None = Field(None, description="where it comes from; the book's source when absent")

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, raw: Any) -> Any:
        return raw if isinstance(raw, dict | Price) else {"value": raw}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Let editors accept the bare number too."""
        return {"anyOf": [{"type": "number", "minimum": 0, "maximum": MOST, "examples": [45]}, handler(schema)]}

    @model_validator(mode="after")
    def _in_order(self) -> Price:
        if (self.low is not None and self.low > self.value) or (self.high is not None and self.high < self.value):
            wrong = f"{self.value} lies outside {self.low} to {self.high}"
            raise wrong_value(wrong, "write low <= value <= high")
        return self


class PriceLine(Model):
    """One line of a book: what it counts and what each costs.

    Of several lines for one thing, a line that names the rack goes before one that does not, then a line that names
    the part. Lines that count trays or the rack add up, as each prices some of what a tray holds.
    """

    item: Text = Field(description="name of the line in bills; lines that mean the same share it")
    counts: ItemClasses = Field(description="item classes it counts")
    parts: tuple[Name, ...] | None = Field(None, description="only these parts")
    trays: tuple[ItemClass, ...] | None = Field(None, description="only inside trays of these classes")
    racks: tuple[Name, ...] | None = Field(None, description="only in these racks")
    each: int = Field(1, ge=1, le=10_000, description="the book's own number per thing counted")
    includes: tuple[ItemClass, ...] = Field((), description="classes inside the things counted that the price includes")
    price: Price = Field(description="price of one, or {value, low, high, basis, source}")
    item_class: ItemClass | None = Field(None, description="class its amount is summed under; as counted when absent")
    supplier_group: Name | None = Field(None, description="group of makers; the part's own when absent")
    note: str = Field("", description="said beneath the bill when the line is used")


class Rate(Model):
    """What one unit of the book's currency buys of another, on a day."""

    value: Annotated[Money, AfterValidator(_above_zero)] = Field(description="units of it per unit of the book's")
    date: Day = Field(description="of the rate, as exactly as known")
    basis: Basis | None = Field(None, description="what stands behind it; the book's basis when absent")
    source: Text | None = Field(None, description="where it comes from; the book's source when absent")


class PublishedTotal(Model):
    """The total a book itself prints for a rack."""

    value: Money = Field(description="total")
    note: str = Field("", description="how it is given, such as about")


class PriceBook(Model):
    """One source's prices."""

    name: Name = Field(description="short name, as the file's")
    title: Text = Field(description="name for people")
    currency: Currency = Field(description="three letters, such as USD")
    date: Day = Field(description="of the source, as exactly as known")
    basis: Basis = Field(description="default basis of the prices")
    source: Text = Field(description="default source of the prices")
    basket: Text = Field(description="what the book prices, in words")
    note: str = Field("", description="free text")
    written_for: tuple[Name, ...] = Field((), description="racks the source is about")
    covers: ItemClasses = Field(description="item classes in the book's scope")
    published_totals: dict[Name, PublishedTotal] = Field(default_factory=dict, description="totals the source prints")
    rates: dict[Currency, Rate] = Field(default_factory=dict, description="rates to other currencies, for --currency")
    lines: Annotated[tuple[PriceLine, ...], AfterValidator(_not_empty)] = Field(description="the prices")
    _place: Mark = PrivateAttr(Mark("price book"))

    @property
    def place(self) -> Mark:
        """Where its currency stands in the file it was read from, for messages."""
        return self._place


def load_prices(source: str | Path) -> PriceBook:
    """Read and check a price book.

    Parameters
    ----------
    source : str or Path
        Name of a bundled book, or the path of a YAML file.

    Raises
    ------
    InputError
        With every problem found, each with its line.
    """
    return _checked(read_named("prices", source, "price book"))


def read_prices(text: str, file: str = "prices.yaml") -> PriceBook:
    """Read and check the text of a price book; `file` is its name in messages. Raises InputError."""
    return _checked(parse_yaml(text, file))


def default_books(rack_name: str) -> tuple[PriceBook, ...]:
    """Return the bundled books written for the rack of this name, or all of them when none is."""
    books = [load_prices(name) for name in bundled("prices")]
    written = [book for book in books if rack_name in book.written_for]
    return tuple(written or books)


def _checked(document: Document) -> PriceBook:
    """Validate a document; the checks across lines run on those lines that are sound, so that all problems come."""
    problems = list(document.problems)
    book = None
    try:
        book = PriceBook.model_validate(document.data)
    except ValidationError as error:
        problems += schema_problems(error, document.root, PriceBook)
    covers, lines = _sound(document) if book is None else (book.covers, dict(enumerate(book.lines)))
    problems += _two_prices(document, lines)
    if covers is not None:
        problems += _outside_scope(document, covers, lines)
    problems += _own_rate(document)
    if problems or book is None:
        raise InputError(problems)
    book._place = document.mark(("currency",))
    return book


def _own_rate(document: Document) -> list[Problem]:
    """Find a rate of the book's currency to itself."""
    data = document.data if isinstance(document.data, dict) else {}
    own, rates = data.get("currency"), data.get("rates")
    if not isinstance(own, str) or not isinstance(rates, dict) or own not in rates:
        return []
    wrong = f"{own} is the book's own currency"
    return [problem_at(document.root, ("rates", own), wrong, "remove the rate; it is 1")]


def _sound(document: Document) -> tuple[tuple[str, ...] | None, dict[int, PriceLine]]:
    """Return the classes covered (None when unreadable) and the lines that are valid on their own."""
    data = document.data if isinstance(document.data, dict) else {}
    given, entries = data.get("covers"), data.get("lines")
    covers = tuple(str(entry) for entry in given) if isinstance(given, tuple) else None
    lines: dict[int, PriceLine] = {}
    for index, entry in enumerate(entries if isinstance(entries, tuple) else ()):
        with suppress(ValidationError):
            lines[index] = PriceLine.model_validate(entry)
    return covers, lines


def _claims(line: PriceLine) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield what a line prices: each combination of class, part and rack; None means any.

    A tray or the rack is a basket, and several lines may fill it, each under its own name.
    """
    for counted in dict.fromkeys(base_class(entry) for entry in line.counts):
        key = f"{line.item} of {counted}" if is_basket(counted) else counted
        for part in line.parts or (None,):
            for rack in line.racks or (None,):
                yield key, part, rack


def _two_prices(document: Document, lines: dict[int, PriceLine]) -> list[Problem]:
    """Find things that two lines price with equal right, so that neither goes before the other."""
    problems: list[Problem] = []
    seen: dict[tuple[str, str | None, str | None], list[int]] = {}
    for index, line in lines.items():
        for claim in dict.fromkeys(_claims(line)):
            earlier = seen.setdefault(claim, [])
            clash = next((other for other in earlier if _trays_meet(line, lines[other])), None)
            earlier.append(index)
            if clash is not None:
                what = f"part '{claim[1]}'" if claim[1] else claim[0]
                wrong = f"{what} has two prices, the first in lines[{clash + 1}]"
                right = "keep one, or tell them apart with `parts`, `trays` or `racks`"
                problems.append(problem_at(document.root, ("lines", index), wrong, right))
                break
    return problems


def _trays_meet(line: PriceLine, other: PriceLine) -> bool:
    return line.trays is None or other.trays is None or bool(set(line.trays) & set(other.trays))


def _outside_scope(document: Document, covers: Iterable[str], lines: dict[int, PriceLine]) -> list[Problem]:
    """Find classes that are priced though the book says it does not cover them."""
    scope = {base_class(entry) for entry in covers}
    return [
        problem_at(
            document.root,
            ("lines", index, field, position),
            f"'{counted}' is priced but not in `covers`",
            f"add '{counted}' to `covers`",
        )
        for index, line in lines.items()
        for field in ("counts", "includes")
        for position, counted in enumerate(getattr(line, field))
        if base_class(counted) not in scope
    ]
