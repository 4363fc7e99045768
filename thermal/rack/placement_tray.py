"""One tray drawn: where its plates, packages, devices and fans stand, and its hoses; the same for all of its group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thermal.rack.bodies import PlateBody
from thermal.rack.expand import Device, Element
from thermal.rack.footprints import mounts
from thermal.rack.layout import Box, Point, Tube
from thermal.rack.parts import Package, Part, Plate
from thermal.rack.placement_fit import TrayRoom, planned
from thermal.rack.placement_plan import Put
from thermal.rack.placement_route import End, Ports, Router
from thermal.rack.placement_sizes import Size, bore, size_of, weaker
from thermal.rack.placement_tree import Join, leaves, tree
from thermal.rack.schema import TrayGroup

__all__ = ["Drawn", "drawn_tray"]

_FREE = 0.03  # [m] above the plates that hoses use at most
_PORT = 0.012  # [m] from a plate's edge to its ports


@dataclass(frozen=True, slots=True)
class Drawn:
    """Boxes and tubes of a tray from its own front left lower corner, their paths without the tray's."""

    boxes: tuple[Box, ...]
    tubes: tuple[Tube, ...]
    scale: float

    def stamped(self, tray: str, corner: Point) -> tuple[list[Box], list[Tube]]:
        """Return them as those of one tray of the rack."""
        x, y, z = corner
        boxes = [
            Box(f"{tray}/{box.path}", box.role, box.part, tray,
                (box.origin[0] + x, box.origin[1] + y, box.origin[2] + z), box.size, box.turn, box.basis)
            for box in self.boxes
        ]  # fmt: skip
        tubes = [
            Tube(f"{tray}/{tube.path}", tube.role, tube.part, tray,
                 tuple((a + x, b + y, c + z) for a, b, c in tube.points), tube.diameter, tube.basis, tube.stretch)
            for tube in self.tubes
        ]  # fmt: skip
        return boxes, tubes


def drawn_tray(
    group: TrayGroup, parts: Mapping[str, Part], room: TrayRoom, elements: Sequence[Element],
    devices: Sequence[Device], ends: tuple[tuple[Point, ...], tuple[Point, ...]] | None,
) -> Drawn:  # fmt: skip
    """Draw one tray.

    Parameters
    ----------
    group : TrayGroup
        Its definition.
    parts : mapping
        Parts by name.
    room : TrayRoom
        Its inside.
    elements, devices : sequence
        Of this tray, paths without the tray's.
    ends : pair of tuples of points, or None
        The ways from the taps into the tray; None without coolant.
    """
    root = tree(group.circuit, parts, elements) if group.circuit is not None and elements else None
    plan, scale = planned(group, parts, room, root, devices)
    numbers = {element.path: number for number, element in enumerate(elements)}
    boxes: list[Box] = []
    ports: dict[str, Ports] = {}
    for put in plan:
        if put.name in numbers:
            on_it = [device for device in devices if device.element == numbers[put.name]]
            made, ports[put.name] = _plate(put, parts, on_it, room, scale)
        else:
            made = _standing(put, parts, room)
        boxes += made
    tubes = _tubes(root, parts, ports, room, ends) if root is not None and ends is not None else []
    return Drawn(tuple(boxes), tuple(tubes), scale)


def _standing(put: Put, parts: Mapping[str, Part], tray: TrayRoom) -> list[Box]:
    """Return a fan, or a device in the air with its heat sink on it."""
    part = parts[put.part]
    size = size_of(part)
    if not isinstance(part, Package):
        base = tray.clear + put.lift
        tall = min(size.height, tray.height - base - tray.clear)
        return [
            Box(
                put.name, "fan", put.part, None, (put.x, put.y, base), (put.width, put.depth, tall), put.turn, put.basis
            )
        ]
    sink = part.heat_sink
    room = tray.height - tray.board - tray.clear
    tall = min(size.height, room * (0.5 if sink else 1.0))
    boxes = [_centred(put, put.name, put.part, "package", size, tray.board, tall)]
    if sink is not None:
        over = size_of(parts[sink])
        rest = min(over.height, room - tall)
        boxes.append(_centred(put, f"{put.name}/heat_sink", sink, "other", over, tray.board + tall, rest))
    return boxes


def _centred(put: Put, path: str, part: str, role: str, size: Size, base: float, tall: float) -> Box:
    """Return a box in the middle of a place, no larger than it."""
    lying = size.turned(put.turn)
    width, depth = min(lying.width, put.width), min(lying.depth, put.depth)
    corner = (put.x + (put.width - width) / 2, put.y + (put.depth - depth) / 2, base)
    kind = "package" if role == "package" else "other"
    basis = weaker(put.basis, size.basis)
    return Box(path, kind, part, None, corner, (width, depth, tall), put.turn, basis)  # type: ignore[arg-type]


def _plate(
    put: Put, parts: Mapping[str, Part], devices: Sequence[Device], tray: TrayRoom, scale: float
) -> tuple[list[Box], Ports]:
    """Return a plate with the packages below it, and its ports."""
    part = parts[put.part]
    sizes = [size_of(parts[device.package]) for device in devices]
    room = tray.height - tray.board - tray.clear
    below = min(max((size.height for size in sizes), default=0.0), 0.4 * room)
    base = tray.board + below
    tall = min(size_of(part).height, 0.6 * (room - below))
    frame = _Axes(put)
    boxes = [
        Box(put.name, "plate", put.part, None, (put.x, put.y, base), (put.width, put.depth, tall), put.turn, put.basis)
    ]
    body = part.body if isinstance(part, Plate) else None
    for device, size, centre in zip(devices, sizes, _centres(body, len(devices), frame, scale), strict=True):
        lying = size.turned(put.turn)
        width, depth = min(lying.width * scale, put.width), min(lying.depth * scale, put.depth)
        x, y = frame.at(*centre)
        x = min(max(x - width / 2, put.x), put.x + put.width - width)
        y = min(max(y - depth / 2, put.y), put.y + put.depth - depth)
        deep = min(size.height, below)
        corner = (x, y, base - deep)
        basis = weaker(put.basis, size.basis)
        boxes.append(Box(device.path, "package", device.package, None, corner, (width, depth, deep), put.turn, basis))
    edge = min(_PORT, frame.depth / 4)
    (x_in, y_in), (x_out, y_out) = frame.at(frame.width / 2, edge), frame.at(frame.width / 2, frame.depth - edge)
    top = base + tall
    low, high = (put.x, put.y), (put.x + put.width, put.y + put.depth)
    return boxes, Ports((x_in, y_in, top), (x_out, y_out, top), low, high, bore(part))


@dataclass(frozen=True, slots=True)
class _Axes:
    """A plate's own axes, x across its channels and y along them, on the floor of the tray."""

    put: Put

    @property
    def width(self) -> float:
        return self.put.depth if self.put.turn % 2 else self.put.width

    @property
    def depth(self) -> float:
        return self.put.width if self.put.turn % 2 else self.put.depth

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the plate in the tray."""
        across, back = ((x, y), (self.depth - y, x), (self.width - x, self.depth - y), (y, self.width - x))[
            self.put.turn % 4
        ]
        return self.put.x + across, self.put.y + back


def _centres(body: PlateBody | None, count: int, frame: _Axes, scale: float) -> list[tuple[float, float]]:
    """Return the centres of the devices in the plate's axes; evenly in a row where the plate has no body."""
    if body is None:
        return [(frame.width * (number + 0.5) / count, frame.depth / 2) for number in range(count)]
    return [(x * scale, y * scale) for x, y in mounts(body, count)]


def _tubes(
    root: Join, parts: Mapping[str, Part], ports: Mapping[str, Ports], room: TrayRoom,
    ends: tuple[tuple[Point, ...], tuple[Point, ...]],
) -> list[Tube]:  # fmt: skip
    widest = max(bore(parts[leaf.part]) for leaf in leaves(root)) / 2 + room.clear
    top = max((one.inlet[2] for one in ports.values()), default=room.board)
    free = min(room.height - top, _FREE)
    most = room.height - widest
    into = min(max(top + 0.3 * free, top + widest), most)
    out = min(max(top + 0.7 * free, into), most)
    low, high = (widest, widest), (room.width - widest, room.depth - widest)
    router = Router(parts, ports, (into, out), low, high)
    start, end = (End(points, "yx") for points in ends)
    router.lay(root, start, end)
    return router.tubes
