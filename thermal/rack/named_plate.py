"""Finds a cold plate by its name: in the rack that is given, or else in the bundled rack that uses it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from thermal.errors import InputError, Problem
from thermal.rack.bundled import bundled
from thermal.rack.loader import load_rack
from thermal.rack.parts import Plate
from thermal.rack.problems import suggest
from thermal.rack.schema import Rack
from thermal.rack.source import clean
from thermal.rack.uncertain import used_parts

__all__ = ["load_plate", "plate_of"]


def load_plate(name: str, rack: str | Path | None = None, overrides: Mapping[str, str] | None = None) -> Rack:
    """Return the rack that a plate is taken from.

    Parameters
    ----------
    name : str
        Name of a part of kind plate.
    rack : str or Path, optional
        Bundled name or path; by default the first bundled rack whose trays hold the plate, or else one that only
        knows it.
    overrides : mapping of str to str, optional
        As of `load_rack`.

    Raises
    ------
    InputError
        No such part, or one that is no plate; and as `load_rack`.

    Examples
    --------
    >>> load_plate("gb300_gpu_plate").name
    'gb300_nvl72'
    """
    found = load_rack(rack if rack is not None else _holder(name), overrides)
    plate_of(found, name)
    return found


def plate_of(rack: Rack, name: str) -> Plate:
    """Return a plate of a rack by its name; raises InputError when there is none."""
    part = rack.parts.get(name)
    if isinstance(part, Plate):
        return part
    plates = [other for other, candidate in rack.parts.items() if isinstance(candidate, Plate)]
    if part is None:
        raise _refused(rack.file or rack.name, name, f"there is no part '{name:.80}'", plates)
    raise _refused(rack.file or rack.name, name, f"'{name}' is a {_kind(part)}, not a plate", plates)


def _holder(name: str) -> str:
    """Return the bundled rack to take a part from."""
    known: str | None = None
    plates: dict[str, None] = {}
    for rack in map(load_rack, bundled("racks")):
        if name in rack.parts:
            if name in used_parts(rack):
                return rack.name
            known = known or rack.name
        plates.update((other, None) for other, part in rack.parts.items() if isinstance(part, Plate))
    if known is None:
        wrong, own = f"there is no bundled part '{name:.80}'", " (a plate of your own: give its rack with --rack)"
        raise _refused(file="bundled racks", name=name, wrong=wrong, plates=list(plates), more=own)
    return known


def _kind(part: object) -> str:
    return str(getattr(part, "kind", "part")).replace("_", " ")


def _refused(file: str, name: str, wrong: str, plates: list[str], more: str = "") -> InputError:
    right = suggest(name, plates, f"plates are {', '.join(plates)}" if plates else "add a part with `kind: plate`")
    return InputError([clean(Problem(file, 0, 0, f"parts.{name:.80}", wrong, right + more))])
