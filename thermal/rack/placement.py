"""Places everything of a rack in space: frame, trays, plates, packages, fans, manifolds, hoses and CDU, to scale."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from thermal.rack.circuit import Circuit
from thermal.rack.expand import Assembly, Device, Element, Tray
from thermal.rack.layout import Box, Layout, Point, Tube
from thermal.rack.parts import Cdu
from thermal.rack.placement_frame import RackFrame, rack_frame
from thermal.rack.placement_lines import along_axes
from thermal.rack.placement_route import Router
from thermal.rack.placement_sizes import bore, weaker
from thermal.rack.placement_tray import Drawn, drawn_tray
from thermal.rack.placement_tree import tree
from thermal.rack.schema import RackFile

__all__ = ["place"]

_INSIDE = 0.07  # [m] behind a tray's rear wall in which hoses rise to their level
_OUT = 0.1  # [m] that hoses stand off the manifolds and the CDU
_PORTS = 0.09  # [m] between the manifolds' axes and the ports of a CDU in the rack
_MICRON = 1e-6


def place(rack: RackFile, assembly: Assembly) -> Layout:
    """Return where everything of a rack stands.

    What the file does not say is arranged by rule and has the basis ``assumed``: docs/racks.md describes the rules.

    Parameters
    ----------
    rack : RackFile
        Loaded, and so checked.
    assembly : Assembly
        What `expand` made of it.

    Returns
    -------
    Layout
        Boxes of the frame, trays, plates, packages, heat sinks, fans and the CDU; tubes for every other branch outside
        the CDU, and from each plate to the nodes beside it. Tubes that share a node end at the same point.
    """
    return _Placement(rack, assembly).layout()


class _Placement:
    """Collects boxes, tubes and notes of one rack."""

    def __init__(self, rack: RackFile, assembly: Assembly) -> None:
        self.rack, self.assembly = rack, assembly
        self.frame: RackFrame = rack_frame(rack)
        self.points: dict[int, Point] = {}
        self.boxes: list[Box] = []
        self.tubes: list[Tube] = []
        self.notes: dict[str, None] = {}

    def layout(self) -> Layout:
        """Place all and return it."""
        frame = self.frame
        self.boxes.append(Box("rack", "frame", self.rack.name, None, (0.0, 0.0, 0.0), frame.size, 0, frame.basis))
        if self.assembly.supply_port >= 0:
            self._headers()
            self._hoses()
        self._trays()
        return Layout(self.rack.name, frame.size, tuple(self.boxes), tuple(self.tubes), tuple(self.notes))

    # ------------------------------------------------------------------------------------------------ manifolds

    def _headers(self) -> None:
        """Lay the headers from tap to tap, and give all nodes of the rack's own plumbing their points."""
        assembly = self.assembly
        for side, port in enumerate((assembly.supply_port, assembly.return_port)):
            self.points[port] = self._on_header(port, side)
        for element in assembly.elements:
            if element.role != "manifold":
                continue
            side = 0 if element.path.startswith("supply_manifold") else 1
            for node in (element.start, element.end):
                self.points[node] = self._on_header(node, side)
            part = self.rack.parts[element.part]
            ends = self.points[element.start], self.points[element.end]
            self.tubes.append(Tube(element.path, "header", element.part, None, ends, bore(part)))

    def _on_header(self, node: int, side: int) -> Point:
        frame = self.frame
        return frame.headers_x[side], frame.header_y, frame.feet + self.assembly.nodes[node].height

    # --------------------------------------------------------------------------------------------- hoses and CDU

    def _hoses(self) -> None:
        """Place the CDU and lead the rack's hoses to it, or through the rear where there is none."""
        rack, assembly = self.rack, self.assembly
        found = rack.parts.get(rack.cdu.part) if rack.cdu is not None else None
        corner = None
        if rack.cdu is not None and isinstance(found, Cdu):
            corner, size, inside = self.frame.cdu(found, rack)
            whole = (size.width, size.depth, size.height)
            self.boxes.append(Box("cdu", "cdu", rack.cdu.part, None, corner, whole, 0, weaker(size.basis, "assumed")))
            if rack.cdu.racks_served > 1:
                self.notes[f"the CDU serves {rack.cdu.racks_served} racks; one is drawn"] = None
        for side, (circuit, port, role) in enumerate(
            ((rack.supply, assembly.supply_port, "supply"), (rack.return_, assembly.return_port, "return"))
        ):
            elements = [element for element in assembly.elements if element.role == role]
            if circuit is None or not elements:
                continue
            joint = elements[-1].end if role == "supply" else elements[0].start
            point = self.points[joint] = self._on_header(joint, side)
            if corner is None:
                way = self._to_the_rear(point)
            elif inside:
                way = self._to_rack_unit(point, side, (corner[1] + size.depth, corner[2] + size.height / 2))
            else:
                way = self._to_cabinet(point, side, corner[0], size.height)
            self.points[port] = way[-1]
            self._hose(circuit, elements, way[::-1] if role == "supply" else way)

    def _hose(self, circuit: Circuit, elements: list[Element], way: tuple[Point, ...]) -> None:
        size = self.frame.size
        router = Router(self.rack.parts, {}, (0.0, 0.0), (0.0, 0.0), (size[0], size[1]))
        router.lay_tubes(tree(circuit, self.rack.parts, elements), way)
        self.tubes += router.tubes

    def _to_the_rear(self, point: Point) -> tuple[Point, ...]:
        """Return the way from a manifold's port out of the rack."""
        return along_axes(point, (point[0], self.frame.size[1] + _OUT, point[2]), "y")

    def _to_rack_unit(self, point: Point, side: int, port: tuple[float, float]) -> tuple[Point, ...]:
        """Return the way to a CDU in the rack, whose ports are in its rear at a depth and a height."""
        x = point[0] + (_PORTS if side == 0 else -_PORTS)
        behind = (x, point[1] + _OUT * 0.8, point[2])
        return (*along_axes(point, behind, "yx"), *along_axes(behind, (x, *port), "zy")[1:])

    def _to_cabinet(self, point: Point, side: int, wall: float, height: float) -> tuple[Point, ...]:
        """Return the way to a CDU beside the rack, into its side; supply behind the return."""
        y = point[1] + (_OUT if side == 0 else 0.0)
        before = (wall - _OUT - 0.05 * side, y, point[2])
        port = (wall, y, min(point[2], 0.8 * height))
        return (*along_axes(point, before, "yx"), *along_axes(before, port, "zx")[1:])

    # --------------------------------------------------------------------------------------------------- trays

    def _trays(self) -> None:
        """Draw each group's tray once and stamp it into every slot."""
        elements, devices = self._sorted()
        drawn: dict[object, Drawn] = {}
        for tray in self.assembly.trays:
            group = self.rack.trays[tray.group]
            room, basis = self.frame.room(group)
            corner = self.frame.corner(room, tray.slot)
            box = Box(tray.path, "tray", tray.group, tray.path, corner, (room.width, room.depth, room.height), 0, basis)
            ends = self._ends(tray, corner, room.depth)
            key = (tray.group, _rounded(ends))
            if key not in drawn:
                drawn[key] = drawn_tray(group, self.rack.parts, room, elements[tray.path], devices[tray.path], ends)
                if drawn[key].scale < 1.0:
                    share = f"{100.0 * drawn[key].scale:.0f} %"
                    note = f"{tray.group}: more than the tray holds side by side; what was arranged is drawn at {share}"
                    self.notes[note] = None
            boxes, tubes = drawn[key].stamped(tray.path, corner)
            self.boxes += [box, *boxes]
            self.tubes += tubes

    def _sorted(self) -> tuple[dict[str, list[Element]], dict[str, list[Device]]]:
        """Return elements and devices by tray, paths without the tray's, devices naming elements of the tray."""
        elements: dict[str, list[Element]] = defaultdict(list)
        devices: dict[str, list[Device]] = defaultdict(list)
        numbers: dict[int, int] = {}
        for index, element in enumerate(self.assembly.elements):
            if element.tray is not None:
                numbers[index] = len(elements[element.tray])
                short = element.path.removeprefix(f"{element.tray}/")
                elements[element.tray].append(replace(element, path=short))
        for device in self.assembly.devices:
            short = device.path.removeprefix(f"{device.tray}/")
            plate = numbers[device.element] if device.element is not None else None
            devices[device.tray].append(replace(device, path=short, element=plate))
        return elements, devices

    def _ends(self, tray: Tray, corner: Point, depth: float) -> tuple[tuple[Point, ...], tuple[Point, ...]] | None:
        """Return the ways from the tray's nodes into it, from its corner; None without coolant."""
        if tray.start < 0:
            return None
        height = self.frame.unit / 2
        ways = []
        for node in (tray.start, tray.end):
            x, y, z = (a - b for a, b in zip(self.points[node], corner, strict=True))
            tap = (x, y, height)
            way = (tap, (x, depth, height), (x, depth - _INSIDE, height))
            ways.append(way if abs(z - height) < _MICRON else ((x, y, z), *way))
        return ways[0], ways[1]


def _rounded(ends: tuple[tuple[Point, ...], tuple[Point, ...]] | None) -> object:
    """Return the ways as a key: those of like trays are equal but for rounding."""
    if ends is None:
        return None
    return tuple(tuple(round(value / _MICRON) for value in point) for way in ends for point in way)
