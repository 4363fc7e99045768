"""Expands a rack into its network: every part of every tray as one element between two nodes. Pure topology."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from thermal.rack.circuit import Circuit, Series, Use
from thermal.rack.parts import Assembly as AssemblyPart
from thermal.rack.parts import Cdu, Coupling, Manifold, Package, PartBase, Plate
from thermal.rack.plumbing import uses_in
from thermal.rack.schema import DeviceGroup, ManifoldUse, RackFile, TrayGroup
from thermal.rack.topology import Assembly, Device, Element, Item, Node, Tee, Tray

__all__ = ["Assembly", "Device", "Element", "Item", "Node", "Tee", "Tray", "expand"]

_CLASSES = {"coupling": "qd_pair", "manifold": "rack_manifold"}


@dataclass(slots=True)
class _Scope:
    """Where names are counted: one tray, assembly, CDU or hose circuit."""

    path: str
    tray: str | None
    role: str
    height: float
    share: float = 1.0
    counts: dict[str, int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)

    def label(self, name: str) -> str:
        """Return the next path of that name, with an index when it is used more than once."""
        self.counts[name] = self.counts.get(name, 0) + 1
        indexed = f"{name}[{self.counts[name]}]" if self.totals[name] > 1 else name
        return f"{self.path}/{indexed}"


def expand(rack: RackFile) -> Assembly:
    """Return the network of a rack that was loaded (and so checked).

    Nodes of a tray and its taps lie at the middle of the tray's lowest unit; the CDU and a bottom port at the floor, a
    top port at the top of the rack. Removed trays leave no tap. In a rack cooled by air alone there are no nodes.
    """
    build = _Builder(rack)
    placed = sorted(_placed(rack), key=lambda entry: entry[2])
    if rack.coolant is None:
        for group, tray, slot, path in placed:
            build.tray(group, tray, slot, path, -1, -1)
        return build.finished(-1, -1, ())
    bottom = build.node("supply_port", _port_height(rack, supply=True))
    back = build.node("return_port", _port_height(rack, supply=False))
    starts, ends = build.headers(placed, bottom, back)
    for group, tray, slot, path in placed:
        build.tray(group, tray, slot, path, starts.get(path, -1), ends.get(path, -1))
    build.tees(starts, ends)
    return build.finished(bottom, back, build.cdu(back, bottom))


def _placed(rack: RackFile) -> Iterator[tuple[str, TrayGroup, int, str]]:
    """Yield the trays in place: group, tray, slot, path."""
    for group, tray in rack.trays.items():
        for number, slot in enumerate(tray.positions, start=1):
            if number not in tray.remove:
                yield group, tray, slot, f"{group}[{number}]"


def _port_height(rack: RackFile, *, supply: bool) -> float:
    """Return the height of a manifold's port, at the floor or at the top of the rack [m]."""
    use = rack.manifold
    if use is None or _at_bottom(use, supply=supply):
        return 0.0
    return rack.rack.units * rack.rack.unit_height.value


def _at_bottom(use: ManifoldUse, *, supply: bool) -> bool:
    return (use.port == "bottom") == (supply or use.arrangement == "direct")


class _Builder:
    """Collects nodes, elements and items."""

    def __init__(self, rack: RackFile) -> None:
        self.rack = rack
        self.nodes: list[Node] = []
        self.elements: list[Element] = []
        self.items: list[Item] = []
        self.trays: list[Tray] = []
        self.devices: list[Device] = []
        self.all_tees: list[Tee] = []
        self.runs: dict[tuple[str, int], int | None] = {}

    def finished(self, supply_port: int, return_port: int, cdu_elements: tuple[int, ...]) -> Assembly:
        """Freeze what was collected."""
        return Assembly(
            tuple(self.nodes), tuple(self.elements), tuple(self.all_tees), tuple(self.trays), tuple(self.devices),
            tuple(self.items), supply_port, return_port, cdu_elements,
        )  # fmt: skip

    def node(self, path: str, height: float) -> int:
        """Add a node and return its index."""
        self.nodes.append(Node(path, height))
        return len(self.nodes) - 1

    def element(self, *, path: str, part: str, start: int, end: int, scope: _Scope, length: float | None = None) -> int:
        """Add a branch and return its index."""
        self.elements.append(Element(path, part, start, end, scope.tray, scope.role, length))
        return len(self.elements) - 1

    def item(self, path: str, part: str, contained_in: str | None, share: float = 1.0) -> None:
        """Count one part."""
        found: PartBase = self.rack.parts[part]
        kind = getattr(found, "kind", "part")
        pieces = found.pieces if isinstance(found, Coupling) else 1
        self.items.append(Item(path, part, found.item_class or _CLASSES.get(kind, kind), contained_in, pieces * share))

    # ------------------------------------------------------------------------------------------------ circuits

    def circuit(self, circuit: Circuit, start: int, end: int, scope: _Scope) -> None:
        """Lay a circuit between two nodes; names are counted in `scope`."""
        scope.totals = {}
        for _, use in uses_in(circuit):
            scope.totals[use.label] = scope.totals.get(use.label, 0) + use.repeat
        self._lay(circuit, start, end, scope)

    def _lay(self, circuit: Circuit, start: int, end: int, scope: _Scope) -> None:
        if isinstance(circuit, Use):
            self._chain([circuit] * circuit.repeat, start, end, scope)
        elif isinstance(circuit, Series):
            steps = [step for entry in circuit.series for step in _copies(entry)]
            self._chain(steps, start, end, scope)
        else:
            for entry in circuit.parallel:
                for branch in _copies(entry):
                    self._one(branch, start, end, scope)

    def _chain(self, steps: list[Circuit], start: int, end: int, scope: _Scope) -> None:
        """Lay entries one after the other, with a node between each two."""
        here = start
        for number, step in enumerate(steps, start=1):
            there = end
            if number < len(steps):
                there = self.node(f"{scope.path}/node[{len(self.nodes)}]", scope.height)
            self._one(step, here, there, scope)
            here = there

    def _one(self, step: Circuit, start: int, end: int, scope: _Scope) -> None:
        """Lay one entry; a use counts once here, its copies having been made."""
        if not isinstance(step, Use):
            self._lay(step, start, end, scope)
            return
        path = scope.label(step.label)
        self.item(path, step.part, _container(scope), scope.share)
        part = self.rack.parts[step.part]
        if isinstance(part, AssemblyPart):
            inner = _Scope(path, scope.tray, scope.role, scope.height, scope.share)
            self.circuit(part.circuit, start, end, inner)
        else:
            self.element(path=path, part=step.part, start=start, end=end, scope=scope)

    # ------------------------------------------------------------------------------------------------- headers

    def headers(
        self, placed: list[tuple[str, TrayGroup, int, str]], supply_port: int, return_port: int
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Lay hoses and manifolds; return each wet tray's node on the supply and on the return side."""
        wet = [(slot, path) for _, tray, slot, path in placed if tray.circuit is not None]
        use = self.rack.manifold
        supply, back = (self._hose(role, port) for role, port in (("supply", supply_port), ("return", return_port)))
        if use is None:
            return {path: supply for _, path in wet}, {path: back for _, path in wet}
        starts = self._header(use.supply, "supply_manifold", wet, supply, rising=_at_bottom(use, supply=True))
        ends = self._header(use.return_, "return_manifold", wet, back, rising=_at_bottom(use, supply=False))
        return starts, ends

    def _hose(self, role: str, port: int) -> int:
        """Lay the circuit between a port of the rack and its manifold; return the manifold's port."""
        circuit = self.rack.supply if role == "supply" else self.rack.return_
        if circuit is None:
            return port
        height = self.nodes[port].height
        far = self.node(f"{role}_manifold/port", height)
        start, end = (port, far) if role == "supply" else (far, port)
        self.circuit(circuit, start, end, _Scope(role, None, role, height))
        return far

    def _header(self, part: str, path: str, wet: list[tuple[int, str]], port: int, *, rising: bool) -> dict[str, int]:
        """Lay a header from its port past all taps; return the tap of each tray."""
        self.item(path, part, None)
        manifold, unit = self.rack.parts[part], self.rack.rack.unit_height.value
        inlet = manifold.inlet_length.value if isinstance(manifold, Manifold) else 0.0
        scope = _Scope(path, None, "manifold", 0.0)
        taps: dict[str, int] = {}
        here, last = port, None
        for number, (slot, tray) in enumerate(wet if rising else wet[::-1], start=1):
            tap = self.node(f"{path}/tap[{number}]", (slot - 0.5) * unit)
            length = inlet if last is None else abs(slot - last) * unit
            # Design flow: away from the port on the supply side, towards it on the return side.
            start, end = (here, tap) if path == "supply_manifold" else (tap, here)
            segment = self.element(
                path=f"{path}/segment[{number}]", part=part, start=start, end=end, scope=scope, length=length
            )
            self.runs[path, tap] = None
            if last is not None:
                self.runs[path, here] = segment
            taps[tray] = tap
            here, last = tap, slot
        return taps

    def tees(self, starts: dict[str, int], ends: dict[str, int]) -> None:
        """Name the tee at each tap whose tray begins (or ends) with one single element."""
        use = self.rack.manifold
        if use is None:
            return
        for taps, part, path in ((starts, use.supply, "supply_manifold"), (ends, use.return_, "return_manifold")):
            combining = path == "return_manifold"
            sides: dict[int, list[int]] = {}
            for index, element in enumerate(self.elements):
                if element.role == "tray":
                    sides.setdefault(element.end if combining else element.start, []).append(index)
            for tap in taps.values():
                if len(sides.get(tap, [])) == 1:
                    self.all_tees.append(Tee(tap, self.runs[path, tap], sides[tap][0], part, combining))

    # --------------------------------------------------------------------------------------------------- trays

    def tray(self, group: str, tray: TrayGroup, slot: int, path: str, start: int, end: int) -> None:
        """Lay one tray: circuit, devices, fans."""
        self.trays.append(Tray(path, group, tray.kind, slot, start, end))
        self.items.append(Item(path, group, f"{tray.kind}_tray", None))
        first = len(self.elements)
        if tray.circuit is not None and start >= 0:
            height = (slot - 0.5) * self.rack.rack.unit_height.value
            self.circuit(tray.circuit, start, end, _Scope(path, path, "tray", height))
        for name, group_of_devices in tray.devices.items():
            self._devices(name, group_of_devices, path, first)
        if tray.air is not None:
            for number in range(1, tray.air.fans.count + 1):
                self.item(f"{path}/fan[{number}]", tray.air.fans.part, path)

    def _devices(self, name: str, group: DeviceGroup, tray: str, first: int) -> None:
        """Put like devices on their plates, in order, the same number on each."""
        package = self.rack.parts[group.package]
        if not isinstance(package, Package):
            return
        state = self.rack.power_state if self.rack.power_state in package.power else "tdp"
        plates = [] if group.cooled_by == "air" else self._plates(group.cooled_by, first)
        share = group.count // len(plates) if plates else 1
        for index in range(group.count):
            path = f"{tray}/{name}[{index + 1}]" if group.count > 1 else f"{tray}/{name}"
            plate = plates[index // share] if plates else None
            power = package.power[state].value
            self.devices.append(
                Device(path, name, group.package, package.device_kind, power, state, plate, tray, share)
            )
            if plate is None and package.heat_sink:
                self.item(f"{path}/heat_sink", package.heat_sink, tray)

    def _plates(self, label: str, first: int) -> list[int]:
        """Return the plate elements of that name laid since `first`."""
        return [
            index
            for index, element in enumerate(self.elements[first:], start=first)
            if element.path.rpartition("/")[2].partition("[")[0] == label
            and isinstance(self.rack.parts[element.part], Plate)
        ]

    # ----------------------------------------------------------------------------------------------------- CDU

    def cdu(self, start: int, end: int) -> tuple[int, ...]:
        """Lay the CDU from the return port to the supply port; return its elements."""
        use = self.rack.cdu
        part = self.rack.parts[use.part] if use else None
        if use is None or not isinstance(part, Cdu):
            return ()
        first, share = len(self.elements), 1.0 / use.racks_served
        self.item("cdu", use.part, None, share)
        self.circuit(part.circuit, start, end, _Scope("cdu", None, "cdu", 0.0, share))
        return tuple(range(first, len(self.elements)))


def _copies(entry: Circuit) -> list[Circuit]:
    return [entry] * entry.repeat if isinstance(entry, Use) else [entry]


def _container(scope: _Scope) -> str | None:
    """Return what a part of this scope is contained in; hoses belong to the rack itself."""
    return None if scope.role in ("supply", "return") and "/" not in scope.path else scope.path
