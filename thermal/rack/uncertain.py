"""Values of a rack that carry a range: which they are, and the rack with one of them changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from thermal.rack.parts import Assembly, Cdu, Package, PartBase, Plate
from thermal.rack.plumbing import uses_in
from thermal.rack.provenance import replace_value, values_in
from thermal.rack.schema import Rack, RackFile
from thermal.rack.tree import Location, dotted
from thermal.rack.values import Value

__all__ = ["uncertain_values", "used_parts", "with_value", "without_effect"]

_SECTIONS = ("rack", "coolant", "facility", "ambient", "trays", "limits")


def uncertain_values(rack: Rack) -> list[tuple[str, Value]]:
    """Return path and value of everything with both a low and a high end that the expanded rack uses.

    Parts come first, in the order of the catalogue, then the rack's own sections. Of a package only the chosen power
    state counts. Bodies do not: nothing of them enters at network fidelity, and neither do the channels of a plate both
    of whose laws were measured.
    """
    found: list[tuple[Location, Value]] = []
    used = used_parts(rack)
    for name, part in rack.parts.items():
        if name in used:
            idle = without_effect(rack, part)
            found += (pair for pair in values_in(part, ("parts", name)) if not idle & {pair[0][2:3], pair[0][2:4]})
    for section in _SECTIONS:
        found += values_in(getattr(rack, section), (section,))
    return [(dotted(path), value) for path, value in found if value.low is not None and value.high is not None]


def without_effect(rack: Rack, part: PartBase, *, fields: bool = False) -> set[Location]:
    """Return the fields of a part in use that no result depends on, as paths below it.

    That holds at network fidelity; with `fields` for plates solved in three dimensions too.
    """
    if isinstance(part, Package):
        state = rack.power_state if rack.power_state in part.power else "tdp"
        idle: set[Location] = {("power", other) for other in part.power if other != state}
        return idle if fields else {("body",), *idle}
    if isinstance(part, Plate) and not fields:
        measured = part.resistance is not None and part.pressure_drop is not None
        return {("body",), ("channels",)} if measured else {("body",)}
    return set()


def with_value(rack: Rack, path: str, si_value: float) -> Rack:
    """Return the rack with one value changed, without reading anything again.

    Parameters
    ----------
    path : str
        As `uncertain_values` gives it, such as ``parts.gb300_gpu_plate.resistance.power.value``.
    si_value : float
        New number in the SI unit of the field; range, basis and source stay.

    Raises
    ------
    KeyError
        No value stands at that path.
    """
    steps: list[str | int] = []
    for step in path.split("."):
        name, *indices = re.split(r"[\[\]]+", step.rstrip("]"))
        steps += [name, *(int(index) - 1 for index in indices)]
    return replace_value(rack, steps, si_value)


def used_parts(rack: RackFile) -> set[str]:
    """Return the names of the parts that the expanded rack holds."""
    out: set[str] = set()
    names = list(_named(rack))
    while names:
        name = names.pop()
        part = rack.parts.get(name)
        if part is None or name in out:
            continue
        out.add(name)
        if isinstance(part, Assembly | Cdu):
            names += [use.part for _, use in uses_in(part.circuit)]
    return out


def _named(rack: RackFile) -> Iterator[str]:
    """Yield the parts the rack itself names."""
    for circuit in (rack.supply, rack.return_, *(tray.circuit for tray in rack.trays.values())):
        if circuit is not None:
            yield from (use.part for _, use in uses_in(circuit))
    if rack.manifold:
        yield from (rack.manifold.supply, rack.manifold.return_)
    if rack.cdu:
        yield rack.cdu.part
    for tray in rack.trays.values():
        if tray.air:
            yield tray.air.fans.part
        for device in tray.devices.values():
            yield device.package
            package = rack.parts.get(device.package)
            if device.cooled_by == "air" and isinstance(package, Package) and package.heat_sink:
                yield package.heat_sink
