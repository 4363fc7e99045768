"""Takes out of a faulty rack what the schema refuses, so that the rest can still be checked for sense."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from thermal.rack.schema import RackFile
from thermal.rack.tree import Location, Node, grown, mapping_of, plain, walk

__all__ = ["Salvaged", "salvage"]

_ROUNDS = 12
_STAND_INS = {"name": "unnamed", "rack": {"units": 200}}


@dataclass(slots=True)
class Salvaged:
    """What could be read of a rack.

    Parameters
    ----------
    rack : RackFile or None
        The sound part; None when too much is wrong.
    dropped : set of tuple
        Locations left out, such as ``("parts", "b300")``; what refers to them is not to be called missing.
    """

    rack: RackFile | None = None
    dropped: set[Location] = field(default_factory=set)

    def lost(self, *location: str | int) -> bool:
        """Whether what stands at `location` was left out, or what surrounds it."""
        return any(location[:size] in self.dropped for size in range(1, len(location) + 1))


def salvage(root: Node) -> Salvaged:
    """Drop what the schema refuses, the least that makes sense, until the rest is accepted."""
    out = Salvaged()
    for _ in range(_ROUNDS):
        try:
            out.rack = RackFile.model_validate(plain(root))
        except ValidationError as error:
            gone = {_unit(tuple(s for s in d["loc"] if not _is_tag(s)), root) for d in error.errors(include_url=False)}
            if () in gone:
                return out
            root = _without(root, gone)
            for key in _STAND_INS.keys() & {location[0] for location in gone}:
                root = _with(root, str(key))
            out.dropped |= gone
        else:
            return out
    return out


def _is_tag(step: str | int) -> bool:
    return isinstance(step, str) and (step.startswith("<") or step == "[key]")


def _unit(location: Location, root: Node) -> Location:
    """Return what to leave out for an error there: a whole part or device, a tray's circuit, an optional section."""
    match tuple(location):
        case ("parts", name, *_):
            unit: Location = ("parts", name)
        case ("trays", name, ("circuit" | "air") as section, *_):
            unit = ("trays", name, section)
        case ("trays", name, "devices", device, *_):
            unit = ("trays", name, "devices", device)
        case ("trays", name, key, *_) if key not in ("kind", "slots", "height"):
            unit = ("trays", name, key)
        case ("trays", name, *_):
            unit = ("trays", name)
        case (("limits" | "ambient") as section, key, *_):
            unit = (section, key)
        case ("rack", key, *_) if key != "units":
            unit = ("rack", key)
        case (("name" | "rack"), *_):
            return (location[0],)
        case (key, *_):
            unit = (key,)
        case _:
            unit = ()
    *_, (found, _) = walk(root, unit)
    return tuple(found)  # a missing key takes its surroundings with it


def _with(root: Node, key: str) -> Node:
    """Return the tree with something harmless where a section was that the others cannot do without."""
    children = mapping_of(root)
    return root if key in children else replace(root, value={**children, key: grown(_STAND_INS[key], root.mark)})


def _without(node: Node, gone: Iterable[Location]) -> Node:
    """Return the tree without the entries at these locations."""
    below: dict[str, list[Location]] = {}
    for location in gone:
        below.setdefault(str(location[0]), []).append(location[1:])
    rest = {}
    for key, child in mapping_of(node).items():
        inner = below.get(key)
        if inner is None:
            rest[key] = child
        elif all(inner):
            rest[key] = _without(child, inner)
    return replace(node, value=rest)
