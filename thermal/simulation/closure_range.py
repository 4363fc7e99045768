"""Closures of channels at work beyond the runs that they were fitted to, or not at work at all: notes on both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thermal.rack.closures import FittedClosure, Outside
from thermal.rack.parts import Plate
from thermal.results.summary import Evidence
from thermal.simulation.plate_range import channel_extremes, channel_reynolds

if TYPE_CHECKING:
    from thermal.simulation.steady import Solved

__all__ = ["closure_evidence", "closure_notes", "closures_evidence", "passed_over"]

SYMBOLS = "Re", "Pr", "x*"


@dataclass(frozen=True, slots=True)
class _Use:
    """A closure at work in one plate."""

    path: str
    part: str
    closure: FittedClosure
    reynolds: tuple[float, ...]  # of the plate's channels; where they are solved apart, of the slowest and the fastest
    prandtl: float | None  # absent where only the closure's friction is at work

    def beyond(self) -> dict[tuple[str, bool], Outside]:
        """Return what lies beyond the runs, by symbol and side, each of the channel that is farthest beyond."""
        found = (one for reynolds in self.reynolds for one in self.closure.outside(reynolds, self.prandtl))
        return {(one.symbol, one.below): one for one in sorted(found, key=lambda one: one.distance)}


def closure_notes(solved: Solved) -> list[str]:
    """Say where closures go on beyond the Reynolds number, Prandtl number and x* of their runs, or are not at work.

    Parameters
    ----------
    solved : Solved
        At either fidelity.

    Returns
    -------
    list of str
        For each part a note on the plate that is farthest beyond; on others only what that one does not show. Then of
        each closure that the user chose, and a measured law stands before, how to put it to work.
    """
    told: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    notes = []
    found = [(use, use.beyond()) for use in _uses(solved)]
    for use, beyond in sorted(found, key=lambda one: -sum(o.distance for o in one[1].values())):
        new = [one for key, one in beyond.items() if key not in told[use.part]]
        if new:
            told[use.part] |= beyond.keys()
            notes.append(_note(use, new))
    return [*notes, *_passed_over(solved)]


def passed_over(name: str, plate: Plate) -> str:
    """Say what of a plate's closure is not at work at network fidelity, where measured laws go first, and what to do.

    Parameters
    ----------
    name : str
        Of the plate.
    plate : Plate
        The plate.

    Returns
    -------
    str
        Empty where all of it is at work, where there is none, and in a plate that was reduced from a field.
    """
    closure = plate.channels.closure if plate.channels is not None else None
    laws = [law for law in ("pressure_drop", "resistance") if getattr(plate, law) is not None]
    if closure is None or not laws or (plate.resistance is not None and plate.resistance.response is not None):
        return ""
    both = len(laws) == 2
    what = closure.name if both else f"the {'friction' if plate.resistance is None else 'film'} of {closure.name}"
    drop = " ".join(f"--set parts.{name}.{law}=null" for law in laws)
    field = "" if plate.body is None else "ask for --fidelity plate, where it is, or "
    return (
        f"{what} is not at work: {name} has a {' and a '.join(laws)} of its own, which "
        f"{'go' if both else 'goes'} first at network fidelity; {field}drop {'them' if both else 'it'} with {drop}"
    )


def _passed_over(solved: Solved) -> list[str]:
    """Say which closures that the user chose are not at work, part by part."""
    if solved.loop is None:
        return []
    parts = {solved.assembly.elements[e].part: None for e in solved.loop.part.elements.tolist()}
    notes = []
    for name in parts:
        plate = solved.rack.parts[name]
        if not isinstance(plate, Plate) or plate.channels is None or plate.channels.closure is None:
            continue
        if plate.channels.closure.chosen and (solved.plates is None or plate.body is None):
            notes.append(passed_over(name, plate))
    return [note for note in notes if note]


def closure_evidence(closure: FittedClosure) -> Evidence:
    """Return a closure at work as a value that numbers rest on: its name, what its fits are off by, its source."""
    return {"what": "closure", "value": closure.stated, "basis": closure.basis, "source": closure.source}


def closures_evidence(solved: Solved) -> list[Evidence]:
    """Return every closure at work in a rack, each once."""
    known = {use.closure.name: use.closure for use in _uses(solved)}
    return [closure_evidence(closure) for closure in known.values()]


def _uses(solved: Solved) -> Iterator[_Use]:
    """Yield the plates in which a closure is at work."""
    loop, rack = solved.loop, solved.rack
    if loop is None:
        return
    fields = {}
    if solved.plates is not None:
        fields = {one.element: field for one, field in zip(solved.plates.instances, solved.plates.fields, strict=True)}
    heated = {device.element for device in solved.assembly.devices if device.power > 0.0}
    for b, e in enumerate(loop.part.elements.tolist()):
        element = solved.assembly.elements[e]
        plate = rack.parts[element.part]
        if not isinstance(plate, Plate) or plate.channels is None or plate.channels.closure is None:
            continue
        films = e in fields or (plate.resistance is None and e in heated)
        mean = channel_reynolds(plate, abs(float(loop.flow.mass_flow[b])), float(loop.viscosity[b]))
        if not mean or not (films or plate.pressure_drop is None):
            continue
        prandtl = float(loop.viscosity[b] * loop.specific_heat[b] / loop.conductivity[b])
        channels = fields[e].channels if e in fields else None
        yield _Use(
            path=element.path,
            part=element.part,
            closure=plate.channels.closure,
            reynolds=channel_extremes(mean, channels),
            prandtl=prandtl if films else None,
        )


def _note(use: _Use, beyond: list[Outside]) -> str:
    """Say what lies beyond the runs, and what to do."""
    ordered = sorted(beyond, key=lambda one: (SYMBOLS.index(one.symbol), one.value))
    listed = ", ".join(f"{one.symbol} {one.value:.3g} ({one.low:.3g} to {one.high:.3g})" for one in ordered)
    sector = " --sector" if use.closure.losses is not None else ""
    return (
        f"{use.path}: {use.closure.name} was computed for other channel flows, whose ranges are in brackets: {listed}; "
        "its fits go on beyond them; compute a closure for this coolant and these flows (thermal coldplate "
        f"{use.part} --fidelity resolved{sector} --closure FILE.yaml --fluid NAME --flow VALUES), or take film and "
        "friction as a guess"
    )
