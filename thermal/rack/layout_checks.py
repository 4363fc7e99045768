"""What cannot stand where a file puts it: names that are not there, things that stick out or overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat

from thermal.rack.boxes import Spot
from thermal.rack.circuit import Circuit
from thermal.rack.expand import Device, Element
from thermal.rack.footprints import Rectangle
from thermal.rack.operation import Fault
from thermal.rack.parts import Assembly, Package, PartBase, Plate
from thermal.rack.placement_fit import FANS, TrayRoom, given_flats
from thermal.rack.placement_frame import rack_frame
from thermal.rack.placement_plan import Flat, arranged, lying, named
from thermal.rack.placement_tree import Join, tree
from thermal.rack.plumbing import Plumbing, uses_in
from thermal.rack.problems import suggest
from thermal.rack.schema import RackFile, TrayGroup
from thermal.rack.tree import Location

__all__ = ["misfit_layouts", "misfit_measures"]

_MOST_PARTS = 2000  # a circuit of more is not looked into
_ANYWHERE = (1e3, 1e3)  # [m]
_NO_ELEMENT = Element("", "", -1, -1, None, "tray")


def misfit_measures(rack: RackFile) -> Iterator[Fault]:
    """Yield measures that contradict one another."""
    for name, part in rack.parts.items():
        yield from _twice(name, part)
    frame, stack = rack.rack, rack.rack.units * float(rack.rack.unit_height)
    if frame.height is not None and float(frame.height) < stack:
        wrong = f"{frame.units} units of {frame.unit_height.text} do not fit into {frame.height.text}"
        yield ("rack", "height"), wrong, f"give {1e3 * stack:.6g} mm at least"
    outside = rack_frame(rack).size
    for group, tray in rack.trays.items():
        for axis, key in enumerate(("width", "depth")):
            given = getattr(tray.box, key) if tray.box is not None else None
            if given is not None and float(given) > outside[axis]:
                wrong = f"the tray is {given.text}, the rack {1e3 * outside[axis]:.4g} mm"
                yield ("trays", group, "box", key), wrong, f"make the tray smaller, or give rack.{key}"


def _twice(name: str, part: PartBase) -> Iterator[Fault]:
    """Width and depth of a plate or package with a body come from the body."""
    if not isinstance(part, Plate | Package) or part.body is None or part.box is None:
        return
    for key, own in (("width", "width"), ("depth", "length")):
        if getattr(part.box, key) is not None:
            yield ("parts", name, "box", key), f"`body.{own}` gives it already", "take one of them out"


def misfit_layouts(rack: RackFile, plumbing: Plumbing, lost: Callable[..., bool]) -> Iterator[Fault]:
    """Yield what is wrong with the layouts of assemblies and trays.

    Parameters
    ----------
    rack : RackFile
        With sound fields; parts may be missing.
    plumbing : Plumbing
        Of its parts.
    lost : callable
        Whether what stands at a location had to be left out; nothing is said of a layout that may hang on it.
    """
    for name, part in rack.parts.items():
        if isinstance(part, Assembly) and part.layout and _sound(part.circuit, rack, plumbing):
            yield from _assembly(name, part, rack)
    frame = rack_frame(rack)
    for group, tray in rack.trays.items():
        broken = tray.circuit is not None and not _sound(tray.circuit, rack, plumbing)
        packages = all(device.package in rack.parts for device in tray.devices.values())
        fans = tray.air is None or tray.air.fans.part in rack.parts
        gone = any(lost("trays", group, key) for key in ("circuit", "devices", "air"))
        if tray.layout and not broken and packages and fans and not gone:
            yield from _tray(group, tray, rack, frame.room(tray)[0])


def _sound(circuit: Circuit, rack: RackFile, plumbing: Plumbing) -> bool:
    """Whether all parts of a circuit are there, none contains itself, and there are not too many."""
    uses = [use for _, use in uses_in(circuit)]
    inventories = (plumbing.inventory(use.part) for use in uses)
    whole = all(name in rack.parts and name not in plumbing.circles for names in inventories for name in names)
    return whole and plumbing.size(circuit) <= _MOST_PARTS


def _assembly(name: str, part: Assembly, rack: RackFile) -> Iterator[Fault]:
    location: Location = ("parts", name, "layout")
    root = tree(part.circuit, rack.parts, repeat(_NO_ELEMENT))
    known = _counts(root)
    yield from _names(part.layout, known, location, _hoses(part.circuit, known), "this assembly")
    flats = {key: arranged(block, rack.parts, _ANYWHERE, frozenset()) for key, block in named(root).items()}
    yield from _places(part.layout, flats, location, None)


def _tray(group: str, tray: TrayGroup, rack: RackFile, room: TrayRoom) -> Iterator[Fault]:
    location: Location = ("trays", group, "layout")
    root = tree(tray.circuit, rack.parts, repeat(_NO_ELEMENT)) if tray.circuit is not None else None
    known = _counts(root) if root is not None else {}
    odd = _hoses(tray.circuit, known) if tray.circuit is not None else {}
    devices: list[Device] = []
    for name, device in tray.devices.items():
        if device.cooled_by == "air":
            known.setdefault(name, device.count)
            devices += [_in_air(name, device.package)] * device.count
        elif name not in known:
            odd[name] = ("sits on its plates", f"place '{device.cooled_by}', or what holds it")
    if tray.air is not None:
        known[FANS] = tray.air.fans.count
    yield from _names(tray.layout, known, location, odd, f"tray '{group}'")
    flats = given_flats(tray, rack.parts, room, root, devices)
    yield from _places(tray.layout, flats, location, room)


def _in_air(name: str, package: str) -> Device:
    return Device(name, name, package, "other", 0.0, "tdp", None, "", 1)


def _counts(root: Join) -> dict[str, int]:
    """Return how many things with plates there are of each name."""
    out: dict[str, int] = {}
    for name, _ in named(root):
        out[name] = out.get(name, 0) + 1
    return out


def _hoses(circuit: Circuit, known: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """Return what to say of names in a circuit that are, and hold, no plate."""
    labels = {use.label for _, use in uses_in(circuit)} - known.keys()
    right = "take it out: hoses and couplings are led to where the plates stand"
    return dict.fromkeys(labels, ("is no plate and holds none", right))


def _names(
    layout: Mapping[str, Spot], known: Mapping[str, int], location: Location, odd: Mapping[str, tuple[str, str]],
    where: str,
) -> Iterator[Fault]:  # fmt: skip
    """Every name is there, with as many places as there are things."""
    for name, spot in layout.items():
        if name in known:
            given, count = len(spot.at), known[name]
            if spot.step is None and given != count:
                plural = "place is" if given == 1 else "places are"
                wrong = f"{given} {plural} given for {count} '{name}'"
                yield (*location, name, "at"), wrong, "give one [x, y] for each, or the first one and a `step`"
        elif name in odd:
            wrong, right = odd[name]
            yield (*location, name), f"'{name}' {wrong}", right
        else:
            names = ", ".join(f"'{one}'" for one in known)
            right = suggest(name, known, f"it holds {names}" if known else "take it out")
            yield (*location, name), f"there is no '{name}' in {where}", right


def _places(
    layout: Mapping[str, Spot], flats: Mapping[tuple[str, int], Flat], location: Location, room: TrayRoom | None
) -> Iterator[Fault]:
    """Nothing sticks out and nothing overlaps; each thing is told once."""
    areas: list[tuple[Rectangle, str, int]] = []
    told: set[Location] = set()  # of a row of things with a step, the first is enough
    for name, spot in layout.items():
        for copy, puts in lying(name, spot, flats):
            mine = [Rectangle(put.x, put.x + put.width, put.y, put.y + put.depth) for put in puts]
            where = (*location, name, "at", copy - 1 if spot.step is None else 0)
            reach = _around(mine)
            if reach is not None and _sticks_out(reach, room) and where not in told:
                size = f"the tray is {_mm(room.width)} by {_mm(room.depth)} mm" if room else "the corner is at 0, 0"
                told.add(where)
                yield where, f"'{name}' {copy} takes {_text(reach)}; {size}", "move it inside"
            clash = _clash(mine, areas)
            if clash is not None and where not in told:
                told.add(where)
                area, other, number = clash
                wrong = f"'{name}' {copy} ({_text(reach or area)}) overlaps '{other}' {number} ({_text(area)})"
                yield where, wrong, "move one of them"
            areas += [(area, name, copy) for area in mine]


def _around(areas: Sequence[Rectangle]) -> Rectangle | None:
    if not areas:
        return None
    return Rectangle(
        min(area.x_low for area in areas), max(area.x_high for area in areas),
        min(area.y_low for area in areas), max(area.y_high for area in areas),
    )  # fmt: skip


def _sticks_out(reach: Rectangle, room: TrayRoom | None) -> bool:
    wide, deep = (room.width, room.depth) if room is not None else _ANYWHERE
    return not reach.inside(Rectangle(0.0, wide, 0.0, deep))


def _clash(mine: Sequence[Rectangle], areas: Sequence[tuple[Rectangle, str, int]]) -> tuple[Rectangle, str, int] | None:
    return next((other for other in areas for area in mine if area.overlaps(other[0])), None)


def _text(area: Rectangle) -> str:
    return f"x {_mm(area.x_low)} to {_mm(area.x_high)} mm, y {_mm(area.y_low)} to {_mm(area.y_high)} mm"


def _mm(value: float) -> str:
    return f"{1e3 * value:.4g}"
