"""Checks a rack for sense once its fields are sound: parts exist, trays fit, every plate and device has its coolant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import chain

from thermal.errors import Problem
from thermal.rack.body_checks import misfit_bodies, misfit_mounts
from thermal.rack.catalogue import part_remedy
from thermal.rack.circuit import Circuit
from thermal.rack.layout_checks import misfit_layouts, misfit_measures
from thermal.rack.operation import idle_cdu, impossible_temperatures, misplaced_pumps
from thermal.rack.parts import PART_KINDS, Assembly, Cdu, Exchanger, Package, PartBase
from thermal.rack.plumbing import MOST_PARTS, Plumbing, uses_in
from thermal.rack.problems import problem_at, suggest
from thermal.rack.response_checks import misfit_responses
from thermal.rack.salvage import Salvaged
from thermal.rack.schema import DeviceGroup, RackFile, TrayGroup
from thermal.rack.tree import Location, Node, mapping_of, walk

__all__ = ["check_sense"]

_FLOW_KINDS = (
    "pipe", "coupling", "valve", "check_valve", "orifice", "filter", "plate", "assembly", "pump", "exchanger",
)  # fmt: skip
_POWER_STATES = ("tdp", "peak", "idle", "avc_article")


def check_sense(salvaged: Salvaged, root: Node, unread: set[str], *, complete: bool) -> Iterator[Problem]:
    """Yield what is wrong with a rack whose fields are sound, each problem worked out when it is asked for.

    Parameters
    ----------
    salvaged : Salvaged
        The rack, and what had to be left out of it.
    root : Node
        Its tree, for places.
    unread : set of str
        Parts that are defined but could not be used.
    complete : bool
        Whether all includes were read; if not, a missing part is not reported.
    """
    if salvaged.rack is None:
        return
    scene = _Scene(salvaged.rack, root, salvaged, unread, complete)
    for check in _CHECKS:
        yield from check(scene)


class _Scene:
    """The rack under check with what the checks ask of it."""

    def __init__(self, rack: RackFile, root: Node, salvaged: Salvaged, unread: set[str], complete: bool) -> None:
        self.rack, self.root, self.salvaged = rack, root, salvaged
        self.unread, self.complete = unread, complete
        self.plumbing = Plumbing(rack.parts)

    def problem(self, location: Location, wrong: str, right: str) -> Problem:
        return problem_at(self.root, location, wrong, right)

    def known(self, name: str) -> bool:
        """Whether a part exists, be it broken or in a file that could not be read."""
        return name in self.rack.parts or name in self.unread or self.salvaged.lost("parts", name) or not self.complete

    def reference(self, location: Location, name: str, kinds: Sequence[str]) -> Iterator[Problem]:
        """Check that a part exists and is of one of the kinds."""
        kind = self.kind(name)
        if not self.known(name):
            yield self.problem(location, f"there is no part '{name}'", part_remedy(name, self._of_kind(kinds)))
        elif kind in PART_KINDS and kind not in kinds:
            right = f"name a {' or '.join(kinds)}" if len(kinds) < 4 else f"a circuit holds {', '.join(kinds)}"
            yield self.problem(location, f"part '{name}' is a {kind}", right)

    def kind(self, name: str) -> str:
        """Return the kind of a part, be it broken; empty when it is not known."""
        if name in self.rack.parts:
            return self.rack.parts[name].kind
        *_, (found, kind) = walk(self.root, ("parts", name, "kind"))
        return kind.value if len(found) == 3 and isinstance(kind.value, str) else ""

    def _of_kind(self, kinds: Sequence[str]) -> dict[str, PartBase]:
        return {name: part for name, part in self.rack.parts.items() if part.kind in kinds}

    @cached_property
    def known_cdu(self) -> bool:
        """Whether all that the CDU consists of could be read; so too when there is none."""
        cdu = self.rack.cdu
        names = self.plumbing.inventory(cdu.part) if cdu else set()
        return all(name in self.rack.parts for name in names)

    @cached_property
    def circuits(self) -> list[tuple[Location, Circuit]]:
        """Every circuit that the rack uses, with its location; an assembly once."""
        rack = self.rack
        out: list[tuple[Location, Circuit]] = [
            ((key,), circuit) for key, circuit in (("supply", rack.supply), ("return", rack.return_)) if circuit
        ]
        out += [(("trays", name, "circuit"), tray.circuit) for name, tray in rack.trays.items() if tray.circuit]
        names = [use.part for _, circuit in out for _, use in uses_in(circuit)] + ([rack.cdu.part] if rack.cdu else [])
        seen: set[str] = set()
        while names:
            name = names.pop()
            part = rack.parts.get(name)
            if name not in seen and isinstance(part, Assembly | Cdu):
                out.append((("parts", name, "circuit"), part.circuit))
                names += [use.part for _, use in uses_in(part.circuit)]
            seen.add(name)
        return out

    @cached_property
    def unused(self) -> list[tuple[Location, Circuit]]:
        """Circuits of the rack file's own parts that the rack does not use, with their locations.

        Parts of an included file may need others that only some racks include.
        """
        used = {location for location, _ in self.circuits}
        written = mapping_of(mapping_of(self.root).get("parts"))
        out: list[tuple[Location, Circuit]] = []
        for name, part in self.rack.parts.items():
            location = ("parts", name, "circuit")
            own = name in written and written[name].mark.file == self.root.mark.file
            if own and isinstance(part, Assembly | Cdu) and location not in used:
                out.append((location, part.circuit))
        return out


def _references(scene: _Scene) -> Iterator[Problem]:
    """Every part named exists and is of the right kind."""
    rack = scene.rack
    for location, circuit in (*scene.circuits, *scene.unused):
        for inner, use in uses_in(circuit, location):
            yield from scene.reference(inner, use.part, _FLOW_KINDS)
    if rack.manifold:
        yield from scene.reference(("manifold", "supply"), rack.manifold.supply, ("manifold",))
        yield from scene.reference(("manifold", "return"), rack.manifold.return_, ("manifold",))
    if rack.cdu:
        yield from scene.reference(("cdu", "part"), rack.cdu.part, ("cdu",))
    for group, tray in rack.trays.items():
        if tray.air:
            yield from scene.reference(("trays", group, "air", "fans", "part"), tray.air.fans.part, ("fan",))
        for name, device in tray.devices.items():
            yield from scene.reference(("trays", group, "devices", name, "package"), device.package, ("package",))
    for name, part in rack.parts.items():
        if isinstance(part, Package) and part.heat_sink:
            yield from scene.reference(("parts", name, "heat_sink"), part.heat_sink, ("heat_sink",))


def _circles(scene: _Scene) -> Iterator[Problem]:
    """No assembly contains itself, none is too deep, and the rack is not too large."""
    told: set[str] = set()
    for name, circle in scene.plumbing.circles.items():
        if name not in told:
            told.update(circle)
            wrong = f"part '{name}' contains itself: {' → '.join(circle)}"
            if circle[-1] == "…":
                wrong = f"assemblies are nested too deep: {' → '.join(circle)}"
            yield scene.problem(("parts", name, "circuit"), wrong, "take one of them out of the circuit")
    for location, circuit in scene.circuits:
        if scene.plumbing.size(circuit) > MOST_PARTS:
            wrong = f"the circuit expands to more than {MOST_PARTS} parts"
            yield scene.problem(location, wrong, "make `repeat` smaller")
    trays = scene.rack.trays.values()
    parts = sum(len(tray.positions) * scene.plumbing.size(tray.circuit) for tray in trays if tray.circuit)
    devices = sum(len(tray.positions) * device.count for tray in trays for device in tray.devices.values())
    for what, count in (("parts", parts), ("devices", devices)):
        if count > MOST_PARTS:
            wrong = f"the trays hold {count} {what}, more than {MOST_PARTS}"
            yield scene.problem(("trays",), wrong, "make `repeat` or `count` smaller")


def _slots(scene: _Scene) -> Iterator[Problem]:
    """Trays lie inside the rack and none overlaps another."""
    units, taken = scene.rack.rack.units, dict[int, str]()
    for group, tray in scene.rack.trays.items():
        location: Location = ("trays", group, "slots")
        for index, part in enumerate(tray.slots):
            if (part.last - part.first + 1) % tray.height and part.last > part.first:
                wrong = f"units {part.first}-{part.last} do not hold whole trays of height {tray.height}"
                yield scene.problem((*location, index), wrong, f"make the range a multiple of {tray.height} units")
        clashes: dict[str, list[int]] = {}
        for number, bottom in enumerate(tray.positions, start=1):
            if bottom + tray.height - 1 > units and not scene.salvaged.lost("rack"):
                taken_up = f"unit {bottom}" if tray.height == 1 else f"units {bottom} to {bottom + tray.height - 1}"
                wrong = f"tray {number} takes {taken_up}, the rack has {units}"
                yield scene.problem(location, wrong, f"use units 1 to {units}, or raise rack.units")
            for unit in range(bottom, bottom + tray.height):
                if unit in taken:
                    clashes.setdefault(taken[unit], []).append(unit)
                taken[unit] = group
        for other, where in clashes.items():
            shown = ", ".join(str(unit) for unit in where[:6]) + (" …" if len(where) > 6 else "")
            wrong = f"two trays take rack unit {shown}: '{other}' and '{group}'"
            yield scene.problem(location, wrong, "give each tray its own units")
        count = len(tray.positions)
        for index, number in enumerate(tray.remove):
            if not 1 <= number <= count:
                yield scene.problem(
                    ("trays", group, "remove", index), f"there is no tray {number}", f"use 1 to {count}"
                )


def _devices(scene: _Scene) -> Iterator[Problem]:
    """Every device is cooled by plates of its tray's circuit, or by air that moves."""
    for group, tray in scene.rack.trays.items():
        for name, device in tray.devices.items():
            location: Location = ("trays", group, "devices", name, "cooled_by")
            if device.cooled_by == "air":
                yield from _air_cooled(scene, group, tray, location)
            elif not scene.salvaged.lost("trays", group, "circuit"):
                yield from _plate_cooled(scene, group, device, location)


def _air_cooled(scene: _Scene, group: str, tray: TrayGroup, location: Location) -> Iterator[Problem]:
    if tray.air is None and tray.heat_to_liquid.value == 0.0 and not scene.salvaged.lost("trays", group, "air"):
        wrong = f"nothing cools it: tray '{group}' has no `air` block, so no air moves"
        yield scene.problem(location, wrong, "add `air: {fans: …, impedance: …}`, or name a plate")


def _plate_cooled(scene: _Scene, group: str, device: DeviceGroup, location: Location) -> Iterator[Problem]:
    circuit = scene.rack.trays[group].circuit
    plates = scene.plumbing.plates(circuit) if circuit else {}
    if device.cooled_by in plates:
        count = plates[device.cooled_by]
        if device.count % count:
            wrong = f"{device.count} devices cannot share {count} plates '{device.cooled_by}' evenly"
            yield scene.problem(location, wrong, f"make `count` a multiple of {count}")
        return
    if circuit and _uncertain(scene, circuit, device.cooled_by):
        return
    known = ", ".join(f"'{plate}'" for plate in plates)
    right = suggest(device.cooled_by, plates, f"name one of its plates ({known}) or `air`" if known else "")
    elsewhere = device.cooled_by in scene.rack.parts and scene.rack.parts[device.cooled_by].kind == "plate"
    if elsewhere:
        wrong = f"no coolant reaches plate '{device.cooled_by}': it is not in the circuit of tray '{group}'"
        used = {use.part: use.label for _, inner in scene.circuits for _, use in uses_in(inner)}
        right = f"add it to trays.{group}.circuit"
        if used.get(device.cooled_by) in plates:
            right = f"it goes by the name '{used[device.cooled_by]}' there"
    elif circuit is None:
        wrong = f"nothing cools it: tray '{group}' has no circuit with a plate '{device.cooled_by}'"
        right = "give the tray a `circuit` with that plate, or write `air`"
    else:
        wrong = f"nothing cools it: '{device.cooled_by}' is no plate in the circuit of tray '{group}'"
        right = right if plates else "add the plate to the circuit, or write `air`"
    yield scene.problem(location, wrong, right)


def _uncertain(scene: _Scene, circuit: Circuit, label: str) -> bool:
    """Whether a broken or missing part of the circuit may be, or hold, the plate of that name."""
    todo, seen = [circuit], set[str]()
    while todo:
        for _, use in uses_in(todo.pop()):
            if use.part in scene.plumbing.circles:
                return True
            kind = scene.kind(use.part)
            holds = kind not in PART_KINDS or kind == "assembly" or (kind == "plate" and use.label == label)
            if use.part not in scene.rack.parts and holds:
                return True
            inner = scene.plumbing.inside(use)
            if inner is not None and use.part not in seen:
                seen.add(use.part)
                todo.append(inner)
    return False


def _flow(scene: _Scene) -> Iterator[Problem]:
    """No closed valve keeps coolant from a plate."""
    for location, circuit in scene.circuits:
        if location[0] in ("supply", "return") and (valve := scene.plumbing.closed(circuit)):
            wrong = f"no coolant reaches any plate: valve '{valve.label}' is closed"
            yield scene.problem(location, wrong, f"open it: parts.{valve.part}.opening above 0")
        for where, valve, plates in scene.plumbing.dry(circuit, location):
            names = ", ".join(f"'{plate}'" for plate in plates)
            wrong = f"no coolant reaches plate {names}: '{valve.label}' in series with it is closed"
            yield scene.problem(where, wrong, f"open it: parts.{valve.part}.opening above 0, or take it out")


def _loop(scene: _Scene) -> Iterator[Problem]:
    """Coolant and circuits go together."""
    rack = scene.rack
    trays = {name: tray for name, tray in rack.trays.items() if tray.circuit}
    lost = scene.salvaged.lost
    if rack.coolant is None and not lost("coolant"):
        users = [f"trays.{name}.circuit" for name in trays]
        users += [key for key in ("supply", "manifold", "cdu") if getattr(rack, key)] + (
            ["return"] if rack.return_ else []
        )
        if users:
            where: Location = ("trays", next(iter(trays)), "circuit") if trays else (users[0],)
            wrong = f"there is no `coolant` block, but {', '.join(users)} ask for coolant"
            yield scene.problem(where, wrong, "add `coolant: {fluid: PG25, supply_temperature: …, control: …}`")
    wet = [name for name, tray in trays.items() if len(set(tray.remove)) < len(tray.positions)]
    if rack.coolant is not None and not wet and not any(gone[0] == "trays" for gone in scene.salvaged.dropped):
        wrong = "the coolant leads nowhere: no tray has a circuit"
        yield scene.problem(("coolant",), wrong, "give a tray a `circuit`, or take `coolant` out")
    for name, tray in rack.trays.items():
        if tray.heat_to_liquid.value > 0.0 and not tray.circuit and not lost("trays", name, "circuit"):
            wrong = "the tray has no circuit that could take the heat"
            yield scene.problem(("trays", name, "heat_to_liquid"), wrong, "give it a `circuit`, or write 0")
    yield from _cdu(scene)


def _cdu(scene: _Scene) -> Iterator[Problem]:
    """Check that what the controls need is there."""
    rack = scene.rack
    if (
        rack.coolant
        and rack.coolant.control.kind == "pump_speed"
        and rack.cdu is None
        and not scene.salvaged.lost("cdu")
    ):
        wrong = "pump_speed needs pumps, and the rack has no cdu"
        yield scene.problem(("coolant", "control"), wrong, "add `cdu: {part: …}`, or control another quantity")
    if rack.cdu is None or scene.salvaged.lost("facility"):
        return
    part = rack.parts.get(rack.cdu.part)
    parts = [rack.parts.get(use.part) for _, use in uses_in(part.circuit)] if isinstance(part, Cdu) else []
    if rack.facility is None and any(isinstance(inner, Exchanger) for inner in parts):
        wrong = f"'{rack.cdu.part}' has a heat exchanger, and there is no `facility` block"
        yield scene.problem(("cdu",), wrong, "add `facility: {fluid: water, supply_temperature: …, flow: …}`")


def _operation(scene: _Scene) -> Iterator[Problem]:
    """Pumps stand where they are counted, and temperatures can be held."""
    rack, lost = scene.rack, scene.salvaged.lost
    faults = [misplaced_pumps(rack, scene.plumbing)]
    if not lost("cdu") and scene.known_cdu:
        faults.append(idle_cdu(rack, scene.plumbing))
        if not lost("facility"):
            faults.append(impossible_temperatures(rack, scene.plumbing))
    for fault in chain.from_iterable(faults):
        yield scene.problem(*fault)


def _power_state(scene: _Scene) -> Iterator[Problem]:
    """Check that the power state is one that some package knows."""
    packages = [part for part in scene.rack.parts.values() if isinstance(part, Package)]
    states = {*_POWER_STATES, *(state for package in packages for state in package.power)}
    state = scene.rack.power_state
    whole = not scene.unread and not any(gone[0] == "parts" for gone in scene.salvaged.dropped)
    if state not in states and whole and scene.complete:
        yield scene.problem(("power_state",), f"no package has a power state '{state}'", suggest(state, sorted(states)))


def _bodies(scene: _Scene) -> Iterator[Problem]:
    """Shapes fit; a fault that several parts take over from one is told once."""
    told: set[tuple[object, ...]] = set()
    rack, plumbing = scene.rack, scene.plumbing
    for fault in chain(misfit_bodies(rack), misfit_mounts(rack, plumbing), misfit_responses(rack, plumbing)):
        problem = scene.problem(*fault)
        key = (problem.file, problem.line, problem.column, problem.wrong)
        if key not in told:
            told.add(key)
            yield problem


def _layouts(scene: _Scene) -> Iterator[Problem]:
    """Everything has room where the file puts it."""
    for fault in chain(misfit_measures(scene.rack), misfit_layouts(scene.rack, scene.plumbing, scene.salvaged.lost)):
        yield scene.problem(*fault)


_CHECKS: tuple[Callable[[_Scene], Iterator[Problem]], ...] = (
    _references, _circles, _slots, _devices, _flow, _loop, _operation, _power_state, _bodies, _layouts,
)  # fmt: skip
