"""What stands behind a rack: each value that it really uses, as written, with its range, basis and source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, get_args, get_origin

from pydantic import BaseModel

from thermal.rack.coolants import CoolantData
from thermal.rack.parts import PartBase
from thermal.rack.provenance import values_in
from thermal.rack.quantity import Quantity
from thermal.rack.schema import Rack, TrayGroup
from thermal.rack.tree import Location, dotted
from thermal.rack.uncertain import used_parts, without_effect
from thermal.rack.values import DEFAULT, Value
from thermal.units import DIMENSIONS, UnitError, parse_unit

__all__ = ["UsedValue", "used_values"]

_SECTIONS = ("performance", "rack", "coolant", "facility", "ambient", "trays", "limits", "guidelines")
_PLACES = {"box", "layout"}  # where things stand: drawn, and of no effect on a result
_LISTED = 3  # entries of a list that are written out
_NUMBER = re.compile(r"\s*([+-]?[.0-9]+(?:[eE][+-]?[0-9]+)?)\s*(.*?)\s*", re.DOTALL)
_SIGNS = (("degC", "°C"), ("um", "µm"), ("*", "·"), (" ", "·"))


@dataclass(frozen=True, slots=True)
class UsedValue:
    """One row of the record of where numbers come from.

    Parameters
    ----------
    path : str
        Where it stands, as ``--set`` takes it: ``parts.gb300_gpu_plate.resistance.power.value``.
    of : str
        Title of its part, or the section of the rack: ``GPU cold plate``, ``coolant``.
    what : str
        The field in words: ``resistance, power``.
    text : str
        As written in the file; of a list its entries, or how many there are.
    unit : str
        In which the numbers below are given: the one of `text`; empty for plain numbers and lists.
    value, low, high : float or None
        The number and its range; None where there is none, and for lists.
    basis, source : str
        What stands behind it; ``assumed`` and `thermal.rack.values.DEFAULT` for what nobody wrote.
    """

    path: str
    of: str
    what: str
    text: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A value, or a list of them, met on the way through a model."""

    location: Location
    values: tuple[Value, ...]
    quantity: Quantity | None


def used_values(rack: Rack, *, fields: bool = False) -> tuple[UsedValue, ...]:
    """Return every value the expanded rack uses, parts first, then the rack's own sections.

    Of a package only the chosen power state counts, and boxes and layouts not at all. A list, such as the points of a
    curve or the chips of a package, is one row when its entries share basis and source and carry no range.

    Parameters
    ----------
    rack : Rack
        As loaded.
    fields : bool
        Whether plates were solved as three-dimensional fields, which use bodies and channels; without, those are
        left out where nothing depends on them.
    """
    out: list[UsedValue] = []
    used = used_parts(rack)
    for name, part in rack.parts.items():
        if name in used:
            out += _of_part(rack, name, part, fields=fields)
    for section in _SECTIONS:
        thing = getattr(rack, section)
        top = (section,)
        found = _found(thing, top, None) if not isinstance(thing, Value) else [_Found(top, (thing,), None)]
        out += [_row(each, _section_title(rack, each.location)) for each in found]
    return (*out, *_coolants(rack))


def _of_part(rack: Rack, name: str, part: PartBase, *, fields: bool) -> Iterator[UsedValue]:
    """Yield the rows of one part in use."""
    idle = without_effect(rack, part, fields=fields)
    for each in _found(part, ("parts", name), None):
        if not idle & {tuple(each.location[2:3]), tuple(each.location[2:4])}:
            yield _row(each, part.title or name)


def _found(thing: object, location: Location, quantity: object) -> Iterator[_Found]:
    """Yield the values below `thing` in the order of the fields; `quantity` is the type its field declares."""
    if isinstance(thing, BaseModel) and not isinstance(thing, CoolantData):
        for name, field in type(thing).model_fields.items():
            if name in _PLACES and isinstance(thing, PartBase | TrayGroup):
                continue
            child, inner = getattr(thing, name), (*location, field.alias or name)
            if isinstance(child, Value):
                own = next((entry for entry in field.metadata if isinstance(entry, Quantity)), None)
                yield _Found(inner, (child,), own or _quantity(field.annotation))
            else:
                yield from _found(child, inner, field.annotation)
    elif isinstance(thing, dict):
        for key, child in thing.items():
            inner = (*location, key)
            if isinstance(child, Value):
                yield _Found(inner, (child,), _quantity(quantity))
            else:
                yield from _found(child, inner, None)
    elif isinstance(thing, tuple):
        yield from _listed(thing, location)


def _listed(entries: tuple[object, ...], location: Location) -> Iterator[_Found]:
    """Yield a list as one, or entry by entry where they differ in what stands behind them."""
    values = [value for _, value in values_in(entries)]
    if not values:
        return
    credits = {(value.basis, value.source) for value in values} - {("assumed", DEFAULT)}
    if len(credits) <= 1 and all(value.low is None and value.high is None for value in values):
        yield _Found(location, tuple(values), None)
        return
    for index, entry in enumerate(entries):
        if isinstance(entry, Value):
            yield _Found((*location, index), (entry,), None)
        else:
            yield from _found(entry, (*location, index), None)


def _quantity(annotation: object) -> Quantity | None:
    """Return the first quantity that a type names, however deep."""
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        own = next((entry for entry in arguments[1:] if isinstance(entry, Quantity)), None)
        return own or _quantity(arguments[0])
    return next((found for inner in arguments if (found := _quantity(inner)) is not None), None)


def _row(found: _Found, of: str) -> UsedValue:
    """Return the row of a value or of a list; a list all of whose entries are the same is one value."""
    first = next((value for value in found.values if value.source != DEFAULT), found.values[0])
    basis, source = first.basis or "assumed", first.source or ""
    path, what = dotted(found.location), _words(found.location)
    texts = [value.text for value in found.values]
    if len(set(texts)) > 1:
        head = ", ".join(texts[:_LISTED])
        text = head if len(texts) <= _LISTED else f"{len(texts)} numbers: {head}, …"
        return UsedValue(path, of, what, text, "", None, None, None, basis, source)
    unit, scale, zero = _shown_in(first, found.quantity)
    value, low, high = (
        None if number is None else float(f"{(number - zero) / scale:.12g}")
        for number in (first.value, first.low, first.high)
    )
    return UsedValue(path, of, what, first.text, _typeset(unit), value, low, high, basis, source)


def _shown_in(value: Value, quantity: Quantity | None) -> tuple[str, float, float]:
    """Return the unit a value was written in, that unit in SI and its zero in SI; SI itself where none is known."""
    match = _NUMBER.fullmatch(value.text)
    unit = match[2] if match else ""
    dimensions = [quantity.dimension] if quantity else list(DIMENSIONS)
    for dimension in dimensions:
        try:
            scale, zero = parse_unit(unit, dimension)
        except UnitError:
            continue
        return unit, scale, zero
    return DIMENSIONS[quantity.dimension].si if quantity else "", 1.0, 0.0


def _typeset(unit: str) -> str:
    """Return a unit as people read it: m3/h becomes m³/h."""
    for plain, sign in _SIGNS:
        unit = unit.replace(plain, sign)
    return re.sub(r"\^?([23])\b", lambda match: "²³"[int(match[1]) - 2], unit)


def _words(location: Location) -> str:
    """Return a location below its part or section in words, the last ``value`` left out."""
    steps = list(location[2:] if location[0] in ("parts", "trays") else location[1:])
    if steps[-1:] == ["value"] and len(steps) > 1:
        steps.pop()
    return dotted(steps).replace(".", ", ").replace("_", " ") or str(location[0])


def _section_title(rack: Rack, location: Location) -> str:
    """Return how readers call the section a value stands in."""
    if location[0] == "trays":
        group = str(location[1])
        return rack.trays[group].title or f"{group} tray"
    return "rack" if location[0] == "performance" else str(location[0])


def _coolants(rack: Rack) -> Sequence[UsedValue]:
    """Return one row for the tables of each coolant."""
    sections = (("coolant", rack.coolant), ("facility", rack.facility))
    return [
        UsedValue(
            path=f"{name}.fluid", of=name, what="fluid", text=section.fluid.title or section.fluid.name, unit="",
            value=None, low=None, high=None,
            basis=section.fluid.basis or "assumed", source=section.fluid.source or "",
        )
        for name, section in sections
        if section is not None
    ]  # fmt: skip
