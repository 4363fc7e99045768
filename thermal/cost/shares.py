"""Who supplies what: named scenarios of suppliers' shares, read from YAML with every problem reported at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema

from thermal.cost.classes import base_class, classes_and_groups
from thermal.cost.prices import Basis, Day, Text
from thermal.errors import InputError, Problem
from thermal.rack.model import Model, Name
from thermal.rack.named_file import read_named
from thermal.rack.problems import problem_at, schema_problems, suggest
from thermal.rack.quantity import wrong_value
from thermal.rack.source import Document, clean, parse_yaml
from thermal.rack.tree import Location, dotted, walk

__all__ = ["OTHER", "Scenario", "Share", "ShareFile", "fraction_of", "load_shares", "read_shares"]

OTHER = "other"
"""Who gets what the named suppliers leave."""


def fraction_of(raw: object) -> Decimal:
    """Return a share exactly as written: ``0.6`` or ``"60 %"``.

    Raises
    ------
    PydanticCustomError
        Not a number from 0 to 1.
    """
    number = None
    if isinstance(raw, Decimal):
        number = raw
    elif isinstance(raw, str):
        digits, percent = raw.strip().removesuffix("%").strip(), raw.strip().endswith("%")
        with suppress(InvalidOperation):
            number = Decimal(digits) / (100 if percent else 1)
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        number = Decimal(str(raw))
    if number is None or not math.isfinite(number):
        wrong = f"{raw!r:.60} is not a share"
        raise wrong_value(wrong, "write a number from 0 to 1 such as 0.6, or '60 %'")
    if not 0 <= number <= 1:
        wrong = f"{raw!r:.60} is not between 0 and 1"
        raise wrong_value(wrong, "write a share such as 0.6, or '60 %'")
    return number


_SHARE_SCHEMA = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1, "examples": [0.6]},
        {"type": "string", "pattern": r"^\s*[.0-9]+\s*%?\s*$", "examples": ["60 %"]},
    ]
}
Part: TypeAlias = Annotated[Decimal, BeforeValidator(fraction_of), WithJsonSchema(_SHARE_SCHEMA)]


class Share(Model):
    """One supplier's share of a class or group of parts; a bare number means the same with no range."""

    value: Part = Field(description="from 0 to 1, or in per cent")
    low: Part | None = Field(None, description="lowest that is thought possible")
    high: Part | None = Field(None, description="highest that is thought possible")
    basis: Basis | None = Field(None, description="what stands behind it; the scenario's basis when absent")
    source: Text | None = Field(None, description="where it comes from; the scenario's source when absent")

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, raw: Any) -> Any:
        return raw if isinstance(raw, dict | Share) else {"value": raw}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Let editors accept the bare number too."""
        return {"anyOf": [*_SHARE_SCHEMA["anyOf"], handler(schema)]}

    @model_validator(mode="after")
    def _in_order(self) -> Share:
        if (self.low is not None and self.low > self.value) or (self.high is not None and self.high < self.value):
            wrong = f"{self.value} lies outside {self.low} to {self.high}"
            raise wrong_value(wrong, "write low <= value <= high")
        return self


Shares: TypeAlias = dict[Name, dict[Name, Share]]


class Scenario(Model):
    """One opinion on who supplies what."""

    title: Text = Field(description="name for people")
    note: str = Field("", description="free text")
    basis: Basis | None = Field(None, description="default basis of the shares; the file's when absent")
    source: Text | None = Field(None, description="default source of the shares; the file's when absent")
    shares: Shares = Field(description="by item class or supplier group, each supplier's share; a class goes first")
    racks: dict[Name, Shares] = Field(default_factory=dict, description="other shares in the racks of these names")


class ShareFile(Model):
    """Scenarios of suppliers' shares."""

    name: Name = Field(description="short name, as the file's")
    title: Text = Field(description="name for people")
    date: Day = Field(description="of the opinions, as exactly as known")
    basis: Basis = Field(description="default basis of the shares")
    source: Text = Field(description="default source of the shares")
    note: str = Field("", description="free text")
    suppliers: dict[Name, Text] = Field(default_factory=dict, description="names for people; when given, all of them")
    groups: dict[Name, Text] = Field(default_factory=dict, description="supplier groups of your own parts or prices")
    ramp: tuple[Part, ...] = Field((), description="share of a fleet delivered in each quarter; sums to 1")
    scenarios: dict[Name, Scenario] = Field(min_length=1, description="opinions by name")

    def supplier_title(self, supplier: str) -> str:
        """Return a supplier's name for people."""
        return self.suppliers.get(supplier, supplier)


def load_shares(source: str | Path) -> ShareFile:
    """Read and check a file of suppliers' shares.

    Parameters
    ----------
    source : str or Path
        Name of a bundled file, or the path of a YAML file.

    Raises
    ------
    InputError
        With every problem found, each with its line.
    """
    return _checked(read_named("shares", source, "file of shares"))


def read_shares(text: str, file: str = "shares.yaml") -> ShareFile:
    """Read and check the text of a file of shares; `file` is its name in messages. Raises InputError."""
    return _checked(parse_yaml(text, file))


def _checked(document: Document) -> ShareFile:
    """Validate a document; the checks across entries run on those that are sound, so that all problems come."""
    problems = list(document.problems)
    checked = None
    try:
        checked = ShareFile.model_validate(document.data)
    except ValidationError as error:
        problems += schema_problems(error, document.root, ShareFile)
    problems += _unknown_names(document)
    problems += _wrong_sums(document)
    if problems or checked is None:
        raise InputError(problems)
    return _credited(checked)


def _mapping(data: object, key: str) -> dict[str, Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _tables(data: object) -> Iterator[tuple[Location, dict[str, Any]]]:
    """Yield each table of shares with its place, the scenario's own first, then those of single racks."""
    for name, scenario in _mapping(data, "scenarios").items():
        yield ("scenarios", name, "shares"), _mapping(scenario, "shares")
        for rack in _mapping(scenario, "racks"):
            yield ("scenarios", name, "racks", rack), _mapping(_mapping(scenario, "racks"), rack)


def _unknown_names(document: Document) -> list[Problem]:
    """Find classes and suppliers that nothing else names, and classes that mean the same things."""
    known = classes_and_groups(_mapping(document.data, "groups"))
    suppliers = list(_mapping(document.data, "suppliers"))
    problems: list[Problem] = []
    for location, table in _tables(document.data):
        seen: dict[str, str] = {}
        for key, entry in table.items():
            first = seen.setdefault(base_class(key), key)
            if key not in known:
                wrong = f"'{key}' is neither an item class nor a supplier group"
                right = suggest(key, known, "see `thermal schema shares`, or declare the group under `groups`")
                problems.append(_at_key(document, (*location, key), wrong, right))
            elif first != key:
                wrong = f"'{key}' and '{first}' mean the same things"
                problems.append(_at_key(document, (*location, key), wrong, "keep one of the two"))
            for supplier in entry if isinstance(entry, dict) else ():
                place = (*location, key, supplier)
                if supplier == OTHER:
                    wrong = "'other' gets what the named suppliers leave"
                    problems.append(_at_key(document, place, wrong, "remove the entry"))
                elif suppliers and supplier not in suppliers:
                    wrong = f"'{supplier}' is not among `suppliers`"
                    right = suggest(supplier, suppliers, "add it there with its name for people")
                    problems.append(_at_key(document, place, wrong, right))
    return problems


def _at_key(document: Document, location: Location, wrong: str, right: str) -> Problem:
    """Return the problem of an entry, placed at its key."""
    *_, (_, node) = walk(document.root, location)
    mark = node.place
    return clean(Problem(mark.file, mark.line, mark.column, dotted(location), wrong, right))


def _wrong_sums(document: Document) -> list[Problem]:
    """Find shares that sum to more than one, and a ramp that does not sum to one."""
    problems = []
    for location, table in _tables(document.data):
        for key, entry in table.items():
            found = sum((share.value for share in _sound(entry).values()), Decimal(0))
            if found > 1:
                wrong = f"the shares of '{key}' sum to {found}"
                right = "lower them to a sum of 1 or less; what is left goes to 'other'"
                problems.append(_at_key(document, (*location, key), wrong, right))
    ramp = document.data.get("ramp") if isinstance(document.data, dict) else None
    if isinstance(ramp, tuple) and ramp:
        with suppress(ValidationError):
            quarters = TypeAdapter(tuple[Part, ...]).validate_python(ramp)
            if sum(quarters) != 1:
                wrong = f"the quarters sum to {sum(quarters)}"
                problems.append(problem_at(document.root, ("ramp",), wrong, "write shares that sum to 1"))
    return problems


def _sound(entry: object) -> dict[str, Share]:
    """Return the shares of an entry that are valid on their own."""
    out: dict[str, Share] = {}
    for supplier, raw in entry.items() if isinstance(entry, dict) else ():
        with suppress(ValidationError):
            out[supplier] = Share.model_validate(raw)
    return out


def _credited(file: ShareFile) -> ShareFile:
    """Return the file with basis and source given to every share that states none itself."""

    def filled(table: Mapping[str, Mapping[str, Share]], scenario: Scenario) -> Shares:
        default = {"basis": scenario.basis or file.basis, "source": scenario.source or file.source}
        return {
            key: {
                name: share.model_copy(update={k: v for k, v in default.items() if getattr(share, k) is None})
                for name, share in entry.items()
            }
            for key, entry in table.items()
        }

    scenarios = {
        name: scenario.model_copy(
            update={
                "shares": filled(scenario.shares, scenario),
                "racks": {rack: filled(table, scenario) for rack, table in scenario.racks.items()},
            }
        )
        for name, scenario in file.scenarios.items()
    }
    return file.model_copy(update={"scenarios": scenarios})
