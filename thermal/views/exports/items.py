"""What an exported file holds: every part of the layout with its numbers, in display units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from thermal.rack.layout import Box, Tube
from thermal.results.dataset import Results, Table
from thermal.views.scenes.run import run_of
from thermal.vocabulary import VOCABULARY

__all__ = ["ALWAYS", "Item", "items_of", "unit", "units_of"]

# on every part, NaN where it does not apply, so that one colour map serves all of a file
ALWAYS = ("temperature", "margin", "volume_flow")
UNFILLED = frozenset({"frame", "tray"})  # hold other things: drawn by their edges


@dataclass(frozen=True, eq=False)
class Item:
    """One part where it stands.

    Parameters
    ----------
    path : str
        Hierarchical, as in the results.
    shape : Box or Tube
        Its place.
    numbers : mapping of str to float
        By name of the vocabulary, in display units, without NaN. ``temperature`` is a device's junction temperature
        and, for what the coolant flows through, the mean of the coolant in it.
    """

    path: str
    shape: Box | Tube
    numbers: Mapping[str, float]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def hollow(self) -> bool:
        """Whether it holds other parts and must not hide them."""
        return self.shape.role in UNFILLED

    @property
    def texts(self) -> dict[str, str]:
        """What else is known of it, in words."""
        shape = self.shape
        return {
            "path": self.path,
            "role": shape.role,
            "part": shape.part,
            "tray": shape.tray or "",
            "basis": shape.basis,
        }


def items_of(results: Results) -> tuple[Item, ...]:
    """Return all parts of a run's layout, boxes before tubes.

    Raises
    ------
    InputError
        The run does not hold where its parts stand.
    """
    layout = run_of(results).layout
    rows: dict[str, dict[str, float]] = {}
    for table in (results.trays, results.branches, results.devices):
        for path, numbers in _numbers(table):
            rows.setdefault(path, {}).update(numbers)
    shapes: list[Box | Tube] = [*layout.boxes, *layout.tubes]
    return tuple(Item(shape.path, shape, _with_temperature(rows.get(shape.path, {}), shape)) for shape in shapes)


def unit(name: str) -> str:
    """Return the display unit of a number."""
    return VOCABULARY[name].display_unit


def units_of(items: Iterable[Item]) -> dict[str, str]:
    """Return the display unit of every number that any of the items has, those of `ALWAYS` first."""
    names = dict.fromkeys([*ALWAYS, *(name for item in items for name in item.numbers)])
    return {name: unit(name) for name in names}


def _numbers(table: Table) -> Iterable[tuple[str, dict[str, float]]]:
    """Yield each row's path with its numbers, without those that do not apply."""
    columns: dict[str, Any] = {
        name: VOCABULARY[name].shown(table.numbers(name)).tolist() for name in table.columns if name in VOCABULARY
    }
    for row, path in enumerate(table.columns["path"]):
        yield str(path), {name: values[row] for name, values in columns.items() if values[row] == values[row]}


def _with_temperature(numbers: dict[str, float], shape: Box | Tube) -> dict[str, float]:
    if "junction_temperature" in numbers:
        return {**numbers, "temperature": numbers["junction_temperature"]}
    if "inlet_temperature" not in numbers or "outlet_temperature" not in numbers:
        return numbers
    share = sum(shape.stretch) / 2 if isinstance(shape, Tube) else 0.5
    inlet, outlet = numbers["inlet_temperature"], numbers["outlet_temperature"]
    return {**numbers, "temperature": inlet + share * (outlet - inlet)}
