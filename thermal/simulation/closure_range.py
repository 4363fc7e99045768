"""Closures of channels at work beyond the runs that they were fitted to: what the reader should know of it."""

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

__all__ = ["closure_evidence", "closure_notes", "closures_evidence"]

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
    """Say where closures go on beyond the Reynolds number, Prandtl number and x* of their runs.

    Parameters
    ----------
    solved : Solved
        At either fidelity.

    Returns
    -------
    list of str
        For each part a note on the plate that is farthest beyond; on others only what that one does not show.
    """
    told: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    notes = []
    found = [(use, use.beyond()) for use in _uses(solved)]
    for use, beyond in sorted(found, key=lambda one: -sum(o.distance for o in one[1].values())):
        new = [one for key, one in beyond.items() if key not in told[use.part]]
        if new:
            told[use.part] |= beyond.keys()
            notes.append(_note(use, new))
    return notes


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
